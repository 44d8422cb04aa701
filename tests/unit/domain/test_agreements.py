from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agreements import Agreement, AgreementStatus, agree
from bot.domain.legal import Blocked
from bot.domain.money import ZERO, Money
from bot.domain.offers import Offer, plan_offer
from tests.unit.domain.makers import NOW, OFFER_ID, TODAY, a_case

GRACE = timedelta(days=5)
AGREEMENT_ID = UUID(int=9)


def an_offer(installments: int = 3) -> Offer:
    offer = plan_offer(a_case(), rung=0, offer_id=OFFER_ID, now=NOW, today=TODAY, installments=installments)
    assert isinstance(offer, Offer)
    return offer


def an_agreement(installments: int = 3, *, at: datetime = NOW) -> Agreement:
    agreement = agree(an_offer(installments), agreement_id=AGREEMENT_ID, accepted_at=at)
    assert isinstance(agreement, Agreement)
    return agreement


def paid_in_full(agreement: Agreement, number: int) -> Agreement:
    one = agreement.installments[number - 1]
    return agreement.with_payment(number, one.amount, paid_on=one.due_on)


def test_an_agreement_is_the_offer_to_the_centavo() -> None:
    offer, agreement = an_offer(), an_agreement()
    assert agreement.offer_id == offer.id
    assert agreement.total == offer.total
    assert agreement.policy_version == offer.policy_version
    assert [(i.number, i.due_on, i.amount) for i in agreement.installments] == [
        (i.number, i.due_on, i.amount) for i in offer.installments
    ]


def test_R58_a_yes_after_six_hours_makes_no_agreement() -> None:
    assert isinstance(an_agreement(at=NOW + timedelta(hours=5, minutes=59)), Agreement)
    refusal = agree(an_offer(), agreement_id=AGREEMENT_ID, accepted_at=NOW + timedelta(hours=6))
    assert isinstance(refusal, Blocked)
    assert (refusal.rule, refusal.detail) == ("R58", "offer_expired")


class TestStatus:
    def test_it_is_active_until_the_days_of_grace_are_over(self) -> None:
        agreement = an_agreement()
        first = agreement.installments[0].due_on
        assert agreement.status(today=first + GRACE, grace=GRACE) is AgreementStatus.ACTIVE
        assert agreement.status(today=first + GRACE + timedelta(days=1), grace=GRACE) is AgreementStatus.BROKEN

    def test_it_is_fulfilled_with_the_last_payment(self) -> None:
        agreement = an_agreement(2)
        assert paid_in_full(agreement, 1).status(today=TODAY, grace=GRACE) is AgreementStatus.ACTIVE
        done = paid_in_full(paid_in_full(agreement, 1), 2)
        assert done.status(today=date(2030, 1, 1), grace=GRACE) is AgreementStatus.FULFILLED
        assert (done.open_total, done.next_due) == (ZERO, None)

    def test_a_late_payment_mends_a_broken_one(self) -> None:
        agreement = an_agreement(2)
        late = agreement.installments[0].due_on + timedelta(days=20)
        assert agreement.status(today=late, grace=GRACE) is AgreementStatus.BROKEN
        mended = agreement.with_payment(1, agreement.installments[0].amount, paid_on=late)
        assert mended.status(today=late, grace=GRACE) is AgreementStatus.ACTIVE

    @given(st.dates(date(2026, 11, 23), date(2028, 1, 1)), st.integers(0, 100), st.integers(0, 30))
    def test_a_broken_one_stays_broken_while_nobody_pays(self, day: date, later: int, grace: int) -> None:
        agreement, days = an_agreement(), timedelta(days=grace)
        if agreement.status(today=day, grace=days) is AgreementStatus.BROKEN:
            assert agreement.status(today=day + timedelta(days=later), grace=days) is AgreementStatus.BROKEN


class TestPayments:
    def test_a_part_payment_leaves_the_installment_open(self) -> None:
        agreement = an_agreement().with_payment(1, Money(10_000), paid_on=TODAY)
        first = agreement.installments[0]
        assert first.paid_on is None
        assert agreement.paid_total == Money(10_000)
        assert agreement.open_total == agreement.total - Money(10_000)
        assert agreement.next_due == first

    def test_part_payments_add_up_to_a_full_one(self) -> None:
        agreement = an_agreement().with_payment(1, Money(10_000), paid_on=TODAY)
        rest = agreement.installments[0].open_amount
        agreement = agreement.with_payment(1, rest, paid_on=TODAY + timedelta(days=1))
        assert agreement.installments[0].paid_on == TODAY + timedelta(days=1)

    @pytest.mark.parametrize("number", [0, 1, 9])
    def test_nothing_is_paid_twice_nor_out_of_nowhere(self, number: int) -> None:
        agreement = paid_in_full(an_agreement(), 1)
        with pytest.raises(ValueError, match="no open installment"):
            agreement.with_payment(number, Money(1), paid_on=TODAY)

    def test_R28_removal_is_requested_within_five_business_days_of_the_first_payment(self) -> None:
        agreement = an_agreement()
        assert agreement.listing_removal_due() is None
        one = agreement.with_payment(1, agreement.installments[0].amount, paid_on=date(2026, 11, 25))
        assert one.listing_removal_due() == date(2026, 12, 2)


class TestRegret:
    def test_R59_seven_days_free_of_charge_and_what_was_paid_is_told(self) -> None:
        agreement = an_agreement().with_payment(1, Money(10_000), paid_on=TODAY)
        cancelled = agreement.cancelled(now=NOW + timedelta(days=7), today=TODAY + timedelta(days=7))
        assert isinstance(cancelled, Agreement)
        assert cancelled.status(today=TODAY, grace=GRACE) is AgreementStatus.CANCELLED
        assert cancelled.paid_total == Money(10_000)

    def test_R59_afterwards_a_person_decides(self) -> None:
        refusal = an_agreement().cancelled(now=NOW + timedelta(days=8), today=TODAY + timedelta(days=8))
        assert isinstance(refusal, Blocked)
        assert refusal.rule == "R59"

    def test_R59_a_yes_late_in_the_evening_loses_no_day(self) -> None:
        late = replace(
            an_agreement(), accepted_at=datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
        )  # 22:30 in São Paulo, still the 23rd
        assert late.regret_until >= TODAY + timedelta(days=7)

    def test_cancelling_twice_keeps_the_first_time(self) -> None:
        once = an_agreement().cancelled(now=NOW, today=TODAY)
        assert isinstance(once, Agreement)
        assert once.cancelled(now=NOW + timedelta(days=1), today=TODAY) == once
