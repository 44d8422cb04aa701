"""A yes in a voice note is no yes to an agreement: the words may have been misheard (R58)."""

from __future__ import annotations

from uuid import UUID

import pytest

from bot.domain.cases import Agreed, Case
from bot.domain.conversations import Asked, Question
from bot.domain.offers import cash_offer
from bot.domain.topics import confirm
from bot.domain.topics.common import offer_case
from tests.builders import NOW, TODAY, a_case, a_turn


def below_the_terms() -> Case:
    case = a_case()
    offer = cash_offer(offer_case(case, case.debts), rung=0, offer_id=UUID(int=5), now=NOW, today=TODAY)
    return a_case(offers=(offer,), asked=Asked(Question.ACCEPT, {"offer": str(offer.id)}))


@pytest.mark.parametrize("button", [False, True])
def test_a_spoken_yes_is_answered_by_asking_for_a_written_one(button: bool) -> None:
    # given
    case = below_the_terms()

    # when
    answer = confirm.affirm(case, a_turn("affirm", text="Sim, aceito.", kind="audio", button=button))

    # then
    assert [say.response for say in answer.says] == ["utter_accept_in_writing"]
    assert not answer.effects
    assert answer.asked == case.asked
    assert answer.says[0].choices


def test_the_same_words_written_make_the_agreement() -> None:
    answer = confirm.affirm(below_the_terms(), a_turn("affirm", text="Sim, aceito."))
    assert [type(effect) for effect in answer.effects] == [Agreed]


def test_a_pressed_button_makes_the_agreement() -> None:
    answer = confirm.affirm(below_the_terms(), a_turn("affirm", kind="button", button=True))
    assert [type(effect) for effect in answer.effects] == [Agreed]
