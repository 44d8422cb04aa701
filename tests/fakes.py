"""Fakes that fulfil the ports of `bot/ports.py`; the contract tests hold them to what the real adapters do."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.channels.options import with_numbered_lines
from bot.channels.payloads import clean, header
from bot.domain.dialogue import DialogueAnswer, DialogueReply, DialogueTurn
from bot.domain.errors import ChannelError, DialogueUnavailable, NotTranscribed, Rejected
from bot.domain.messages import (
    ChannelKind,
    DeliveryEvent,
    InboundKind,
    InboundMessage,
    Media,
    OutboundMessage,
    Sent,
    Status,
)


@dataclass(slots=True)
class Planned:
    """A failure to come; `accepted`: the provider has the message all the same, and only its answer is lost."""

    error: ChannelError
    accepted: bool = False


class FakeChannel:
    """A channel in memory.

    Attributes:
        sent: what the provider has, in order, with its ids: look here for what the person would see.
        acknowledged: provider ids of what was acknowledged.
        files: the media that can be fetched, by URL.
    """

    SECRET = "fake-secret"

    def __init__(self, kind: ChannelKind = ChannelKind.WHATSAPP, *, text_limit: int = 1600) -> None:
        self._kind = kind
        self._text_limit = text_limit
        self._planned: list[Planned] = []
        self.sent: list[tuple[OutboundMessage, Sent]] = []
        self.acknowledged: list[str] = []
        self.files: dict[str, bytes] = {}

    @property
    def kind(self) -> ChannelKind:
        return self._kind

    @property
    def text_limit(self) -> int:
        return self._text_limit

    @property
    def texts(self) -> list[str]:
        """The texts that went out, in order."""
        return [sent.text for _, sent in self.sent]

    def fail_next(self, error: ChannelError, *, times: int = 1, accepted: bool = False) -> None:
        """Make the next calls to the provider raise this error."""
        self._planned += [Planned(error, accepted)] * times

    def authentic(self, *, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        return header(headers, "X-Fake-Secret") == self.SECRET

    def parse(self, body: bytes, *, received_at: datetime) -> list[InboundMessage]:
        """Reads {"id": …, "from": …, "text": …}."""
        match _json(body):
            case {"id": str(provider_id), "from": str(address), "text": str(text)} if provider_id and address:
                return [
                    an_inbound(clean(text), provider_id=provider_id, channel=self.kind, address=address, at=received_at)
                ]
        return []

    def parse_events(self, body: bytes, *, received_at: datetime) -> list[DeliveryEvent]:
        """Reads {"id": …, "status": …}."""
        match _json(body):
            case {"id": str(provider_id), "status": "sent" | "delivered" | "read" | "failed" as status}:
                return [DeliveryEvent(self.kind, provider_id, Status(status), received_at)]
        return []

    async def send(self, message: OutboundMessage) -> Sent:
        text = with_numbered_lines(message.text, message.options)
        if not text.strip() or len(text) > self.text_limit:
            raise Rejected(channel=self.kind, detail="text_length", length=len(text))
        planned = self._planned.pop(0) if self._planned else None
        sent = Sent(f"fake-{len(self.sent) + 1}", text)
        if planned is None or planned.accepted:
            self.sent.append((message, sent))
        if planned is not None:
            raise planned.error
        return sent

    async def find_sent(self, message: OutboundMessage, *, known: Collection[str] | None = None) -> Sent | None:
        """Like Twilio: by address and text, and by id rather than by time."""
        self._raise_planned()
        text = with_numbered_lines(message.text, message.options)
        for earlier, sent in reversed(self.sent):
            same = earlier.reply_address == message.reply_address and sent.text == text
            if same and sent.provider_id not in (known or ()):
                return sent
        return None

    async def acknowledge(self, message: InboundMessage) -> None:
        self.acknowledged.append(message.provider_id)

    async def fetch_media(self, media: Media) -> bytes:
        self._raise_planned()
        if media.url not in self.files:
            raise Rejected(channel=self.kind)
        return self.files[media.url]

    def _raise_planned(self) -> None:
        if self._planned:
            raise self._planned.pop(0).error


class FakeClock:
    """Stands still until it is told to go on."""

    def __init__(self, now: datetime = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def goes_on(self, by: timedelta) -> None:
        self._now += by


class ScriptedDialogue:
    """A dialogue in memory that answers each message once, and the same when asked again.

    Attributes:
        asked: every turn, also those that were asked for again.
        taken: the ids of the messages that were really answered, in order.
    """

    def __init__(self, *replies: DialogueReply) -> None:
        self._replies = list(replies)
        self._answers: dict[UUID, DialogueAnswer] = {}
        self._planned: list[DialogueUnavailable] = []
        self.asked: list[DialogueTurn] = []
        self.taken: list[UUID] = []

    def answers(self, *replies: DialogueReply) -> None:
        """What the next messages get, one after the other; afterwards an echo again."""
        self._replies += replies

    def fail_next(self, error: DialogueUnavailable, *, times: int = 1) -> None:
        self._planned += [error] * times

    async def ask(self, turn: DialogueTurn) -> DialogueAnswer:
        self.asked.append(turn)
        if self._planned:
            raise self._planned.pop(0)
        if turn.message_id not in self._answers:
            self.taken.append(turn.message_id)
            said = turn.payload or turn.text or ""
            reply = self._replies.pop(0) if self._replies else DialogueReply(f"ouvi: {said}")
            self._answers[turn.message_id] = DialogueAnswer((reply,), {"intent": "chitchat", "decision": "act"})
        return self._answers[turn.message_id]

    async def ready(self) -> bool:
        return not self._planned


class FakeTranscriber:
    """Hears what it was told to; anything else is unreadable.

    Attributes:
        words: what is said in a sound, by its bytes.
    """

    def __init__(self, words: Mapping[bytes, str] | None = None) -> None:
        self.words = dict(words or {})

    async def transcribe(self, sound: bytes) -> str:
        if sound not in self.words:
            raise NotTranscribed(reason="unreadable")
        return self.words[sound]


def an_inbound(
    text: str = "oi",
    *,
    provider_id: str = "in-1",
    channel: ChannelKind = ChannelKind.WHATSAPP,
    address: str = "+5511988887777",
    at: datetime,
    kind: InboundKind = InboundKind.TEXT,
    payload: str | None = None,
    media: tuple[Media, ...] = (),
) -> InboundMessage:
    """An inbound message as a channel would parse it."""
    return InboundMessage(
        channel=channel,
        provider_id=provider_id,
        key=f"{channel}:{provider_id}",
        address=address,
        reply_address=address,
        at=at,
        kind=kind,
        text=text,
        payload=payload,
        media=media,
    )


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
