"""A debtor's own proposal: accepted as it is, or answered with the nearest terms that the policy allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bot.domain.legal import Blocked
from bot.domain.money import Money
from bot.domain.offers import Case, Offer, OfferKind, PlanRange, cash_offer, plan_offer, plan_range


class Reason(StrEnum):
    """Why a proposal was not taken as it is; texts live in the responses `utter_counter_<reason>`."""

    TOTAL_TOO_LOW = "total_too_low"
    ABOVE_BALANCE = "above_balance"
    AMOUNT_TOO_LOW = "amount_too_low"
    DOWN_PAYMENT_TOO_LOW = "down_payment_too_low"
    TOO_MANY_INSTALLMENTS = "too_many_installments"
    TOO_FEW_INSTALLMENTS = "too_few_installments"
    INSTALLMENT_TOO_SMALL = "installment_too_small"
    FIRST_DUE_TOO_LATE = "first_due_too_late"
    FIRST_DUE_PAST = "first_due_past"
    DUE_NOT_BUSINESS_DAY = "due_not_business_day"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the debtor asked for; None where nothing was said.

    Attributes:
        total: everything that they would pay, over all installments.
        amount_per_month: the most that they can pay a month.
        installments: at least 1; 1, or no word of months at all, means at once.

    Raises:
        ValueError: a number below 1 (the caller let an unparsed one through).
    """

    total: Money | None = None
    amount_per_month: Money | None = None
    installments: int | None = None
    first_due: date | None = None

    def __post_init__(self) -> None:
        if self.installments is not None and self.installments < 1:
            raise ValueError(f"installments must be at least 1, got {self.installments}")
        if any(amount is not None and amount.centavos < 1 for amount in (self.total, self.amount_per_month)):
            raise ValueError("an amount must be at least one centavo")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The proposal fits. `offer` still needs the debtor's unequivocal yes to its full terms (R58)."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class Countered:
    """The nearest allowed terms; `reasons` says what did not fit, the weightiest first."""

    offer: Offer
    reasons: tuple[Reason, ...]

    @property
    def reason(self) -> Reason:
        return self.reasons[0]

    @property
    def proposal(self) -> Proposal:
        """The counter as a proposal; `decide` accepts it."""
        return Proposal(total=self.offer.total, installments=self.offer.count, first_due=self.offer.first_due)


type Decision = Accepted | Countered | Blocked


def decide(proposal: Proposal, case: Case, *, rung: int, offer_id: UUID, now: datetime, today: date) -> Decision:
    """Accept a debtor's proposal, or answer with the nearest one that this rung allows.

    Whoever proposes more than the engine would ask for the same shape gets the engine's price: nobody pays for having
    spoken first.

    Args:
        rung: how far the concessions have come in this negotiation, from 0.
        offer_id: the id of the offer in the decision.

    Returns:
        A refusal is a value too: Blocked R42 where the asked plan leaves too little of the declared income and no
        other plan helps.

    Legal basis: CDC art. 42 (no constraint, no threat): the answer is an offer and a reason, nothing else.
    """
    if refusal := case.blocked(today):
        return refusal
    count, reasons = _count(proposal, case, rung=rung, today=today)
    if isinstance(count, Blocked):
        return count
    kind = OfferKind.CASH if count == 1 else OfferKind.PLAN
    reasons += _date_reasons(proposal.first_due, case, kind, today)
    offer = (
        cash_offer(case, rung=rung, offer_id=offer_id, now=now, today=today, due_on=proposal.first_due)
        if kind is OfferKind.CASH
        else plan_offer(
            case,
            rung=rung,
            offer_id=offer_id,
            now=now,
            today=today,
            installments=count,
            first_due=proposal.first_due,
        )
    )
    if isinstance(offer, Blocked):
        return offer
    total = proposal.total or (proposal.amount_per_month if proposal.installments == 1 else None)
    if total and total < offer.total:
        reasons.insert(0, Reason.TOTAL_TOO_LOW)
    elif total and total > max(offer.balance, offer.total):
        reasons.insert(0, Reason.ABOVE_BALANCE)
    return Countered(offer, tuple(reasons)) if reasons else Accepted(offer)


def _count(proposal: Proposal, case: Case, *, rung: int, today: date) -> tuple[int | Blocked, list[Reason]]:
    """The nearest allowed number of installments, and what was wrong with the one asked for."""
    wanted, amount = proposal.installments, proposal.amount_per_month
    if wanted is None and amount and proposal.total:
        wanted = -(-proposal.total.centavos // amount.centavos)
    if wanted == 1 or (wanted is None and amount is None):
        return 1, []
    if wanted is None and amount and amount >= case.price(OfferKind.CASH, rung, today):
        return 1, []
    kind = OfferKind.PLAN
    first = case.fitting_due(kind, proposal.first_due or case.usual_due(kind, today), today)
    plans = plan_range(case, rung=rung, today=today, first_due=first)
    if not plans.amounts:
        refusal = plans.refusal
        return (refusal, []) if refusal and refusal.rule == "R42" else (1, [Reason.INSTALLMENT_TOO_SMALL])
    count = plans.nearest(wanted or 2)
    reasons: list[Reason] = []
    if wanted and count < wanted:
        most = case.policy.most_installments(case.profile, hardship=case.hardship)
        reasons.append(Reason.TOO_MANY_INSTALLMENTS if wanted > most else Reason.INSTALLMENT_TOO_SMALL)
    elif wanted and count > wanted:
        reasons.append(Reason.TOO_FEW_INSTALLMENTS)
    if amount:
        longer, too_low = _within(amount, plans, start=count)
        if too_low or (wanted and longer != count):
            reasons.append(too_low or Reason.AMOUNT_TOO_LOW)
        count = longer
    return count, reasons


def _within(amount: Money, plans: PlanRange, *, start: int) -> tuple[int, Reason | None]:
    """The shortest plan from `start` on whose installments all fit; else the one that comes nearest, and why."""
    candidates = {count: amounts for count, amounts in plans.amounts.items() if count >= start}
    for count, amounts in candidates.items():
        if max(amounts) <= amount:
            return count, None
    for count, amounts in candidates.items():
        if max(amounts[1:]) <= amount:
            return count, Reason.DOWN_PAYMENT_TOO_LOW
    return max(candidates), Reason.AMOUNT_TOO_LOW


def _date_reasons(wanted: date | None, case: Case, kind: OfferKind, today: date) -> list[Reason]:
    if wanted is None:
        return []
    if wanted < today:
        return [Reason.FIRST_DUE_PAST]
    fitting = case.fitting_due(kind, wanted, today)
    if fitting < wanted:
        return [Reason.FIRST_DUE_TOO_LATE]
    return [Reason.DUE_NOT_BUSINESS_DAY] if fitting > wanted else []
