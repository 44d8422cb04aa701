"""Make docs/rules.md from the registry of rules and the tests that name them; `--check` only compares."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from bot.domain.legal import ALL_LIMITS
from bot.domain.rules import RULES, Rule

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "rules.md"
NAMED = re.compile(r"(?<![A-Za-z0-9])[Rr](\d{1,2})(?![A-Za-z0-9])")

HEAD = """\
# Rules, and where they are kept today

<!-- Made by `make rules` from bot/domain/rules.py and the tests; change those, not this page. -->

Engineering input for a lawyer to sign, not legal advice. Numbers with their units, sources and first days stand in
[`bot/domain/legal.py`](../bot/domain/legal.py), hours in
[`contact_windows.py`](../bot/domain/contact_windows.py), a creditor's own in its policy file.

*kept*: the code enforces it, with tests. *partly*: see the last column. *not yet*: nothing enforces it; don't rely on
it. **?** = not confirmed from the primary source. What is enforced names its module (below `bot.domain` unless it says
otherwise) and what in it decides; the tests are those that name the rule.

| id | rule, in short | source | today | enforced by | settings | tests | still missing |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""

TAIL = """
## Which meaning wins where a message says two things

crisis, death, wrong person or third party, opt-out, data rights, lawyer or Procon, dispute, payment reported, human,
prescription, hardship, proof, listing, acceptance, counter-offer, promise, instalments, discount, due date, Pix or
boleto, charges, receipt, who are you, abuse, small talk. In code: `rasa_server/trato_rasa/priority.py`.
"""


def named_in_tests() -> dict[str, list[str]]:
    """Rule → the test files that name it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for number in sorted({int(n) for n in NAMED.findall(path.read_text("utf-8"))}):
            found.setdefault(f"R{number}", []).append(path.relative_to(ROOT / "tests").as_posix())
    return found


def page() -> str:
    """The whole page."""
    tests = named_in_tests()
    rows = "".join(_row(rule, tests.get(rule.id, [])) for rule in RULES)
    unconfirmed = "\n".join(
        f"- {limit.rule}: {limit.value} {limit.unit} ({limit.source})" for limit in ALL_LIMITS if not limit.confirmed
    )
    return f"{HEAD}{rows}\n## Unconfirmed numbers\n\n{unconfirmed}\n{TAIL}"


def _row(rule: Rule, tests: list[str]) -> str:
    cells = (
        rule.id,
        rule.title,
        rule.source if rule.confirmed else f"{rule.source} **?**",
        rule.standing,
        ", ".join(f"`{name.removeprefix('bot.domain.')}`" for name in rule.enforced),
        ", ".join(f"`{name}`" for name in rule.settings),
        ", ".join(f"`{_short(name)}`" for name in tests),
        rule.gap,
    )
    return f"| {' | '.join(cells)} |\n"


def _short(name: str) -> str:
    return name.removesuffix(".py").replace("/test_", "/")


def main() -> int:
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.read_text("utf-8") == page() else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
