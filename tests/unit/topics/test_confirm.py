"""Yes, no and a pick (R58): what they mean depends on what was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.cases import Agreed, Answer, Case, Turn
from bot.domain.conversations import Asked, Question
from bot.domain.debts import DebtState
from bot.domain.topics import confirm, debt, negotiation
from tests.builders import NOW, a_case, a_debt, a_turn
from tests.unit.topics.test_negotiation import after, said

STRICT = ("sim", "Sim!", "SIM, EU ACEITO", "aceito", "aceito sim", "confirmo", "fechado", "sim 👍")
LOOSE = ("ok", "blz", "👍", "pode ser", "combinado", "aceito?", "sim, mas...", "sim, dia 25", "não", "")


def with_terms() -> Case:
    case = a_case()
    return after(case, negotiation.ask_discount(case, a_turn("ask_discount")))


def a_yes(text: str = "sim, aceito", **changes: object) -> Turn:
    return replace(a_turn("affirm", text=text), **changes)  # type: ignore[arg-type]


def agreed(answer: Answer) -> list[Agreed]:
    return [e for e in answer.effects if isinstance(e, Agreed)]


@pytest.mark.parametrize("text", STRICT)
def test_an_unequivocal_yes_right_after_the_terms_makes_the_agreement(text: str) -> None:
    """R58"""
    case = with_terms()
    answer = confirm.affirm(case, a_yes(text))

    (made,) = agreed(answer)
    assert made.offer == case.offers[0]
    assert said(answer) == ["utter_agreed", "utter_pix_intro", "utter_pix_code"]
    assert answer.asked == Asked(Question.NOTHING)


def test_so_does_the_button() -> None:
    assert agreed(confirm.affirm(with_terms(), a_yes("", button=True)))


@pytest.mark.parametrize("text", LOOSE)
def test_anything_less_is_asked_clearly_and_the_question_stays(text: str) -> None:
    """R58"""
    case = with_terms()
    answer = confirm.affirm(case, a_yes(text))

    assert agreed(answer) == []
    assert said(answer) == ["utter_accept_clearly"]
    assert answer.asked == case.asked


@pytest.mark.parametrize("kind", ["audio"])
def test_a_spoken_yes_is_asked_for_in_writing(kind: str) -> None:
    assert said(confirm.affirm(with_terms(), a_yes(kind=kind))) == ["utter_accept_in_writing"]


def test_a_stale_button_shows_the_terms_again() -> None:
    assert said(confirm.affirm(with_terms(), a_yes("", button=True, stale=True)))[0] == "utter_lead_again"


def test_an_expired_offer_makes_nothing() -> None:
    case = replace(with_terms(), now=NOW + timedelta(hours=6))
    answer = confirm.affirm(case, a_yes(message_id=case.offers[0].id))

    assert agreed(answer) == []
    assert said(answer)[0] == "utter_lead_expired"


def test_after_a_digression_the_terms_come_again() -> None:
    case = with_terms()
    asked = Asked(Question.ACCEPT, {**case.asked.facts, "interrupted": True})
    case = replace(case, conversation=replace(case.conversation, asked=asked))

    assert said(confirm.affirm(case, a_yes()))[0] == "utter_lead_again"


@pytest.mark.parametrize("state", [s for s in DebtState if s is not DebtState.OPEN])
def test_terms_whose_debt_is_no_longer_open_make_nothing(state: DebtState) -> None:
    case = replace(with_terms(), debts=(a_debt(state=state),))

    assert agreed(confirm.affirm(case, a_yes())) == []


def test_terms_of_nobody_make_nothing() -> None:
    case = with_terms()
    asked = Asked(Question.ACCEPT, {"offer": "another"})
    case = replace(case, conversation=replace(case.conversation, asked=asked))

    assert agreed(confirm.affirm(case, a_yes())) == []


@pytest.mark.parametrize("what", [q for q in Question if q is not Question.ACCEPT])
@pytest.mark.parametrize("identified", [True, False])
def test_a_yes_to_any_other_question_agrees_to_nothing_and_is_answered(what: Question, identified: bool) -> None:
    case = with_terms()
    conversation = replace(case.conversation, asked=Asked(what, {"offer": str(case.offers[0].id)}))
    if not identified:
        conversation = replace(conversation, identified_at=None)
    for text, button in (("sim, aceito", False), ("", True)):
        answer = confirm.affirm(replace(case, conversation=conversation), a_yes(text, button=button))
        assert agreed(answer) == []
        assert answer.says


def test_below_the_terms_the_first_is_no_yes_and_the_others_are_clear() -> None:
    """R58"""
    case = with_terms()

    def picked(number: int) -> Answer:
        return confirm.choose_option(case, a_turn(entities={"option": number}, message_id=case.offers[0].id))

    assert (agreed(picked(1)), said(picked(1))) == ([], ["utter_accept_clearly"])
    assert said(picked(2))[0] in ("utter_lead_better", "utter_ask_amount")
    assert said(picked(3)) == ["utter_human"]


@pytest.mark.parametrize(
    ("text", "option", "lead"),
    [
        ("a primeira", 1, "utter_lead_cash"),
        ("à vista", None, "utter_lead_cash"),
        ("parcelado", None, "utter_lead_plan"),
        ("em 3x", None, "utter_lead_plan"),
        ("a terceira", 3, "utter_human"),
        ("a nona", 9, "utter_which_way"),
        ("sei lá", None, "utter_which_way"),
    ],
)
def test_a_way_is_picked_by_number_or_words(text: str, option: int | None, lead: str) -> None:
    case = a_case()
    case = after(case, debt.tell_debt(case, a_turn("ask_debt")))
    entities = {} if option is None else {"option": option}

    assert said(confirm.choose_option(case, a_turn("choose_option", text=text, entities=entities)))[0] == lead


@pytest.mark.parametrize(
    ("text", "option", "count"), [("a 2", 2, 1), ("todas", None, 3), ("", 0, 3), ("as duas", None, 3)]
)
def test_debts_are_picked_by_number_or_all(text: str, option: int | None, count: int) -> None:
    case = a_case(debts=(a_debt(1), a_debt(2), a_debt(3)))
    case = after(case, debt.tell_debt(case, a_turn("ask_debt")))
    entities = {} if option is None else {"option": option}
    answer = confirm.choose_option(case, a_turn("choose_option", text=text, entities=entities))

    debts = answer.memory["debts"]
    assert isinstance(debts, list)
    assert len(debts) == count
    assert answer.memory["rung"] == 0, "another debt begins anew"


@pytest.mark.parametrize("option", [4, -1, 99])
def test_a_number_beyond_the_list_is_asked_again(option: int) -> None:
    case = a_case(debts=(a_debt(1), a_debt(2), a_debt(3)))
    case = after(case, debt.tell_debt(case, a_turn("ask_debt")))

    assert said(confirm.choose_option(case, a_turn(entities={"option": option}))) == ["utter_which_debt"]


@pytest.mark.parametrize("what", list(Question))
@pytest.mark.parametrize("identified", [True, False])
def test_a_no_is_a_no(what: Question, identified: bool) -> None:
    answer = confirm.deny(a_case(asked=Asked(what), identified=identified), a_turn("deny", text="não"))

    assert answer.says
    assert agreed(answer) == []


@pytest.mark.parametrize("intent", ["dispute_debt", "report_payment", "report_hardship"])
def test_a_confirmed_doubt_that_tells_the_matter_waits_for_the_right_party(intent: str) -> None:
    """R10"""
    asked = Asked(Question.CONFIRM, {"intent": intent})
    answer = confirm.affirm(a_case(identified=False, asked=asked), a_yes())

    assert answer.memory["goes_on"] == intent
    assert answer.effects == ()
