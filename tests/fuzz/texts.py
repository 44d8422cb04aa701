"""Every text as it leaves: the response files, the catalog, and the door, put together as the product does it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from bot.channels.options import split_text, with_numbered_lines
from bot.domain.cases import Say
from bot.domain.conversations import Message
from bot.domain.messages import Author, Direction, InboundKind, Option, Status
from bot.locale import amounts_in, say, written
from tests.builders import NOW

ROOT = Path(__file__).parents[2]
LONGEST_TEXT = 1_600  # characters of a message on Twilio's WhatsApp
MOST_PIECES = 2  # of one text: nobody reads more


@cache
def responses() -> dict[str, list[dict[str, Any]]]:
    """Name → variations, of all files; no name twice."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((ROOT / "data" / "responses").glob("*.yml")):
        named = yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]
        assert not found.keys() & named.keys(), path.name
        found |= named
    return found


def rendered(one: Say) -> Iterator[str]:
    """Each variation, its facts filled in. Raises KeyError where a fact or a text is missing."""
    facts = {name: written(value) for name, value in one.facts.items()}
    return (variation["text"].format(**facts) for variation in responses()[one.response])


def options_of(one: Say) -> tuple[Option, ...]:
    return tuple(Option(say(c.code, **c.facts), c.payload) for c in one.choices)


def as_message(text: str, one: Say) -> Message:
    """As it is stored before it is sent."""
    return Message(
        id=UUID(int=1),
        conversation_id=UUID(int=2),
        seq=1,
        direction=Direction.OUT,
        author=Author.ASSISTANT,
        kind=InboundKind.TEXT,
        text=text,
        at=NOW,
        status=Status.PENDING,
        options=options_of(one),
        source={"response": one.response, "facts": {"amounts": amounts_in(one.facts)}},
    )


def as_shown(message: Message) -> list[str]:
    """With the numbered lines that WhatsApp gets, in as many messages as it takes."""
    return split_text(with_numbered_lines(message.text, message.options), LONGEST_TEXT)
