"""Which messages belong together: people write one thought in several messages, and one turn answers them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bot.domain.consent import is_unequivocal_yes
from bot.domain.conversations import Message
from bot.domain.messages import InboundKind
from bot.domain.stop_words import is_stop_word

SHORT_PICK = 2  # characters: "1", "2.", of the numbered lines
LONGEST_WAIT = 3  # times the pause, for somebody who writes and writes


def stands_alone(text: str) -> bool:
    """A yes, a stop or a pick is never delayed and never joined with what stands around it (R21, R58)."""
    bare = text.strip()
    pick = len(bare) <= SHORT_PICK and bare[:1].isdigit()
    return pick or is_stop_word(bare) or is_unequivocal_yes(bare)


def together(waiting: Sequence[Message], *, pause: timedelta, acted_on: Collection[UUID]) -> list[Message]:
    """The oldest message, and the texts after it that came within the pause of one another.

    Args:
        waiting: unanswered messages, oldest first; at least one.
        acted_on: those that an action has seen already; the turn that ended with one of them stays as it was.
    """
    batch = [waiting[0]]
    if not pause or not _joins(waiting[0]):
        return _until_acted(waiting, acted_on) or batch
    for message in waiting[1:]:
        if not _joins(message) or message.at - batch[-1].at > pause:
            break
        batch.append(message)
    return _until_acted(batch, acted_on) or batch


def more_may_follow(batch: Sequence[Message], *, now: datetime, pause: timedelta) -> bool:
    """Whether the person may still be writing: the last text is younger than the pause."""
    if not pause or not _joins(batch[-1]):
        return False
    return now - batch[-1].at < pause and now - batch[0].at < LONGEST_WAIT * pause


def _joins(message: Message) -> bool:
    return message.kind is InboundKind.TEXT and not stands_alone(message.text)


def _until_acted(messages: Sequence[Message], acted_on: Collection[UUID]) -> list[Message]:
    acted = [n for n, message in enumerate(messages) if message.id in acted_on]
    return list(messages[: acted[0] + 1]) if acted else []
