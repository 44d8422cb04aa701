"""How much of an income an installment may take (R42)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from bot.domain.legal import INSTALLMENT_INCOME_SHARE, MINIMUM_LIVING
from bot.domain.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class DeclaredIncome:
    """What the person declared of a month: income, and what other debts already take of it."""

    income: Money
    other_debts: Money = ZERO

    @property
    def affordable(self) -> Money:
        return affordable_installment(self.income, self.other_debts)


def affordable_installment(income: Money, other_debts: Money = ZERO) -> Money:
    """The largest monthly installment that dignity allows; zero where there is none.

    It leaves R$ 600 of the income after other debts, and takes at most 30 % of what other debts leave. Both are
    read in the debtor's favour, and cents round down.

    Legal basis: Decreto 11.150/2022 art. 3, Decreto 11.567/2023.
    """
    free = income.centavos - other_debts.centavos
    share = int((Decimal(free) * INSTALLMENT_INCOME_SHARE.value).to_integral_value(rounding=ROUND_DOWN))
    return Money(max(0, min(share, free - MINIMUM_LIVING.money.centavos)))
