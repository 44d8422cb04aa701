"""Paying and what was agreed: Pix codes, boletos, receipts, the agreement in force, regret, a payment reported."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from bot.domain.agreements import Agreement, AgreementInstallment, AgreementStatus
from bot.domain.calendars import add_business_days
from bot.domain.cases import (
    Answer,
    Cancelled,
    Case,
    Choice,
    DutyOpened,
    Effect,
    Fact,
    Line,
    Lines,
    Say,
    Suspended,
    Turn,
)
from bot.domain.conversations import Asked, Question
from bot.domain.debts import Debt, DebtInstallment, DebtState, StateReason
from bot.domain.legal import CLAIMED_PAYMENT_BUSINESS_DAYS, Blocked
from bot.domain.money import Money
from bot.domain.offers import Offer, OfferKind
from bot.domain.pix import pix_code, txid_of
from bot.domain.policy import Creditor
from bot.domain.standing import blocked_debt
from bot.domain.topics import debt as debt_topic
from bot.domain.topics.common import (
    DOCUMENT_BUSINESS_DAYS,
    NOTHING_ASKED,
    TO_A_PERSON,
    agreement_in_force,
    agreements_here,
    as_date,
    beside,
    business_name,
    creditor_of,
    debts_asked_about,
    hand_over,
    negotiable_debts,
    policy_for,
    status_of,
)

PAY_AT_ONCE = Choice("choice_pay_at_once", "/ask_discount")
PAY_IN_PARTS = Choice("choice_pay_in_parts", "/ask_installments")
PIX = Choice("choice_pix", "/ask_pix")
ALREADY_PAID = Choice("choice_already_paid", "/report_payment")
UNDO = Choice("choice_undo", "/affirm")
KEEP = Choice("choice_keep", "/deny")

FILES = ("image", "document")
MOST_PAYMENTS = 12  # in a list of what was paid; the latest count


def ask_pix(case: Case, turn: Turn) -> Answer:
    """The code for what is next in the agreement; without one, first how to pay."""
    agreement = agreement_in_force(case)
    if agreement is not None and (next_one := agreement.next_due) is not None:
        return Answer(pix_for(case, agreement, next_one))
    return _first_choose(case, turn, "utter_pix_after_choice")


def ask_payment_methods(case: Case, turn: Turn) -> Answer:
    """By Pix to the creditor, and how that goes from here on."""
    agreement = agreement_in_force(case)
    if agreement is not None and (next_one := agreement.next_due) is not None:
        return Answer((Say("utter_payment_by_pix"), *pix_for(case, agreement, next_one)))
    return _first_choose(case, turn, "utter_payment_methods")


def ask_boleto(case: Case, turn: Turn) -> Answer:
    """The creditor's boleto while it can still be paid, else Pix instead, as no new ones are made here."""
    agreement = agreement_in_force(case)
    if agreement is not None and (next_one := agreement.next_due) is not None:
        return Answer((Say("utter_boleto_by_pix"), *pix_for(case, agreement, next_one)))
    if (found := _payable_boleto(case)) is not None:
        return Answer(_boleto(case, *found))
    return _first_choose(case, turn, "utter_boleto_none")


def ask_second_copy(case: Case, turn: Turn) -> Answer:
    """What was lost or ran out: the same code again, or a boleto that can still be paid."""
    agreement = agreement_in_force(case)
    if agreement is not None and (next_one := agreement.next_due) is not None:
        return Answer(pix_for(case, agreement, next_one))
    if (found := _payable_boleto(case)) is not None:
        return Answer(_boleto(case, *found))
    return _first_choose(case, turn, "utter_second_copy_none")


def pix_for(case: Case, agreement: Agreement, installment: AgreementInstallment) -> tuple[Say, ...]:
    """Who receives, how much and until when (R8); then the code alone, so that it copies with one touch."""
    policy = policy_for(case, agreement)
    if policy is None:
        return (Say("utter_pix_unavailable", choices=beside(case, TO_A_PERSON)),)
    amount = installment.open_amount
    facts: dict[str, Fact] = {
        **_payee(policy.creditor),
        "amount": amount,
        "due": installment.due_on,
        "number": installment.number,
        "count": len(agreement.installments),
    }
    code = pix_code(policy.creditor, amount, txid_of(agreement.id, installment.number))
    response = "utter_pix_intro" if len(agreement.installments) == 1 else "utter_pix_intro_installment"
    return (Say(response, facts), Say("utter_pix_code", {"code": code}))


def first_payment(case: Case, offer: Offer, agreement_id: UUID) -> tuple[Say, ...]:
    """The code of the first payment of an agreement that is being made by this very yes."""
    agreement = Agreement(
        id=agreement_id,
        offer_id=offer.id,
        debts=offer.debts,
        kind=offer.kind,
        total=offer.total,
        policy_version=offer.policy_version,
        installments=tuple(AgreementInstallment(i.number, i.due_on, i.amount) for i in offer.installments),
        accepted_at=case.now,
    )
    return pix_for(case, agreement, agreement.installments[0])


def ask_receipt(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """What the bank confirmed, at once (R41); the paper itself from a person, a discharge after the last (R59)."""
    lines = _payments(case)
    if not lines:
        return Answer((Say("utter_receipt_nothing_paid", choices=beside(case, ALREADY_PAID, TO_A_PERSON)),))
    facts: dict[str, Fact] = {"creditor": business_name(case), "lines": Lines(lines)}
    promised = as_date(case.memory.get("receipt_by"))
    if promised is not None and promised >= case.today:
        return Answer((Say("utter_receipt", facts), Say("utter_receipt_on_its_way", {"by": promised})))
    by = add_business_days(case.today, DOCUMENT_BUSINESS_DAYS)
    paid_off = [str(a.id) for a in agreements_here(case) if status_of(case, a) is AgreementStatus.FULFILLED]
    duty = DutyOpened("human", by, {"what": "receipt", "discharge": paid_off})
    says = (Say("utter_receipt", facts), Say("utter_receipt_by_person", {"by": by}))
    return Answer(says, memory={"receipt_by": by.isoformat()}, effects=(duty,))


def ask_agreement(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """The agreement in force, with the creditor (R4) and every payment (R38); else what became of the latest."""
    agreement = agreement_in_force(case)
    if agreement is None:
        return _no_agreement(case)
    policy, next_one = policy_for(case, agreement), agreement.next_due
    facts: dict[str, Fact] = {
        **_payee(policy.creditor if policy else None),
        "accepted_on": agreement.accepted_at.astimezone(case.local.tzinfo).date(),
        "total": agreement.total,
        "lines": Lines(tuple(_installment_line(agreement, i, case.today) for i in agreement.installments)),
    }
    says = [Say("utter_agreement", facts)]
    if next_one is not None:
        next_facts: dict[str, Fact] = {"amount": next_one.open_amount, "due": next_one.due_on}
        response = "utter_agreement_next" if next_one.due_on >= case.today else "utter_agreement_next_passed"
        says.append(Say(response, next_facts, beside(case, PIX, TO_A_PERSON)))
    return Answer(tuple(says))


def cancel_agreement(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """Regret within seven days, free of charge, once it is confirmed; later a person decides (R59)."""
    agreement = agreement_in_force(case)
    if agreement is None:
        return _no_agreement(case)
    if isinstance(agreement.cancelled(now=case.now, today=case.today), Blocked):
        return hand_over(case, "utter_cancel_to_a_person", "cancel_agreement")
    facts: dict[str, Fact] = {"until": agreement.regret_until, "paid": agreement.paid_total}
    response = "utter_cancel_confirm_paid" if agreement.paid_total else "utter_cancel_confirm"
    asked = Asked(Question.CANCEL, {"agreement": str(agreement.id)})
    return Answer((Say(response, facts, (UNDO, KEEP, TO_A_PERSON)),), asked)


def confirm_cancel(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """The yes to undoing the agreement that was asked about (R59); the days are counted once more."""
    asked_about = case.asked.facts.get("agreement")
    agreement = next((a for a in case.agreements if str(a.id) == asked_about), None)
    if agreement is None or agreement.cancelled_at is not None:
        return Answer((Say("utter_cancelled_already", choices=(TO_A_PERSON,)),), NOTHING_ASKED)
    undone = agreement.cancelled(now=case.now, today=case.today)
    if isinstance(undone, Blocked) or status_of(case, agreement) is not AgreementStatus.ACTIVE:
        return hand_over(case, "utter_cancel_to_a_person", "cancel_agreement")
    cancelled = Cancelled(agreement.id, "regret")
    if not agreement.paid_total:
        say = Say("utter_cancelled", choices=(PAY_AT_ONCE, PAY_IN_PARTS, TO_A_PERSON))
        return Answer((say,), NOTHING_ASKED, effects=(cancelled,))
    by = add_business_days(case.today, DOCUMENT_BUSINESS_DAYS)
    detail = {"what": "credit", "agreement": str(agreement.id), "paid_centavos": agreement.paid_total.centavos}
    say = Say("utter_cancelled_paid", {"paid": agreement.paid_total, "by": by}, (TO_A_PERSON,))
    return Answer((say,), NOTHING_ASKED, effects=(cancelled, DutyOpened("human", by, detail)))


def report_payment(case: Case, turn: Turn) -> Answer:
    """A payment told, or a file that may be its receipt: collection pauses and a person looks (R41, R67).

    Paid is what the bank confirms, so nothing is marked as paid. An agreement stays in force, its debts with it.
    Told again before the day has come, the day stays and nothing is opened twice.
    """
    is_file = turn.kind in FILES
    promised = as_date(case.memory.get("payment_check_by"))
    if promised is not None and promised >= case.today:
        response = "utter_payment_file_again" if is_file else "utter_payment_known"
        return Answer((Say(response, {"until": promised}),), NOTHING_ASKED)
    until = add_business_days(case.today, CLAIMED_PAYMENT_BUSINESS_DAYS.count)
    paused = tuple(d.id for d in debts_asked_about(case) if _may_pause(d, until))
    in_agreement = agreement_in_force(case) is not None
    detail: dict[str, object] = {"file": is_file, "debts": [str(i) for i in paused]}
    detail |= {name: turn.first(name) for name in ("amount", "date") if turn.first(name) is not None}
    effects: tuple[Effect, ...] = (DutyOpened("receipt_check", until, detail),)
    if paused:
        effects = (Suspended(paused, StateReason.PAYMENT_CLAIMED, until), *effects)
    kind = "file" if is_file else "told"
    about = "_pause" if paused else "_agreement" if in_agreement else ""
    return Answer(
        (Say(f"utter_payment_{kind}{about}", {"until": until}),),
        NOTHING_ASKED,
        {"payment_check_by": until.isoformat()},
        effects,
    )


def _may_pause(debt: Debt, until: date) -> bool:
    """Open, or paused for a shorter time; what waits for a person, or stands in an agreement, stays as it is."""
    if debt.state is DebtState.SUSPENDED:
        lapses = debt.state_reason in (StateReason.HARDSHIP, StateReason.PAYMENT_CLAIMED)
        return lapses and debt.state_until is not None and debt.state_until < until
    return debt.state is DebtState.OPEN


def _first_choose(case: Case, turn: Turn, response: str) -> Answer:
    """No code without an agreement: the ways to it; where there is nothing to settle, why."""
    if not negotiable_debts(case):
        return debt_topic.nothing_open(case, turn)
    choices = beside(case, PAY_AT_ONCE, PAY_IN_PARTS, TO_A_PERSON)
    return Answer((Say(response, {"creditor": business_name(case)}, choices),))


def _payable_boleto(case: Case) -> tuple[Debt, DebtInstallment] | None:
    """The next installment whose boleto is on file and not overdue, of a debt that may be spoken of as payable."""
    found = [
        (debt, installment)
        for debt in debts_asked_about(case)
        if blocked_debt(debt, today=case.today) is None
        for installment in debt.open_installments
        if installment.boleto_line and installment.due_on >= case.today and not installment.paid
    ]
    return min(found, key=lambda pair: pair[1].due_on, default=None)


def _boleto(case: Case, debt: Debt, installment: DebtInstallment) -> tuple[Say, ...]:
    facts: dict[str, Fact] = {
        **_payee(creditor_of(case)),
        "product": debt.product or debt.contract,
        "amount": installment.amount,
        "due": installment.due_on,
    }
    return (Say("utter_boleto_intro", facts), Say("utter_boleto_line", {"line": installment.boleto_line}))


def _payee(creditor: Creditor | None) -> dict[str, Fact]:
    """The creditor as every document shows it (R4), and as a payment app will (R8)."""
    if creditor is None:
        return {"creditor": "", "payee": "", "document": "", "address": ""}
    return {
        "creditor": creditor.name,
        "payee": creditor.legal_name,
        "document": creditor.document,
        "address": f"{creditor.address}, {creditor.city}/{creditor.state}",
    }


def _no_agreement(case: Case) -> Answer:
    """None in force: paid off, broken, or none at all; with the ways to one where there is something to settle."""
    latest = next((a for a in agreements_here(case) if a.cancelled_at is None), None)
    status = status_of(case, latest) if latest else None
    if status is AgreementStatus.FULFILLED:
        return Answer((Say("utter_agreement_paid_off", choices=beside(case, TO_A_PERSON)),))
    response = "utter_agreement_broken" if status is AgreementStatus.BROKEN else "utter_agreement_none"
    ways = (PAY_AT_ONCE, PAY_IN_PARTS) if negotiable_debts(case) else ()
    return Answer((Say(response, {"creditor": business_name(case)}, beside(case, *ways, TO_A_PERSON)),))


def _installment_line(agreement: Agreement, one: AgreementInstallment, today: date) -> Line:
    facts: dict[str, Fact] = {"number": one.number, "amount": one.amount, "due": one.due_on}
    prefix = "line_single" if agreement.kind is OfferKind.CASH else "line_installment"
    if one.paid_on is not None:
        return Line(f"{prefix}_paid", {**facts, "paid_on": one.paid_on})
    if one.paid:
        return Line(f"{prefix}_partly", {**facts, "open": one.open_amount})
    return Line(f"{prefix}_{'open' if one.due_on >= today else 'passed'}", facts)


def _payments(case: Case) -> tuple[Line, ...]:
    """What the bank confirmed, the latest last: of agreements, else of the contracts themselves."""
    agreed = [_paid(i.paid_on, i.paid) for a in agreements_here(case) for i in a.installments if i.paid]
    slug = creditor.slug if (creditor := creditor_of(case)) else None
    own = [
        _paid(i.paid_on, i.paid or i.amount)
        for d in case.debts
        if d.creditor == slug
        for i in d.installments
        if i.paid_on is not None or i.paid
    ]
    latest = sorted(agreed or own, key=lambda pair: pair[0])[-MOST_PAYMENTS:]
    return tuple(line for _, line in latest)


def _paid(day: date | None, amount: Money) -> tuple[date, Line]:
    if day is None:
        return date.max, Line("line_paid_partly", {"amount": amount})
    return day, Line("line_paid", {"amount": amount, "paid_on": day})
