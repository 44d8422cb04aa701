"""Settling: offers from the engine, the debtor's own proposal, full terms before the yes (R38, R40, R58, R71)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from bot.domain.cases import Answer, Case, Choice, Fact, Line, Lines, OfferShown, Say, Turn
from bot.domain.conversations import Asked, Question
from bot.domain.legal import Blocked
from bot.domain.money import Money
from bot.domain.offers import Offer, OfferKind, cash_offer, plan_offer
from bot.domain.proposals import Accepted, Countered, Proposal, decide
from bot.domain.topics import debt
from bot.domain.topics.common import (
    TO_A_PERSON,
    as_date,
    as_decimal,
    chosen_debts,
    creditor_of,
    hand_over,
    negotiable_debts,
    new_id,
    offer_case,
    policy_of,
    profile,
)

MOST_COUNTERS = 3  # own proposals in one negotiation; then a person goes on
A_MONTH = re.compile(r"\b(m[eê]s|mensa\w*|mensais|parcel\w+|presta\w+|vezes|\d+\s*x)\b", re.IGNORECASE)
ACCEPT = Choice("choice_accept", "/affirm")
OTHER_TERMS = Choice("choice_other_terms", "/reject_offer")


def negotiate(case: Case, turn: Turn) -> Answer:
    """The ways to settle; which debt first, where there are several. What they can pay may be said right away."""
    if turn.first("amount"):
        return counter_offer(case, turn)
    if (other := _first_the_debt(case, turn)) is not None:
        return other
    return debt.show_ways(case, turn, chosen_debts(case))


def ask_discount(case: Case, turn: Turn) -> Answer:
    """The price of paying at once, with full terms."""
    if (other := _first_the_debt(case, turn)) is not None:
        return other
    offer = cash_offer(
        offer_case(case, chosen_debts(case)),
        rung=debt.rung_of(case),
        offer_id=new_id(turn.message_id, "cash"),
        now=case.now,
        today=case.today,
        due_on=as_date(turn.first("date")),
    )
    return debt.nothing_open(case, turn) if isinstance(offer, Blocked) else terms(case, offer, Say("utter_lead_cash"))


def ask_installments(case: Case, turn: Turn) -> Answer:
    """A plan: of the number asked for where it is allowed, else of the nearest one; full terms."""
    if turn.first("amount"):
        return counter_offer(case, turn)
    if (other := _first_the_debt(case, turn)) is not None:
        return other
    wanted = turn.first("installments")
    if isinstance(wanted, int) and wanted >= 1:
        return _answer_proposal(case, turn, Proposal(installments=wanted, first_due=as_date(turn.first("date"))))
    return _default_plan(case, turn)


def _default_plan(case: Case, turn: Turn, *, first_due: date | None = None) -> Answer:
    found = plan_offer(
        offer_case(case, chosen_debts(case)),
        rung=debt.rung_of(case),
        offer_id=new_id(turn.message_id, "plan"),
        now=case.now,
        today=case.today,
        first_due=first_due,
    )
    if isinstance(found, Blocked):
        return _no_plan(case, turn)
    return terms(case, found, Say("utter_lead_plan"))


def _no_plan(case: Case, turn: Turn) -> Answer:
    """Too small for instalments: paying at once is what there is."""
    offer = cash_offer(
        offer_case(case, chosen_debts(case)),
        rung=debt.rung_of(case),
        offer_id=new_id(turn.message_id, "cash"),
        now=case.now,
        today=case.today,
    )
    if isinstance(offer, Blocked):
        return debt.nothing_open(case, turn)
    return terms(case, offer, Say("utter_lead_too_small_for_plan"))


def counter_offer(case: Case, turn: Turn) -> Answer:
    """The debtor's own proposal: taken where the policy allows it, else the nearest terms that it does."""
    if (other := _first_the_debt(case, turn)) is not None:
        return other
    proposal = proposal_of(case, turn)
    if proposal is None:
        return Answer((Say("utter_ask_amount", choices=(TO_A_PERSON,)),), Asked(Question.AMOUNT))
    return _answer_proposal(case, turn, proposal)


def proposal_of(case: Case, turn: Turn) -> Proposal | None:
    """What was proposed; None where no amount, number or day was named. An amount beside "por mês" is a month's."""
    value = as_decimal(turn.first("amount"))
    amount = Money.from_decimal(value) if value is not None and value > 0 else None
    count = turn.first("installments")
    installments = count if isinstance(count, int) and count >= 1 else None
    due = as_date(turn.first("date"))
    if amount is None and installments is None and due is None:
        return None
    monthly = bool(A_MONTH.search(turn.text)) or case.asked.what is Question.AMOUNT or (installments or 1) > 1
    return Proposal(
        total=None if monthly else amount,
        amount_per_month=amount if monthly else None,
        installments=installments,
        first_due=due,
    )


def _answer_proposal(case: Case, turn: Turn, proposal: Proposal) -> Answer:
    counters = case.memory.get("counters", 0)
    counters = (counters if isinstance(counters, int) else 0) + (
        proposal.total is not None or proposal.amount_per_month is not None
    )
    if counters > MOST_COUNTERS:
        return hand_over(case, "utter_terms_to_a_person", "terms_beyond_policy")
    negotiation = offer_case(case, chosen_debts(case))
    offer_id = new_id(turn.message_id, "proposal")
    decision = decide(proposal, negotiation, rung=debt.rung_of(case), offer_id=offer_id, now=case.now, today=case.today)
    match decision:
        case Accepted(offer):
            answer = terms(case, offer, Say("utter_lead_accepted"))
        case Countered(offer) if offer.count == 1 and (proposal.installments or 1) > 1:
            answer = terms(case, offer, Say("utter_lead_too_small_for_plan"))
        case Countered(offer, reasons):
            answer = terms(case, offer, Say(f"utter_counter_{reasons[0]}", _counter_facts(offer, proposal)))
        case Blocked(rule="R40"):
            return _no_plan(case, turn)
        case Blocked(rule="R42"):
            return hand_over(case, "utter_terms_to_a_person", "affordability")
        case _:
            return debt.nothing_open(case, turn)
    return Answer(answer.says, answer.asked, {**answer.memory, "counters": counters}, answer.effects)


def _counter_facts(offer: Offer, proposal: Proposal) -> dict[str, Fact]:
    return {
        "total": offer.total,
        "count": offer.count,
        "amount": offer.largest_installment,
        "due": offer.first_due,
        "wanted": proposal.installments or 1,
    }


def reject_offer(case: Case, turn: Turn) -> Answer:
    """Too much: the next rung where there is one, else what would fit; never argued (R71)."""
    if turn.first("amount"):
        return counter_offer(case, turn)
    if (other := _first_the_debt(case, turn)) is not None:
        return other
    rung, last = debt.rung_of(case), _last_rung(case)
    if rung < last and case.offers:
        conversation = replace(case.conversation, memory={**case.memory, "rung": rung + 1})
        ways = debt.show_ways(replace(case, conversation=conversation), turn, chosen_debts(case))
        return Answer(
            (Say("utter_lead_better"), *ways.says), ways.asked, {**ways.memory, "rung": rung + 1}, ways.effects
        )
    return Answer((Say("utter_ask_amount", choices=(TO_A_PERSON,)),), Asked(Question.AMOUNT))


def promise_to_pay(case: Case, turn: Turn) -> Answer:
    """A day to pay: an offer for that day. With an agreement in force, its own due days stand."""
    if not negotiable_debts(case):
        return Answer((Say("utter_promise_noted", choices=(TO_A_PERSON,)),), memory={"promise": turn.text[:200]})
    if turn.first("amount"):
        return counter_offer(case, turn)
    if (other := _first_the_debt(case, turn)) is not None:
        return other
    day = as_date(turn.first("date"))
    if day is None or day < case.today:
        return Answer((Say("utter_ask_due_day"),), Asked(Question.DUE_DATE))
    shown = _offer_in_question(case)
    if shown is not None and shown.kind is OfferKind.PLAN:
        return change_due_date(case, turn)
    return _answer_proposal(case, turn, Proposal(first_due=day))


def change_due_date(case: Case, turn: Turn) -> Answer:
    """Another day for the terms in question; for an agreement in force a person does it."""
    if not negotiable_debts(case):
        return hand_over(case, "utter_due_day_to_a_person", "change_due_date")
    if (other := _first_the_debt(case, turn)) is not None:
        return other
    day = as_date(turn.first("date"))
    if day is None or day < case.today:
        return Answer((Say("utter_ask_due_day"),), Asked(Question.DUE_DATE, _kept(case)))
    shown = _offer_in_question(case)
    count = shown.count if shown is not None else None
    return _answer_proposal(case, turn, Proposal(installments=count, first_due=day))


def ask_time(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """To think it over: of course. How long the terms stand is said only once they were shown (R58), never to hurry."""
    shown = _offer_in_question(case)
    if case.identified and shown is not None and not case.memory.get("hardship"):
        return Answer((Say("utter_time_with_offer", {"until": shown.expires_at.astimezone(case.local.tzinfo)}),))
    return Answer((Say("utter_time"),))


def terms(case: Case, offer: Offer, lead: Say) -> Answer:
    """The full terms (R38) with the creditor (R4), every item (R5), and the clause (R56); then only a clear yes counts.

    A shown offer is stored with what was shown; the yes refers to it by its id.
    """
    creditor = creditor_of(case)
    facts: dict[str, Fact] = {
        "creditor": creditor.legal_name if creditor else "",
        "creditor_document": creditor.document if creditor else "",
        "creditor_address": f"{creditor.address}, {creditor.city}/{creditor.state}" if creditor else "",
        "items": debt.item_lines(offer.sheet),
        "price": offer.price,
        "total": offer.total,
        "due": offer.first_due,
        "until": offer.expires_at.astimezone(case.local.tzinfo),
    }
    if offer.kind is OfferKind.PLAN:
        facts |= {
            "count": offer.count,
            "installments": Lines(
                tuple(
                    Line("line_installment", {"number": i.number, "due": i.due_on, "amount": i.amount})
                    for i in offer.installments
                )
            ),
            "interest": offer.financed_cost,
            "monthly_rate": offer.monthly_rate,
            "annual_rate": offer.effective_annual_rate,
        }
    shape = "cash" if offer.kind is OfferKind.CASH else "plan" if offer.financed_cost else "plan_without_interest"
    says = (
        lead,
        Say(f"utter_terms_{shape}", facts),
        Say("utter_terms_accept", facts, (ACCEPT, OTHER_TERMS, TO_A_PERSON)),
    )
    known = any(o.id == offer.id for o in case.offers)
    return Answer(
        says,
        Asked(Question.ACCEPT, {"offer": str(offer.id), "count": 3}),
        {"debts": [str(d) for d in offer.debts], "terms": str(offer.id)},
        () if known else (OfferShown(offer),),
    )


def show_again(case: Case, turn: Turn, offer: Offer) -> Answer:
    """The same terms once more; where they have expired, today's terms of the same shape (R58)."""
    if not offer.expired(case.now):
        return terms(case, offer, Say("utter_lead_again"))
    negotiation = offer_case(case, chosen_debts(case))
    proposal = Proposal(installments=offer.count)
    decision = decide(
        proposal,
        negotiation,
        rung=max(offer.rung, debt.rung_of(case)),
        offer_id=new_id(turn.message_id, "again"),
        now=case.now,
        today=case.today,
    )
    if isinstance(decision, Blocked):
        return debt.nothing_open(case, turn)
    return terms(case, decision.offer, Say("utter_lead_expired"))


def offer_by_id(case: Case, offer_id: object) -> Offer | None:
    return next((o for o in case.offers if str(o.id) == offer_id), None)


def _offer_in_question(case: Case) -> Offer | None:
    """The offer whose full terms are open, if any."""
    return offer_by_id(case, case.asked.facts.get("offer"))


def _kept(case: Case) -> dict[str, object]:
    offer = case.asked.facts.get("offer")
    return {"offer": offer} if offer else {}


def _last_rung(case: Case) -> int:
    policy = policy_of(case)
    return policy.last_rung(profile(case).kind) if policy else 0


def _first_the_debt(case: Case, turn: Turn) -> Answer | None:
    """Where nothing may be negotiated, or it isn't clear which debt is meant: that comes first."""
    open_debts = negotiable_debts(case)
    if not open_debts:
        return debt.nothing_open(case, turn)
    if len(open_debts) > 1 and not case.memory.get("debts"):
        return debt.tell_debt(case, turn)
    return None
