"""The texts of all modules: each one that is named is there, with its facts, and may leave as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest

from bot.domain.cases import Answer, Case, Identified, OfferShown, Say, Turn
from bot.domain.conversations import Asked, Question
from bot.domain.debts import DebtState
from bot.domain.door import Sayable, may_leave
from bot.domain.messages import ChannelKind
from bot.domain.money import Money
from bot.domain.policy import Mode
from bot.domain.topics.registry import TOPICS
from bot.locale import catalog
from bot.usecases.answer_turn import decide, go_on
from tests.builders import NOW, TODAY, a_case, a_debt, a_policy, a_turn, an_agreement, an_installment
from tests.fuzz.texts import MOST_PIECES, ROOT, as_message, as_shown, rendered, responses

MOST_CHOICES = 3
CODE = re.compile(r'(f?)"((?:utter|line|choice|option|capability)_[a-z_]*)')
SOURCES = sorted(
    [*(ROOT / "bot/domain/topics").glob("*.py"), ROOT / "bot/usecases/answer_turn.py", ROOT / "bot/domain/proposals.py"]
)
ENTITIES: tuple[dict[str, object], ...] = (
    {},
    {"amount": "1.00"},
    {"amount": "150.00", "installments": 6},
    {"amount": "99999.00"},
    {"installments": 2},
    {"installments": 99},
    {"date": (TODAY - timedelta(days=1)).isoformat()},
    {"date": (TODAY + timedelta(days=4)).isoformat(), "installments": 3},
    {"date": (TODAY + timedelta(days=300)).isoformat()},
    {"option": 1, "rating": 3},
    {"option": 2, "rating": 10},
    {"birth_date": "1985-04-03"},
    {"birth_date": "1900-01-01", "cpf": "11144477735"},
)


def situations() -> Iterator[Case]:
    usual = a_case()
    yield usual
    yield a_case(memory={"hardship": True, "insulted": True, "unsure": 1, "third_party": True, "rung": 9})
    yield a_case(debts=(a_debt(1), a_debt(2)))
    yield a_case(debts=tuple(a_debt(n) for n in range(1, 9)))
    yield a_case(debts=(a_debt(1, an_installment(centavos=40_00)),))
    yield a_case(debts=())
    for state in DebtState:
        yield a_case(debts=(a_debt(state=state),))
    for days in (-10, 400, 1_790, 2_000):
        yield a_case(debts=(a_debt(1, an_installment(days=days)),))
    yield a_case(policies={"exemplo": a_policy(mode=Mode.THIRD_PARTY, federally_regulated=True)})
    for agreement in (
        an_agreement(),
        an_agreement(300_00),
        an_agreement(accepted_at=NOW - timedelta(days=20)),
        an_agreement(first_due=TODAY - timedelta(days=30)),
        an_agreement().with_payment(1, Money(300_00), paid_on=TODAY),
    ):
        agreed = a_case(debts=(a_debt(state=DebtState.IN_AGREEMENT),), agreements=(agreement,))
        yield agreed
        yield _asked(agreed, Question.CANCEL, agreement=str(agreement.id))
    for what in Question:
        yield _asked(usual, what)
    yield from _negotiating(usual)
    yield from _at_an_unknown_phone(usual)


def _negotiating(case: Case) -> Iterator[Case]:
    """Ways shown, then terms shown, then expired."""
    for intent in ("negotiate", "ask_discount", "ask_installments"):
        answer = decide(case, a_turn(intent), action="")
        offers = tuple(e.offer for e in answer.effects if isinstance(e, OfferShown))
        conversation = replace(case.conversation, asked=answer.asked or case.asked, memory=dict(answer.memory))
        shown = replace(case, conversation=conversation, offers=offers)
        yield shown
        yield replace(shown, now=NOW + timedelta(hours=7))


def _at_an_unknown_phone(case: Case) -> Iterator[Case]:
    for channel, phone in ((ChannelKind.WHATSAPP, "+5511988887777"), (ChannelKind.TELEGRAM, None)):
        conversation = replace(case.conversation, debtor_id=None, channel=channel, phone=phone)
        unknown = replace(case, conversation=conversation, candidates=(), debtor=None, debts=(), codes_are_on=True)
        yield unknown
        yield replace(unknown, codes_are_on=False)
        yield _asked(unknown, Question.CODE)


def _asked(case: Case, what: Question, **facts: object) -> Case:
    return replace(case, conversation=replace(case.conversation, asked=Asked(what, facts)))


def turns() -> Iterator[Turn]:
    for number, intent in enumerate(sorted(TOPICS)):
        for entities in ENTITIES:
            yield a_turn(intent, text="sim", entities=entities, message_id=UUID(int=10_000 + number))
        yield a_turn(intent, button=True)
        yield a_turn(intent, kind="image", text="", also="ask_pix")
        yield a_turn("", decision="ask", ranking=(intent,))
        yield a_turn("x", decision="confirm", doubt=intent)


@cache
def answers() -> tuple[tuple[bool, Answer], ...]:
    """Every topic in every situation, before and after the right party is confirmed."""
    found: list[tuple[bool, Answer]] = []
    for known in situations():
        for identified in (True, False):
            conversation = known.conversation if identified else replace(known.conversation, identified_at=None)
            case = replace(known, conversation=conversation)
            for turn in turns():
                answer = decide(case, turn, action="")
                found.append((identified, answer))
                if any(isinstance(e, Identified) for e in answer.effects):
                    found.append((True, go_on(known, turn)))
    return tuple(found)


@cache
def said() -> tuple[tuple[bool, Say], ...]:
    """One of each text and its choices, by whether the right party was confirmed."""
    different = {
        (identified, one.response, tuple(c.code for c in one.choices), tuple(sorted(one.facts))): one
        for identified, answer in answers()
        for one in answer.says
    }
    return tuple((key[0], one) for key, one in different.items())


def test_every_name_of_a_text_in_the_code_is_there() -> None:
    """Names that are put together are checked by their beginning."""
    known = responses().keys() | catalog().keys()
    for path in SOURCES:
        for composed, name in CODE.findall(path.read_text(encoding="utf-8")):
            there = name in known or any(k.startswith(name if composed else f"{name}_") for k in known)
            assert there, f"{path.name}: {name}"


def test_every_text_of_the_files_is_named_in_the_code() -> None:
    names = {name for path in SOURCES for _, name in CODE.findall(path.read_text(encoding="utf-8"))}
    prefixes = tuple(n for path in SOURCES for c, n in CODE.findall(path.read_text(encoding="utf-8")) if c)
    plain = re.compile(r"_(plain|unconfirmed|without_interest)$")

    for name in responses():
        assert name in names or name.startswith(prefixes) or plain.sub("", name) in names, name


def test_every_answer_says_something_with_its_choices_below_the_last_message() -> None:
    """At most three."""
    for _, answer in answers():
        assert answer.says
        assert not any(one.choices for one in answer.says[:-1]), [one.response for one in answer.says]
        assert len(answer.says[-1].choices) <= MOST_CHOICES


def test_every_text_is_filled_by_the_facts_it_gets() -> None:
    for _, one in said():
        for text in rendered(one):
            assert text.strip()
            assert not re.search(r"[{}]|None|Decimal|Money\(", text), text


def test_every_text_may_leave_whoever_is_there() -> None:
    """R1, R2, R3, R8, R10, R40, R48"""
    for identified, one in said():
        for text in rendered(one):
            message = as_message(text, one)
            confirms = one.response in ("utter_confirmed", "utter_code_right")
            assert may_leave(message, Sayable(identified or confirms, frozenset())) is None, text


def test_no_answer_needs_more_than_two_messages_of_whatsapp_for_a_text() -> None:
    for _, one in said():
        for text in rendered(one):
            assert len(as_shown(as_message(text, one))) <= MOST_PIECES, one.response


@pytest.mark.parametrize("word", ["occasional", "negligent", "chronic", "defaulter", "0,6 ", "60%"])
def test_no_name_of_a_profile_and_no_ceiling_leaves(word: str) -> None:
    """R50, R71"""
    for _, one in said():
        assert not any(word in text for text in rendered(one)), one.response


def test_all_but_rare_texts_are_seen_here() -> None:
    """Else the tests above look at too little."""
    seen = {one.response for _, one in said()}

    assert len(seen) >= 0.8 * len(responses()), sorted(responses().keys() - seen)


def test_the_files_hold_no_text_twice() -> None:
    texts = [v["text"] for variations in responses().values() for v in variations]

    assert len(texts) == len(set(texts))
    assert Path(ROOT / "data" / "responses").is_dir()
