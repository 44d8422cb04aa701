"""Who is there (R7, R10, R11): nothing before a proof, three tries, then a person."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from bot.domain.cases import Answer, HandedOver, Identified, IdentityFailed
from bot.domain.conversations import Asked, Question
from bot.domain.messages import ChannelKind
from bot.domain.policy import Identity, Proof
from bot.domain.topics import identity
from tests.builders import a_case, a_conversation, a_debtor, a_policy, a_turn

ASKED = Asked(Question.IDENTITY, {"proof": "birth_date"})


def said(answer: Answer) -> list[str]:
    return [one.response for one in answer.says]


def confirmed(answer: Answer) -> list[UUID]:
    return [e.debtor_id for e in answer.effects if isinstance(e, Identified)]


def test_a_greeting_tells_who_writes_and_that_it_is_automated_and_asks_for_a_proof() -> None:
    """R7, R11"""
    answer = identity.open_talk(a_case(identified=False), a_turn("greet"))

    assert said(answer) == ["utter_greet", "utter_ask_birth_date"]
    assert answer.asked == ASKED


def test_who_is_confirmed_is_greeted_by_name() -> None:
    assert identity.open_talk(a_case(), a_turn("greet")).says[0].facts == {"name": "Maria"}


def test_the_proof_asked_for_is_the_creditors_choice() -> None:
    digits = {"exemplo": a_policy()}
    from dataclasses import replace

    digits["exemplo"] = replace(a_policy(), identity=Identity(Proof.DOCUMENT_DIGITS))
    case = a_case(identified=False, policies=digits)

    assert said(identity.open_talk(case, a_turn("greet")))[-1] == "utter_ask_document_digits"


def test_who_has_no_birth_date_on_file_is_asked_for_the_document() -> None:
    company = a_debtor(document="11222333000181", birth_date=None)
    case = a_case(identified=False, candidates=(company,), debtor=company)

    assert said(identity.open_talk(case, a_turn("greet")))[-1] == "utter_ask_document_digits"


@pytest.mark.parametrize(
    ("entities", "text", "by"),
    [
        ({"birth_date": "1985-04-03"}, "3/4/85", "phone+birth_date"),
        ({"cpf": "52998224725"}, "529.982.247-25", "phone+document"),
        ({}, "os 3 primeiros são 529", "phone+document_digits"),
    ],
)
def test_a_right_proof_confirms(entities: dict[str, object], text: str, by: str) -> None:
    """R10"""
    answer = identity.identify(a_case(identified=False, asked=ASKED), a_turn(text=text, entities=entities))

    assert answer.effects == (Identified(UUID(int=1), by),)
    assert said(answer) == ["utter_confirmed"]
    assert answer.asked == Asked(Question.NOTHING)


@pytest.mark.parametrize(
    ("entities", "text"),
    [
        ({"birth_date": "1985-04-04"}, "4/4/85"),
        ({"cpf": "11144477735"}, "111.444.777-35"),
        ({"cpf": "11144477735", "birth_date": "1985-04-03"}, "111.444.777-35, 3/4/85"),
        ({}, "530"),
        ({}, "52"),
    ],
)
def test_a_wrong_proof_confirms_nobody_even_beside_a_right_one(entities: dict[str, object], text: str) -> None:
    """R10"""
    answer = identity.identify(a_case(identified=False, asked=ASKED), a_turn(text=text, entities=entities))

    assert confirmed(answer) == []
    assert IdentityFailed(UUID(int=1)) in answer.effects
    assert said(answer) == ["utter_identity_mismatch"]


def test_the_third_wrong_proof_leads_to_a_person() -> None:
    """R10"""
    case = a_case(identified=False, asked=ASKED, memory={"identity_failures": 2})
    answer = identity.identify(case, a_turn(entities={"birth_date": "1900-01-01"}))

    assert said(answer) == ["utter_identity_to_a_person"]
    assert any(isinstance(e, HandedOver) and e.reason == "identity_failed" for e in answer.effects)


def test_words_without_a_proof_are_no_try() -> None:
    answer = identity.identify(a_case(identified=False, asked=ASKED), a_turn(text="como assim?"))

    assert answer.effects == ()
    assert said(answer) == ["utter_ask_birth_date"]


def test_two_people_born_on_the_same_day_are_told_apart_by_the_document() -> None:
    twin = a_debtor(id=UUID(int=2), document="11144477735")
    case = a_case(identified=False, candidates=(a_debtor(), twin), debtor=None, asked=ASKED)

    both = identity.identify(case, a_turn(entities={"birth_date": "1985-04-03"}))
    one = identity.identify(case, a_turn(text="111"))

    assert said(both) == ["utter_ask_document_digits"]
    assert confirmed(both) == []
    assert confirmed(one) == [UUID(int=2)]


@pytest.mark.parametrize("document", ["52998224725", "11144477735"])
def test_an_unknown_phone_gets_the_same_answer_whatever_document_it_gives(document: str) -> None:
    """R10"""
    nobody = a_conversation(debtor_id=None, identified_at=None)
    case = a_case(conversation=nobody, candidates=(), debtor=None, debts=())

    assert said(identity.open_talk(case, a_turn("greet"))) == ["utter_greet", "utter_ask_document"]
    answer = identity.identify(case, a_turn(entities={"cpf": document}))
    assert said(answer) == ["utter_unknown_phone"]
    assert confirmed(answer) == []


def test_on_telegram_an_unknown_chat_is_asked_to_share_its_phone() -> None:
    """R66"""
    chat = a_conversation(channel=ChannelKind.TELEGRAM, phone=None, debtor_id=None, identified_at=None)
    answer = identity.open_talk(a_case(conversation=chat, candidates=(), debtor=None, debts=()), a_turn("greet"))

    assert answer.says[-1].ask_contact
    assert answer.asked == Asked(Question.PHONE)


def test_who_is_confirmed_is_not_asked_again() -> None:
    answer = identity.identify(a_case(), a_turn(entities={"birth_date": "1900-01-01"}))

    assert said(answer) == ["utter_already_confirmed"]
    assert answer.effects == ()


def test_a_birth_date_of_nobody_on_file_is_no_match() -> None:
    person = a_debtor(birth_date=None)
    case = a_case(identified=False, candidates=(person,), debtor=person, asked=ASKED)

    assert confirmed(identity.identify(case, a_turn(entities={"birth_date": date(1985, 4, 3).isoformat()}))) == []
