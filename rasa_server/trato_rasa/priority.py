"""Which meaning wins where a message has two, and which intents protect somebody and are never overlooked."""

from __future__ import annotations

# The order of docs/rules.md, "which message wins"; what stands earlier wins.
ORDER = (
    "report_crisis",
    "report_death",
    "wrong_person",
    "third_party",
    "opt_out",
    "lgpd_request",
    "threaten_legal",
    "dispute_debt",
    "dispute_amount",
    "report_payment",
    "request_human",
    "ask_prescription",
    "report_hardship",
    "request_proof",
    "ask_negative_listing",
    "cancel_agreement",
    "choose_option",
    "counter_offer",
    "promise_to_pay",
    "ask_installments",
    "ask_discount",
    "change_due_date",
    "ask_due_date",
    "ask_pix",
    "ask_boleto",
    "ask_second_copy",
    "ask_payment_methods",
    "ask_charges",
    "ask_receipt",
    "inform_identity",
    "suspect_scam",
    "ask_creditor",
    "ask_agreement",
    "ask_debt",
    "ask_debt_origin",
    "ask_consequences",
    "cannot_pay",
    "reject_offer",
    "negotiate",
    "contact_preference",
    "update_contact",
    "ask_time",
    "insult",
    "complain",
)
# What stands up to here takes the place of what the message is mostly about; the others only keep the second meaning.
LAST_PROTECTING = ORDER.index("request_human")
# Pairs in which the later one says more: "not me, it's my father"; "paid the first one, is my name clean?".
INSTEAD = frozenset(
    {
        ("wrong_person", "third_party"),
        ("report_payment", "ask_negative_listing"),
        ("report_payment", "ask_receipt"),
        ("report_payment", "cancel_agreement"),
        ("dispute_debt", "request_proof"),
        ("wrong_person", "dispute_debt"),
    }
)
COURTESY = frozenset(
    {
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "chitchat",
        "ask_capabilities",
        "bot_challenge",
        "out_of_scope",
        "give_rating",
    }
)
PROTECTIVE = (
    "opt_out",
    "wrong_person",
    "third_party",
    "report_death",
    "report_crisis",
    "report_hardship",
    "dispute_debt",
    "report_payment",
    "request_human",
    "lgpd_request",
)


def rank(intent: str) -> int:
    """Its place in the order; what is not listed comes last."""
    return ORDER.index(intent) if intent in ORDER else len(ORDER)
