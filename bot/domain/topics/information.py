"""Courtesy, who is writing and how to check it, and asking back where a message was not understood."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.cases import Answer, Case, Choice, Fact, Line, Lines, Say, Turn
from bot.domain.conversations import Asked, Question
from bot.domain.policy import Mode
from bot.domain.topics import protection
from bot.domain.topics.common import NOTHING_ASKED, TO_A_PERSON, business_name, creditor_of

YES = "choice_yes"
NO = Choice("choice_no", "/deny")
WHO_WRITES = Choice("choice_who_writes", "/ask_creditor")

ANYBODY_MAY_MEAN = (  # says nothing of the matter (R10)
    "inform_identity",
    "ask_creditor",
    "suspect_scam",
    "bot_challenge",
    "ask_capabilities",
    "wrong_person",
    "third_party",
    "report_death",
    "request_human",
    "complain",
    "opt_out",
    "contact_preference",
    "update_contact",
    "lgpd_request",
    "give_rating",
)
THE_CONFIRMED_MAY_MEAN = (
    *ANYBODY_MAY_MEAN[1:],
    "ask_debt",
    "ask_debt_origin",
    "ask_charges",
    "ask_due_date",
    "ask_negative_listing",
    "ask_consequences",
    "ask_prescription",
    "request_proof",
    "dispute_debt",
    "dispute_amount",
    "report_payment",
    "negotiate",
    "ask_discount",
    "ask_installments",
    "counter_offer",
    "reject_offer",
    "promise_to_pay",
    "change_due_date",
    "cannot_pay",
    "report_hardship",
    "ask_time",
    "ask_pix",
    "ask_boleto",
    "ask_payment_methods",
    "ask_second_copy",
    "ask_receipt",
    "ask_agreement",
    "cancel_agreement",
)
MOST_OPTIONS = 3
_USUAL = ("ask_debt", "negotiate")
_USUAL_UNCONFIRMED = ("inform_identity", "ask_creditor")

_DOUBTS = frozenset(
    {
        "opt_out",
        "wrong_person",
        "third_party",
        "report_death",
        "report_hardship",
        "dispute_debt",
        "report_payment",
        "request_human",
        "lgpd_request",
    }
)
_DOUBTS_THAT_DISCLOSE = frozenset({"dispute_debt", "report_payment"})
_IDENTITY_QUESTIONS = (Question.IDENTITY, Question.PHONE, Question.DOCUMENT, Question.CODE)


def goodbye(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """They leave: nothing stays open, so that nobody is held back."""
    return Answer((Say("utter_goodbye"),), NOTHING_ASKED)


def thank(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    return Answer((Say("utter_thanked"),))


def ask_capabilities(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """Three things at most; before the right party is confirmed none that tells the matter (R10)."""
    names = ("debt", "terms", "person") if case.identified else ("who", "wishes", "person")
    able = Lines(tuple(Line(f"capability_{name}") for name in names))
    return Answer((Say("utter_capabilities", {"creditor": business_name(case), "able": able}),))


def bot_challenge(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """The truth (R7)."""
    return Answer((Say("utter_bot", choices=_if_nothing_open(case, TO_A_PERSON)),))


def chitchat(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    return Answer((Say("utter_chitchat", {"creditor": business_name(case)}),))


def out_of_scope(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    facts: dict[str, Fact] = {"creditor": business_name(case)}
    return Answer((Say("utter_out_of_scope", facts, _if_nothing_open(case, TO_A_PERSON)),))


def ask_creditor(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """Who writes and on whose behalf: name, CNPJ and address of the creditor (R4), nothing of the matter (R11)."""
    creditor = creditor_of(case)
    if creditor is None:
        return Answer((Say("utter_who_writes_unknown"),))
    response = "utter_who_writes" if creditor.mode is Mode.FIRST_PARTY else "utter_who_writes_for_another"
    facts: dict[str, Fact] = {
        "creditor": creditor.name,
        "legal_name": creditor.legal_name,
        "document": creditor.document,
        "address": f"{creditor.address}, {creditor.city}/{creditor.state}",
    }
    return Answer((Say(response, facts),))


def suspect_scam(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """How to check outside this chat, and what is never asked here (R8). Nothing stays open: nobody is hurried."""
    creditor = creditor_of(case)
    if creditor is None:
        check = Say("utter_scam_check_unknown")
    else:
        facts: dict[str, Fact] = {"creditor": creditor.name, "phone": creditor.phone, "site": creditor.site}
        check = Say("utter_scam_check", facts)
    if not case.identified:
        return Answer((check, Say("utter_never_asked_unconfirmed", choices=(WHO_WRITES, TO_A_PERSON))), NOTHING_ASKED)
    never = Say("utter_never_asked", {"creditor": business_name(case)}, (WHO_WRITES, TO_A_PERSON))
    return Answer((check, never), NOTHING_ASKED)


def unsure(case: Case, turn: Turn) -> Answer:
    """Not understood: at most three readings to pick from; the second time in a row one of them is a person (R69).

    Who is being asked for proof is asked once more instead: what was not understood was most likely that.
    Whoever understands a turn sets `unsure` in the memory back to 0.
    """
    known = case.memory.get("unsure", 0)
    before = known if isinstance(known, int) else 0
    memory = {"unsure": before + 1}
    if before == 0 and case.asked.what in _IDENTITY_QUESTIONS:
        return Answer((Say("utter_not_understood"),), memory=memory)
    choices = _readings(case, turn, with_person=before > 0)
    response = "utter_unsure_again" if before > 0 else "utter_unsure"
    asked = Asked(Question.OPTIONS, {"options": [c.payload for c in choices], "count": len(choices)})
    return Answer((Say(response, choices=choices),), asked, memory)


def chosen_reading(case: Case, turn: Turn, number: int | None) -> Answer:
    """The reading picked by its number, from 1, answered as if it had been said outright."""
    from bot.domain.topics import identity  # noqa: PLC0415  # both lead back here
    from bot.domain.topics.registry import TOPICS  # noqa: PLC0415

    offered = case.asked.facts.get("options")
    offered = offered if isinstance(offered, list) else []
    intent = str(offered[number - 1]).removeprefix("/") if number and 1 <= number <= len(offered) else ""
    if intent not in TOPICS:
        return unsure(case, turn)
    meant = replace(turn, intent=intent, text="", button=True, entities={})
    settled = replace(case, conversation=replace(case.conversation, asked=NOTHING_ASKED))
    topic = TOPICS[intent]
    answer = (
        identity.ask_first(settled, meant)
        if topic.needs_identity and not case.identified
        else topic.answer(settled, meant)
    )
    return replace(answer, asked=answer.asked or NOTHING_ASKED, memory={"unsure": 0, **answer.memory})


def offer_second_meaning(turn: Turn, *, beside: tuple[Choice, ...] = ()) -> Answer:
    """What else the message meant, kept for the next turn: one pick away. Only for the confirmed (R10).

    `beside`: choices of the answer itself, which are offered with it.
    """
    if turn.also not in THE_CONFIRMED_MAY_MEAN or len(beside) >= MOST_OPTIONS:
        return Answer(())
    first = _option(turn.also)
    choices = (first, *(choice for choice in beside if choice.payload != first.payload))
    asked = Asked(Question.OPTIONS, {"options": [c.payload for c in choices], "count": len(choices)})
    return Answer((Say("utter_second_meaning", choices=choices),), asked)


def confirm_doubt(case: Case, turn: Turn) -> Answer:
    """A protective reading that is only likely is asked with yes or no, without telling the matter (R10).

    Of a crisis nobody is asked: it is answered as one (R14).
    """
    doubt = turn.doubt
    if doubt == "report_crisis":
        return protection.report_crisis(case, turn)
    if doubt not in _DOUBTS:
        return unsure(case, turn)
    hidden = doubt in _DOUBTS_THAT_DISCLOSE and not case.identified
    response = f"utter_doubt_{doubt}_unconfirmed" if hidden else f"utter_doubt_{doubt}"
    choices = (Choice(YES, f"/{doubt}"), NO)
    return Answer((Say(response, choices=choices),), Asked(Question.CONFIRM, {"intent": doubt}))


def _readings(case: Case, turn: Turn, *, with_person: bool) -> tuple[Choice, ...]:
    """The likeliest readings that may be named here, filled up with the usual ones."""
    allowed = THE_CONFIRMED_MAY_MEAN if case.identified else ANYBODY_MAY_MEAN
    usual = _USUAL if case.identified else _USUAL_UNCONFIRMED
    likely = [i for i in dict.fromkeys(turn.ranking) if i in allowed] or list(usual)
    if with_person:
        likely = [*[i for i in likely if i != "request_human"][: MOST_OPTIONS - 1], "request_human"]
    return tuple(_option(intent) for intent in likely[:MOST_OPTIONS])


def _option(intent: str) -> Choice:
    return TO_A_PERSON if intent == "request_human" else Choice(f"option_{intent}", f"/{intent}")


def _if_nothing_open(case: Case, *choices: Choice) -> tuple[Choice, ...]:
    """Choices compete with the open question that is repeated after a digression."""
    return choices if case.asked.what is Question.NOTHING else ()
