"""Several messages in a row become one turn; a yes, a stop or a pick never waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bot.domain.conversations import Message
from bot.domain.gathering import more_may_follow, stands_alone, together
from bot.domain.messages import Author, Direction, InboundKind, Status

START = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
PAUSE = timedelta(seconds=1)


def written(*texts: tuple[float, str], kind: InboundKind = InboundKind.TEXT) -> list[Message]:
    """Messages at so many seconds after START."""
    return [
        Message(
            id=UUID(int=n),
            conversation_id=UUID(int=99),
            seq=n,
            direction=Direction.IN,
            author=Author.DEBTOR,
            kind=kind,
            text=text,
            at=START + timedelta(seconds=at),
            status=Status.RECEIVED,
        )
        for n, (at, text) in enumerate(texts, start=1)
    ]


def texts(batch: list[Message]) -> list[str]:
    return [m.text for m in batch]


def test_one_thought_in_three_messages_is_one_turn() -> None:
    waiting = written((0, "oi"), (0.6, "tudo bem?"), (1.4, "queria saber da minha conta"))
    assert together(waiting, pause=PAUSE, acted_on=()) == waiting


def test_a_message_after_the_pause_is_a_turn_of_its_own() -> None:
    waiting = written((0, "oi"), (5, "quanto eu devo?"))
    assert texts(together(waiting, pause=PAUSE, acted_on=())) == ["oi"]


def test_without_a_pause_every_message_is_a_turn() -> None:
    waiting = written((0, "oi"), (0.1, "tudo bem?"))
    assert texts(together(waiting, pause=timedelta(0), acted_on=())) == ["oi"]


@pytest.mark.parametrize("text", ["sim", "Aceito!", "SAIR", "2", "1."])
def test_a_yes_a_stop_and_a_pick_stand_alone(text: str) -> None:
    """R21, R58."""
    assert stands_alone(text)
    waiting = written((0, "quanto fica?"), (0.2, text))
    assert texts(together(waiting, pause=PAUSE, acted_on=())) == ["quanto fica?"]
    assert not more_may_follow(written((0, text)), now=START, pause=PAUSE)


@pytest.mark.parametrize("text", ["10 vezes", "oi", "ok", "dia 5", "sim, mas dia 25"])
def test_other_texts_wait_for_what_may_follow(text: str) -> None:
    assert not stands_alone(text)
    assert more_may_follow(written((0, text)), now=START + PAUSE / 2, pause=PAUSE)
    assert not more_may_follow(written((0, text)), now=START + PAUSE, pause=PAUSE)


def test_somebody_who_writes_and_writes_is_answered_after_three_pauses() -> None:
    batch = written(*((n * 0.9, f"linha {n}") for n in range(5)))
    assert not more_may_follow(batch, now=START + timedelta(seconds=3.6), pause=PAUSE)


def test_a_turn_that_an_action_has_begun_keeps_its_messages() -> None:
    waiting = written((0, "oi"), (0.2, "tudo bem?"), (0.4, "alô"))
    assert texts(together(waiting, pause=PAUSE, acted_on={UUID(int=2)})) == ["oi", "tudo bem?"]
