"""Four ways of being late, told from the payment history. The names never leave the back office (R50).

The rules are ordered: what makes a defaulter outweighs what makes a chronic payer, and so on. For the same
installments, a longer delay (paid later, or open for longer) never gives a milder profile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.domain.debts import Debt, DebtInstallment

PROFILE_VERSION = "2026-11-22"

# Days. A payment a few days late over a weekend says nothing about a person.
LATE_AFTER_DAYS = 3
NEGLIGENT_OPEN_DAYS = 60  # nobody merely forgets for two months
DEFAULTER_OPEN_DAYS = 360
DEFAULTER_MOSTLY_UNPAID_DAYS = 180  # with most of what fell due never paid
DEFAULTER_BROKEN_DAYS = 90  # with an agreement broken before

NEGLIGENT_DELAYS = 2
NEGLIGENT_DELAYS_OLD_CUSTOMER = 3
NEGLIGENT_SHARE = Decimal("0.15")
NEGLIGENT_OPEN_DEBTS = 2
CHRONIC_DELAYS = 4
CHRONIC_SHARE = Decimal("0.40")
DEFAULTER_UNPAID_SHARE = Decimal("0.50")
DEFAULTER_BROKEN_AGREEMENTS = 2
OLD_CUSTOMER_YEARS = 5


class ProfileKind(StrEnum):
    OCCASIONAL = "occasional"
    NEGLIGENT = "negligent"
    CHRONIC = "chronic"
    DEFAULTER = "defaulter"

    @property
    def severity(self) -> int:
        """0 for occasional to 3 for defaulter."""
        return list(ProfileKind).index(self)


@dataclass(frozen=True, slots=True)
class History:
    """All debts of one debtor with one creditor, settled ones too."""

    debts: tuple[Debt, ...]
    broken_agreements: int = 0
    customer_since: date | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """The kind, why (stable codes, the decisive ones only), and which version of these thresholds decided (R50)."""

    kind: ProfileKind
    reasons: tuple[str, ...]
    version: str = PROFILE_VERSION


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What the thresholds look at; kept apart so that a decision can be explained.

    Attributes:
        due: installments whose due date has come, or that were paid.
        late_paid: paid, but late.
        open_late_debts: contracts with an overdue installment. Each counts as one delay: whoever stops paying
            a contract is late once, however many of its installments follow.
        unpaid: overdue installments.
        oldest_open_days: days past due of the oldest of them.
    """

    due: int
    late_paid: int
    open_late_debts: int
    unpaid: int
    oldest_open_days: int
    broken_agreements: int
    customer_years: int

    @property
    def delays(self) -> int:
        return self.late_paid + self.open_late_debts

    @property
    def late_share(self) -> Decimal:
        return Decimal(self.late_paid + self.unpaid) / self.due if self.due else Decimal(0)

    @property
    def unpaid_share(self) -> Decimal:
        return Decimal(self.unpaid) / self.due if self.due else Decimal(0)


def payment_facts(history: History, *, today: date) -> PaymentFacts:
    """Count what happened until `today`."""
    all_installments = [i for debt in history.debts for i in debt.installments]
    overdue = [i for i in all_installments if i.days_past_due(today) > LATE_AFTER_DAYS]
    since = history.customer_since
    return PaymentFacts(
        due=sum(1 for i in all_installments if i.paid_on is not None or i.due_on < today),
        late_paid=sum(1 for i in all_installments if _paid_late(i)),
        open_late_debts=sum(1 for d in history.debts if d.days_past_due(today) > LATE_AFTER_DAYS),
        unpaid=len(overdue),
        oldest_open_days=max((i.days_past_due(today) for i in overdue), default=0),
        broken_agreements=history.broken_agreements,
        customer_years=(today - since).days // 365 if since else 0,
    )


def profile_of(history: History, *, today: date) -> Profile:
    """The profile on that day, with its reasons. The same facts always give the same profile."""
    facts = payment_facts(history, today=today)
    for kind, codes in (
        (ProfileKind.DEFAULTER, _defaulter(facts)),
        (ProfileKind.CHRONIC, _chronic(facts)),
        (ProfileKind.NEGLIGENT, _negligent(facts)),
    ):
        if codes:
            return Profile(kind, codes)
    return Profile(ProfileKind.OCCASIONAL, ("rarely_late" if facts.delays else "never_late",))


def _paid_late(one: DebtInstallment) -> bool:
    return one.paid_on is not None and (one.paid_on - one.due_on).days > LATE_AFTER_DAYS


def _defaulter(facts: PaymentFacts) -> tuple[str, ...]:
    days = facts.oldest_open_days
    return _codes(
        open_for_a_year=days >= DEFAULTER_OPEN_DAYS,
        mostly_unpaid=days >= DEFAULTER_MOSTLY_UNPAID_DAYS and facts.unpaid_share >= DEFAULTER_UNPAID_SHARE,
        agreements_broken=facts.broken_agreements >= DEFAULTER_BROKEN_AGREEMENTS,
        agreement_broken_and_overdue=facts.broken_agreements > 0 and days >= DEFAULTER_BROKEN_DAYS,
    )


def _chronic(facts: PaymentFacts) -> tuple[str, ...]:
    return _codes(often_late=facts.delays >= CHRONIC_DELAYS and facts.late_share >= CHRONIC_SHARE)


def _negligent(facts: PaymentFacts) -> tuple[str, ...]:
    old = facts.customer_years >= OLD_CUSTOMER_YEARS
    delays = NEGLIGENT_DELAYS_OLD_CUSTOMER if old else NEGLIGENT_DELAYS
    return _codes(
        several_delays=facts.delays >= delays and facts.late_share >= NEGLIGENT_SHARE,
        several_open_debts=facts.open_late_debts >= NEGLIGENT_OPEN_DEBTS,
        open_for_long=facts.oldest_open_days >= NEGLIGENT_OPEN_DAYS,
        agreement_broken=facts.broken_agreements > 0,
    )


def _codes(**conditions: bool) -> tuple[str, ...]:
    return tuple(code for code, holds in conditions.items() if holds)
