"""Which creditors a file may name: those that have a policy."""

from __future__ import annotations

from pathlib import Path

from bot.domain.policy_files import parse_policy
from bot.usecases.import_portfolio import KnownCreditor


def creditors_in(folder: Path) -> list[KnownCreditor]:
    """The creditors of `folder/*.toml`, by slug.

    Raises:
        InvalidPolicy: one of the files can't be used.
    """
    found = [
        parse_policy(file.read_text(encoding="utf-8"), source=str(file)).creditor for file in folder.glob("*.toml")
    ]
    return sorted({KnownCreditor(c.slug, c.name, c.document) for c in found})
