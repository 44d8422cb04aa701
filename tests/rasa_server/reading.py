"""How the value tests read: one text, the entities by name, on a Wednesday morning."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from trato_rasa.values.reader import read_values

WEDNESDAY = datetime.fromisoformat("2026-11-18T10:00:00-03:00")


def values(text: str, *, now: datetime = WEDNESDAY, **context: Any) -> dict[str, Any]:
    """Entities by name, a list where there are several."""
    found: dict[str, list[Any]] = {}
    for one in read_values(text, now=now, **context):
        found.setdefault(one.entity, []).append(one.value)
    return {name: several[0] if len(several) == 1 else several for name, several in found.items()}
