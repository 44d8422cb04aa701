"""The JSON of our channel: requests read with care, answers built from what the tracker holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered

PAYLOAD_PREFIX = "/"
HARMLESS_SLASH = "\N{FRACTION SLASH}"
MOST_CHARACTERS = 8_192
MOST_TEXTS = 1_000


class BadRequestError(ValueError):
    """The request's JSON is not of the agreed shape; the message says where."""


@dataclass(frozen=True)
class TurnRequest:
    """One message that the product wants answered.

    `message` is what Rasa reads: a trusted payload as it came, or a text that cannot be taken for one.
    """

    conversation_id: str
    message_id: str
    message: str
    metadata: dict[str, Any]


def harmless(text: str) -> str:
    """Text of a person as Rasa may read it: a leading slash can't be taken for a payload."""
    text = text.strip()[:MOST_CHARACTERS]
    return HARMLESS_SLASH + text[1:] if text.startswith(PAYLOAD_PREFIX) else text


def read_turn(body: Any) -> TurnRequest:
    """Check a request for a turn.

    Raises:
        BadRequestError: naming the key at fault.
    """
    if not isinstance(body, dict):
        raise BadRequestError("a JSON object is expected")
    for key in ("conversation_id", "message_id"):
        if not isinstance(body.get(key), str) or not body[key].strip():
            raise BadRequestError(f"{key}: a text is expected")
    text, payload = body.get("text"), body.get("payload")
    if (text is None) == (payload is None):
        raise BadRequestError("text, payload: exactly one of them is expected")
    if text is not None and not isinstance(text, str):
        raise BadRequestError("text: a text is expected")
    if payload is not None and not (isinstance(payload, str) and payload.startswith(PAYLOAD_PREFIX)):
        raise BadRequestError("payload: a text that starts with a slash is expected")
    message = payload if payload is not None else harmless(text)
    return TurnRequest(body["conversation_id"], body["message_id"], message, _metadata(body))


def read_texts(body: Any) -> tuple[list[str], dict[str, Any]]:
    """Check a request for parsing; gives the texts and the metadata that goes with each of them.

    Raises:
        BadRequestError: naming the key at fault.
    """
    if not isinstance(body, dict) or not isinstance(body.get("texts"), list):
        raise BadRequestError("texts: a list is expected")
    texts = body["texts"]
    if len(texts) > MOST_TEXTS:
        raise BadRequestError(f"texts: at most {MOST_TEXTS} at once")
    if not all(isinstance(text, str) for text in texts):
        raise BadRequestError("texts: each one must be a text")
    return texts, _metadata(body)


def _metadata(body: dict[str, Any]) -> dict[str, Any]:
    metadata = body.get("metadata")
    if metadata is None:
        return {}
    if not isinstance(metadata, dict):
        raise BadRequestError("metadata: an object is expected")
    return metadata


def events_of_turn(events: Iterable[Event], message_id: str) -> tuple[UserUttered, list[BotUttered]] | None:
    """The message with this id and what the assistant said to it; None where the tracker doesn't know it."""
    user: UserUttered | None = None
    replies: list[BotUttered] = []
    for event in events:
        if isinstance(event, UserUttered):
            if user is not None:
                break
            if event.message_id == message_id:
                user = event
        elif isinstance(event, BotUttered) and user is not None:
            replies.append(event)
    return None if user is None else (user, replies)


def answer(user: UserUttered, replies: Iterable[BotUttered]) -> dict[str, Any]:
    """The answer to a turn; the same however often it is asked for."""
    return {
        "message_id": user.message_id,
        "replies": [_reply(event) for event in replies],
        "understanding": understanding(user.parse_data or {}),
    }


def _reply(event: BotUttered) -> dict[str, Any]:
    data, metadata = event.data or {}, event.metadata or {}
    return {
        "text": event.text,
        "response": metadata.get("utter_action"),
        "buttons": [
            {"title": button.get("title", ""), "payload": button.get("payload", "")}
            for button in data.get("buttons") or []
        ],
        "facts": metadata.get("facts") or {},
        "custom": data.get("custom"),
    }


def understanding(parse: dict[str, Any]) -> dict[str, Any]:
    """What was understood, in the product's words, from what Rasa's pipeline gave.

    A payload of our own options carries no decision: it says exactly what is meant, so it is acted upon.
    """
    intent = parse.get("intent") or {}
    result: dict[str, Any] = {
        "intent": intent.get("name"),
        "confidence": float(intent.get("confidence") or 0.0),
        "ranking": [
            {"name": entry.get("name"), "confidence": float(entry.get("confidence") or 0.0)}
            for entry in parse.get("intent_ranking") or []
        ],
        "entities": named_values(parse.get("entities") or []),
        "decision": parse.get("decision") or ("act" if intent.get("name") else "ask"),
    }
    for key in ("doubt", "also"):
        if parse.get(key):
            result[key] = parse[key]
    return result


def named_values(entities: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Entities by name: the value, or the values in the order of the message where there are several."""
    found: dict[str, list[Any]] = {}
    for entity in entities:
        found.setdefault(str(entity["entity"]), []).append(entity["value"])
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
