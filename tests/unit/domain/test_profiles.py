from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.debts import Debt, DebtInstallment
from bot.domain.profiles import PROFILE_VERSION, History, ProfileKind, profile_of
from tests.unit.domain.makers import TODAY, a_debt, overdue, paid

ON_TIME = tuple(paid(10_000, late=0, number=n, ago=30 * n) for n in range(1, 21))


def kind_of(*debts: Debt, broken: int = 0, since: date | None = None) -> ProfileKind:
    return profile_of(History(debts, broken, since), today=TODAY).kind


class TestTheFourProfiles:
    def test_occasional_has_no_history_of_delay_and_probably_forgot(self) -> None:
        assert kind_of(a_debt(*ON_TIME, overdue(10_000, days=12, number=30))) is ProfileKind.OCCASIONAL

    def test_occasional_is_whoever_is_not_late_at_all(self) -> None:
        profile = profile_of(History((a_debt(*ON_TIME),)), today=TODAY)
        assert (profile.kind, profile.reasons) == (ProfileKind.OCCASIONAL, ("never_late",))

    def test_a_payment_three_days_late_is_no_delay(self) -> None:
        late = tuple(paid(10_000, late=3, number=n) for n in range(1, 9))
        assert kind_of(a_debt(*late)) is ProfileKind.OCCASIONAL

    def test_negligent_has_several_delays(self) -> None:
        delays = tuple(paid(10_000, late=20, number=n) for n in range(50, 53))
        assert kind_of(a_debt(*ON_TIME[:9], *delays)) is ProfileKind.NEGLIGENT

    def test_negligent_has_several_debts_open_at_once(self) -> None:
        debts = tuple(a_debt(*ON_TIME, overdue(10_000, days=12, number=30), number=n) for n in (1, 2))
        assert kind_of(*debts) is ProfileKind.NEGLIGENT

    def test_negligent_is_whoever_stopped_paying_two_months_ago(self) -> None:
        assert kind_of(a_debt(overdue(10_000, days=75))) is ProfileKind.NEGLIGENT

    def test_chronic_is_often_late_and_pays_in_the_end(self) -> None:
        late = tuple(paid(10_000, late=25, number=n, ago=40 * n) for n in range(1, 9))
        profile = profile_of(History((a_debt(*late, overdue(10_000, days=20, number=9)),)), today=TODAY)
        assert (profile.kind, profile.reasons) == (ProfileKind.CHRONIC, ("often_late",))

    def test_chronic_is_often_late_open_installments_included(self) -> None:
        late = tuple(paid(10_000, late=25, number=n, ago=200 + n) for n in range(50, 53))
        open_ones = tuple(overdue(10_000, days=30 * n, number=60 + n) for n in range(1, 5))
        assert kind_of(a_debt(*ON_TIME[:7], *late, *open_ones)) is ProfileKind.CHRONIC

    def test_defaulter_has_been_overdue_for_a_year(self) -> None:
        assert kind_of(a_debt(*ON_TIME, overdue(10_000, days=400, number=30))) is ProfileKind.DEFAULTER

    def test_defaulter_left_most_of_it_unpaid_for_half_a_year(self) -> None:
        open_ones = tuple(overdue(10_000, days=30 * n, number=n) for n in range(1, 8))
        assert kind_of(a_debt(paid(10_000, late=0, number=9), *open_ones)) is ProfileKind.DEFAULTER

    def test_defaulter_broke_agreements(self) -> None:
        assert kind_of(a_debt(overdue(10_000, days=10)), broken=2) is ProfileKind.DEFAULTER
        assert kind_of(a_debt(overdue(10_000, days=95)), broken=1) is ProfileKind.DEFAULTER


def test_an_old_customer_may_have_one_delay_more() -> None:
    debt = a_debt(*ON_TIME[:8], paid(10_000, late=20, number=50), paid(10_000, late=20, number=51))
    assert kind_of(debt) is ProfileKind.NEGLIGENT
    assert kind_of(debt, since=date(2016, 1, 1)) is ProfileKind.OCCASIONAL


def test_a_contract_left_unpaid_is_one_delay_however_many_installments_follow() -> None:
    open_ones = tuple(overdue(10_000, days=d, number=n) for n, d in enumerate((5, 30, 55), start=30))
    assert kind_of(a_debt(*ON_TIME, *open_ones)) is ProfileKind.OCCASIONAL


def test_R50_a_profile_says_why_and_by_which_version_of_the_thresholds() -> None:
    profile = profile_of(History((a_debt(overdue(10_000, days=400)),), broken_agreements=2), today=TODAY)
    assert profile.version == PROFILE_VERSION
    assert profile.reasons == (
        "open_for_a_year",
        "mostly_unpaid",
        "agreements_broken",
        "agreement_broken_and_overdue",
    )


@pytest.mark.parametrize("debts", [(), (a_debt(overdue(10_000, days=-10)),)])
def test_nobody_without_history_is_judged(debts: tuple[Debt, ...]) -> None:
    assert kind_of(*debts) is ProfileKind.OCCASIONAL


ONE = st.one_of(
    st.builds(overdue, st.just(10_000), days=st.integers(1, 900)),
    st.builds(paid, st.just(10_000), late=st.integers(-5, 90), ago=st.integers(91, 900)),
)
DEBTS = st.lists(st.lists(ONE, min_size=1, max_size=10), min_size=1, max_size=3)


def delayed(one: DebtInstallment, days: int) -> DebtInstallment:
    if one.paid_on is None:
        return replace(one, due_on=one.due_on - timedelta(days=days))
    return replace(one, paid_on=one.paid_on + timedelta(days=days))


@given(DEBTS, st.data(), st.integers(0, 3))
def test_more_delay_never_gives_a_milder_profile(
    debts: list[list[DebtInstallment]], data: st.DataObject, broken: int
) -> None:
    worse = [[delayed(one, data.draw(st.integers(0, 400))) for one in debt] for debt in debts]
    before = kind_of(*(a_debt(*d, number=n) for n, d in enumerate(debts)), broken=broken)
    after = kind_of(*(a_debt(*d, number=n) for n, d in enumerate(worse)), broken=broken)
    assert after.severity >= before.severity


@given(DEBTS, st.integers(0, 2), st.integers(1, 3))
def test_a_broken_agreement_never_gives_a_milder_profile(
    debts: list[list[DebtInstallment]], broken: int, more: int
) -> None:
    history = tuple(a_debt(*d, number=n) for n, d in enumerate(debts))
    assert kind_of(*history, broken=broken + more).severity >= kind_of(*history, broken=broken).severity
