"""Which topic answers an intent, and whether it may be answered before the right party is confirmed (R10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.domain.cases import Answer, Case, Turn
from bot.domain.topics import (
    confirm,
    debt,
    debt_facts,
    identity,
    information,
    negotiation,
    payment,
    protection,
    service,
)

type Handler = Callable[[Case, Turn], Answer]


@dataclass(frozen=True, slots=True)
class Topic:
    """`needs_identity`: else the person is asked who they are first, and the topic goes on afterwards."""

    answer: Handler
    needs_identity: bool = True


def _open(answer: Handler) -> Topic:
    return Topic(answer, needs_identity=False)


TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        # conversation
        "greet": _open(identity.open_talk),
        "goodbye": _open(information.goodbye),
        "thank": _open(information.thank),
        "affirm": _open(confirm.affirm),
        "deny": _open(confirm.deny),
        "ask_capabilities": _open(information.ask_capabilities),
        "bot_challenge": _open(information.bot_challenge),
        "chitchat": _open(information.chitchat),
        "out_of_scope": _open(information.out_of_scope),
        # identity and trust
        "inform_identity": _open(identity.identify),
        "ask_creditor": _open(information.ask_creditor),
        "suspect_scam": _open(information.suspect_scam),
        "wrong_person": _open(protection.wrong_person),
        "third_party": _open(protection.third_party),
        "report_death": _open(protection.report_death),
        "report_crisis": _open(protection.report_crisis),
        # the debt
        "ask_debt": Topic(debt.tell_debt),
        "ask_debt_origin": Topic(debt_facts.ask_debt_origin),
        "ask_charges": Topic(debt_facts.ask_charges),
        "ask_due_date": Topic(debt_facts.ask_due_date),
        "ask_negative_listing": Topic(debt_facts.ask_negative_listing),
        "ask_consequences": Topic(debt_facts.ask_consequences),
        "ask_prescription": Topic(debt_facts.ask_prescription),
        "request_proof": Topic(debt_facts.request_proof),
        "dispute_debt": Topic(protection.dispute_debt),
        "dispute_amount": Topic(protection.dispute_amount),
        "report_payment": Topic(payment.report_payment),
        # negotiation
        "negotiate": Topic(negotiation.negotiate),
        "ask_discount": Topic(negotiation.ask_discount),
        "ask_installments": Topic(negotiation.ask_installments),
        "counter_offer": Topic(negotiation.counter_offer),
        "choose_option": _open(confirm.choose_option),
        "reject_offer": Topic(negotiation.reject_offer),
        "promise_to_pay": Topic(negotiation.promise_to_pay),
        "change_due_date": Topic(negotiation.change_due_date),
        "cannot_pay": Topic(protection.cannot_pay),
        "report_hardship": Topic(protection.report_hardship),
        "ask_time": _open(negotiation.ask_time),
        # payment and agreement
        "ask_pix": Topic(payment.ask_pix),
        "ask_boleto": Topic(payment.ask_boleto),
        "ask_payment_methods": Topic(payment.ask_payment_methods),
        "ask_second_copy": Topic(payment.ask_second_copy),
        "ask_receipt": Topic(payment.ask_receipt),
        "ask_agreement": Topic(payment.ask_agreement),
        "cancel_agreement": Topic(payment.cancel_agreement),
        # service and rights
        "request_human": _open(service.request_human),
        "complain": _open(service.complain),
        "threaten_legal": _open(service.threaten_legal),
        "insult": _open(service.insult),
        "opt_out": _open(protection.opt_out),
        "contact_preference": _open(service.contact_preference),
        "update_contact": _open(service.update_contact),
        "lgpd_request": _open(service.lgpd_request),
        "give_rating": _open(service.give_rating),
    }
)
