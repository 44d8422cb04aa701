from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.affordability import DeclaredIncome, affordable_installment
from bot.domain.money import Money

CENTAVOS = st.integers(0, 5_000_000)


@pytest.mark.parametrize(
    ("income", "other_debts", "expected"),
    [
        (200_000, 0, 60_000),  # 30 %
        (80_000, 0, 20_000),  # what is above R$ 600
        (60_000, 0, 0),
        (0, 0, 0),
        (200_000, 100_000, 30_000),
        (100_000, 500_000, 0),
    ],
)
def test_R42_thirty_percent_and_never_into_the_last_six_hundred(income: int, other_debts: int, expected: int) -> None:
    assert affordable_installment(Money(income), Money(other_debts)) == Money(expected)


@given(CENTAVOS, CENTAVOS)
def test_R42_dignity_holds_for_every_income(income: int, other_debts: int) -> None:
    installment = DeclaredIncome(Money(income), Money(other_debts)).affordable
    assert installment.centavos >= 0
    if installment:
        assert income - other_debts - installment.centavos >= 600_00
        assert installment.centavos * 10 <= income * 3
