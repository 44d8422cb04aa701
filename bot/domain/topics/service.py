"""Service and rights: a person, complaints, anger, wishes about contact, personal data, a rating."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.domain.calendars import add_business_days
from bot.domain.cases import Answer, Case, Choice, DutyOpened, Say, Turn
from bot.domain.conversations import Asked, Question
from bot.domain.legal import DATA_REQUEST_DAYS, REGULATED_ANSWER_DAYS
from bot.domain.topics.common import NOTHING_ASKED, TO_A_PERSON, business_name, creditor_of, hand_over, new_id

STOP = Choice("choice_stop", "/opt_out")
LONGEST_WISH = 300  # characters of a wish that are remembered
GOOD_RATING = 7

RIGHTS = (
    ("deletion", re.compile(r"\b(apag|delet|exclu|remov|elimin|tir[ae])\w*", re.IGNORECASE)),
    ("opposition", re.compile(r"\b(n[ãa]o autoriz|n[ãa]o consinto|revog|oposi[çc]|parem? de usar)\w*", re.IGNORECASE)),
    ("correction", re.compile(r"\b(corrig|corre[çc]|atualiz|errad)\w*", re.IGNORECASE)),
    ("portability", re.compile(r"\b(portabil|transfer)\w*", re.IGNORECASE)),
)


def request_human(case: Case, turn: Turn) -> Answer:
    """On the first request, and told when somebody answers (R69)."""
    return _with_protocol(case, turn, "requested", hand_over(case, "utter_human", "requested"))


def complain(case: Case, turn: Turn) -> Answer:
    """An apology without an excuse, and a person where they like (R1, R69)."""
    answer = Answer((Say("utter_complaint", choices=(TO_A_PERSON, STOP)),), NOTHING_ASKED, {"complained": True})
    return _with_protocol(case, turn, "complaint", answer)


def threaten_legal(case: Case, turn: Turn) -> Answer:
    """Calm: it is their right, and a person takes over at once (R69)."""
    return _with_protocol(case, turn, "legal", hand_over(case, "utter_legal", "legal"))


def insult(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """No counter (R1): a person or a stop; the second time a person takes over."""
    if case.memory.get("insulted"):
        return hand_over(case, "utter_insult_handed_over", "insult")
    return Answer((Say("utter_insult", choices=(TO_A_PERSON, STOP)),), NOTHING_ASKED, {"insulted": True})


def contact_preference(case: Case, turn: Turn) -> Answer:  # noqa: ARG001
    """The wish is kept in their own words, for everybody who writes here later (R20)."""
    wish = turn.text.strip()[:LONGEST_WISH]
    if not wish or turn.button:
        return Answer((Say("utter_ask_preference"),), NOTHING_ASKED)
    return Answer((Say("utter_preference_noted"),), memory={"preference": wish})


def update_contact(case: Case, turn: Turn) -> Answer:
    """A person checks it before anything changes; nothing of it is repeated here (R48)."""
    given = {name: value for name in ("phone", "email") if (value := turn.first(name))}
    if turn.button and not given:
        return Answer((Say("utter_ask_new_contact"),), NOTHING_ASKED)
    duty = DutyOpened("human", add_business_days(case.today, 1), {"reason": "update_contact", **given})
    return Answer((Say("utter_contact_noted"),), effects=(duty,))


def lgpd_request(case: Case, turn: Turn) -> Answer:
    """A simple answer at once, the whole one within 15 days (R49); who asks unconfirmed is confirmed by a person."""
    answer_by = case.today + timedelta(days=DATA_REQUEST_DAYS.count)
    suffix = "" if case.identified else "_unconfirmed"
    says = (
        Say(f"utter_data_request{suffix}", {"answer_by": answer_by}),
        Say(f"utter_data_kept{suffix}", {"creditor": business_name(case)}),
    )
    detail = {"confirmed": case.identified, "right": right_in(turn.text)}
    return Answer(says, effects=(DutyOpened("data_request", answer_by, detail),))


def right_in(text: str) -> str:
    """Which right of LGPD art. 18 the words speak of; `access` where none is named. A person reads the words anyway."""
    return next((right for right, words in RIGHTS if words.search(text)), "access")


def give_rating(case: Case, turn: Turn) -> Answer:
    """Thanks whatever the score; to a low one a person is offered."""
    score = turn.first("rating")
    if not isinstance(score, int):
        if turn.button:
            return Answer((Say("utter_ask_rating"),), Asked(Question.RATING))
        return Answer((Say("utter_rating_praise"),), _after_rating(case))
    if score >= GOOD_RATING:
        return Answer((Say("utter_rating_high"),), _after_rating(case), {"rating": score})
    return Answer((Say("utter_rating_low", choices=(TO_A_PERSON,)),), NOTHING_ASKED, {"rating": score})


def _after_rating(case: Case) -> Asked | None:
    return NOTHING_ASKED if case.asked.what is Question.RATING else None


def _with_protocol(case: Case, turn: Turn, reason: str, answer: Answer) -> Answer:
    """A number to refer to and an answer in 7 days, where the creditor is federally regulated (R68)."""
    creditor = creditor_of(case)
    if creditor is None or not creditor.federally_regulated:
        return answer
    number = f"{case.today:%Y%m%d}{new_id(turn.message_id, 'protocol').int % 10**6:06d}"
    answer_by = case.today + timedelta(days=REGULATED_ANSWER_DAYS.count)
    duty = DutyOpened("human", answer_by, {"reason": reason, "protocol": number})
    protocol = Say("utter_protocol", {"protocol": number, "answer_by": answer_by})
    return replace(answer, says=(protocol, *answer.says), effects=(*answer.effects, duty))
