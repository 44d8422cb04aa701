"""Offers, counters and full terms (R4, R38, R40, R58, R71)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bot.domain.cases import Answer, Case, HandedOver, Lines, OfferShown, Say
from bot.domain.conversations import Asked, Question
from bot.domain.debts import DebtState
from bot.domain.money import Money, total
from bot.domain.offers import Offer, OfferKind
from bot.domain.topics import negotiation
from tests.builders import NOW, TODAY, a_case, a_debt, a_turn, an_installment

IN_THREE = a_turn("ask_installments", text="em 3x", entities={"installments": 3})


def said(answer: Answer) -> list[str]:
    return [one.response for one in answer.says]


def shown(answer: Answer) -> Offer:
    (offer,) = (e.offer for e in answer.effects if isinstance(e, OfferShown))
    return offer


def after(case: Case, answer: Answer) -> Case:
    """The case once this answer was stored."""
    conversation = replace(case.conversation, memory={**case.memory, **answer.memory}, asked=answer.asked or case.asked)
    offers = (*case.offers, *(e.offer for e in answer.effects if isinstance(e, OfferShown)))
    return replace(case, conversation=conversation, offers=offers)


def facts(answer: Answer, response: str) -> Say:
    return next(one for one in answer.says if one.response == response)


def test_the_full_terms_show_everything_before_the_yes() -> None:
    """R4, R5, R38, R56"""
    answer = negotiation.ask_installments(a_case(), IN_THREE)
    offer, told = shown(answer), facts(answer, "utter_terms_plan").facts
    accept = facts(answer, "utter_terms_accept")

    assert {"price", "interest", "monthly_rate", "annual_rate", "count", "total", "items"} <= told.keys()
    lines = told["installments"]
    assert isinstance(lines, Lines)
    assert [line.facts["due"] for line in lines.lines] == [i.due_on for i in offer.installments]
    assert told["price"] == offer.price
    assert told["total"] == offer.total == total([i.amount for i in offer.installments])
    assert accept.facts["creditor"] == "Lojas Exemplo Comércio de Móveis Ltda."
    assert accept.facts["creditor_document"] == "11.222.333/0001-81"
    assert "São Paulo/SP" in str(accept.facts["creditor_address"])
    assert accept.choices[0] == negotiation.ACCEPT
    assert answer.asked == Asked(Question.ACCEPT, {"offer": str(offer.id), "count": 3})


def test_paying_at_once_has_full_terms_as_well() -> None:
    answer = negotiation.ask_discount(a_case(), a_turn("ask_discount"))

    assert said(answer) == ["utter_lead_cash", "utter_terms_cash", "utter_terms_accept"]
    assert shown(answer).kind is OfferKind.CASH


def test_the_number_asked_for_is_taken_where_it_is_allowed() -> None:
    assert shown(negotiation.ask_installments(a_case(), IN_THREE)).count == 3


def test_too_many_installments_get_the_most_that_there_are() -> None:
    answer = negotiation.ask_installments(a_case(), a_turn(entities={"installments": 1_000}))

    assert said(answer)[0] == "utter_counter_too_many_installments"
    assert shown(answer).count <= 12


@pytest.mark.parametrize("count", [0, -3, "seis", None, 3.5])
def test_an_odd_number_is_none(count: object) -> None:
    answer = negotiation.ask_installments(a_case(), a_turn(entities={"installments": count}))

    assert said(answer)[0] == "utter_lead_plan"


def test_a_debt_too_small_for_a_plan_is_offered_at_once() -> None:
    small = a_case(debts=(a_debt(1, an_installment(centavos=40_00)),))

    for turn in (a_turn(), IN_THREE):
        assert said(negotiation.ask_installments(small, turn))[0] == "utter_lead_too_small_for_plan"


def test_an_amount_a_month_finds_the_plan_that_fits() -> None:
    turn = a_turn("counter_offer", text="consigo 200 por mês", entities={"amount": "200.00"})
    offer = shown(negotiation.counter_offer(a_case(), turn))

    assert offer.largest_installment <= Money(200_00)


def test_too_little_at_once_is_countered_with_todays_price_not_with_the_floor() -> None:
    """R71"""
    case = a_case()
    usual = shown(negotiation.ask_discount(case, a_turn()))
    low = negotiation.counter_offer(case, a_turn("counter_offer", text="dou 100 agora", entities={"amount": "100.00"}))

    assert said(low)[0] == "utter_counter_total_too_low"
    assert shown(low).total == usual.total


def test_what_is_written_never_changes_the_terms_of_a_rung() -> None:
    """R71: neither insisting nor repeating lowers the price; only the policy's own steps do."""
    case, totals = a_case(), set()
    for number, amount in enumerate(("1.00", "50.00", "0.01")):
        low = a_turn(message_id=UUID(int=500 + number), text="só isso", entities={"amount": amount})
        answer = negotiation.counter_offer(case, low)
        totals.add(shown(answer).total)
        case = after(case, answer)

    assert len(totals) == 1
    fourth = negotiation.counter_offer(case, a_turn(text="só isso", entities={"amount": "2.00"}))
    assert any(isinstance(e, HandedOver) for e in fourth.effects)


def test_a_refusal_goes_one_step_further_and_after_the_last_asks_what_would_fit() -> None:
    """R71"""
    case = a_case()
    case = after(case, negotiation.negotiate(case, a_turn()))
    prices = [min(o.total for o in case.offers)]
    for number in range(5):
        answer = negotiation.reject_offer(case, a_turn("reject_offer", message_id=case.offers[0].id))
        if said(answer) == ["utter_ask_amount"]:
            break
        assert said(answer)[0] == "utter_lead_better"
        assert answer.memory["rung"] == number + 1
        case = after(case, answer)
        prices.append(min(o.total for o in case.offers))

    assert prices == sorted(prices, reverse=True)
    assert len(prices) == 3
    assert answer.asked == Asked(Question.AMOUNT)
    assert "0,6" not in str(answer), "the ceiling is never told"


@pytest.mark.parametrize("amount", ["0", "0.00", "-5.00", ""])
def test_an_amount_of_nothing_is_asked_for(amount: str) -> None:
    answer = negotiation.counter_offer(a_case(), a_turn(entities={"amount": amount}))

    assert said(answer) == ["utter_ask_amount"]


def test_a_day_in_the_past_is_asked_again_and_one_too_late_is_countered() -> None:
    past = a_turn(entities={"date": (TODAY - timedelta(days=1)).isoformat()})
    late = a_turn(entities={"date": (TODAY + timedelta(days=90)).isoformat()})

    assert said(negotiation.promise_to_pay(a_case(), past)) == ["utter_ask_due_day"]
    assert said(negotiation.promise_to_pay(a_case(), late))[0] == "utter_counter_first_due_too_late"


def test_with_several_debts_which_one_comes_first() -> None:
    case = a_case(debts=(a_debt(1), a_debt(2)))

    for topic in (negotiation.negotiate, negotiation.ask_discount, negotiation.reject_offer):
        assert said(topic(case, a_turn())) == ["utter_debts_two"]


def test_expired_terms_are_worked_out_anew() -> None:
    """R58"""
    case = a_case()
    case = after(case, negotiation.ask_discount(case, a_turn()))
    later = replace(case, now=NOW + timedelta(hours=6))

    answer = negotiation.show_again(later, a_turn(message_id=case.offers[0].id), case.offers[0])

    assert said(answer)[0] == "utter_lead_expired"
    assert shown(answer).id != case.offers[0].id


def test_time_to_think_is_never_pressed_and_after_hardship_names_no_deadline() -> None:
    """R8, R43"""
    case = a_case()
    case = after(case, negotiation.ask_discount(case, a_turn()))
    hard = replace(case, conversation=replace(case.conversation, memory={**case.memory, "hardship": True}))

    assert said(negotiation.ask_time(case, a_turn())) == ["utter_time_with_offer"]
    assert said(negotiation.ask_time(hard, a_turn())) == ["utter_time"]
    assert said(negotiation.ask_time(a_case(identified=False), a_turn())) == ["utter_time"]


def test_another_day_for_an_agreement_in_force_is_for_a_person() -> None:
    case = a_case(debts=(a_debt(state=DebtState.IN_AGREEMENT),))

    assert said(negotiation.change_due_date(case, a_turn())) == ["utter_due_day_to_a_person"]
