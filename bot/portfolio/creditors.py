"""Which creditors a file may name: those that have a policy."""

from __future__ import annotations

from pathlib import Path

from bot.policies import load_policies
from bot.usecases.import_portfolio import KnownCreditor


def creditors_in(folder: Path) -> list[KnownCreditor]:
    """The creditors of `folder/*.toml`. Raises InvalidPolicy where one of the files can't be used."""
    found = [policy.creditor for policy in load_policies(folder).values()]
    return [KnownCreditor(creditor.slug, creditor.name, creditor.document) for creditor in found]
