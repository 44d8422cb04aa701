"""What an action of the dialogue does: read the case, let the topic decide, store it all, once per message."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

from bot.domain.cases import Answer, Case, Closed, HandedOver, Identified, Say, Turn
from bot.domain.conversations import Asked, Question
from bot.domain.topics import confirm, identity, information
from bot.domain.topics.common import NOTHING_ASKED, join
from bot.domain.topics.registry import TOPICS
from bot.ports import Clock, Transactions

ASK_BACK = "action_ask_back"
DIGITS = re.compile(r"\d{3}")
SHORT_ANSWER = 40  # characters: longer than that is not just a pick
PROTECTIVE = frozenset(
    {
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
        "report_hardship",
    }
)
REMINDED = {
    Question.IDENTITY: "utter_remind_identity",
    Question.DEBT: "utter_remind_debt",
    Question.WAY: "utter_remind_way",
    Question.ACCEPT: "utter_remind_accept",
    Question.AMOUNT: "utter_remind_amount",
    Question.INSTALLMENTS: "utter_remind_installments",
}


class AnswerTurn:
    """Idempotent by the message's id: asked again, it answers the same and changes nothing."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, conversation_id: UUID, turn: Turn, *, action: str) -> Answer:
        """Raises NotFound where the conversation is unknown."""
        now = self._clock.now()
        async with self._transactions() as work:
            case = await work.cases.load(conversation_id, now=now)
            stored = await work.cases.stored_answer(turn.message_id)
            if stored is not None:
                return stored
            answer = decide(case, turn, action=action)
            if (known := _newly_known(answer)) is not None:
                case = await work.cases.identified(case, known, now=now)
                answer = join([answer, go_on(case, turn)])
            await work.cases.apply(case, turn, action, answer, now=now)
            await work.commit()
        return answer


def decide(case: Case, turn: Turn, *, action: str) -> Answer:
    """The answer to one turn: gates first, then the topic, then what was left open."""
    directly = direct(case, turn)
    if directly != turn.intent:
        turn, action = replace(turn, intent=directly, decision="act"), ""
    if turn.doubt and turn.decision == "confirm":
        return information.confirm_doubt(case, turn)
    if action == ASK_BACK or turn.decision == "ask" or turn.intent not in TOPICS:
        return information.unsure(case, turn)
    topic = TOPICS[turn.intent]
    if topic.needs_identity and not case.identified:
        return identity.ask_first(case, turn)
    answer = topic.answer(case, turn)
    if answer.memory.get("unsure") is None and case.memory.get("unsure"):
        answer = replace(answer, memory={**answer.memory, "unsure": 0})
    return _with_second_meaning(case, turn, _reminded(case, turn, answer))


def go_on(case: Case, turn: Turn) -> Answer:
    """The right party is confirmed: what they came for, else what this is about (R10)."""
    wanted = str(case.memory.get("goes_on") or "ask_debt")
    topic = TOPICS.get(wanted, TOPICS["ask_debt"])
    case = replace(case, conversation=replace(case.conversation, asked=NOTHING_ASKED))  # who they are is answered
    answer = topic.answer(case, replace(turn, intent=wanted, text="", entities={}))
    return replace(answer, memory={**answer.memory, "goes_on": None})


def _newly_known(answer: Answer) -> UUID | None:
    return next((e.debtor_id for e in answer.effects if isinstance(e, Identified)), None)


def direct(case: Case, turn: Turn) -> str:
    """The intent, corrected by what was asked where the message answers just that."""
    if not case.identified and turn.intent not in PROTECTIVE:
        if turn.first("cpf") or turn.first("cnpj") or turn.first("birth_date"):
            return "inform_identity"
        if (
            case.asked.what in (Question.IDENTITY, Question.CODE)
            and len(turn.text) <= SHORT_ANSWER
            and DIGITS.search(turn.text)
        ):
            return "inform_identity"
    short = turn.intent not in PROTECTIVE and len(turn.text) <= SHORT_ANSWER
    picks = confirm.ALL_OF_THEM.search(turn.text) or turn.first("option") is not None
    if case.asked.what is Question.DEBT and short and picks:
        return "choose_option"
    return turn.intent


def _with_second_meaning(case: Case, turn: Turn, answer: Answer) -> Answer:
    """A second meaning of the same message is kept for the next turn, and named; not where choices are open already."""
    if turn.also not in TOPICS or _ends(answer) or not case.identified:
        return answer
    if answer.says[-1].choices and _asks(answer):
        return answer
    second = information.offer_second_meaning(turn, beside=answer.says[-1].choices)
    return join([_without_choices(answer), second]) if second.says else answer


def _reminded(case: Case, turn: Turn, answer: Answer) -> Answer:
    """After a digression the open question is recalled in a few words; a yes after it is asked for anew (R58)."""
    may_hear = case.identified or case.asked.what is Question.IDENTITY  # R10
    response = REMINDED.get(case.asked.what) if may_hear else None
    if answer.asked is not None or response is None or _ends(answer):
        return answer
    asked = Asked(case.asked.what, {**case.asked.facts, "interrupted": True})
    quietly = bool(answer.effects) or turn.intent in ("goodbye", "ask_time")  # enough was said
    says = answer.says if quietly else (*_without_choices(answer).says, Say(response))
    return Answer(says, asked, answer.memory, answer.effects)


def _asks(answer: Answer) -> bool:
    return answer.asked is not None and answer.asked.what is not Question.NOTHING


def _without_choices(answer: Answer) -> Answer:
    """Choices stand below the last message only, where a number means one of them."""
    return replace(answer, says=tuple(replace(one, choices=()) for one in answer.says))


def _ends(answer: Answer) -> bool:
    return any(isinstance(e, HandedOver | Closed) for e in answer.effects)
