"""What goes to the understanding and what comes back, free of Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from bot.domain.messages import Option


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """One turn to take. Either `text` (of a person, never trusted) or `payload` ("/intent{...}", ours)."""

    tracker: UUID
    message_id: UUID
    text: str | None
    payload: str | None
    metadata: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DialogueReply:
    """One message to send. `response` is the name of its text, `facts` what filled it."""

    text: str
    options: tuple[Option, ...] = ()
    response: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DialogueAnswer:
    """`understanding`: intent, confidence, ranking, entities, decision."""

    replies: tuple[DialogueReply, ...]
    understanding: Mapping[str, object] = field(default_factory=dict)
