from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.affordability import DeclaredIncome
from bot.domain.debts import DebtState
from bot.domain.legal import Blocked
from bot.domain.money import Money
from bot.domain.offers import Case, Offer, OfferKind, cash_offer, plan_offer
from bot.domain.profiles import ProfileKind
from bot.domain.proposals import Accepted, Countered, Decision, Proposal, Reason, decide
from tests.unit.domain.makers import NOW, OFFER_ID, TODAY, a_case, a_debt, a_policy, overdue
from tests.unit.domain.test_offers import cases

# R$ 1.000,00 thirty days late: R$ 1.030,00; at rung 0 five percent off at once, half of that on a plan
CASE = a_case()
CASH_PRICE = Money(97_850)


def decided(proposal: Proposal, case: Case = CASE, *, rung: int = 0) -> Decision:
    return decide(proposal, case, rung=rung, offer_id=OFFER_ID, now=NOW, today=TODAY)


def accepted(proposal: Proposal, case: Case = CASE, *, rung: int = 0) -> Offer:
    decision = decided(proposal, case, rung=rung)
    assert isinstance(decision, Accepted), decision
    return decision.offer


def countered(proposal: Proposal, case: Case = CASE, *, rung: int = 0) -> Countered:
    decision = decided(proposal, case, rung=rung)
    assert isinstance(decision, Countered), decision
    return decision


class TestAtOnce:
    def test_the_price_of_the_rung_is_taken(self) -> None:
        assert accepted(Proposal(total=CASH_PRICE)).total == CASH_PRICE

    def test_whoever_offers_more_than_the_price_pays_the_price(self) -> None:
        assert accepted(Proposal(total=Money(100_000))).total == CASH_PRICE

    def test_one_centavo_less_meets_the_price_of_the_rung(self) -> None:
        counter = countered(Proposal(total=CASH_PRICE - Money(1)))
        assert (counter.reason, counter.offer.total) == (Reason.TOTAL_TOO_LOW, CASH_PRICE)

    def test_the_same_amount_is_taken_on_a_higher_rung(self) -> None:
        proposal = Proposal(total=Money(90_000))
        assert isinstance(decided(proposal, rung=1), Countered)
        assert accepted(proposal, rung=2).total == Money(87_550)

    def test_more_than_the_balance_is_asked_about_rather_than_taken(self) -> None:
        counter = countered(Proposal(total=Money(200_000)))
        assert (counter.reason, counter.offer.total) == (Reason.ABOVE_BALANCE, CASH_PRICE)

    def test_no_amount_at_all_is_the_engines_own_offer(self) -> None:
        assert accepted(Proposal()).total == CASH_PRICE

    def test_one_installment_of_an_amount_is_that_total(self) -> None:
        assert countered(Proposal(installments=1, amount_per_month=Money(50_000))).reason is Reason.TOTAL_TOO_LOW


class TestMonthly:
    def test_an_amount_a_month_gives_the_shortest_plan_that_fits(self) -> None:
        offer = accepted(Proposal(amount_per_month=Money(15_000)))
        assert offer.count == 7
        assert offer.largest_installment <= Money(15_000)

    def test_an_amount_a_month_that_pays_it_all_is_paid_at_once(self) -> None:
        assert accepted(Proposal(amount_per_month=Money(98_000))).kind is OfferKind.CASH

    def test_too_little_a_month_meets_the_longest_plan(self) -> None:
        counter = countered(Proposal(amount_per_month=Money(3_000)))
        assert (counter.reason, counter.offer.count) == (Reason.AMOUNT_TOO_LOW, 12)

    def test_an_amount_below_the_down_payment_is_told_so(self) -> None:
        counter = countered(Proposal(amount_per_month=Money(9_300)))
        assert counter.reason is Reason.DOWN_PAYMENT_TOO_LOW
        assert counter.offer.installments[1].amount <= Money(9_300) < counter.offer.down_payment

    def test_amount_and_number_that_do_not_meet_keep_the_amount(self) -> None:
        counter = countered(Proposal(installments=4, amount_per_month=Money(15_000)))
        assert (counter.reason, counter.offer.count) == (Reason.AMOUNT_TOO_LOW, 7)

    def test_a_number_asked_for_is_kept_where_the_amount_a_month_would_allow_fewer(self) -> None:
        assert accepted(Proposal(installments=10, amount_per_month=Money(50_000))).count == 10

    def test_a_total_by_an_amount_a_month_gives_the_number(self) -> None:
        assert accepted(Proposal(total=Money(103_000), amount_per_month=Money(20_600))).count == 5

    def test_a_number_of_installments_alone_is_taken(self) -> None:
        assert accepted(Proposal(installments=10)).count == 10

    def test_a_number_that_the_profile_does_not_have_is_countered_with_the_most(self) -> None:
        counter = countered(Proposal(installments=20))
        assert (counter.reason, counter.offer.count) == (Reason.TOO_MANY_INSTALLMENTS, 12)

    def test_installments_that_would_be_too_small_are_fewer(self) -> None:
        case = a_case(a_debt(overdue(23_000, days=10)))
        counter = countered(Proposal(installments=10), case)
        assert (counter.reason, counter.offer.count) == (Reason.INSTALLMENT_TOO_SMALL, 4)

    def test_a_debt_too_small_for_a_plan_is_offered_at_once(self) -> None:
        case = a_case(a_debt(overdue(6_000, days=10)))
        counter = countered(Proposal(installments=3), case)
        assert (counter.reason, counter.offer.kind) == (Reason.INSTALLMENT_TOO_SMALL, OfferKind.CASH)

    def test_a_total_below_the_plans_price_meets_it(self) -> None:
        counter = countered(Proposal(total=Money(60_000), installments=6))
        assert (counter.reason, counter.offer.count) == (Reason.TOTAL_TOO_LOW, 6)


class TestIncome:
    def test_R42_too_few_installments_for_the_income_become_more(self) -> None:
        case = replace(CASE, declared=DeclaredIncome(Money(75_000)))
        counter = countered(Proposal(installments=3), case)
        assert counter.reason is Reason.TOO_FEW_INSTALLMENTS
        assert counter.offer.largest_installment <= Money(15_000)

    def test_R42_where_no_plan_helps_nothing_is_pressed(self) -> None:
        decision = decided(Proposal(installments=12), replace(CASE, declared=DeclaredIncome(Money(61_000))))
        assert isinstance(decision, Blocked)
        assert decision.rule == "R42"


class TestDates:
    def test_a_weekend_becomes_the_next_business_day(self) -> None:
        counter = countered(Proposal(installments=3, first_due=date(2026, 12, 5)))
        assert (counter.reason, counter.offer.first_due) == (Reason.DUE_NOT_BUSINESS_DAY, date(2026, 12, 7))

    def test_too_late_becomes_the_latest_day(self) -> None:
        counter = countered(Proposal(installments=3, first_due=date(2027, 2, 10)))
        assert (counter.reason, counter.offer.first_due) == (Reason.FIRST_DUE_TOO_LATE, date(2026, 12, 23))
        assert countered(Proposal(first_due=date(2026, 12, 10))).offer.first_due == date(2026, 11, 27)

    def test_a_day_gone_by_becomes_the_first_one_to_come(self) -> None:
        counter = countered(Proposal(first_due=date(2026, 11, 10)))
        assert (counter.reason, counter.offer.first_due) == (Reason.FIRST_DUE_PAST, TODAY)

    def test_a_good_day_is_kept(self) -> None:
        assert accepted(Proposal(installments=3, first_due=date(2026, 12, 10))).first_due == date(2026, 12, 10)


def test_everything_that_does_not_fit_is_answered_in_one_counter() -> None:
    counter = countered(Proposal(total=Money(10_000), installments=40, first_due=date(2027, 6, 1)))
    assert counter.reasons == (Reason.TOTAL_TOO_LOW, Reason.TOO_MANY_INSTALLMENTS, Reason.FIRST_DUE_TOO_LATE)


@pytest.mark.parametrize(
    "said", [{"installments": 0}, {"total": Money(0)}, {"amount_per_month": Money(-1)}, {"installments": -3}]
)
def test_an_unparsed_number_is_a_mistake_of_the_caller(said: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        Proposal(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "rule"), [(DebtState.DISPUTED, "R44"), (DebtState.PRESCRIBED, "R31"), (DebtState.SUSPENDED, "R45")]
)
def test_R31_R44_R45_no_proposal_opens_a_blocked_debt(state: DebtState, rule: str) -> None:
    decision = decided(Proposal(total=Money(100_000)), a_case(a_debt(state=state)))
    assert isinstance(decision, Blocked)
    assert decision.rule == rule


MONEY = st.builds(Money, st.integers(1, 20_000_000))
PROPOSALS = st.builds(
    Proposal,
    total=st.none() | MONEY,
    amount_per_month=st.none() | MONEY,
    installments=st.none() | st.integers(1, 60),
    first_due=st.none() | st.dates(TODAY - timedelta(days=30), TODAY + timedelta(days=120)),
)
RUNGS = st.integers(0, 4)


@given(PROPOSALS, cases(), RUNGS)
def test_the_nearest_counter_is_itself_acceptable(proposal: Proposal, case: Case, rung: int) -> None:
    decision = decided(proposal, case, rung=rung)
    if isinstance(decision, Countered):
        again = accepted(decision.proposal, case, rung=rung)
        assert again.total == decision.offer.total
        assert again.count == decision.offer.count
        assert again.first_due == decision.offer.first_due


@given(PROPOSALS, cases(), RUNGS)
def test_R42_R71_no_decision_leaves_the_terms_of_the_rung(proposal: Proposal, case: Case, rung: int) -> None:
    decision = decided(proposal, case, rung=rung)
    if isinstance(decision, Blocked):
        assert decision.rule == "R42"
        return
    offer = decision.offer
    assert offer.price == case.price(offer.kind, rung, TODAY)
    assert offer.count <= max(1, case.policy.most_installments(case.profile, hardship=case.hardship))
    if case.declared and offer.count > 1:
        assert offer.largest_installment <= case.declared.affordable


@given(PROPOSALS, cases(), RUNGS)
def test_an_accepted_proposal_costs_no_more_than_was_offered_nor_than_the_engine_asks(
    proposal: Proposal, case: Case, rung: int
) -> None:
    decision = decided(proposal, case, rung=rung)
    if not isinstance(decision, Accepted):
        return
    offer = decision.offer
    own = (
        cash_offer(case, rung=rung, offer_id=OFFER_ID, now=NOW, today=TODAY)
        if offer.count == 1
        else plan_offer(
            case,
            rung=rung,
            offer_id=OFFER_ID,
            now=NOW,
            today=TODAY,
            installments=offer.count,
            first_due=offer.first_due,
        )
    )
    assert isinstance(own, Offer)
    assert offer.total <= own.total
    assert proposal.total is None or offer.total <= proposal.total
    assert proposal.installments is None or offer.count == proposal.installments
    if proposal.amount_per_month:
        assert offer.largest_installment <= proposal.amount_per_month
    assert proposal.first_due in {None, offer.first_due}


@given(PROPOSALS, cases(), RUNGS)
def test_what_is_accepted_on_one_rung_is_accepted_on_the_next(proposal: Proposal, case: Case, rung: int) -> None:
    here, there = (decided(proposal, case, rung=r) for r in (rung, rung + 1))
    if isinstance(here, Accepted) and isinstance(there, Accepted) and here.offer.count == there.offer.count:
        assert there.offer.total <= here.offer.total


def test_a_counter_never_speaks_of_another_rung() -> None:
    """R71: the largest discount is never revealed."""
    case = a_case(policy=a_policy(("ceiling = 0.60", "ceiling = 0.90")), profile=ProfileKind.DEFAULTER)
    offer = countered(Proposal(total=Money(1)), case).offer
    assert offer.discount == offer.balance - offer.balance.times(1 - Decimal("0.10"))
