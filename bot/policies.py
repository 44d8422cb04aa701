"""The creditors' policy files, read once at the start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.domain.policy import Policy
from bot.domain.policy_files import parse_policy


def load_policies(folder: Path) -> Mapping[str, Policy]:
    """Every `*.toml` of a folder, by the creditor's slug. Raises InvalidPolicy with the line and the rule."""
    policies = [parse_policy(path.read_text("utf-8"), source=str(path)) for path in sorted(folder.glob("*.toml"))]
    return {policy.creditor.slug: policy for policy in policies}
