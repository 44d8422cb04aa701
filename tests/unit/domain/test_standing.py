from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.domain.debts import DebtInstallment, DebtState, StateReason
from bot.domain.legal import prescribes_on
from bot.domain.money import Money
from bot.domain.standing import blocked_debt, blocked_debts
from tests.unit.domain.makers import TODAY, a_debt, overdue

TOMORROW = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "rule"),
    [
        (DebtState.OPEN, None),
        (DebtState.SETTLED, "R6"),
        (DebtState.IN_AGREEMENT, "R58"),
        (DebtState.DISPUTED, "R44"),
        (DebtState.PRESCRIBED, "R31"),
        (DebtState.SUSPENDED, "R45"),
    ],
)
def test_R6_R31_R44_each_state_but_open_blocks_by_its_rule(state: DebtState, rule: str | None) -> None:
    refusal = blocked_debt(a_debt(state=state), today=TODAY)
    assert (refusal.rule if refusal else None) == rule


@pytest.mark.parametrize(
    ("reason", "until", "rule"),
    [
        (StateReason.DEATH, YESTERDAY, "R15"),
        (StateReason.CRISIS, YESTERDAY, "R14"),
        (StateReason.PAYMENT_CLAIMED, TODAY, "R41"),
        (StateReason.PAYMENT_CLAIMED, YESTERDAY, None),
        (StateReason.HARDSHIP, TOMORROW, "R45"),
        (StateReason.HARDSHIP, None, "R45"),
        (StateReason.HARDSHIP, YESTERDAY, None),
    ],
)
def test_R14_R15_R41_R45_a_suspension_blocks_until_its_day_and_death_and_crisis_for_good(
    reason: StateReason, until: date | None, rule: str | None
) -> None:
    refusal = blocked_debt(a_debt(state=DebtState.SUSPENDED, reason=reason, until=until), today=TODAY)
    assert (refusal.rule if refusal else None) == rule


def test_R45_the_pause_does_not_keep_anybody_from_asking_for_smaller_terms() -> None:
    debt = a_debt(state=DebtState.SUSPENDED, reason=StateReason.HARDSHIP, until=TOMORROW)
    assert blocked_debt(debt, today=TODAY, asked_for_terms=True) is None


@pytest.mark.parametrize(("days_left", "rule"), [(0, "R31"), (30, "R30"), (89, "R33"), (90, None)])
def test_R30_R31_R33_the_oldest_open_installment_decides(days_left: int, rule: str | None) -> None:
    due = date(2021, 6, 15)
    old = DebtInstallment(1, due, Money(10_000))
    today = prescribes_on(due) - timedelta(days=days_left)
    debt = a_debt(old, DebtInstallment(2, today - timedelta(days=10), Money(10_000)))
    refusal = blocked_debt(debt, today=today)
    assert (refusal.rule if refusal else None) == rule


def test_R31_an_old_installment_that_was_paid_blocks_nothing() -> None:
    due = date(2015, 6, 15)
    debt = a_debt(DebtInstallment(1, due, Money(10_000), due, Money(10_000)), overdue(10_000, days=10, number=2))
    assert blocked_debt(debt, today=TODAY) is None


def test_one_blocked_debt_blocks_them_all() -> None:
    debts = (a_debt(number=1), a_debt(number=2, state=DebtState.DISPUTED))
    refusal = blocked_debts(debts, today=TODAY)
    assert refusal is not None
    assert refusal.rule == "R44"
    assert refusal.facts["debt_id"] == debts[1].id
    assert blocked_debts(debts[:1], today=TODAY) is None
