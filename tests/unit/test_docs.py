"""The docs name every setting and every command, and their links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
PREFIX, BETWEEN = "TRATO_", "__"
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def settings_of(model: type[BaseModel], prefix: str = PREFIX) -> Iterator[str]:
    """The names of all settings as they stand in the environment."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from settings_of(inner, f"{prefix}{name.upper()}{BETWEEN}")
        else:
            yield f"{prefix}{name.upper()}"


def commands_of(group: typer.Typer, prefix: str = "trato") -> Iterator[str]:
    """All commands as they are typed."""
    for command in group.registered_commands:
        assert command.callback is not None
        yield f"{prefix} {command.name or command.callback.__name__.replace('_', '-')}"
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands_of(inner.typer_instance, f"{prefix} {inner.name}")


def anchor(heading: str) -> str:
    """A heading's anchor as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def links_of(page: Path) -> list[str]:
    return [link for link in LINK.findall(CODE.sub("", page.read_text("utf-8"))) if "://" not in link]


def is_broken(page: Path, link: str) -> bool:
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return True
    return bool(fragment) and fragment not in map(anchor, HEADING.findall(target.read_text("utf-8")))


@pytest.fixture(scope="module")
def docs() -> str:
    return "\n".join(page.read_text("utf-8") for page in PAGES)


@pytest.mark.parametrize("setting", settings_of(Settings))
def test_every_setting_is_in_the_docs(docs: str, setting: str) -> None:
    assert re.search(rf"\b{setting}\b(?!__)", docs), f"{setting} is named in no page"


@pytest.mark.parametrize("command", commands_of(app))
def test_every_command_is_in_the_docs(docs: str, command: str) -> None:
    assert re.search(rf"{command}\b(?!-)", docs), f"`{command}` is named in no page"


def test_no_setting_in_the_docs_is_unheard_of(docs: str) -> None:
    known = {*settings_of(Settings)}
    scripts = (*(ROOT / "scripts").iterdir(), *ROOT.glob("*.yml"), *(ROOT / "bot" / "supervisor").glob("*.py"))
    elsewhere = "\n".join(file.read_text("utf-8") for file in scripts if file.is_file())
    named = set(re.findall(r"\bTRATO_[A-Z_]*[A-Z]\b", docs))
    assert [n for n in sorted(named - known) if not re.search(rf"\b{n}\b", elsewhere)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_docs_leads_somewhere(page: Path) -> None:
    assert [link for link in links_of(page) if is_broken(page, link)] == []


def test_the_walks_see_what_is_there() -> None:
    assert {"TRATO_HOME", "TRATO_TWILIO__AUTH_TOKEN", "TRATO_TELEGRAM__MODE"} <= {*settings_of(Settings)}
    assert {"trato up", "trato portfolio import", "trato debtor link", "trato agreement show"} <= {*commands_of(app)}
    assert is_broken(ROOT / "README.md", "docs/no-such-page.md")
    assert is_broken(ROOT / "README.md", "README.md#no-such-heading")
    assert not is_broken(ROOT / "README.md", "README.md#two-commands")
