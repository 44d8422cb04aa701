"""A debt as the creditor told it: instalments owed, instalments paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from bot.domain.money import ZERO, Money, total


class DebtState(StrEnum):
    OPEN = "open"
    IN_AGREEMENT = "in_agreement"
    SETTLED = "settled"
    DISPUTED = "disputed"
    PRESCRIBED = "prescribed"
    SUSPENDED = "suspended"


class StateReason(StrEnum):
    HARDSHIP = "hardship"
    DEATH = "death"
    CRISIS = "crisis"
    PAYMENT_CLAIMED = "payment_claimed"


@dataclass(frozen=True, slots=True)
class DebtInstallment:
    """One instalment of the original contract. `paid_on` None: open. A partial payment leaves it open."""

    number: int
    due_on: date
    amount: Money
    paid_on: date | None = None
    paid: Money = ZERO
    boleto_line: str | None = None

    @property
    def open_amount(self) -> Money:
        """What is still owed of the original value, never below zero."""
        if self.paid_on is not None:
            return ZERO
        return Money(max(0, self.amount.centavos - self.paid.centavos))

    def days_past_due(self, today: date) -> int:
        """Days since the due date while it is open, else 0."""
        return max(0, (today - self.due_on).days) if self.open_amount else 0


@dataclass(frozen=True, slots=True)
class Debt:
    """One contract of one debtor with one creditor."""

    id: UUID
    creditor: str
    contract: str
    product: str
    description: str
    state: DebtState
    installments: tuple[DebtInstallment, ...]
    state_reason: StateReason | None = None
    state_until: date | None = None

    @property
    def open_installments(self) -> tuple[DebtInstallment, ...]:
        return tuple(i for i in self.installments if i.open_amount)

    @property
    def principal(self) -> Money:
        """The original value still open, due or not."""
        return total([i.open_amount for i in self.installments])

    def overdue(self, today: date) -> tuple[DebtInstallment, ...]:
        return tuple(i for i in self.open_installments if i.due_on < today)

    def days_past_due(self, today: date) -> int:
        """Of the oldest open instalment."""
        return max((i.days_past_due(today) for i in self.installments), default=0)
