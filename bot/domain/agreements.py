"""What was agreed: formed by an unequivocal yes, kept or broken by payments alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from bot.domain.calendars import add_business_days
from bot.domain.consent import is_loose_yes, is_unequivocal_yes
from bot.domain.legal import LISTING_REMOVAL_BUSINESS_DAYS, REGRET_DAYS, Blocked
from bot.domain.money import ZERO, Money, total
from bot.domain.offers import Offer, OfferKind

__all__ = [
    "Agreement",
    "AgreementInstallment",
    "AgreementStatus",
    "agree",
    "is_loose_yes",
    "is_unequivocal_yes",
]


class AgreementStatus(StrEnum):
    ACTIVE = "active"
    FULFILLED = "fulfilled"
    BROKEN = "broken"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class AgreementInstallment:
    """One payment promised. `paid_on` None: open; a partial payment leaves it open."""

    number: int
    due_on: date
    amount: Money
    paid_on: date | None = None
    paid: Money = ZERO

    @property
    def open_amount(self) -> Money:
        return ZERO if self.paid_on is not None else Money(max(0, self.amount.centavos - self.paid.centavos))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Immutable: a change makes a new value, so history is a list of values.

    Attributes:
        debts: the debts that it settles.
        accepted_at: when the yes was written, aware UTC.
    """

    id: UUID
    offer_id: UUID
    debts: tuple[UUID, ...]
    kind: OfferKind
    total: Money
    policy_version: str
    installments: tuple[AgreementInstallment, ...]
    accepted_at: datetime
    cancelled_at: datetime | None = None

    def status(self, *, today: date, grace: timedelta) -> AgreementStatus:
        """Derived, never stored: the same facts on the same day always give the same status."""
        if self.cancelled_at is not None:
            return AgreementStatus.CANCELLED
        unpaid = [i for i in self.installments if i.paid_on is None]
        if not unpaid:
            return AgreementStatus.FULFILLED
        broken = any(i.due_on + grace < today for i in unpaid)
        return AgreementStatus.BROKEN if broken else AgreementStatus.ACTIVE

    @property
    def paid_total(self) -> Money:
        """What the bank has confirmed; credited to the debts when the agreement is cancelled (R59)."""
        return total([i.paid for i in self.installments])

    @property
    def open_total(self) -> Money:
        return total([i.open_amount for i in self.installments])

    @property
    def next_due(self) -> AgreementInstallment | None:
        """The oldest open installment, or None where all are paid."""
        return min((i for i in self.installments if i.paid_on is None), key=lambda i: i.due_on, default=None)

    def with_payment(self, number: int, amount: Money, *, paid_on: date) -> Agreement:
        """A payment of one installment, as the bank confirmed it (R41); full once the amounts add up.

        Raises:
            ValueError: there is no such installment, or it is paid already.
        """
        found = next((i for i in self.installments if i.number == number), None)
        if found is None or found.paid_on is not None:
            raise ValueError(f"no open installment {number}")
        paid = found.paid + amount
        changed = replace(found, paid=paid, paid_on=paid_on if paid >= found.amount else None)
        return replace(self, installments=tuple(changed if i is found else i for i in self.installments))

    @property
    def regret_until(self) -> date:
        """The last day on which regret cancels free of charge (R59).

        Counted from the UTC day of the yes, which is never before the local day in Brazil.
        """
        return self.accepted_at.date() + timedelta(days=REGRET_DAYS.count)

    def cancelled(self, *, now: datetime, today: date) -> Agreement | Blocked:
        """The agreement undone because the debtor regrets it; Blocked R59 once the days are over: a person decides."""
        if self.cancelled_at is not None:
            return self
        if today > self.regret_until:
            return Blocked("R59", "regret_period_over", {"regret_until": self.regret_until})
        return replace(self, cancelled_at=now)

    def listing_removal_due(self, uf: str | None = None) -> date | None:
        """By when removal from the bureaus must be requested: after the first paid installment (R28); None before."""
        paid = [i.paid_on for i in self.installments if i.paid_on is not None]
        return add_business_days(min(paid), LISTING_REMOVAL_BUSINESS_DAYS.count, uf) if paid else None


def agree(offer: Offer, *, agreement_id: UUID, accepted_at: datetime) -> Agreement | Blocked:
    """The agreement that a yes to this offer makes; Blocked R58 where the offer has expired.

    The caller has seen `is_unequivocal_yes`, or the button, right after the full terms.
    """
    if offer.expired(accepted_at):
        return Blocked("R58", "offer_expired", {"offer_id": offer.id, "expires_at": offer.expires_at})
    return Agreement(
        id=agreement_id,
        offer_id=offer.id,
        debts=offer.debts,
        kind=offer.kind,
        total=offer.total,
        policy_version=offer.policy_version,
        installments=tuple(AgreementInstallment(i.number, i.due_on, i.amount) for i in offer.installments),
        accepted_at=accepted_at,
    )
