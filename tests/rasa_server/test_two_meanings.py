"""Which of two meanings wins, emoji, and small words beside a value."""

from __future__ import annotations

from datetime import datetime

import pytest
from trato_rasa.evaluation.measures import Reading, calibration_error, protective_recall, wrong_action
from trato_rasa.understanding import Context, Meaning, Ranking, Thresholds, understand

NOW = datetime.fromisoformat("2026-11-18T10:00:00-03:00")


def read(whole: Ranking, **clauses: Ranking) -> Meaning:
    """A message of two clauses, `one, two`, for a classifier that ranks them so."""

    def rankings(texts: list[str]) -> list[Ranking]:
        return [whole if "," in text else clauses[text.split()[0]] for text in texts]

    return understand("one clause, two clause", context=Context(NOW), thresholds=Thresholds(), rankings=rankings)


def test_a_protective_clause_outranks_what_the_message_is_mostly_about() -> None:
    whole = [("request_human", 0.8), ("dispute_debt", 0.15)]
    meaning = read(whole, one=[("dispute_debt", 0.9), ("deny", 0.1)], two=[("request_human", 0.99), ("deny", 0.01)])
    assert (meaning.intent, meaning.also) == ("dispute_debt", "request_human")


def test_a_protective_clause_that_the_whole_hardly_has_is_asked_about() -> None:
    whole = [("ask_debt", 0.99), ("opt_out", 0.005)]
    meaning = read(whole, one=[("ask_debt", 0.99), ("deny", 0.01)], two=[("opt_out", 0.95), ("deny", 0.05)])
    assert (meaning.intent, meaning.decision, meaning.doubt) == ("ask_debt", "confirm", "opt_out")


def test_a_question_about_the_listing_after_paying_stays_a_question() -> None:
    whole = [("ask_negative_listing", 0.7), ("report_payment", 0.3)]
    clause = [("report_payment", 0.95), ("deny", 0.05)]
    meaning = read(whole, one=clause, two=[("ask_negative_listing", 0.95), ("deny", 0.05)])
    assert (meaning.intent, meaning.also) == ("ask_negative_listing", "report_payment")


def test_of_two_wishes_for_information_the_main_one_stays() -> None:
    whole = [("ask_boleto", 0.7), ("ask_pix", 0.3)]
    meaning = read(whole, one=[("ask_pix", 0.9), ("deny", 0.1)], two=[("ask_boleto", 0.9), ("deny", 0.1)])
    assert (meaning.intent, meaning.also) == ("ask_boleto", "ask_pix")


@pytest.mark.parametrize(
    ("text", "intent"),
    [("👍", "affirm"), ("👎", "deny"), ("😂😂", "chitchat"), ("⭐⭐⭐⭐⭐", "give_rating"), ("🛑", "opt_out")],
)
def test_emoji_alone_say_something(text: str, intent: str) -> None:
    meaning = understand(
        text, context=Context(NOW), thresholds=Thresholds(), rankings=lambda texts: [[] for _ in texts]
    )
    assert meaning.intent == intent


def test_a_good_bye_with_a_day_is_no_promise() -> None:
    ranking = [("goodbye", 0.8), ("promise_to_pay", 0.2)]
    meaning = understand(
        "até amanhã então",
        context=Context(NOW),
        thresholds=Thresholds(),
        rankings=lambda texts: [ranking for _ in texts],
    )
    assert meaning.intent == "goodbye"


def test_a_day_alone_is_a_promise_whatever_the_classifier_makes_of_it() -> None:
    ranking = [("goodbye", 0.8), ("promise_to_pay", 0.2)]
    meaning = understand(
        "amanhã", context=Context(NOW), thresholds=Thresholds(), rankings=lambda texts: [ranking for _ in texts]
    )
    assert meaning.intent == "promise_to_pay"


def test_a_confirmed_doubt_counts_as_found_and_a_wrong_action_does_not() -> None:
    asked = Meaning("complain", 0.4, [], [], "confirm", "opt_out")
    acted = Meaning("complain", 0.8, [], [], "act")
    readings = [Reading("", "opt_out", asked), Reading("", "opt_out", acted)]
    assert protective_recall(readings) == {"opt_out": 0.5}
    assert wrong_action(readings) == 0.5


def test_the_calibration_error_is_the_distance_between_sureness_and_rightness() -> None:
    sure = Meaning("greet", 0.9, [], [], "act")
    readings = [Reading("", "greet", sure)] * 3 + [Reading("", "thank", sure)]
    assert calibration_error(readings) == pytest.approx(0.15)
