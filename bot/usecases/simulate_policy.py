"""What a policy would offer to a whole portfolio before it goes live, beside the policy in force."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from bot.domain.charges import ChargeSheet
from bot.domain.conversations import Debtor
from bot.domain.debts import Debt, DebtState
from bot.domain.legal import Blocked
from bot.domain.money import ZERO, Money, total
from bot.domain.offers import Case, Offer, OfferKind, cash_offer, plan_offer
from bot.domain.policy import Policy
from bot.domain.profiles import History, ProfileKind, profile_of
from bot.domain.standing import blocked_debt

_NO_ID = UUID(int=0)  # nothing of a simulation is stored or shown to a debtor


@dataclass(frozen=True, slots=True)
class Holding:
    """One debtor with everything that a creditor has with them."""

    debtor: Debtor
    debts: tuple[Debt, ...]
    lifetime_value: Money = ZERO
    broken_agreements: int = 0


class Holdings(Protocol):
    """The portfolio of one creditor in batches, so that its size does not matter."""

    def of_creditor(self, creditor: str, *, today: date, grace_days: int) -> AsyncIterator[Sequence[Holding]]: ...


@dataclass(frozen=True, slots=True)
class FirstTerms:
    """What one debtor would be offered first.

    Attributes:
        owed: with charges, of all debts that are not settled, those left out too.
        balance: the part of it that the offer settles.
        cash: the price of paying at once at rung 0, plan what is shown beside it; None where nothing may be offered.
        discount, last_discount: conceded of the balance by paying at once at the first and at the last rung.
        refusals: why debts are left out; all of them where `cash` is None.
    """

    profile: ProfileKind
    owed: Money
    balance: Money = ZERO
    cash: Offer | None = None
    plan: Offer | None = None
    discount: Money = ZERO
    last_discount: Money = ZERO
    refusals: tuple[Blocked, ...] = ()


@dataclass(frozen=True, slots=True)
class Simulated:
    """One debtor under the policy that is tried, and under the one in force (None: there is none)."""

    debtor: Debtor
    tried: FirstTerms
    in_force: FirstTerms | None


@dataclass(slots=True)
class Sums:
    """Debtors and amounts of a group."""

    debtors: int = 0
    offered_to: int = 0
    owed: Money = ZERO
    balance: Money = ZERO
    offered: Money = ZERO
    plan_total: Money = ZERO
    discount: Money = ZERO
    last_discount: Money = ZERO

    def add(self, terms: FirstTerms) -> None:
        self.debtors += 1
        self.owed += terms.owed
        if terms.cash is None:
            return
        self.offered_to += 1
        self.balance += terms.balance
        self.offered += terms.cash.total
        self.plan_total += terms.plan.total if terms.plan else ZERO
        self.discount += terms.discount
        self.last_discount += terms.last_discount


@dataclass(slots=True)
class RuleCount:
    """How often one rule leaves something out: debts, and debtors who are offered nothing because of it."""

    debts: int = 0
    debtors: int = 0
    owed: Money = ZERO


@dataclass(slots=True)
class Outcome:
    """A policy over a portfolio. `by_rule`: rule and reason → count."""

    version: str
    totals: Sums = field(default_factory=Sums)
    by_profile: dict[ProfileKind, Sums] = field(default_factory=lambda: {kind: Sums() for kind in ProfileKind})
    by_rule: dict[tuple[str, str], RuleCount] = field(default_factory=dict)

    def add(self, terms: FirstTerms) -> None:
        self.totals.add(terms)
        self.by_profile[terms.profile].add(terms)
        for key in [(r.rule, r.detail) for r in terms.refusals]:
            self.by_rule.setdefault(key, RuleCount()).debts += 1
        if terms.cash is None and terms.refusals:
            first = terms.refusals[0]
            count = self.by_rule[first.rule, first.detail]
            count.debtors += 1
            count.owed += terms.owed


@dataclass(slots=True)
class Simulation:
    """Both outcomes, and for how many debtors the first price changes."""

    on: date
    tried: Outcome
    in_force: Outcome | None = None
    cheaper: int = 0
    dearer: int = 0
    same: int = 0

    def add(self, one: Simulated) -> None:
        self.tried.add(one.tried)
        if self.in_force is None or one.in_force is None:
            return
        self.in_force.add(one.in_force)
        ours = one.tried.cash.total if one.tried.cash else None
        theirs = one.in_force.cash.total if one.in_force.cash else None
        if ours == theirs:
            self.same += 1
        elif theirs is None or (ours is not None and ours < theirs):
            self.cheaper += 1
        else:
            self.dearer += 1


class SimulatePolicy:
    """Streams the portfolio: memory stays the same for any number of debtors."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings

    async def __call__(
        self,
        policy: Policy,
        in_force: Policy | None,
        *,
        now: datetime,
        today: date,
        each: Callable[[Simulated], None] = lambda _: None,
    ) -> Simulation:
        """`each` sees every debtor pass by, in a stable order."""
        simulation = Simulation(today, Outcome(policy.version), Outcome(in_force.version) if in_force else None)
        found = self._holdings.of_creditor(policy.creditor.slug, today=today, grace_days=policy.agreement.grace_days)
        async for batch in found:
            for holding in batch:
                tried = first_terms(holding, policy, now=now, today=today)
                other = tried if in_force == policy else None
                if in_force is not None and other is None:
                    other = first_terms(holding, in_force, now=now, today=today)
                one = Simulated(holding.debtor, tried, other)
                simulation.add(one)
                each(one)
        return simulation


class _OneDay(Case):
    """A case whose sheet is computed once: the engine asks for it a dozen times, and a simulation has one day."""

    def sheet(self, today: date) -> ChargeSheet:
        known: dict[date, ChargeSheet] = self.__dict__.setdefault("sheets", {})
        if today not in known:
            known[today] = Case.sheet(self, today)
        return known[today]


def first_terms(holding: Holding, policy: Policy, *, now: datetime, today: date) -> FirstTerms:
    """What the assistant would show first to this debtor; what may not be offered is left out with its rule."""
    profile = profile_of(History(holding.debts, holding.broken_agreements), today=today).kind
    unsettled = [d for d in holding.debts if d.state is not DebtState.SETTLED and d.open_installments]
    refusals = [(d, blocked_debt(d, today=today)) for d in unsettled]
    free = tuple(d for d, refusal in refusals if refusal is None)
    case = _OneDay(free, policy, profile, uf=holding.debtor.uf, lifetime_value=holding.lifetime_value)
    left_out = tuple(refusal for _, refusal in refusals if refusal is not None)
    owed = total([case.sheet(today).total, _owed([d for d, r in refusals if r is not None], case, today)])
    terms = FirstTerms(profile, owed, refusals=left_out or ((Blocked("R6", "settled"),) if not unsettled else ()))
    if not free:
        return terms
    cash = cash_offer(case, rung=0, offer_id=_NO_ID, now=now, today=today)
    if isinstance(cash, Blocked):
        return replace(terms, refusals=(cash, *left_out))
    plan = plan_offer(case, rung=0, offer_id=_NO_ID, now=now, today=today)
    return replace(
        terms,
        balance=cash.balance,
        cash=cash,
        plan=None if isinstance(plan, Blocked) else plan,
        discount=cash.discount,
        last_discount=cash.balance - case.price(OfferKind.CASH, policy.last_rung(profile), today),
    )


def _owed(debts: list[Debt], case: Case, today: date) -> Money:
    return replace(case, debts=tuple(debts)).sheet(today).total
