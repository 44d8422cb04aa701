"""Every intent of the contract leads to a topic; those that tell of the matter need the right party (R10)."""

from __future__ import annotations

import pytest

from bot.domain.door import GIVEAWAYS
from bot.domain.topics.registry import TOPICS
from tests.builders import a_case, a_turn
from tests.fuzz.people import examples
from tests.fuzz.texts import options_of, rendered


def test_every_intent_that_is_trained_has_a_topic_and_no_topic_is_without_examples() -> None:
    assert TOPICS.keys() - examples().keys() == set()
    assert examples().keys() - TOPICS.keys() == set()


@pytest.mark.parametrize("intent", sorted(name for name, topic in TOPICS.items() if not topic.needs_identity))
def test_a_topic_that_is_open_to_anybody_gives_nothing_away(intent: str) -> None:
    """R10"""
    for memory in ({}, {"third_party": True, "insulted": True, "unsure": 2}):
        for one in TOPICS[intent].answer(a_case(identified=False, memory=memory), a_turn(intent, text="x")).says:
            for text in (*rendered(one), *(o.title for o in options_of(one))):
                assert not GIVEAWAYS.search(text), text


def test_the_matter_itself_needs_the_right_party() -> None:
    """R10"""
    closed = {name for name, topic in TOPICS.items() if topic.needs_identity}

    assert {
        "ask_debt",
        "negotiate",
        "ask_discount",
        "ask_pix",
        "dispute_debt",
        "report_payment",
        "cannot_pay",
    } <= closed
    assert not closed & {"opt_out", "wrong_person", "third_party", "report_crisis", "report_death", "request_human"}
