"""What is owed, item by item (R5), and the ways to settle it (R40)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.cases import Answer, Lines, OfferShown
from bot.domain.conversations import Question
from bot.domain.debts import DebtState, StateReason
from bot.domain.money import Money, total
from bot.domain.topics import debt
from bot.domain.topics.common import offer_case
from tests.builders import a_case, a_debt, a_policy, a_turn, an_agreement, an_installment


def said(answer: Answer) -> list[str]:
    return [one.response for one in answer.says]


def test_one_debt_is_told_with_every_item_by_name_adding_up_to_the_total() -> None:
    """R5"""
    told = debt.tell_debt(a_case(), a_turn()).says[0]
    items = told.facts["items"]
    assert isinstance(items, Lines)

    assert [line.code for line in items.lines] == ["line_item_principal", "line_item_fine", "line_item_interest"]
    amounts = [line.facts["amount"] for line in items.lines]
    assert total([a for a in amounts if isinstance(a, Money)]) == told.facts["total"] == Money(1_030_00)


def test_two_ways_are_offered_from_the_engine_and_a_person() -> None:
    """R40"""
    answer = debt.tell_debt(a_case(), a_turn())
    offers = [e.offer for e in answer.effects if isinstance(e, OfferShown)]

    assert said(answer) == ["utter_debt_one", "utter_ways"]
    assert [c.payload for c in answer.says[-1].choices] == [
        '/choose_option{"option": 1}', '/choose_option{"option": 2}', "/request_human",
    ]  # fmt: skip
    assert answer.asked is not None
    assert answer.asked.facts["offers"] == [str(o.id) for o in offers]
    assert answer.says[-1].facts["cash_total"] == offers[0].total
    assert answer.says[-1].facts["plan_total"] == offers[1].total


def test_a_small_debt_is_offered_at_once_only() -> None:
    answer = debt.tell_debt(a_case(debts=(a_debt(1, an_installment(centavos=40_00)),)), a_turn())

    assert said(answer)[-1] == "utter_way_cash"
    assert answer.asked is not None
    assert (answer.asked.what, answer.asked.facts["count"]) == (Question.WAY, 2)


def test_without_a_discount_none_is_claimed() -> None:
    """R2"""
    policy = a_policy()
    none = replace(policy.discounts, rungs=dict.fromkeys(policy.discounts.rungs, (policy.discounts.ceiling * 0,)))
    case = a_case(policies={"exemplo": replace(policy, discounts=none)})

    assert said(debt.tell_debt(case, a_turn()))[-1] == "utter_ways_plain"


def test_two_debts_are_choices_and_three_are_a_numbered_list() -> None:
    two = debt.tell_debt(a_case(debts=(a_debt(1), a_debt(2))), a_turn())
    three = debt.tell_debt(a_case(debts=(a_debt(1), a_debt(2), a_debt(3))), a_turn())

    assert (said(two), len(two.says[0].choices)) == (["utter_debts_two"], 3)
    assert (said(three), three.says[0].choices) == (["utter_debts_many"], ())
    lines = three.says[0].facts["lines"]
    assert isinstance(lines, Lines)
    assert [line.facts["number"] for line in lines.lines] == [1, 2, 3]
    assert three.asked is not None
    assert three.asked.facts["count"] == 3


def test_debts_of_the_same_product_are_told_apart_by_their_contract() -> None:
    two = debt.tell_debt(a_case(debts=(a_debt(1), a_debt(2))), a_turn())

    assert len({str(c.facts) for c in two.says[0].choices}) == 3


def test_a_debt_of_another_creditor_is_not_mixed_in() -> None:
    other = a_debt(2, creditor="outra")
    answer = debt.tell_debt(a_case(debts=(a_debt(1), other)), a_turn())

    assert said(answer)[0] == "utter_debt_one"
    assert all(str(other.id) not in str(e) for e in answer.effects)


@pytest.mark.parametrize(
    ("state", "reason", "response"),
    [
        (DebtState.DISPUTED, None, "utter_debt_under_review"),
        (DebtState.SUSPENDED, StateReason.DEATH, "utter_debt_paused"),
        (DebtState.SUSPENDED, StateReason.PAYMENT_CLAIMED, "utter_debt_paused"),
        (DebtState.PRESCRIBED, None, "utter_nothing_to_settle_here"),
    ],
)
def test_where_nothing_may_be_offered_the_reason_is_told_without_an_amount(
    state: DebtState, reason: StateReason | None, response: str
) -> None:
    """R15, R31, R41, R44"""
    answer = debt.tell_debt(a_case(debts=(a_debt(state=state, state_reason=reason),)), a_turn())

    assert said(answer) == [response]
    assert answer.effects == ()
    assert answer.says[0].facts == {}


def test_an_agreement_in_force_is_told_instead() -> None:
    debts = (a_debt(state=DebtState.IN_AGREEMENT),)
    answer = debt.tell_debt(a_case(debts=debts, agreements=(an_agreement(debts=debts),)), a_turn())

    assert said(answer)[0] == "utter_agreement"


def test_who_owes_nothing_hears_the_good_news() -> None:
    assert said(debt.tell_debt(a_case(debts=()), a_turn())) == ["utter_nothing_owed"]


@pytest.mark.parametrize("rung", [-1, 0, 99, "x", None])
def test_an_odd_rung_in_the_memory_is_no_deeper_than_the_last(rung: object) -> None:
    case = a_case(memory={"rung": rung} if rung != -1 else {})
    last = offer_case(case, case.debts).policy.last_rung(debt.profile(case).kind)

    assert 0 <= debt.rung_of(case) <= last
