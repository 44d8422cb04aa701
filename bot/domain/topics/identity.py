"""Who is there: greeting, the right party (R7, R10, R11), and going on with what they came for."""

from __future__ import annotations

import re
from datetime import date

from bot.domain.cases import Answer, Case, CodeAsked, Effect, Identified, IdentityFailed, Say, Turn
from bot.domain.conversations import Asked, Debtor, Question
from bot.domain.messages import ChannelKind
from bot.domain.policy import Proof
from bot.domain.topics.common import NOTHING_ASKED, TO_A_PERSON, business_name, first_name, hand_over, new_id, policy_of

MOST_TRIES = 3  # R10; then a person
MOST_CODES = 3  # asked for in one conversation
FEWEST_DIGITS = 3  # of the document, where a creditor asks for a part of it


def open_talk(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """A greeting. To somebody not confirmed it tells who writes, that it is automated (R7), and asks who they are."""
    if case.identified:
        return Answer((Say("utter_greet_again", {"name": first_name(case)}),))
    greeting = Say("utter_greet", {"creditor": business_name(case)})
    asking = _ask(case)
    return Answer((greeting, *asking.says), asking.asked, {"greeted": True})


def ask_first(case: Case, turn: Turn) -> Answer:
    """The topic needs the right party; it goes on once they are confirmed (R10)."""
    asking = _ask(case)
    first_contact = not case.memory.get("greeted")
    greeting = (Say("utter_greet", {"creditor": business_name(case)}),) if first_contact else ()
    return Answer((*greeting, *asking.says), asking.asked, {"goes_on": turn.intent, "greeted": True})


def _ask(case: Case) -> Answer:
    """What we need to know first: proof from a known phone, the phone on Telegram, the document from an unknown one."""
    if case.asked.what is Question.CODE:
        return Answer((Say("utter_ask_code"),), case.asked)
    if case.candidates or case.debtor:
        proof = _proof(case)
        return Answer((Say(f"utter_ask_{proof}"),), Asked(Question.IDENTITY, {"proof": proof}))
    if case.conversation.channel is ChannelKind.TELEGRAM and case.conversation.phone is None:
        return Answer((Say("utter_ask_phone", ask_contact=True),), Asked(Question.PHONE))
    return Answer((Say("utter_ask_document"),), Asked(Question.DOCUMENT))


def ask_again(case: Case) -> Answer:
    """The open question once more, in its own words."""
    asking = _ask(case)
    return Answer(asking.says, asking.asked)


def _proof(case: Case) -> str:
    """Birth date or part of the document, by policy; who has no birth date on file is asked for the document."""
    people = case.candidates or ((case.debtor,) if case.debtor else ())
    policy = policy_of(case)
    by_policy = policy.identity.proof if policy else Proof.BIRTH_DATE
    if by_policy is Proof.BIRTH_DATE and all(p.birth_date for p in people):
        return "birth_date"
    return "document_digits"


def identify(case: Case, turn: Turn) -> Answer:
    """What the person supplied, compared with whoever may be behind this phone; three tries, then a person (R10).

    An unknown phone gets the same answer whatever document is given.
    """
    if case.identified:
        return Answer((Say("utter_already_confirmed", {"name": first_name(case)}),))
    people = case.candidates or ((case.debtor,) if case.debtor else ())
    if not people:
        return _from_unknown_phone(case, turn)
    if not _supplied(turn):
        return _ask(case)
    matching = [(p, by) for p in people if (by := _matches(p, turn))]
    if len(matching) == 1:
        return _confirmed(case, *matching[0])
    if len(matching) > 1:
        return Answer((Say("utter_ask_document_digits"),), Asked(Question.IDENTITY, {"proof": "document_digits"}))
    return _failed(case, people)


def _from_unknown_phone(case: Case, turn: Turn) -> Answer:
    """The document, then the code sent to the phone on file; where no code can be sent, a person goes on.

    Whether somebody has that document is never told: a code "was sent if the document is known" (R10).
    """
    document = turn.first("cpf") or turn.first("cnpj")
    if isinstance(document, str):
        asked = case.memory.get("codes_asked", 0)
        asked = asked if isinstance(asked, int) else 0
        if not case.codes_are_on or asked >= MOST_CODES:
            return hand_over(case, "utter_unknown_phone", "unknown_phone")
        code = CodeAsked(new_id(turn.message_id, "code"), document)
        return Answer((Say("utter_code_sent"),), Asked(Question.CODE), {"codes_asked": asked + 1}, (code,))
    if case.asked.what is not Question.CODE or not (given := _digits(turn)):
        return _ask(case)
    if case.code is not None and case.code.debtor_id is not None and case.code.fits(given, now=case.now):
        return Answer(
            (Say("utter_code_right"),),
            NOTHING_ASKED,
            {"identity_failures": 0},
            (Identified(case.code.debtor_id, "document+code"),),
        )
    return _failed(case, ())


def _supplied(turn: Turn) -> bool:
    return bool(turn.first("cpf") or turn.first("cnpj") or _birth_date(turn) or _digits(turn))


def _matches(person: Debtor, turn: Turn) -> str | None:
    """By which proof it is this person, None where it is not; a wrong proof beside a right one fails."""
    document = turn.first("cpf") or turn.first("cnpj")
    if document is not None:
        return "document" if document == person.document else None
    born = _birth_date(turn)
    if born is not None:
        return "birth_date" if person.birth_date == born else None
    digits = _digits(turn)
    if digits and len(digits) >= FEWEST_DIGITS and person.document.startswith(digits):
        return "document_digits"
    return None


def _birth_date(turn: Turn) -> date | None:
    value = turn.first("birth_date")
    return date.fromisoformat(value) if isinstance(value, str) else None


def _digits(turn: Turn) -> str:
    """The digits of a short answer that holds little else ("os 3 primeiros são 529")."""
    groups = re.findall(r"\d[\d.\-/]*", turn.text)
    return re.sub(r"\D", "", groups[-1]) if groups and len(turn.text) <= 60 else ""


def _confirmed(case: Case, person: Debtor, by: str) -> Answer:
    phone = "link" if case.conversation.phone is None else "phone"
    effects: tuple[Effect, ...] = (Identified(person.id, f"{phone}+{by}"),)
    return Answer(
        (Say("utter_confirmed", {"name": person.first_name}),), NOTHING_ASKED, {"identity_failures": 0}, effects
    )


def _failed(case: Case, people: tuple[Debtor, ...]) -> Answer:
    known = case.memory.get("identity_failures", 0)
    failures = (known if isinstance(known, int) else 0) + 1
    failed = IdentityFailed(people[0].id if len(people) == 1 else None)
    if failures >= MOST_TRIES:
        over = hand_over(case, "utter_identity_to_a_person", "identity_failed")
        return Answer(over.says, over.asked, {"identity_failures": failures}, (failed, *over.effects))
    return Answer(
        (Say("utter_identity_mismatch", choices=(TO_A_PERSON,)),),
        case.asked if case.asked.what in (Question.IDENTITY, Question.CODE) else _ask(case).asked,
        {"identity_failures": failures},
        (failed,),
    )
