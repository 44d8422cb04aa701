"""The gates before a topic, and what is added after it: pure, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.cases import Answer, Closed, HandedOver
from bot.domain.conversations import Asked, Question
from bot.domain.topics import negotiation
from bot.domain.topics.registry import TOPICS
from bot.usecases.answer_turn import PROTECTIVE, REMINDED, decide, direct, go_on
from tests.builders import a_case, a_debt, a_turn
from tests.fuzz.texts import responses


def said(answer: Answer) -> list[str]:
    return [one.response for one in answer.says]


@pytest.mark.parametrize("intent", sorted(name for name, topic in TOPICS.items() if topic.needs_identity))
def test_nothing_of_the_matter_is_answered_before_the_right_party_is_confirmed(intent: str) -> None:
    """R10"""
    answer = decide(a_case(identified=False), a_turn(intent, text="x"), action="")

    assert said(answer) == ["utter_greet", "utter_ask_birth_date"]
    assert answer.memory["goes_on"] == intent
    assert answer.effects == ()


@pytest.mark.parametrize("intent", sorted(TOPICS))
def test_once_confirmed_what_they_came_for_is_answered(intent: str) -> None:
    answer = go_on(a_case(memory={"goes_on": intent}, asked=Asked(Question.IDENTITY)), a_turn("inform_identity"))

    assert answer.says
    assert answer.memory["goes_on"] is None


def test_who_came_for_nothing_in_particular_hears_what_this_is_about() -> None:
    assert said(go_on(a_case(), a_turn("inform_identity")))[0] == "utter_debt_one"


@pytest.mark.parametrize("name", ["cpf", "cnpj", "birth_date"])
def test_a_proof_is_taken_as_one_whatever_was_understood(name: str) -> None:
    assert direct(a_case(identified=False), a_turn("chitchat", entities={name: "x"})) == "inform_identity"
    assert direct(a_case(), a_turn("chitchat", entities={name: "x"})) == "chitchat"


@pytest.mark.parametrize("intent", sorted(PROTECTIVE))
def test_a_protective_reading_outranks_a_proof_and_a_pick(intent: str) -> None:
    unconfirmed = a_case(identified=False, asked=Asked(Question.IDENTITY))
    asked_which = a_case(asked=Asked(Question.DEBT))

    assert direct(unconfirmed, a_turn(intent, text="123", entities={"cpf": "x"})) == intent
    assert direct(asked_which, a_turn(intent, text="todas", entities={"option": 1})) == intent


def test_a_short_pick_among_debts_is_a_pick() -> None:
    case = a_case(asked=Asked(Question.DEBT))

    assert direct(case, a_turn("negotiate", text="todas")) == "choose_option"
    assert direct(case, a_turn("negotiate", text="quero negociar todas, mas só no fim do ano que vem")) == "negotiate"


@pytest.mark.parametrize("changes", [{"decision": "ask"}, {"intent": "nlu_fallback"}, {"intent": ""}])
def test_what_is_not_understood_is_asked_back(changes: dict[str, str]) -> None:
    answer = decide(a_case(), replace(a_turn("ask_debt"), **changes), action="")  # type: ignore[arg-type]

    assert said(answer) == ["utter_unsure"]
    assert answer.asked is not None
    assert answer.asked.what is Question.OPTIONS


def test_a_doubtful_stop_is_asked_with_yes_or_no() -> None:
    answer = decide(a_case(), a_turn("chitchat", doubt="opt_out", decision="confirm"), action="")

    assert said(answer) == ["utter_doubt_opt_out"]
    assert answer.effects == ()


def test_a_digression_recalls_the_open_question_and_a_yes_after_it_is_asked_for_anew() -> None:
    """R58"""
    case = a_case(asked=Asked(Question.ACCEPT, {"offer": "x"}))

    for intent in ("bot_challenge", "request_proof", "ask_due_date", "ask_time"):
        answer = decide(case, a_turn(intent), action="")
        assert answer.asked is not None, intent
        assert answer.asked.facts == {"offer": "x", "interrupted": True}, intent
    assert said(decide(case, a_turn("bot_challenge"), action=""))[-1] == "utter_remind_accept"


@pytest.mark.parametrize("intent", ["request_human", "opt_out", "wrong_person", "report_crisis", "dispute_debt"])
def test_nobody_is_held_back_by_an_open_question(intent: str) -> None:
    answer = decide(a_case(asked=Asked(Question.ACCEPT)), a_turn(intent, also="ask_pix"), action="")

    assert any(isinstance(e, HandedOver | Closed) for e in answer.effects)
    assert not any(name.startswith("utter_remind") or name == "utter_second_meaning" for name in said(answer))


def test_every_reminder_has_its_text() -> None:
    assert set(REMINDED.values()) <= responses().keys()


def test_a_second_meaning_is_one_pick_away_together_with_what_the_answer_offered() -> None:
    answer = decide(a_case(), a_turn("bot_challenge", also="ask_pix"), action="")

    assert said(answer) == ["utter_bot", "utter_second_meaning"]
    assert [c.payload for c in answer.says[-1].choices] == ["/ask_pix", "/request_human"]
    assert answer.says[0].choices == ()


def test_a_second_meaning_never_comes_between_the_terms_and_the_yes() -> None:
    """R58"""
    answer = decide(a_case(), a_turn("ask_discount", also="ask_charges"), action="")

    assert said(answer)[-1] == "utter_terms_accept"
    assert answer.says[-1].choices[0] == negotiation.ACCEPT


def test_a_second_meaning_gives_nothing_away() -> None:
    """R10"""
    answer = decide(a_case(identified=False, debts=(a_debt(),)), a_turn("greet", also="ask_debt"), action="")

    assert "utter_second_meaning" not in said(answer)
