"""Questions about a debt, answered from the file and nothing else (R2, R3): origin, charges, days, listing, age."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from bot.domain.agreements import Agreement
from bot.domain.calendars import add_business_days
from bot.domain.cases import Answer, Case, Choice, DutyOpened, Fact, Line, Lines, Say, Turn
from bot.domain.charges import ChargeItem, ChargeKind, ChargeSheet
from bot.domain.debts import Debt, DebtState, StateReason
from bot.domain.legal import (
    LISTING_REMOVAL_BUSINESS_DAYS,
    PRESCRIPTION_PERSON_DAYS,
    PRESCRIPTION_YEARS,
    prescribes_on,
    prescription,
)
from bot.domain.money import Money, total
from bot.domain.policy import Charges
from bot.domain.topics.common import (
    DOCUMENT_BUSINESS_DAYS,
    TO_A_PERSON,
    agreement_in_force,
    agreements_here,
    as_date,
    beside,
    business_name,
    debts_asked_about,
    hand_over,
    offer_case,
    policy_for,
    policy_of,
)

SEND_PROOF = Choice("choice_send_proof", "/request_proof")
NOT_MINE = Choice("choice_not_mine", "/dispute_debt")
WRONG_AMOUNT = Choice("choice_wrong_amount", "/dispute_amount")
SEE_WAYS = Choice("choice_see_ways", "/negotiate")
PAY_WITH_PIX = Choice("choice_pix", "/ask_pix")

_SILENT = (StateReason.DEATH, StateReason.CRISIS)
MOST_LINES = 12  # installments told one by one; more fill a screen, and a message has 1,600 characters on WhatsApp


def ask_debt_origin(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """Product, contract, original amount and first due day of each debt, as the creditor told them (R5)."""
    debts = debts_asked_about(case)
    if not debts:
        return nothing_on_file(case)
    facts: dict[str, Fact] = {"creditor": business_name(case), "lines": origin_lines(debts)}
    return Answer((Say("utter_debt_origin", facts, beside(case, SEND_PROOF, NOT_MINE, TO_A_PERSON)),))


def request_proof(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """What is on file at once, the papers from a person within five business days; asked again, the day stays."""
    debts = debts_asked_about(case)
    if not debts:
        return nothing_on_file(case)
    promised = as_date(case.memory.get("proof_by"))
    if promised is not None and promised >= case.today:
        return Answer((Say("utter_proof_on_its_way", {"by": promised}, beside(case, TO_A_PERSON)),))
    by = add_business_days(case.today, DOCUMENT_BUSINESS_DAYS)
    says = (
        Say("utter_debt_origin", {"creditor": business_name(case), "lines": origin_lines(debts)}),
        Say("utter_proof", {"by": by}, beside(case, NOT_MINE, TO_A_PERSON)),
    )
    duty = DutyOpened("human", by, {"what": "proof", "debts": [str(d.id) for d in debts]})
    return Answer(says, memory={"proof_by": by.isoformat()}, effects=(duty,))


def ask_charges(case: Case, turn: Turn) -> Answer:
    """Why it is that much (R5): every item by name, adding up to the total; of an agreement, its interest (R38)."""
    debts = debts_asked_about(case)
    agreement = agreement_in_force(case)
    tellable = [d for d in debts if d.state in (DebtState.OPEN, DebtState.SUSPENDED) and d.state_reason not in _SILENT]
    if agreement is not None and not tellable:
        return _charges_of_agreement(case, agreement)
    if not debts:
        return nothing_on_file(case)
    if any(_is_old(d, case.today) for d in debts):
        return ask_prescription(case, turn)
    if not tellable:
        return Answer((Say("utter_charges_under_review", choices=beside(case, TO_A_PERSON)),))
    policy, sheet = policy_of(case), offer_case(case, tuple(tellable)).sheet(case.today)
    offered = _charges_of_offer(case)
    choices = beside(case, SEE_WAYS, WRONG_AMOUNT, TO_A_PERSON)
    if policy is None or not any(item.kind is not ChargeKind.PRINCIPAL for item in sheet.items):
        return Answer(
            (Say("utter_charges_none", {"creditor": business_name(case)}, () if offered else choices), *offered)
        )
    facts: dict[str, Fact] = {"creditor": business_name(case), "lines": _charge_lines(tellable, sheet, policy.charges)}
    return Answer((Say("utter_charges", facts, () if offered else choices), *offered))


def ask_due_date(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """The agreement's next day, and the days of every debt beside it."""
    agreement = agreement_in_force(case)
    next_one = agreement.next_due if agreement else None
    says: list[Say] = []
    if agreement is not None and next_one is not None:
        response = "utter_next_due" if next_one.due_on >= case.today else "utter_next_due_passed"
        says.append(Say(response, {"amount": next_one.open_amount, "due": next_one.due_on, "number": next_one.number}))
    others = [d for d in debts_asked_about(case) if agreement is None or d.id not in agreement.debts]
    if others:
        lines = Lines(tuple(line for debt in others for line in _due_lines(debt, case.today)))
        says.append(Say("utter_due_dates", {"creditor": business_name(case), "lines": lines}))
    if not says:
        return nothing_on_file(case)
    choices = beside(case, PAY_WITH_PIX if agreement else SEE_WAYS, TO_A_PERSON)
    return Answer((*says[:-1], Say(says[-1].response, says[-1].facts, choices)))


def ask_negative_listing(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """The state from the file (R29), and how soon removal is asked for (R28), nothing quicker.

    No listing is kept on file; where the creditor's policy plans none, that is said, and else that a person knows.
    """
    policy = policy_of(case)
    planned = policy is not None and policy.consequences.listing
    facts: dict[str, Fact] = {"creditor": business_name(case)}
    first = Say("utter_listing_unknown" if planned else "utter_listing_none_here", facts)
    due = next((day for a in agreements_here(case) if (day := a.listing_removal_due())), None)
    choices = beside(case, TO_A_PERSON)
    if due is None:
        days = LISTING_REMOVAL_BUSINESS_DAYS.count
        return Answer((first, Say("utter_listing_removal", {**facts, "days": days}, choices)))
    response = "utter_listing_removal_due" if due >= case.today else "utter_listing_removal_past"
    return Answer((first, Say(response, {**facts, "due": due}, choices)))


def ask_consequences(case: Case, turn: Turn) -> Answer:
    """Only what is true, planned and on file (R3); to somebody in hardship none of it, but a person (R43).

    No debt has an entry for listing, protest or lawsuit, so none is ever named; where the policy plans none of them,
    that is said too.
    """
    policy, agreement, debts = policy_of(case), agreement_in_force(case), debts_asked_about(case)
    to_a_person = beside(case, TO_A_PERSON)
    if not debts and agreement is None:
        return nothing_on_file(case)
    if case.memory.get("hardship") or any(d.state_reason is StateReason.HARDSHIP for d in debts):
        return Answer((Say("utter_consequences_gently", choices=to_a_person),))
    if agreement is not None and (terms := policy_for(case, agreement)) is not None:
        facts: dict[str, Fact] = {"days": terms.agreement.grace_days}
        strict = "" if terms.agreement.grace_days else "_strict"
        return Answer((Say(f"utter_consequences_agreement{strict}", facts, to_a_person),))
    if any(_is_old(d, case.today) for d in debts):
        return ask_prescription(case, turn)
    if all(d.state is DebtState.DISPUTED for d in debts):
        return Answer((Say("utter_charges_under_review", choices=to_a_person),))
    charges = policy.charges if policy else Charges()
    facts = {"creditor": business_name(case)}
    response = "utter_consequences_open"
    if charges.monthly_interest:
        facts["monthly_rate"] = charges.monthly_interest
        response = "utter_consequences_fine_and_interest" if charges.fine else "utter_consequences_interest"
    planned = policy is None or any(
        (policy.consequences.listing, policy.consequences.protest, policy.consequences.lawsuit)
    )
    rest = "utter_consequences_person_knows" if planned else "utter_consequences_nothing_else"
    return Answer((Say(response, facts), Say(rest, facts, beside(case, SEE_WAYS, TO_A_PERSON))))


def ask_prescription(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """The truth about the age limit, neutrally: the days on file, no offer, no question that fishes (R30, R31, R33).

    Near the limit a person decides.
    """
    debts = [d for d in debts_asked_about(case) if d.state is not DebtState.IN_AGREEMENT]
    if any(_is_near(d, case.today) for d in debts):
        return hand_over(case, "utter_prescription_to_a_person", "prescription")
    lines = Lines(tuple(_age_line(d, case.today) for d in debts))
    facts: dict[str, Fact] = {"years": PRESCRIPTION_YEARS.count, "lines": lines}
    if not debts:
        agreed = agreement_in_force(case) is not None
        response = "utter_prescription_agreement" if agreed else "utter_prescription_general"
        return Answer((Say(response, {"years": PRESCRIPTION_YEARS.count}, beside(case, TO_A_PERSON)),))
    return Answer((Say("utter_prescription", facts, beside(case, TO_A_PERSON)),))


def nothing_on_file(case: Case) -> Answer:
    """With this creditor nothing is open."""
    facts = {"creditor": business_name(case)}
    return Answer((Say("utter_nothing_on_file", facts, beside(case, TO_A_PERSON)),))


def origin_lines(debts: Iterable[Debt]) -> Lines:
    """One line a debt: what, which contract, how much at first and still, since when."""
    lines: list[Line] = []
    for debt in debts:
        original = total([i.amount for i in debt.installments])
        facts: dict[str, Fact] = {
            **_name(debt),
            "original": original,
            "first_due": min(i.due_on for i in debt.installments),
            "open": debt.principal,
        }
        lines.append(Line("line_origin" if debt.principal == original else "line_origin_partly", facts))
    return Lines(tuple(lines))


def _name(debt: Debt) -> dict[str, Fact]:
    """What the debt is called: its product and, in brackets, its description."""
    product = debt.product or debt.description or debt.contract
    about = f" ({debt.description})" if debt.description and debt.description != product else ""
    return {"product": f"{product}{about}", "contract": debt.contract}


def _charges_of_agreement(case: Case, agreement: Agreement) -> Answer:
    offer = next((o for o in case.offers if o.id == agreement.offer_id), None)
    facts: dict[str, Fact] = {"total": agreement.total}
    response = "utter_charges_agreement"
    if offer is not None and offer.financed_cost:
        response = "utter_charges_agreement_interest"
        facts |= {
            "price": offer.price,
            "interest": offer.financed_cost,
            "monthly_rate": offer.monthly_rate,
            "annual_rate": offer.effective_annual_rate,
        }
    return Answer((Say(response, facts, beside(case, TO_A_PERSON)),))


def _charges_of_offer(case: Case) -> tuple[Say, ...]:
    """What the plan in question costs beyond its price, where full terms are open."""
    offer = next((o for o in case.offers if str(o.id) == case.asked.facts.get("offer")), None)
    if offer is None or not offer.financed_cost:
        return ()
    facts: dict[str, Fact] = {
        "count": offer.count,
        "interest": offer.financed_cost,
        "monthly_rate": offer.monthly_rate,
        "annual_rate": offer.effective_annual_rate,
    }
    return (Say("utter_charges_offer", facts),)


def _charge_lines(debts: Iterable[Debt], sheet: ChargeSheet, charges: Charges) -> Lines:
    """Installment by installment where there are several, then every kind of item, then the total."""
    groups = [
        (debt, number, list(items))
        for debt in debts
        for number, items in groupby(sheet.of_debt(debt.id).items, key=lambda i: i.installment)
    ]
    lines = [_installment_line(*group) for group in groups] if 1 < len(groups) <= MOST_LINES else []
    days = groups[0][2][-1].days if len(groups) == 1 else 0
    lines += [_kind_line(kind, amount, charges, days) for kind, amount in sheet.by_kind().items()]
    return Lines((*lines, Line("line_charge_total", {"amount": sheet.total})))


def _installment_line(debt: Debt, number: int | None, items: list[ChargeItem]) -> Line:
    principal, *added = items
    facts: dict[str, Fact] = {
        "product": debt.product or debt.contract,
        "number": number,
        "due": principal.due_on,
        "principal": principal.amount,
    }
    if not added:
        return Line("line_charge_installment_plain", facts)
    facts |= {"added": total([i.amount for i in added]), "days": added[0].days}
    return Line("line_charge_installment", facts)


def _kind_line(kind: ChargeKind, amount: Money, charges: Charges, days: int) -> Line:
    facts: dict[str, Fact] = {"amount": amount}
    match kind:
        case ChargeKind.FINE:
            return Line("line_charge_fine", {**facts, "rate": charges.fine})
        case ChargeKind.INTEREST if charges.monthly_interest is None:
            return Line("line_charge_legal_interest", facts)
        case ChargeKind.INTEREST if days:
            return Line("line_charge_interest_days", {**facts, "rate": charges.monthly_interest, "days": days})
        case ChargeKind.INTEREST:
            return Line("line_charge_interest", {**facts, "rate": charges.monthly_interest})
        case _:
            return Line(f"line_charge_{kind}", facts)


def _due_lines(debt: Debt, today: date) -> list[Line]:
    """One line an installment; of a long contract the first and the last day."""
    installments = sorted(debt.open_installments, key=lambda i: i.due_on)
    if len(installments) > MOST_LINES // 2:
        facts: dict[str, Fact] = {
            "count": len(installments),
            "first": installments[0].due_on,
            "last": installments[-1].due_on,
        }
        return [Line("line_due_range", {**_name(debt), **facts})]
    return [
        Line(
            "line_due_passed" if i.due_on < today else "line_due",
            {**_name(debt), "number": i.number, "amount": i.open_amount, "due": i.due_on},
        )
        for i in installments
    ]


def _oldest_due(debt: Debt) -> date:
    return min(i.due_on for i in debt.open_installments)


def _is_old(debt: Debt, today: date) -> bool:
    """Prescribed, or so near to it that a person decides (R30, R31, R33)."""
    return debt.state is DebtState.PRESCRIBED or prescription(_oldest_due(debt), today=today) is not None


def _is_near(debt: Debt, today: date) -> bool:
    """Within the last 90 days before the limit, which hold the 30 in which the product stops too (R30, R33)."""
    left = (prescribes_on(_oldest_due(debt)) - today).days
    return debt.state is not DebtState.PRESCRIBED and 0 < left < PRESCRIPTION_PERSON_DAYS.count


def _age_line(debt: Debt, today: date) -> Line:
    due = _oldest_due(debt)
    facts: dict[str, Fact] = {**_name(debt), "due": due, "end": prescribes_on(due)}
    if _is_old(debt, today):
        return Line("line_age_over" if prescribes_on(due) <= today else "line_age_over_on_file", facts)
    return Line("line_age_running" if due < today else "line_age_not_due", facts)
