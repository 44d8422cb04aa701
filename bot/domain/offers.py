"""The offer engine: the only source of amounts (R40). Pure: ids, the day and the hour are handed in.

A debtor's own proposal is answered in `bot/domain/proposals.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from bot.domain.affordability import DeclaredIncome
from bot.domain.calendars import add_months, next_business_day, next_due_day, previous_business_day
from bot.domain.charges import ChargeSheet, charge_sheet_of
from bot.domain.debts import Debt
from bot.domain.legal import BREATHING_SPACE_DAYS, OFFER_HOURS, Blocked, MonthlyRates
from bot.domain.money import ZERO, Money, total
from bot.domain.policy import Authority, Policy
from bot.domain.price_table import effective_annual_rate, price_installments
from bot.domain.profiles import ProfileKind
from bot.domain.standing import blocked_debts

FIRST_DUE_NOTICE_DAYS = 3  # the least that a first due day of ours leaves to find the money
SHORTEST_MONTH_DAYS = 22  # between two due dates; February less a first date moved past a long weekend


class OfferKind(StrEnum):
    CASH = "cash"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class OfferInstallment:
    """One payment to come; `number` from 1."""

    number: int
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Offer:
    """Full terms, as shown before acceptance (R38).

    Attributes:
        sheet: every item of the price, the discount too; adds up to `price` (R5).
        balance: amount due without discount.
        down_payment: the first installment where it is larger than the others, else zero.
        financed_cost: the plan's interest; `price + financed_cost == total`.
        rung: how far the concessions had come.
    """

    id: UUID
    kind: OfferKind
    debts: tuple[UUID, ...]
    sheet: ChargeSheet
    balance: Money
    discount: Money
    total: Money
    down_payment: Money
    installments: tuple[OfferInstallment, ...]
    monthly_rate: Decimal
    effective_annual_rate: Decimal
    financed_cost: Money
    rung: int
    policy_version: str
    shown_at: datetime
    expires_at: datetime

    @property
    def price(self) -> Money:
        """The total without financing."""
        return self.sheet.total

    @property
    def count(self) -> int:
        return len(self.installments)

    @property
    def first_due(self) -> date:
        return self.installments[0].due_on

    @property
    def largest_installment(self) -> Money:
        return max(i.amount for i in self.installments)

    def expired(self, now: datetime) -> bool:
        """Whether a yes comes too late (R58)."""
        return now >= self.expires_at


@dataclass(frozen=True, slots=True)
class Case:
    """What a negotiation stands on: one debtor, one creditor.

    Attributes:
        debts: those that the offer settles, all of `policy.creditor`.
        uf: the debtor's state, for holidays; None: national ones only.
        lifetime_value: what the customer has bought over the years.
        hardship: was told in this conversation or is on file (R45): terms only get better by it.
        declared: income, where the person declared one; caps each installment of a plan (R42).
        authority: who concedes.
        legal_rates: the R35 series, where the contract has no rate.
        include_upcoming: settle what falls due later too (R37).
    """

    debts: tuple[Debt, ...]
    policy: Policy
    profile: ProfileKind
    uf: str | None = None
    lifetime_value: Money = ZERO
    hardship: bool = False
    declared: DeclaredIncome | None = None
    authority: Authority = Authority.ASSISTANT
    legal_rates: MonthlyRates = field(default_factory=dict, hash=False)
    include_upcoming: bool = False

    def blocked(self, today: date) -> Blocked | None:
        """Why nothing may be offered on these debts, or None."""
        if refusal := blocked_debts(self.debts, today=today, asked_for_terms=self.hardship):
            return refusal
        return None if self.sheet(today).total else Blocked("R40", "nothing_due")

    def sheet(self, today: date) -> ChargeSheet:
        """What is owed on the day, before any discount."""
        terms = self.policy.charge_terms(legal_rates=self.legal_rates, uf=self.uf)
        return charge_sheet_of(self.debts, today=today, terms=terms, include_upcoming=self.include_upcoming)

    def discount(self, kind: OfferKind, rung: int, today: date) -> Decimal:
        """The fraction of the balance that this rung concedes."""
        fraction = self.policy.discount_at(
            rung,
            profile=self.profile,
            days_past_due=max((d.days_past_due(today) for d in self.debts), default=0),
            balance=self.sheet(today).total,
            lifetime_value=self.lifetime_value,
            authority=self.authority,
        )
        return fraction if kind is OfferKind.CASH else fraction * self.policy.discounts.plan_share

    def price(self, kind: OfferKind, rung: int, today: date) -> Money:
        """The balance less this rung's discount, before financing; never nothing."""
        return max(Money(1), self.sheet(today).total.times(1 - self.discount(kind, rung, today)))

    def latest_due(self, kind: OfferKind, today: date) -> date:
        """The last business day on which a first payment may fall due."""
        days = self.policy.installments.first_due_within_days
        if self.hardship:
            days += BREATHING_SPACE_DAYS.count
        elif kind is OfferKind.CASH:
            days = self.policy.offer.cash_due_within_days
        latest = previous_business_day(today + timedelta(days=days), self.uf)
        return max(latest, next_business_day(today, self.uf))

    def fitting_due(self, kind: OfferKind, wanted: date, today: date) -> date:
        """The business day nearest to the one wanted: moved on past weekends, never too late, never past."""
        moved = next_business_day(max(wanted, today), self.uf)
        return min(moved, self.latest_due(kind, today))

    def usual_due(self, kind: OfferKind, today: date) -> date:
        """The first due date where nobody asked for one; may fall on a weekend."""
        if kind is OfferKind.CASH:
            within = today + timedelta(days=self.policy.offer.cash_due_within_days)
            return previous_business_day(within, self.uf)
        soon = today + timedelta(days=FIRST_DUE_NOTICE_DAYS)
        return min(next_due_day(soon, day) for day in self.policy.installments.due_days)


@dataclass(frozen=True, slots=True)
class PlanRange:
    """The plans that policy, income and balance allow.

    Attributes:
        amounts: the installments of each allowed plan by their number, rising.
        unaffordable: some plan is left out because it takes too much of the declared income (R42).
    """

    amounts: dict[int, tuple[Money, ...]] = field(hash=False)
    unaffordable: bool

    def nearest(self, count: int) -> int:
        """The allowed number nearest to `count`. Raises ValueError where no plan is allowed."""
        return min(self.amounts, key=lambda n: (abs(n - count), n))

    @property
    def refusal(self) -> Blocked | None:
        """Why there is no plan at all, or None."""
        if self.amounts:
            return None
        return Blocked("R42", "no_affordable_plan") if self.unaffordable else Blocked("R40", "too_small_for_a_plan")


def plan_range(case: Case, *, rung: int, today: date, first_due: date) -> PlanRange:
    """Every plan of two or more installments that may be offered; none is a normal answer for a small debt."""
    plan = case.policy.installments
    price = case.price(OfferKind.PLAN, rung, today)
    least = case.policy.least_installment(hardship=case.hardship)
    cap = case.declared.affordable if case.declared else None
    allowed: dict[int, tuple[Money, ...]] = {}
    unaffordable = False
    for count in range(2, case.policy.most_installments(case.profile, hardship=case.hardship) + 1):
        amounts = price_installments(
            price,
            monthly_rate=Decimal(0) if case.hardship else plan.monthly_rate,
            count=count,
            first_due_days=(first_due - today).days,
            down_payment=ZERO if case.hardship else price.times(plan.down_payment),
        )
        if min(amounts) < least:
            break
        if cap is not None and max(amounts) > cap:
            unaffordable = True
        else:
            allowed[count] = amounts
    return PlanRange(allowed, unaffordable)


def monthly_due_dates(first: date, count: int, *, due_day: int, uf: str | None = None) -> list[date]:
    """Business days a month apart, beginning with `first`, then on `due_day` or the first business day after it.

    `first` may lie off the due day (moved past a weekend, or earlier because it came too late): the second one then
    is the first due day that leaves about a month.
    """
    second = next(
        day
        for k in (0, 1, 2)
        if (day := add_months(first, k, due_day=due_day)) >= first + timedelta(SHORTEST_MONTH_DAYS)
    )
    return [first, *(next_business_day(add_months(second, k, due_day=due_day), uf) for k in range(count - 1))]


def cash_offer(
    case: Case, *, rung: int, offer_id: UUID, now: datetime, today: date, due_on: date | None = None
) -> Offer | Blocked:
    """Everything at once, at this rung's discount.

    Args:
        due_on: the day wanted; moved to the nearest allowed business day. None: the policy's usual.
    """
    if refusal := case.blocked(today):
        return refusal
    due = case.fitting_due(OfferKind.CASH, due_on or case.usual_due(OfferKind.CASH, today), today)
    price = case.price(OfferKind.CASH, rung, today)
    payment = (OfferInstallment(1, due, price),)
    return _offer(case, OfferKind.CASH, payment, price=price, rung=rung, offer_id=offer_id, now=now, today=today)


def plan_offer(
    case: Case,
    *,
    rung: int,
    offer_id: UUID,
    now: datetime,
    today: date,
    installments: int | None = None,
    first_due: date | None = None,
    due_day: int | None = None,
) -> Offer | Blocked:
    """A plan of monthly installments at this rung.

    What is wanted and not allowed moves to the nearest that is; `decide` says when and why.

    Args:
        installments: how many; None: the profile's default (twice that in hardship).
        first_due, due_day: the first date, and the day of the month that the others keep to; either alone suffices.

    Returns:
        Blocked R42 where no plan leaves enough of the declared income, R40 where the debt is too small for a plan.
    """
    if refusal := case.blocked(today):
        return refusal
    kind = OfferKind.PLAN
    wanted = first_due or (next_due_day(today, due_day) if due_day else case.usual_due(kind, today))
    first = case.fitting_due(kind, wanted, today)
    plans = plan_range(case, rung=rung, today=today, first_due=first)
    if plans.refusal:
        return plans.refusal
    usual = case.policy.installments.default_by_profile[case.profile] * (2 if case.hardship else 1)
    amounts = plans.amounts[plans.nearest(installments or usual)]
    due_dates = monthly_due_dates(first, len(amounts), due_day=due_day or wanted.day, uf=case.uf)
    schedule = tuple(OfferInstallment(n, *pair) for n, pair in enumerate(zip(due_dates, amounts, strict=True), start=1))
    price = case.price(kind, rung, today)
    return _offer(case, kind, schedule, price=price, rung=rung, offer_id=offer_id, now=now, today=today)


def options_for(
    case: Case, *, rung: int, cash_id: UUID, plan_id: UUID, now: datetime, today: date
) -> tuple[Offer, ...] | Blocked:
    """The two ways that are shown first: at once, and the profile's plan where there is one."""
    cash = cash_offer(case, rung=rung, offer_id=cash_id, now=now, today=today)
    if isinstance(cash, Blocked):
        return cash
    plan = plan_offer(case, rung=rung, offer_id=plan_id, now=now, today=today)
    return (cash,) if isinstance(plan, Blocked) else (cash, plan)


def early_offer(case: Case, *, offer_id: UUID, now: datetime, today: date) -> Offer | Blocked:
    """The next installment that falls due, cheaper for being paid ahead (the policy's `good_payer`).

    Interest saved by paying early (R37) comes off first, then the thank-you.

    Returns:
        Blocked R40 where something is overdue, nothing falls due soon enough, or the policy has no such discount.
    """
    if refusal := blocked_debts(case.debts, today=today, asked_for_terms=case.hardship):
        return refusal
    thanks = case.policy.good_payer
    upcoming = [(i.due_on - timedelta(days=thanks.days_before), d, i) for d in case.debts for i in d.open_installments]
    if not thanks.discount or not upcoming or any(d.overdue(today) for d in case.debts):
        return Blocked("R40", "no_early_payment")
    until, debt, installment = min(upcoming, key=lambda u: u[0])
    if until < today:
        return Blocked("R40", "no_early_payment")
    one = replace(case, debts=(replace(debt, installments=(installment,)),), include_upcoming=True)
    price = one.sheet(today).total.times(1 - thanks.discount)
    due = max(today, previous_business_day(until, case.uf))
    payment = (OfferInstallment(1, due, price),)
    return _offer(one, OfferKind.CASH, payment, price=price, rung=0, offer_id=offer_id, now=now, today=today)


def _offer(
    case: Case,
    kind: OfferKind,
    installments: tuple[OfferInstallment, ...],
    *,
    price: Money,
    rung: int,
    offer_id: UUID,
    now: datetime,
    today: date,
) -> Offer:
    sheet = case.sheet(today)
    balance = sheet.total
    discount = balance - price
    amount = total([i.amount for i in installments])
    financed_cost = amount - price
    rate = case.policy.installments.monthly_rate if financed_cost else Decimal(0)
    first, rest = installments[0].amount, installments[1:]
    hours = min(case.policy.offer.expires_hours, OFFER_HOURS.count)
    return Offer(
        id=offer_id,
        kind=kind,
        debts=tuple(d.id for d in case.debts),
        sheet=sheet.with_discount(discount),
        balance=balance,
        discount=discount,
        total=amount,
        down_payment=first if rest and first > rest[-1].amount else ZERO,
        installments=installments,
        monthly_rate=rate,
        effective_annual_rate=effective_annual_rate(rate),
        financed_cost=financed_cost,
        rung=rung,
        policy_version=case.policy.version,
        shown_at=now,
        expires_at=now + timedelta(hours=hours),
    )
