"""What protects people: not the one meant, death, crisis, a stop, a dispute, hard times. It outranks all else."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from bot.domain.calendars import add_business_days
from bot.domain.cases import (
    Answer,
    Case,
    Choice,
    Closed,
    Disputed,
    DutyOpened,
    Effect,
    HandedOver,
    Say,
    Suspended,
    Turn,
)
from bot.domain.conversations import Asked, Question
from bot.domain.debts import Debt, DebtState, StateReason
from bot.domain.legal import DISPUTE_BUSINESS_DAYS, breathing_space_until
from bot.domain.topics.common import (
    NOTHING_ASKED,
    TO_A_PERSON,
    hand_over,
    negotiable_debts,
    policy_of,
    when_answered,
)

SMALLER_TERMS = Choice("choice_smaller_terms", "/ask_installments")
LATER = Choice("choice_later", "/ask_time")

_NEVER_STOPPED = (DebtState.SETTLED, DebtState.PRESCRIBED)  # nothing is collected there, and the state must stay
_PAUSES = (StateReason.HARDSHIP, StateReason.PAYMENT_CLAIMED)  # end by themselves


def wrong_person(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """Apologise and stop at once; this address is not the debtor's any more (R12)."""
    closed = Closed("wrong_person", contact_state="wrong_person")
    return Answer((Say("utter_wrong_person"),), NOTHING_ASKED, effects=(closed,))


def third_party(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """Somebody close hears nothing of the matter and is asked nothing (R10, R13).

    Where the debtor seemed to be confirmed here, they are not any more: a person goes on.
    """
    if case.identified:
        return hand_over(case, "utter_third_party_handed_over", "third_party")
    again = bool(case.memory.get("third_party"))
    response = "utter_third_party_again" if again else "utter_third_party"
    return Answer((Say(response),), NOTHING_ASKED, {"third_party": True})


def report_death(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """Condolences, no offer, a person; collection stops (R15). The same words whether we know the debtor (R10)."""
    answer = hand_over(case, "utter_death", "death")
    return Answer(answer.says, answer.asked, effects=(*_stop_for_good(case, StateReason.DEATH), *answer.effects))


def report_crisis(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """Kindness, where help is at any hour, and a person; collection stops (R14)."""
    effects: tuple[Effect, ...] = (
        *_stop_for_good(case, StateReason.CRISIS),
        HandedOver("crisis"),
        DutyOpened("human", case.today, {"reason": "crisis"}),
    )
    says = (Say("utter_crisis"), Say("utter_crisis_person", {"when": when_answered(case)}))
    return Answer(says, NOTHING_ASKED, effects=effects)


def opt_out(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """A no is a no: one confirmation, no argument (R21)."""
    return Answer((Say("utter_opt_out"),), NOTHING_ASKED, effects=(Closed("opt_out", contact_state="opted_out"),))


def dispute_debt(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """They never owed it: collection of it stops until a person has solved it (R44, R69)."""
    return _disputed(case, "debt")


def dispute_amount(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """They owe, but not that much: as with the debt itself (R44, R69)."""
    return _disputed(case, "amount")


def report_hardship(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """Empathy first, then 30 days of breath at once, smaller terms, or a person (R45); no pressure (R43).

    Only that there is hardship is remembered, nothing of its reason (R46).
    """
    told: dict[str, object] = {"hardship": True}
    if not _spoken_of(case):
        return _nothing_to_offer(case, "hardship", told)
    paused = _to_pause(case)
    until = breathing_space_until(case.today) if paused else _paused_until(case)
    if until is None:
        return _nothing_to_offer(case, "hardship", told)
    pause = Say("utter_hardship_pause", {"until": until}, (SMALLER_TERMS, LATER, TO_A_PERSON))
    says = (pause,) if case.memory.get("hardship") else (Say("utter_hardship"), pause)
    effects = (Suspended(paused, StateReason.HARDSHIP, until),) if paused else ()
    choices = [c.payload for c in pause.choices]
    return Answer(says, Asked(Question.OPTIONS, {"options": choices, "count": len(choices)}), told, effects)


def cannot_pay(case: Case, turn: Turn) -> Answer:
    """No money now: no pressure. What would fit a month, later, or a person (R43); told hardship goes on as such."""
    if case.memory.get("hardship"):
        return report_hardship(case, turn)
    if not negotiable_debts(case):
        return _nothing_to_offer(case, "cannot_pay", {})
    says = (Say("utter_cannot_pay"), Say("utter_ask_monthly_amount", choices=(LATER, TO_A_PERSON)))
    return Answer(says, Asked(Question.AMOUNT))


def _stop_for_good(case: Case, reason: StateReason) -> tuple[Suspended, ...]:
    """All debts of whoever is meant, with every creditor, until a person decides; death outweighs all else."""
    ids = tuple(
        d.id for d in case.debts if d.state not in _NEVER_STOPPED and d.state_reason not in (reason, StateReason.DEATH)
    )
    return (Suspended(ids, reason, None),) if ids else ()


def _disputed(case: Case, kind: str) -> Answer:
    answer_by = add_business_days(case.today, DISPUTE_BUSINESS_DAYS.count)
    debts = _disputable(case)
    if not debts and any(d.state is DebtState.DISPUTED for d in _of_creditor(case)):
        return hand_over(case, "utter_dispute_known", "dispute")
    duty = DutyOpened("dispute", answer_by, {"kind": kind, "debts": [str(d.id) for d in debts]})
    response = f"utter_dispute_{kind}" if debts else "utter_dispute_noted"
    stopped = (Disputed(tuple(d.id for d in debts)),) if debts else ()
    return Answer(
        (Say(response, {"answer_by": answer_by}),), NOTHING_ASKED, effects=(*stopped, duty, HandedOver("dispute"))
    )


def _disputable(case: Case) -> tuple[Debt, ...]:
    """The debts chosen in the talk, else those that may be negotiated, else whatever is still alive."""
    alive = tuple(
        d
        for d in _of_creditor(case)
        if d.state in (DebtState.OPEN, DebtState.IN_AGREEMENT)
        or (d.state is DebtState.SUSPENDED and d.state_reason in _PAUSES)
    )
    ids = case.memory.get("debts")
    chosen = tuple(d for d in alive if isinstance(ids, list) and str(d.id) in ids)
    return chosen or negotiable_debts(case) or alive


def _spoken_of(case: Case) -> bool:
    """Whether there is anything that hardship could make lighter here."""
    paused = any(d.state_reason is StateReason.HARDSHIP for d in _of_creditor(case))
    return paused or bool(negotiable_debts(case))


def _to_pause(case: Case) -> tuple[UUID, ...]:
    """Open debts of this creditor, and those whose pause is over."""
    return tuple(
        d.id
        for d in _of_creditor(case)
        if d.state is DebtState.OPEN
        or (d.state is DebtState.SUSPENDED and d.state_reason in _PAUSES and _is_over(d, case.today))
    )


def _is_over(debt: Debt, today: date) -> bool:
    return debt.state_until is not None and debt.state_until < today


def _paused_until(case: Case) -> date | None:
    """The first day on which a running pause for hardship ends."""
    ends = (
        d.state_until
        for d in _of_creditor(case)
        if d.state is DebtState.SUSPENDED and d.state_reason is StateReason.HARDSHIP and d.state_until is not None
    )
    return min(ends, default=None)


def _nothing_to_offer(case: Case, reason: str, memory: dict[str, object]) -> Answer:
    """An agreement is for a person to ease; with nothing else to pay, that much is said."""
    if any(d.state is DebtState.IN_AGREEMENT for d in _of_creditor(case)):
        answer = hand_over(case, "utter_hard_with_agreement", reason)
        return Answer(answer.says, answer.asked, memory, answer.effects)
    return Answer((Say("utter_hard_nothing_due", choices=(TO_A_PERSON,)),), NOTHING_ASKED, memory)


def _of_creditor(case: Case) -> tuple[Debt, ...]:
    policy = policy_of(case)
    return tuple(d for d in case.debts if policy and d.creditor == policy.creditor.slug)
