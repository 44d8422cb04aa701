"""What an action of the dialogue does: read the case, let the topic decide, store it all, once per message."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from bot.domain.cases import Answer, Case, Say, Turn
from bot.domain.conversations import Asked, Question
from bot.domain.topics import identity, information
from bot.domain.topics.common import join
from bot.domain.topics.registry import TOPICS
from bot.ports import Clock, Transactions

ASK_BACK = "action_ask_back"
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
            await work.cases.apply(case, turn, action, answer, now=now)
            await work.commit()
        return answer


def decide(case: Case, turn: Turn, *, action: str) -> Answer:
    """The answer to one turn: gates first, then the topic, then what was left open."""
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
    if (goes_on := identity.went_on(case, answer)) is not None:
        return join([answer, goes_on])
    return _reminded(case, turn, answer)


def _reminded(case: Case, turn: Turn, answer: Answer) -> Answer:
    """After a digression the open question is recalled in a few words; a yes after it is asked for anew (R58)."""
    response = REMINDED.get(case.asked.what)
    if answer.asked is not None or answer.effects or response is None or turn.intent in ("goodbye", "ask_time"):
        return answer
    asked = Asked(case.asked.what, {**case.asked.facts, "interrupted": True})
    return Answer((*answer.says, Say(response)), asked, answer.memory, answer.effects)
