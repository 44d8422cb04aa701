"""Between a custom action and its use case: slots and metadata in, responses out. The only place that knows both."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.app import actions_context
from bot.domain.cases import Answer, Say, Turn
from bot.domain.conversations import Question
from bot.locale import amounts_in, say, written

log = structlog.get_logger()


async def answer(action: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
    """Answer the tracker's latest message with the topic that its intent names.

    An error leaves the tracker out of the log, and becomes a failed turn that is tried again.
    """
    conversation_id, turn = read(tracker)
    try:
        found: Answer = await actions_context().answer_turn(conversation_id, turn, action=action)
        for one in found.says:
            utter(dispatcher, one)
    except Exception as error:
        log.exception("action_failed", action=action, conversation_id=str(conversation_id), error=type(error).__name__)
        raise RuntimeError(f"{action} failed") from None
    asked = found.asked.what if found.asked is not None else None
    return [] if asked is None else [SlotSet("asked", str(asked) if asked is not Question.NOTHING else None)]


def read(tracker: Tracker) -> tuple[UUID, Turn]:
    """The conversation and the turn, from what our channel put into the message."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    entities: dict[str, Any] = {}
    for entity in message.get("entities") or []:
        name, value = entity["entity"], entity["value"]
        if name in entities:
            known = entities[name]
            entities[name] = [*(known if isinstance(known, list) else [known]), value]
        else:
            entities[name] = value
    intent = message.get("intent") or {}
    button = bool(metadata.get("button"))
    return UUID(metadata["conversation_id"]), Turn(
        message_id=UUID(message["message_id"]),
        intent=intent.get("name") or "",
        text=metadata.get("text") or "",
        button=button,
        stale=bool(metadata.get("stale")),
        kind=metadata.get("kind") or "text",
        confidence=float(intent.get("confidence") or 0.0),
        decision=message.get("decision") or "act",
        doubt=message.get("doubt"),
        also=message.get("also"),
        ranking=tuple(i["name"] for i in message.get("intent_ranking") or [] if i.get("name")),
        entities=entities,
    )


def utter(dispatcher: CollectingDispatcher, one: Say) -> None:
    """One message: its text by name, its facts as people read them, and what it may name."""
    facts: dict[str, Any] = {name: written(value) for name, value in one.facts.items()}
    if one.ask_contact:
        facts["ask_contact"] = True
    dispatcher.utter_message(
        response=one.response,
        buttons=[{"title": say(c.code, **c.facts), "payload": c.payload} for c in one.choices],
        amounts=amounts_in(one.facts),
        **facts,
    )
