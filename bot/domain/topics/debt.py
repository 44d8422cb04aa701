"""What is owed, item by item (R5); which debt the talk is about; the ways to settle it."""

from __future__ import annotations

from bot.domain.cases import Answer, Case, Choice, Fact, Line, Lines, OfferShown, Say, Turn
from bot.domain.charges import ChargeKind, ChargeSheet
from bot.domain.conversations import Asked, Question
from bot.domain.debts import Debt, DebtState
from bot.domain.legal import Blocked
from bot.domain.money import Money, total
from bot.domain.offers import Offer, options_for
from bot.domain.topics.common import (
    TO_A_PERSON,
    chosen_debts,
    creditor_of,
    negotiable_debts,
    new_id,
    offer_case,
    profile,
)

MOST_CHOICES_OF_DEBTS = 2  # with "all of them" beside: at most three options in a message


def tell_debt(case: Case, turn: Turn) -> Answer:
    """The debts in question; several are listed, and the person picks one or all."""
    open_debts = negotiable_debts(case)
    if not open_debts:
        return nothing_open(case, turn)
    if len(open_debts) == 1 or case.memory.get("debts"):
        return tell_chosen(case, turn, chosen_debts(case))
    return _list(case, open_debts)


def nothing_open(case: Case, turn: Turn) -> Answer:
    """Why there is nothing to settle now, truthfully and without pressing (R15, R31, R41, R44, R45)."""
    from bot.domain.topics import payment  # noqa: PLC0415  # payment tells of agreements, and leads back here

    states = {debt.state for debt in case.debts}
    if DebtState.IN_AGREEMENT in states:
        return payment.ask_agreement(case, turn)
    if DebtState.DISPUTED in states:
        return Answer((Say("utter_debt_under_review", choices=(TO_A_PERSON,)),))
    if DebtState.SUSPENDED in states:
        return Answer((Say("utter_debt_paused", choices=(TO_A_PERSON,)),))
    if any(debt.principal for debt in case.debts):
        return Answer((Say("utter_nothing_to_settle_here", choices=(TO_A_PERSON,)),))
    return Answer((Say("utter_nothing_owed"),))


def _list(case: Case, debts: tuple[Debt, ...]) -> Answer:
    sheets = [offer_case(case, (debt,)).sheet(case.today) for debt in debts]
    lines = Lines(
        tuple(
            Line("line_debt", {"number": n, "product": product(debt), "contract": debt.contract, "total": sheet.total})
            for n, (debt, sheet) in enumerate(zip(debts, sheets, strict=True), start=1)
        )
    )
    creditor = creditor_of(case)
    facts: dict[str, Fact] = {
        "count": len(debts),
        "creditor": creditor.name if creditor else "",
        "lines": lines,
        "total": total([sheet.total for sheet in sheets]),
    }
    asked = Asked(Question.DEBT, {"debts": [str(d.id) for d in debts], "count": len(debts)})
    if len(debts) > MOST_CHOICES_OF_DEBTS:
        return Answer((Say("utter_debts_many", facts),), asked)
    choices = tuple(
        Choice("choice_debt", f'/choose_option{{"option": {n}}}', {"product": title})
        for n, title in enumerate(_titles(debts), start=1)
    )
    return Answer(
        (Say("utter_debts_two", facts, (*choices, Choice("choice_all_debts", '/choose_option{"option": 0}'))),), asked
    )


def _titles(debts: tuple[Debt, ...]) -> tuple[str, ...]:
    """What tells the debts apart: the product, or the contract where they share it."""
    names = [product(d) for d in debts]
    return tuple(n if names.count(n) == 1 else d.contract for n, d in zip(names, debts, strict=True))


def tell_chosen(case: Case, turn: Turn, debts: tuple[Debt, ...]) -> Answer:
    """One debt, or several together, with every item by name, and then the ways to settle."""
    sheet = offer_case(case, debts).sheet(case.today)
    creditor = creditor_of(case)
    facts: dict[str, Fact] = {
        "creditor": creditor.name if creditor else "",
        "product": product(debts[0]),
        "contract": debts[0].contract,
        "count": len(debts),
        "items": item_lines(sheet),
        "total": sheet.total,
    }
    told = Say("utter_debt_one" if len(debts) == 1 else "utter_debt_several", facts)
    ways = show_ways(case, turn, debts)
    return Answer((told, *ways.says), ways.asked, {"debts": [str(d.id) for d in debts], **ways.memory}, ways.effects)


def show_ways(case: Case, turn: Turn, debts: tuple[Debt, ...]) -> Answer:
    """At once, in instalments, or a person: the two offers of this rung."""
    found = options_for(
        offer_case(case, debts),
        rung=rung_of(case),
        cash_id=new_id(turn.message_id, "cash"),
        plan_id=new_id(turn.message_id, "plan"),
        now=case.now,
        today=case.today,
    )
    if isinstance(found, Blocked):
        return nothing_open(case, turn)
    facts: dict[str, Fact] = {}
    choices = [Choice("choice_cash", '/choose_option{"option": 1}')]
    for offer in found:
        facts |= way_facts(offer)
    if len(found) > 1:
        choices.append(Choice("choice_plan", '/choose_option{"option": 2}'))
    response = "utter_ways" if len(found) > 1 else "utter_way_cash"
    if not found[0].discount:
        response += "_plain"
    return Answer(
        (Say(response, facts, (*choices, TO_A_PERSON)),),
        Asked(Question.WAY, {"offers": [str(o.id) for o in found], "count": len(choices) + 1}),
        {"debts": [str(d.id) for d in debts]},
        tuple(OfferShown(offer) for offer in found),
    )


def way_facts(offer: Offer) -> dict[str, Fact]:
    """The few figures by which a way to pay is told."""
    if offer.count == 1:
        return {"cash_total": offer.total, "cash_discount": offer.discount, "cash_due": offer.first_due}
    return {
        "count": offer.count,
        "plan_total": offer.total,
        "first": offer.installments[0].amount,
        "other": offer.installments[1].amount,
        "plan_due": offer.first_due,
        "rest": offer.count - 1,
    }


def item_lines(sheet: ChargeSheet) -> Lines:
    """Every kind of item with its sum (R5); they add up to the total."""
    kinds: dict[ChargeKind, Money] = sheet.by_kind()
    return Lines(tuple(Line(f"line_item_{kind}", {"amount": amount}) for kind, amount in kinds.items()))


def product(debt: Debt) -> str:
    return debt.product or debt.description or debt.contract


def rung_of(case: Case) -> int:
    """How far the concessions have come in this negotiation."""
    rung = case.memory.get("rung", 0)
    policy = offer_case(case, ()).policy
    return min(rung if isinstance(rung, int) else 0, policy.last_rung(profile(case).kind))
