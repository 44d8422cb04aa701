"""The texts of protection, service and information: all there, filled by the facts they get, and fit to leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from babel.messages.pofile import read_po

from bot.domain.cases import Answer, Case, Lines, Say
from bot.domain.conversations import Asked, Message, Question
from bot.domain.debts import DebtState
from bot.domain.door import Sayable, may_leave
from bot.domain.messages import Author, Direction, InboundKind, Option, Status
from bot.domain.policy import Mode
from bot.domain.topics import information, protection, service
from tests.builders import NOW, a_case, a_debt, a_policy, a_turn

ROOT = Path(__file__).parents[3]
LONGEST_TITLE = 20  # characters on a button of WhatsApp
RESPONSES: dict[str, list[dict[str, Any]]] = {}
for _name in ("protection", "service", "information"):
    _file = yaml.safe_load((ROOT / "data" / "responses" / f"{_name}.yml").read_text(encoding="utf-8"))
    assert not RESPONSES.keys() & _file["responses"].keys()
    RESPONSES |= _file["responses"]
with (ROOT / "bot/locale/pt_BR/trato.po").open("rb") as _po:
    CATALOG = {str(m.id): str(m.string) for m in read_po(_po, locale="pt_BR") if m.id}

OPEN_TOPICS = (
    protection.wrong_person,
    protection.third_party,
    protection.report_death,
    protection.report_crisis,
    protection.opt_out,
    service.request_human,
    service.complain,
    service.threaten_legal,
    service.insult,
    service.contact_preference,
    service.update_contact,
    service.lgpd_request,
    service.give_rating,
    information.goodbye,
    information.thank,
    information.ask_capabilities,
    information.bot_challenge,
    information.chitchat,
    information.out_of_scope,
    information.ask_creditor,
    information.suspect_scam,
    information.unsure,
    information.confirm_doubt,
)
CONFIRMED_TOPICS = (
    protection.dispute_debt,
    protection.dispute_amount,
    protection.report_hardship,
    protection.cannot_pay,
)
TURNS = (
    a_turn("x", text="depois das 18h"),
    a_turn("x", button=True),
    *(a_turn("x", entities={"rating": score}) for score in (3, 9)),
    *(a_turn("x", ranking=(intent,)) for intent in information.THE_CONFIRMED_MAY_MEAN + information.ANYBODY_MAY_MEAN),
    *(
        a_turn("x", doubt=doubt)
        for doubt in (
            "opt_out",
            "wrong_person",
            "third_party",
            "report_death",
            "report_crisis",
            "report_hardship",
            "dispute_debt",
            "report_payment",
            "request_human",
            "lgpd_request",
        )
    ),
)


def cases(*, identified: bool) -> Iterator[Case]:
    usual = a_case(identified=identified)
    yield usual
    yield a_case(identified=identified, memory={"third_party": True, "insulted": True, "unsure": 1, "hardship": True})
    yield a_case(identified=identified, asked=Asked(Question.IDENTITY))
    for state in DebtState:
        yield a_case(identified=identified, debts=(a_debt(state=state),))
    for creditor in ({"mode": Mode.THIRD_PARTY}, {"federally_regulated": True}):
        yield a_case(identified=identified, policies={"exemplo": a_policy(**creditor)})
    if not identified:
        nobody = replace(usual.conversation, debtor_id=None)
        yield a_case(conversation=nobody, candidates=(), debtor=None, debts=(), policies={})


def answers(*, identified: bool) -> Iterator[Answer]:
    topics = OPEN_TOPICS + CONFIRMED_TOPICS if identified else OPEN_TOPICS
    for case in cases(identified=identified):
        for topic in topics:
            for turn in TURNS:
                yield topic(case, turn)


def everything_said(*, identified: bool) -> dict[str, Say]:
    """One of each text, with its facts and choices."""
    return {
        f"{say.response} {[c.code for c in say.choices]}": say
        for answer in answers(identified=identified)
        for say in answer.says
    }


SAID = {identified: everything_said(identified=identified) for identified in (True, False)}


def rendered(say: Say) -> Iterator[str]:
    facts = {
        name: "\n".join(CATALOG[line.code].format(**line.facts) for line in value.lines)
        if isinstance(value, Lines)
        else str(value)
        for name, value in say.facts.items()
    }
    return (variation["text"].format(**facts) for variation in RESPONSES[say.response])


def as_message(text: str, say: Say) -> Message:
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
        options=tuple(Option(CATALOG[c.code], c.payload) for c in say.choices),
    )


@pytest.mark.parametrize("identified", [True, False])
def test_every_text_is_there_and_filled_by_the_facts_it_gets(identified: bool) -> None:
    for say in SAID[identified].values():
        for text in rendered(say):
            assert text.strip()
            assert not re.search(r"[{}]", text), text


@pytest.mark.parametrize("identified", [True, False])
def test_every_text_may_leave_whoever_is_there(identified: bool) -> None:
    """R1, R2, R10, R48: titles of choices, too."""
    for say in SAID[identified].values():
        for text in rendered(say):
            assert may_leave(as_message(text, say), Sayable(identified, frozenset())) is None, text


def test_every_text_of_the_files_is_said_somewhere() -> None:
    said = {say.response for by_case in SAID.values() for say in by_case.values()}

    assert said == RESPONSES.keys()


def test_every_choice_fits_a_button_and_there_are_at_most_three() -> None:
    for by_case in SAID.values():
        for say in by_case.values():
            assert len(say.choices) <= information.MOST_OPTIONS
            for choice in say.choices:
                assert 1 <= len(CATALOG[choice.code]) <= LONGEST_TITLE, choice.code


def test_choices_stand_below_the_last_message_only() -> None:
    for identified in (True, False):
        for answer in answers(identified=identified):
            assert not any(say.choices for say in answer.says[:-1]), answer


def test_within_and_outside_the_hours_of_service_the_same_words_hold() -> None:
    night = a_case(now=datetime(2026, 11, 24, 4, 0, tzinfo=UTC))

    for topic in (protection.report_crisis, service.request_human):
        assert [s.response for s in topic(night, a_turn()).says] == [s.response for s in topic(a_case(), a_turn()).says]
