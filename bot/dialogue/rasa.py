"""The Rasa server behind our own channel (`rasa_server/trato_rasa/channel.py`)."""

from __future__ import annotations

from typing import Any

import httpx

from bot.domain.dialogue import DialogueAnswer, DialogueReply, DialogueTurn
from bot.domain.errors import DialogueUnavailable
from bot.domain.messages import Option


class RasaDialogue:
    """One HTTP client for the life of the process; connections are kept."""

    def __init__(self, url: str, secret: str, *, timeout_seconds: float) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"X-Trato-Secret": secret},
            timeout=httpx.Timeout(timeout_seconds, connect=2.0),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
        )

    async def ask(self, turn: DialogueTurn) -> DialogueAnswer:
        body = {
            "conversation_id": str(turn.tracker),
            "message_id": str(turn.message_id),
            "text": turn.text,
            "payload": turn.payload,
            "metadata": dict(turn.metadata),
        }
        try:
            response = await self._client.post("/webhooks/trato/messages", json=body)
        except httpx.HTTPError as error:
            raise DialogueUnavailable(reached=False, error=type(error).__name__) from error
        if response.status_code != httpx.codes.OK:
            # 503: it is there, and not ready yet, or its database is away; that says nothing of this message.
            reached = response.status_code != httpx.codes.SERVICE_UNAVAILABLE
            raise DialogueUnavailable(reached=reached, status=response.status_code)
        answer = response.json()
        return DialogueAnswer(
            replies=tuple(_reply(reply) for reply in answer["replies"]),
            understanding=answer.get("understanding") or {},
        )

    async def ready(self) -> bool:
        try:
            response = await self._client.get("/webhooks/trato/ready", timeout=2.0)
        except httpx.HTTPError:
            return False
        return response.status_code == httpx.codes.OK

    async def parse(self, texts: list[str], metadata: dict[str, object]) -> list[dict[str, Any]]:
        """Understand texts without a conversation. Raises DialogueUnavailable."""
        try:
            response = await self._client.post(
                "/webhooks/trato/parse", json={"texts": texts, "metadata": metadata}, timeout=60
            )
        except httpx.HTTPError as error:
            raise DialogueUnavailable(reached=False, error=type(error).__name__) from error
        if response.status_code != httpx.codes.OK:
            raise DialogueUnavailable(reached=True, status=response.status_code)
        parsed: list[dict[str, Any]] = response.json()
        return parsed

    async def close(self) -> None:
        await self._client.aclose()


def _reply(reply: dict[str, Any]) -> DialogueReply:
    return DialogueReply(
        text=reply["text"] or "",
        options=tuple(Option(b["title"], b["payload"]) for b in reply.get("buttons") or ()),
        response=reply.get("response"),
        facts=reply.get("facts") or {},
    )
