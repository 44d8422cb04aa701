"""What a debt costs today, item by item, to the cent (R5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from bot.domain.calendars import day_in_month, next_business_day
from bot.domain.debts import Debt, DebtInstallment
from bot.domain.legal import DAYS_A_MONTH, LATE_FINE_CAP, LATE_INTEREST_CAP, LEGAL_RATE, MonthlyRates
from bot.domain.money import ZERO, Money, total

_NONE = Decimal(0)


class ChargeKind(StrEnum):
    PRINCIPAL = "principal"
    FINE = "fine"
    INTEREST = "interest"
    FEE = "fee"
    DISCOUNT = "discount"


@dataclass(frozen=True, slots=True)
class ChargeItem:
    """One named line of a sheet; only a discount is negative.

    Attributes:
        debt_id, installment: where it comes from; None for a discount on the whole.
        days: the days past due that it counts (interest, fine), or the days saved (early payment); else 0.
    """

    kind: ChargeKind
    amount: Money
    debt_id: UUID | None = None
    installment: int | None = None
    due_on: date | None = None
    days: int = 0


@dataclass(frozen=True, slots=True)
class ChargeSheet:
    """All items of one or several debts; they add up to `total` exactly."""

    on: date
    items: tuple[ChargeItem, ...]

    @property
    def total(self) -> Money:
        return total([item.amount for item in self.items])

    @property
    def principal(self) -> Money:
        return self.by_kind().get(ChargeKind.PRINCIPAL, ZERO)

    def by_kind(self) -> dict[ChargeKind, Money]:
        """The sum of each kind that occurs, in the order of `ChargeKind`."""
        return {
            kind: total([item.amount for item in self.items if item.kind is kind])
            for kind in ChargeKind
            if any(item.kind is kind for item in self.items)
        }

    def of_debt(self, debt_id: UUID) -> ChargeSheet:
        return ChargeSheet(self.on, tuple(item for item in self.items if item.debt_id == debt_id))

    def with_discount(self, amount: Money) -> ChargeSheet:
        """The sheet with one more discount item; `amount` is positive, and zero changes nothing."""
        if not amount:
            return self
        return ChargeSheet(self.on, (*self.items, ChargeItem(ChargeKind.DISCOUNT, -amount)))


@dataclass(frozen=True, slots=True)
class ChargeTerms:
    """What may be added to an overdue installment.

    Attributes:
        fine: fraction of the overdue installment, once (R34).
        monthly_interest: the contract's simple rate; None where none was agreed: `legal_rates` apply (R35).
        legal_rates: the legal rate by the first day of its month; a month that is missing counts zero.
        fee: collection fee as a fraction of the overdue installment; zero unless the contract has it (R39).
        contract_rate: the compound rate inside the installments, for R37; None where it is unknown.
        financial_institution: lifts the cap of R36.
        uf: whose state holidays count when a due date is no business day.

    Raises:
        ValueError: a legal cap is exceeded, or a rate is negative.
    """

    fine: Decimal = _NONE
    monthly_interest: Decimal | None = None
    legal_rates: MonthlyRates = field(default_factory=dict, hash=False)
    fee: Decimal = _NONE
    contract_rate: Decimal | None = None
    financial_institution: bool = False
    uf: str | None = None

    def __post_init__(self) -> None:
        if min(self.fine, self.fee, self.monthly_interest or _NONE, self.contract_rate or _NONE) < 0:
            raise ValueError("a rate is negative")
        if self.fine > LATE_FINE_CAP.value:
            raise ValueError(f"{LATE_FINE_CAP.rule}: fine {self.fine} above {LATE_FINE_CAP.value}")
        if not self.financial_institution and (self.monthly_interest or _NONE) > LATE_INTEREST_CAP.value:
            raise ValueError(f"{LATE_INTEREST_CAP.rule}: interest {self.monthly_interest} above the cap")


def charge_sheet(debt: Debt, *, today: date, terms: ChargeTerms, include_upcoming: bool = False) -> ChargeSheet:
    """What is owed on one debt on the day: each installment due by then with fine, interest and fee.

    Args:
        debt: as the creditor told it; paid installments count nothing.
        include_upcoming: also those that fall due later, reduced for paying early where `contract_rate` is known (R37).

    An installment due on a weekend or holiday bears no charges until the next business day is over (Lei 7.089/1983).
    """
    items: list[ChargeItem] = []
    for installment in debt.open_installments:
        if installment.due_on <= today:
            items += _due_items(debt.id, installment, today, terms)
        elif include_upcoming:
            items += _upcoming_items(debt.id, installment, today, terms)
    return ChargeSheet(today, tuple(items))


def charge_sheet_of(
    debts: Iterable[Debt], *, today: date, terms: ChargeTerms, include_upcoming: bool = False
) -> ChargeSheet:
    """One sheet over several debts of a creditor."""
    sheets = [charge_sheet(d, today=today, terms=terms, include_upcoming=include_upcoming) for d in debts]
    return ChargeSheet(today, tuple(item for sheet in sheets for item in sheet.items))


def _due_items(debt_id: UUID, one: DebtInstallment, today: date, terms: ChargeTerms) -> list[ChargeItem]:
    principal = one.open_amount
    items = [ChargeItem(ChargeKind.PRINCIPAL, principal, debt_id, one.number, one.due_on)]
    if today <= next_business_day(one.due_on, terms.uf):
        return items
    days = (today - one.due_on).days
    late = [
        (ChargeKind.FINE, principal.times(terms.fine)),
        (ChargeKind.INTEREST, principal.times(_late_rate(one.due_on, today, terms))),
        (ChargeKind.FEE, principal.times(terms.fee)),
    ]
    items += [ChargeItem(kind, amount, debt_id, one.number, one.due_on, days) for kind, amount in late if amount]
    return items


def _late_rate(due_on: date, today: date, terms: ChargeTerms) -> Decimal:
    """The simple rate for all days past due, as one fraction of the installment."""
    if terms.monthly_interest is not None:
        return terms.monthly_interest * (today - due_on).days / DAYS_A_MONTH
    rate, day = _NONE, max(due_on, LEGAL_RATE.holds_from - timedelta(days=1))
    while day < today:
        month_end = day_in_month(day.year, day.month, 31)
        if day == month_end:  # the first charged day lies in the next month
            month_end = day_in_month(day.year + day.month // 12, day.month % 12 + 1, 31)
        until = min(today, month_end)
        monthly = terms.legal_rates.get(month_end.replace(day=1), _NONE)
        rate += max(LEGAL_RATE.value, monthly) * (until - day).days / month_end.day
        day = until
    return rate


def _upcoming_items(debt_id: UUID, one: DebtInstallment, today: date, terms: ChargeTerms) -> list[ChargeItem]:
    """The installment, and what paying it now saves: its present value at the contract's rate (CDC art. 52 §2)."""
    principal, days = one.open_amount, (one.due_on - today).days
    items = [ChargeItem(ChargeKind.PRINCIPAL, principal, debt_id, one.number, one.due_on)]
    if terms.contract_rate:
        present = principal.times((1 + terms.contract_rate) ** (Decimal(-days) / DAYS_A_MONTH))
        if saved := principal - present:
            items.append(ChargeItem(ChargeKind.DISCOUNT, -saved, debt_id, one.number, one.due_on, days))
    return items
