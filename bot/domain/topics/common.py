"""What several topics share: the creditor in question, the choices that recur, the way to a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from bot.domain import offers
from bot.domain.agreements import Agreement, AgreementStatus
from bot.domain.calendars import add_business_days, is_business_day, next_business_day
from bot.domain.cases import Answer, Case, Choice, DutyOpened, HandedOver, Say
from bot.domain.conversations import Asked, Question
from bot.domain.debts import Debt, DebtState
from bot.domain.money import ZERO
from bot.domain.policy import Creditor, Policy
from bot.domain.profiles import History, Profile, profile_of

OPENS, CLOSES = time(9), time(18)  # hours of service of the people, local, on business days

DOCUMENT_BUSINESS_DAYS = 5  # within which a person sends a contract or a receipt

TO_A_PERSON = Choice("choice_human", "/request_human")
NOTHING_ASKED = Asked(Question.NOTHING)


def policy_of(case: Case) -> Policy | None:
    """The policy of the creditor that this conversation is about; None while nobody is meant.

    The creditor of the conversation where one is set, else of the oldest open debt of whoever is meant,
    else the only creditor there is.
    """
    slug = case.conversation.creditor
    known = [d for d in case.debts if d.creditor in case.policies]
    if slug is None and known:
        active = [d for d in known if d.state is not DebtState.SETTLED] or known
        slug = max(active, key=lambda d: (d.days_past_due(case.today), d.contract)).creditor
    if slug is None and len(case.policies) == 1:
        slug = next(iter(case.policies))
    return case.policies.get(slug) if slug else None


def creditor_of(case: Case) -> Creditor | None:
    policy = policy_of(case)
    return policy.creditor if policy else None


def business_name(case: Case) -> str:
    """Who is writing, as it may be said to anybody (R11)."""
    creditor = creditor_of(case)
    return creditor.name if creditor else "Trato"


def first_name(case: Case) -> str:
    """What we call the person; "" before they are confirmed."""
    return case.debtor.first_name if case.debtor and case.identified else ""


def chosen_debts(case: Case) -> tuple[Debt, ...]:
    """The debts that the talk is about: those chosen, else all that may be spoken of with this creditor."""
    ids = case.memory.get("debts")
    open_ones = negotiable_debts(case)
    if isinstance(ids, list) and (chosen := tuple(d for d in open_ones if str(d.id) in ids)):
        return chosen
    return open_ones


def negotiable_debts(case: Case) -> tuple[Debt, ...]:
    """Debts that an offer may be made on today, of the creditor in question, the oldest first."""
    policy = policy_of(case)
    if policy is None:
        return ()
    fitting = [
        d
        for d in case.debts
        if d.creditor == policy.creditor.slug and offer_case(case, (d,)).blocked(case.today) is None
    ]
    return tuple(sorted(fitting, key=lambda d: (-d.days_past_due(case.today), d.contract)))


def offer_case(case: Case, debts: tuple[Debt, ...]) -> offers.Case:
    """What the offer engine needs to know. Raises LookupError where no policy is at hand."""
    policy = policy_of(case)
    if policy is None:
        raise LookupError("no policy for this conversation")
    return offers.Case(
        debts=debts,
        policy=policy,
        profile=profile(case).kind,
        uf=case.debtor.uf if case.debtor else None,
        lifetime_value=case.lifetime_values.get(policy.creditor.slug, ZERO),
        hardship=bool(case.memory.get("hardship")),
    )


def debts_asked_about(case: Case) -> tuple[Debt, ...]:
    """What a question is about: the debts chosen, else all of this creditor that are not settled, the oldest first.

    Those that no offer may be made on are among them: a question gets its answer.
    """
    policy = policy_of(case)
    ids = case.memory.get("debts")
    alive = [d for d in case.debts if policy and d.creditor == policy.creditor.slug and d.principal]
    alive = [d for d in alive if d.state is not DebtState.SETTLED]
    chosen = [d for d in alive if isinstance(ids, list) and str(d.id) in ids]
    return tuple(sorted(chosen or alive, key=lambda d: (-d.days_past_due(case.today), d.contract)))


def policy_for(case: Case, agreement: Agreement) -> Policy | None:
    """The policy of the creditor that the agreement is with."""
    slug = next((d.creditor for d in case.debts if d.id in agreement.debts), None)
    return case.policies.get(slug) if slug else policy_of(case)


def status_of(case: Case, agreement: Agreement) -> AgreementStatus:
    """Today's status, with the creditor's days of grace."""
    policy = policy_for(case, agreement)
    return agreement.status(today=case.today, grace=timedelta(days=policy.agreement.grace_days if policy else 0))


def agreements_here(case: Case) -> tuple[Agreement, ...]:
    """All agreements with the creditor in question, in force or not, the latest first."""
    policy = policy_of(case)
    here = [a for a in case.agreements if policy is not None and policy_for(case, a) is policy]
    return tuple(sorted(here, key=lambda a: a.accepted_at, reverse=True))


def agreement_in_force(case: Case) -> Agreement | None:
    """The latest one with the creditor in question that still has something to pay and is not broken."""
    return next((a for a in agreements_here(case) if status_of(case, a) is AgreementStatus.ACTIVE), None)


def beside(case: Case, *choices: Choice) -> tuple[Choice, ...]:
    """Choices of a digression: none while a question is open, which is then asked again."""
    return choices if case.asked.what is Question.NOTHING else ()


def profile(case: Case) -> Profile:
    """Of the debtor with the creditor in question. Its name never leaves the back office (R50)."""
    policy = policy_of(case)
    slug = policy.creditor.slug if policy else ""
    history = History(
        debts=tuple(d for d in case.debts if d.creditor == slug),
        broken_agreements=case.broken_agreements.get(slug, 0),
    )
    return profile_of(history, today=case.today)


def hand_over(case: Case, response: str, reason: str, **facts: str) -> Answer:
    """To a person, on the first request (R69), and told when somebody answers."""
    return Answer(
        says=(Say(response, {**facts, "when": when_answered(case)}),),
        asked=NOTHING_ASKED,
        effects=(HandedOver(reason), DutyOpened("human", add_business_days(case.today, 1), {"reason": reason})),
    )


def when_answered(case: Case) -> datetime:
    """From when on a person answers: now within the hours of service, else at the next opening."""
    local = case.local
    if is_business_day(local.date()) and OPENS <= local.time() < CLOSES:
        return local
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(next_business_day(day), OPENS, local.tzinfo)


def new_id(turn_id: UUID, what: str) -> UUID:
    """An id that follows from the message, so that answering it again makes the same thing."""
    return uuid5(turn_id, what)


def as_date(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def as_decimal(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) and value else None


def join(answers: Iterable[Answer]) -> Answer:
    """Several answers as one; the last question and the later memory win."""
    says: list[Say] = []
    asked: Asked | None = None
    memory: dict[str, object] = {}
    effects: list[object] = []
    for answer in answers:
        says += answer.says
        asked = answer.asked if answer.asked is not None else asked
        memory |= answer.memory
        effects += answer.effects
    return Answer(tuple(says), asked, memory, tuple(effects))  # type: ignore[arg-type]
