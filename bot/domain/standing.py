"""Whether a debt may be spoken of as something to pay at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.domain.debts import Debt, DebtState, StateReason
from bot.domain.legal import Blocked, prescription

_SUSPENSIONS = {
    StateReason.DEATH: "R15",
    StateReason.CRISIS: "R14",
    StateReason.HARDSHIP: "R45",
    StateReason.PAYMENT_CLAIMED: "R41",
}
_LAPSING = frozenset({StateReason.HARDSHIP, StateReason.PAYMENT_CLAIMED})


def blocked_debt(debt: Debt, *, today: date, asked_for_terms: bool = False) -> Blocked | None:
    """Why no offer may be made on this debt, or None.

    The oldest open installment decides on prescription: where one is too old, the whole debt waits for a person.
    A suspension for hardship or a claimed payment lapses after `state_until`; death and crisis never do.

    Args:
        asked_for_terms: the debtor told of hardship and wants smaller terms, which the pause of R45 does not forbid.
    """
    facts = {"debt_id": debt.id, "state": debt.state}
    match debt.state:
        case DebtState.SETTLED:
            return Blocked("R6", "settled", facts)
        case DebtState.IN_AGREEMENT:
            return Blocked("R58", "in_agreement", facts)
        case DebtState.DISPUTED:
            return Blocked("R44", "disputed", facts)
        case DebtState.PRESCRIBED:
            return Blocked("R31", "prescribed", facts)
        case DebtState.SUSPENDED:
            if refusal := _suspension(debt, today=today, asked_for_terms=asked_for_terms):
                return refusal
        case DebtState.OPEN:
            pass
    if overdue := debt.overdue(today):
        return prescription(min(i.due_on for i in overdue), today=today)
    return None


def blocked_debts(debts: Iterable[Debt], *, today: date, asked_for_terms: bool = False) -> Blocked | None:
    """The first refusal among several debts, or None where all may be offered."""
    refusals = (blocked_debt(d, today=today, asked_for_terms=asked_for_terms) for d in debts)
    return next((r for r in refusals if r), None)


def _suspension(debt: Debt, *, today: date, asked_for_terms: bool) -> Blocked | None:
    reason = debt.state_reason
    lapsed = reason in _LAPSING and debt.state_until is not None and debt.state_until < today
    if lapsed or (reason is StateReason.HARDSHIP and asked_for_terms):
        return None
    rule = _SUSPENSIONS[reason] if reason else "R45"
    return Blocked(rule, "suspended", {"debt_id": debt.id, "reason": reason, "until": debt.state_until})
