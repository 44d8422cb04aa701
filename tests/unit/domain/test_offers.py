from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.affordability import DeclaredIncome
from bot.domain.calendars import is_business_day
from bot.domain.charges import ChargeKind
from bot.domain.debts import Debt, DebtInstallment, DebtState
from bot.domain.legal import Blocked
from bot.domain.money import ZERO, Money, total
from bot.domain.offers import (
    Case,
    Offer,
    OfferKind,
    cash_offer,
    early_offer,
    monthly_due_dates,
    options_for,
    plan_offer,
)
from bot.domain.profiles import ProfileKind
from tests.unit.domain.makers import NOW, OFFER_ID, TODAY, a_case, a_debt, a_policy, overdue

POLICY = a_policy()
FREE_PLANS = a_policy(("monthly_rate = 0.008", "monthly_rate = 0"), ("down_payment = 0.10", "down_payment = 0"))


def cash(case: Case, *, rung: int = 0, due_on: date | None = None) -> Offer:
    offer = cash_offer(case, rung=rung, offer_id=OFFER_ID, now=NOW, today=TODAY, due_on=due_on)
    assert isinstance(offer, Offer)
    return offer


def plan(
    case: Case, *, rung: int = 0, n: int | None = None, first_due: date | None = None, due_day: int | None = None
) -> Offer:
    offer = plan_offer(
        case,
        rung=rung,
        offer_id=OFFER_ID,
        now=NOW,
        today=TODAY,
        installments=n,
        first_due=first_due,
        due_day=due_day,
    )
    assert isinstance(offer, Offer)
    return offer


class TestCash:
    def test_it_is_the_balance_less_the_discount_of_the_rung_item_by_item(self) -> None:
        # given R$ 1.000,00, 30 days late: fine R$ 20, interest R$ 10
        # when
        offer = cash(a_case(), rung=1)

        # then
        assert offer.balance == Money(103_000)
        assert offer.discount == Money(10_300)
        assert offer.total == offer.price == Money(92_700)
        assert offer.sheet.by_kind()[ChargeKind.DISCOUNT] == Money(-10_300)
        assert (offer.kind, offer.count, offer.financed_cost) == (OfferKind.CASH, 1, ZERO)

    def test_R58_it_expires_after_six_hours(self) -> None:
        offer = cash(a_case())
        assert offer.expires_at - offer.shown_at == timedelta(hours=6)
        assert not offer.expired(NOW + timedelta(hours=5, minutes=59))
        assert offer.expired(NOW + timedelta(hours=6))

    def test_R58_a_policy_may_let_it_expire_sooner(self) -> None:
        offer = cash(a_case(policy=a_policy(("expires_hours = 6", "expires_hours = 2"))))
        assert offer.expires_at - offer.shown_at == timedelta(hours=2)

    def test_it_falls_due_on_a_business_day_within_the_days_of_the_policy(self) -> None:
        assert cash(a_case()).first_due == date(2026, 11, 27)  # the last business day within five days
        assert cash(a_case(), due_on=TODAY).first_due == TODAY
        assert cash(a_case(), due_on=date(2027, 1, 1)).first_due == date(2026, 11, 27)

    def test_several_debts_of_a_creditor_come_in_one_offer(self) -> None:
        debts = (a_debt(overdue(10_000, days=10), number=1), a_debt(overdue(20_000, days=10), number=2))
        offer = cash(a_case(*debts))
        assert offer.debts == (UUID(int=1), UUID(int=2))
        assert offer.sheet.principal == Money(30_000)


class TestPlans:
    def test_the_profile_has_its_usual_plan_on_one_of_the_due_days(self) -> None:
        offer = plan(a_case(profile=ProfileKind.CHRONIC))
        assert offer.count == 4
        assert [i.due_on for i in offer.installments] == [
            date(2026, 12, 7),  # the 5th is a Saturday
            date(2027, 1, 5),
            date(2027, 2, 5),
            date(2027, 3, 5),
        ]

    def test_a_due_day_that_a_month_lacks_is_its_last_and_comes_back(self) -> None:
        offer = plan(a_case(), n=6, first_due=date(2026, 12, 31), due_day=31)
        assert offer.first_due == date(2026, 12, 23)  # thirty days on, no later
        assert [i.due_on for i in offer.installments[1:4]] == [date(2027, 2, 1), date(2027, 3, 1), date(2027, 3, 31)]

    def test_the_due_day_asked_for_is_kept(self) -> None:
        offer = plan(a_case(), n=3, due_day=10)
        assert [i.due_on for i in offer.installments] == [date(2026, 12, 10), date(2027, 1, 11), date(2027, 2, 10)]

    def test_R38_it_shows_price_financing_and_effective_annual_rate(self) -> None:
        offer = plan(a_case(), n=6, rung=1)
        assert offer.price == Money(103_000 - 5_150)  # half of the cash discount
        assert offer.financed_cost == offer.total - offer.price > ZERO
        assert offer.effective_annual_rate == Decimal("0.100339")

    def test_a_plan_without_interest_has_no_rate(self) -> None:
        offer = plan(a_case(policy=FREE_PLANS), n=6)
        assert (offer.financed_cost, offer.monthly_rate, offer.effective_annual_rate) == (ZERO, 0, 0)

    def test_a_long_plan_begins_with_the_down_payment(self) -> None:
        offer = plan(a_case(), n=12)
        assert offer.down_payment == offer.installments[0].amount == offer.price.times(Decimal("0.10"))
        assert plan(a_case(), n=6).down_payment == ZERO

    def test_too_many_installments_become_the_most_that_the_profile_has(self) -> None:
        assert plan(a_case(), n=48).count == 12
        assert plan(a_case(profile=ProfileKind.OCCASIONAL), n=48).count == 6

    def test_no_installment_is_smaller_than_the_policy_wants(self) -> None:
        offer = plan(a_case(a_debt(overdue(23_000, days=10))), n=12)
        assert offer.count == 4
        assert min(i.amount for i in offer.installments) >= Money(5_000)

    def test_no_installment_after_the_down_payment_is_too_small_either(self) -> None:
        offer = plan(a_case(a_debt(overdue(56_000, days=10))), n=12)
        assert offer.count == 11
        assert min(i.amount for i in offer.installments) >= Money(5_000)

    def test_a_small_debt_has_no_plan(self) -> None:
        case = a_case(a_debt(overdue(6_000, days=10)))
        refusal = plan_offer(case, rung=0, offer_id=OFFER_ID, now=NOW, today=TODAY)
        assert isinstance(refusal, Blocked)
        assert (refusal.rule, refusal.detail) == ("R40", "too_small_for_a_plan")


class TestIncome:
    def test_R42_a_plan_leaves_what_the_person_needs(self) -> None:
        case = replace(a_case(), declared=DeclaredIncome(Money(75_000)))  # R$ 150 above R$ 600
        offer = plan(case, n=3)
        assert offer.count > 3
        assert offer.largest_installment <= Money(15_000)

    def test_R42_where_no_plan_leaves_enough_there_is_none(self) -> None:
        case = replace(a_case(), declared=DeclaredIncome(Money(61_000)))
        refusal = plan_offer(case, rung=0, offer_id=OFFER_ID, now=NOW, today=TODAY)
        assert isinstance(refusal, Blocked)
        assert refusal.rule == "R42"

    def test_R42_the_down_payment_counts_too(self) -> None:
        case = replace(a_case(), declared=DeclaredIncome(Money(69_000)))  # twelve would fit, but for the first
        refusal = plan_offer(case, rung=0, offer_id=OFFER_ID, now=NOW, today=TODAY, installments=12)
        assert isinstance(refusal, Blocked)
        assert refusal.rule == "R42"


class TestHardship:
    def test_R45_smaller_terms_no_interest_no_down_payment(self) -> None:
        before, after = plan(a_case()), plan(replace(a_case(), hardship=True))
        assert after.count == 2 * before.count
        assert after.largest_installment < before.largest_installment
        assert (after.down_payment, after.financed_cost) == (ZERO, ZERO)
        assert plan(replace(a_case(), hardship=True), n=24).count == 24

    def test_R45_the_first_payment_may_wait_for_the_breathing_space(self) -> None:
        case = replace(a_case(), hardship=True)
        wanted = TODAY + timedelta(days=59)
        assert plan(case, n=6, first_due=wanted).first_due == wanted


class TestRefusals:
    @pytest.mark.parametrize(
        ("debt", "rule"),
        [
            (a_debt(overdue(10_000, days=1900)), "R31"),
            (a_debt(overdue(10_000, days=1810)), "R30"),
            (a_debt(overdue(10_000, days=1760)), "R33"),
            (a_debt(state=DebtState.DISPUTED), "R44"),
            (a_debt(overdue(10_000, days=-10)), "R40"),
        ],
    )
    def test_R30_R31_R33_R44_no_offer_of_any_kind_on_a_blocked_debt(self, debt: Debt, rule: str) -> None:
        case = a_case(debt)
        for refusal in (
            cash_offer(case, rung=0, offer_id=OFFER_ID, now=NOW, today=TODAY),
            plan_offer(case, rung=0, offer_id=OFFER_ID, now=NOW, today=TODAY),
            options_for(case, rung=0, cash_id=OFFER_ID, plan_id=OFFER_ID, now=NOW, today=TODAY),
        ):
            assert isinstance(refusal, Blocked)
            assert refusal.rule == rule


class TestEarlyPayment:
    def test_a_good_payer_gets_the_next_installment_cheaper_ahead_of_its_due_date(self) -> None:
        debt = a_debt(overdue(10_000, days=-20, number=1), overdue(10_000, days=-50, number=2))
        offer = early_offer(a_case(debt), offer_id=OFFER_ID, now=NOW, today=TODAY)
        assert isinstance(offer, Offer)
        assert (offer.balance, offer.total) == (Money(10_000), Money(9_700))
        assert offer.first_due == date(2026, 12, 10)

    @pytest.mark.parametrize("days", [10, -2])
    def test_not_for_somebody_who_is_late_nor_on_the_last_days(self, days: int) -> None:
        debt = a_debt(overdue(10_000, days=days))
        assert isinstance(early_offer(a_case(debt), offer_id=OFFER_ID, now=NOW, today=TODAY), Blocked)


def test_the_first_two_ways_are_at_once_and_the_usual_plan() -> None:
    options = options_for(a_case(), rung=0, cash_id=UUID(int=1), plan_id=UUID(int=2), now=NOW, today=TODAY)
    assert isinstance(options, tuple)
    assert [(o.id, o.kind) for o in options] == [(UUID(int=1), OfferKind.CASH), (UUID(int=2), OfferKind.PLAN)]


def test_a_small_debt_has_only_the_one_way() -> None:
    case = a_case(a_debt(overdue(6_000, days=10)))
    options = options_for(case, rung=0, cash_id=UUID(int=1), plan_id=UUID(int=2), now=NOW, today=TODAY)
    assert isinstance(options, tuple)
    assert [o.kind for o in options] == [OfferKind.CASH]


@given(st.dates(date(2026, 1, 1), date(2032, 1, 1)), st.integers(1, 31), st.integers(1, 24))
def test_due_dates_are_business_days_about_a_month_apart(first: date, due_day: int, count: int) -> None:
    dates = monthly_due_dates(first, count, due_day=due_day)
    assert (len(dates), dates[0]) == (count, first)
    assert all(22 <= (later - day).days <= 22 + 31 + 5 for day, later in pairwise(dates[:2]))
    assert all(24 <= (later - day).days <= 36 for day, later in pairwise(dates[1:]))
    assert all(is_business_day(day) for day in dates[1:])


INSTALLMENTS = st.lists(
    st.builds(overdue, st.integers(1, 2_000_000), days=st.integers(1, 1700), number=st.integers(1, 60)),
    min_size=1,
    max_size=5,
)
POLICIES = st.sampled_from([POLICY, FREE_PLANS])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    debts = [a_debt(*draw(INSTALLMENTS), number=n) for n in range(1, draw(st.integers(1, 2)) + 1)]
    return Case(
        debts=tuple(debts),
        policy=draw(POLICIES),
        profile=draw(st.sampled_from(ProfileKind)),
        uf=draw(st.sampled_from([None, "SP", "BA"])),
        lifetime_value=Money(draw(st.integers(0, 10_000_000))),
        hardship=draw(st.booleans()),
        declared=draw(st.none() | st.builds(DeclaredIncome, st.builds(Money, st.integers(0, 1_000_000)))),
    )


def offers_of(case: Case, rung: int) -> tuple[Offer, ...]:
    options = options_for(case, rung=rung, cash_id=UUID(int=1), plan_id=UUID(int=2), now=NOW, today=TODAY)
    assert isinstance(options, tuple)
    return options


@given(cases(), st.integers(0, 4))
def test_R5_R38_R40_every_offer_adds_up_and_keeps_to_floor_balance_and_calendar(case: Case, rung: int) -> None:
    for offer in offers_of(case, rung):
        assert offer.total == total([i.amount for i in offer.installments])
        assert offer.total == offer.price + offer.financed_cost
        assert offer.price == offer.balance - offer.discount == total([i.amount for i in offer.sheet.items])
        ceiling = case.policy.discounts.ceiling
        assert offer.balance.times(1 - ceiling) <= offer.price <= offer.balance
        assert offer.kind is OfferKind.PLAN or offer.total <= offer.balance
        assert min(i.amount for i in offer.installments) > ZERO
        assert all(is_business_day(i.due_on, case.uf) and i.due_on >= TODAY for i in offer.installments)
        assert [i.due_on for i in offer.installments] == sorted({i.due_on for i in offer.installments})
        assert [i.number for i in offer.installments] == list(range(1, offer.count + 1))


@given(cases(), st.integers(0, 4))
def test_R42_no_plan_takes_more_than_the_declared_income_allows(case: Case, rung: int) -> None:
    for offer in offers_of(case, rung):
        if case.declared and offer.kind is OfferKind.PLAN:
            assert offer.largest_installment <= case.declared.affordable


@given(cases(), st.integers(0, 4))
def test_a_higher_rung_never_costs_more(case: Case, rung: int) -> None:
    for lower, higher in zip(offers_of(case, rung), offers_of(case, rung + 1), strict=False):
        if lower.count == higher.count:
            assert higher.total <= lower.total


@given(cases(), st.integers(0, 4), st.integers(2, 12), st.integers(0, 40))
def test_R45_terms_never_get_worse_by_telling_of_hardship(case: Case, rung: int, n: int, days: int) -> None:
    # given
    first_due = TODAY + timedelta(days=days)
    before, after = (replace(case, hardship=told, declared=None) for told in (False, True))

    # when
    usual = plan_offer(before, rung=rung, offer_id=OFFER_ID, now=NOW, today=TODAY, installments=n, first_due=first_due)
    if isinstance(usual, Blocked):
        return
    told = plan(after, rung=rung, n=usual.count, first_due=usual.first_due)

    # then the same shape costs no more, and asks no more at the start
    assert told.count == usual.count
    assert told.total <= usual.total
    assert told.installments[0].amount <= usual.installments[0].amount
    assert cash(after, rung=rung).total <= cash(before, rung=rung).total


@given(INSTALLMENTS)
def test_an_offer_depends_on_nothing_but_what_is_handed_in(installments: list[DebtInstallment]) -> None:
    case = a_case(a_debt(*installments), policy=POLICY)
    assert offers_of(case, 1) == offers_of(case, 1)
