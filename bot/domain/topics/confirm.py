"""Yes, no, and a pick: what they mean depends on what was asked."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain.cases import Agreed, Answer, Case, Say, Turn
from bot.domain.consent import is_unequivocal_yes
from bot.domain.conversations import Question
from bot.domain.messages import InboundKind
from bot.domain.topics import debt, identity, information, negotiation, payment, protection, service
from bot.domain.topics.common import NOTHING_ASKED, TO_A_PERSON, negotiable_debts, new_id

ALL_OF_THEM = re.compile(r"\b(tod[ao]s?|tudo|ambas|ambos|as duas|os dois|junto|juntas|completo)\b", re.IGNORECASE)


def affirm(case: Case, turn: Turn) -> Answer:
    """A yes to what is open. Only an unequivocal one right after the full terms makes an agreement (R58)."""
    match case.asked.what:
        case Question.ACCEPT if case.identified:
            return accept(case, turn)
        case Question.CONFIRM:
            return _confirmed_doubt(case, turn)
        case Question.CANCEL if case.identified:
            return payment.confirm_cancel(case, turn)
        case Question.DEBT if case.identified and negotiable_debts(case):
            return Answer((Say("utter_which_debt"),), case.asked)
        case Question.WAY if case.identified:
            return Answer((Say("utter_which_way"),), case.asked)
        case Question.OPTIONS:
            return Answer((Say("utter_which_option"),), case.asked)
        case Question.AMOUNT | Question.INSTALLMENTS | Question.DUE_DATE if case.identified:
            return Answer((Say("utter_tell_the_value"),), case.asked)
    if not case.identified:
        return identity.open_talk(case, turn) if case.asked.what is Question.NOTHING else identity.ask_again(case)
    if not negotiable_debts(case):
        return Answer((Say("utter_fine"),))
    if (offer := negotiation.offer_by_id(case, case.memory.get("terms"))) is not None:
        return negotiation.show_again(case, turn, offer)  # what lay between has closed the question, not the offer
    return debt.tell_debt(case, turn)


def accept(case: Case, turn: Turn) -> Answer:
    """R58: the button below the terms, or words that leave no doubt; else the assistant asks again."""
    offer = negotiation.offer_by_id(case, case.asked.facts.get("offer"))
    if offer is None:
        return negotiation.negotiate(case, turn)
    if offer.expired(case.now) or case.asked.facts.get("interrupted") or turn.stale:
        return negotiation.show_again(case, turn, offer)
    if turn.kind == InboundKind.AUDIO:
        return _ask_clearly(case, "utter_accept_in_writing")  # a transcription may have misheard
    if not (turn.button or is_unequivocal_yes(turn.text)):
        return _ask_clearly(case)
    covered = [d for d in case.debts if d.id in offer.debts]
    if len(covered) != len(offer.debts) or not set(offer.debts) <= {d.id for d in negotiable_debts(case)}:
        return debt.nothing_open(case, turn)
    agreement_id = new_id(turn.message_id, "agreement")
    return Answer(
        (
            Say("utter_agreed", {"name": case.debtor.first_name if case.debtor else "", "total": offer.total}),
            *payment.first_payment(case, offer, agreement_id),
        ),
        NOTHING_ASKED,
        {"rung": 0, "counters": 0, "terms": None},
        (Agreed(agreement_id, offer),),
    )


def _ask_clearly(case: Case, response: str = "utter_accept_clearly") -> Answer:
    choices = (negotiation.ACCEPT, negotiation.OTHER_TERMS, TO_A_PERSON)
    return Answer((Say(response, choices=choices),), case.asked)


def _confirmed_doubt(case: Case, turn: Turn) -> Answer:
    """The doubtful protective reading was right."""
    handlers = {
        "opt_out": protection.opt_out,
        "wrong_person": protection.wrong_person,
        "third_party": protection.third_party,
        "report_death": protection.report_death,
        "report_crisis": protection.report_crisis,
        "request_human": service.request_human,
        "lgpd_request": service.lgpd_request,
    }
    once_identified = {
        "report_hardship": protection.report_hardship,
        "dispute_debt": protection.dispute_debt,
        "report_payment": payment.report_payment,
    }
    intent = str(case.asked.facts.get("intent", ""))
    if intent in once_identified and not case.identified:
        return identity.ask_first(case, replace(turn, intent=intent))
    handler = handlers.get(intent) or once_identified.get(intent) or information.unsure
    return handler(case, turn)


def deny(case: Case, turn: Turn) -> Answer:
    """A no is a no: it ends what is open, and leaves the door open."""
    match case.asked.what:
        case Question.ACCEPT | Question.WAY if case.identified:
            return negotiation.reject_offer(case, turn)
        case Question.CONFIRM | Question.OPTIONS:
            return Answer((Say("utter_go_on"),), NOTHING_ASKED)
        case Question.CANCEL if case.identified:
            return Answer((Say("utter_agreement_kept"),), NOTHING_ASKED)
        case Question.IDENTITY | Question.DOCUMENT | Question.PHONE:
            return Answer((Say("utter_why_identity", choices=(TO_A_PERSON,)),), case.asked)
        case _:
            return Answer((Say("utter_no_problem"),), NOTHING_ASKED)


def choose_option(case: Case, turn: Turn) -> Answer:
    """A pick among what was shown: debts, ways to pay, readings of a message."""
    number = turn.first("option")
    number = number if isinstance(number, int) else None
    match case.asked.what:
        case Question.DEBT if case.identified:
            return choose_debts(case, turn, number)
        case Question.WAY if case.identified:
            return _choose_way(case, turn, number)
        case Question.ACCEPT if case.identified:
            return _choose_after_terms(case, turn, number)
        case Question.OPTIONS:
            return information.chosen_reading(case, turn, number)
    if not case.identified:
        return identity.open_talk(case, turn) if case.asked.what is Question.NOTHING else identity.ask_again(case)
    return negotiation.negotiate(case, turn)


def choose_debts(case: Case, turn: Turn, number: int | None) -> Answer:
    """One debt by its number in the list, or all (0, or "todas")."""
    listed = case.asked.facts.get("debts")
    listed = listed if isinstance(listed, list) else []
    open_debts = {str(d.id): d for d in negotiable_debts(case)}
    if number == 0 or (number is None and ALL_OF_THEM.search(turn.text)):
        chosen = tuple(open_debts.values())
    elif number is not None and 1 <= number <= len(listed) and listed[number - 1] in open_debts:
        chosen = (open_debts[listed[number - 1]],)
    else:
        return Answer((Say("utter_which_debt"),), case.asked)
    fresh = replace(case, conversation=replace(case.conversation, memory={**case.memory, "rung": 0}))
    answer = debt.tell_chosen(fresh, turn, chosen)
    return replace(answer, memory={**answer.memory, "rung": 0, "counters": 0})


def _choose_way(case: Case, turn: Turn, number: int | None) -> Answer:
    offers = case.asked.facts.get("offers")
    offers = offers if isinstance(offers, list) else []
    if number is None and re.search(r"\b(vista|pix|tudo|uma vez)\b", turn.text, re.IGNORECASE):
        number = 1
    elif number is None and re.search(r"\b(parcel\w+|vezes|\d+\s*x|m[eê]s)\b", turn.text, re.IGNORECASE):
        number = 2
    if number is None or not 1 <= number <= len(offers) + 1:
        return Answer((Say("utter_which_way"),), case.asked)
    if number == len(offers) + 1:
        return _to_a_person(case, turn)
    offer = negotiation.offer_by_id(case, offers[number - 1])
    if offer is None:
        return negotiation.negotiate(case, turn)
    if offer.expired(case.now):
        return negotiation.show_again(case, turn, offer)
    return negotiation.terms(case, offer, Say("utter_lead_cash" if offer.count == 1 else "utter_lead_plan"))


def _choose_after_terms(case: Case, turn: Turn, number: int | None) -> Answer:
    """Below the terms "the first" is no unequivocal yes (R58); the others are clear enough."""
    if number == 2:
        return negotiation.reject_offer(case, turn)
    if number == 3:
        return _to_a_person(case, turn)
    return _ask_clearly(case)


def _to_a_person(case: Case, turn: Turn) -> Answer:
    return service.request_human(case, turn)
