"""Messages and the conversation they belong to, free of any provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ChannelKind(StrEnum):
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    TERMINAL = "terminal"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Author(StrEnum):
    DEBTOR = "debtor"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"


class Status(StrEnum):
    """Inbound: received, answered, unsupported. Outbound: the rest. `refused` carries the rule."""

    RECEIVED = "received"
    ANSWERED = "answered"
    UNSUPPORTED = "unsupported"
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    REFUSED = "refused"


DELIVERY_ORDER = (Status.PENDING, Status.SENDING, Status.SENT, Status.DELIVERED, Status.READ)


def advances(current: Status, event: Status) -> bool:
    """Whether a delivery event moves a message on: a late `sent` never undoes `delivered`.

    `failed` counts until the message is known to have arrived; nothing follows `read` or `refused`.
    """
    if current in (Status.REFUSED, Status.READ):
        return False
    if event is Status.FAILED:
        return current not in (Status.DELIVERED, Status.FAILED)
    if event not in DELIVERY_ORDER:
        return False
    if current is Status.FAILED:
        return event in (Status.DELIVERED, Status.READ)
    return DELIVERY_ORDER.index(event) > DELIVERY_ORDER.index(current)


class ConversationState(StrEnum):
    BOT = "bot"
    WAITING = "waiting"
    AGENT = "agent"
    CLOSED = "closed"


class InboundKind(StrEnum):
    """What arrived. Only TEXT and BUTTON reach the dialogue; the others get a kind answer of their own."""

    TEXT = "text"
    BUTTON = "button"  # `payload` is the option's key: "<outbound message id>:<number from 1>"
    START = "start"  # Telegram's /start; `payload` is the deep link's token or ""
    CONTACT = "contact"  # the person shared a phone; `shared_phone` is set where it is their own
    IMAGE = "image"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"
    STICKER = "sticker"
    LOCATION = "location"
    EDITED = "edited"  # kept, never a new turn
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Media:
    """A file that came with a message: where the provider keeps it, and what it says that it is."""

    url: str  # a Twilio media URL, or "telegram:<file_id>"
    content_type: str
    file_name: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message as a channel parsed it.

    Attributes:
        provider_id: as shown to outsiders: Twilio's MessageSid, Telegram's message id or callback id.
        key: unique for ever over all channels; a redelivery has the same one.
        address: canonical, E.164 on WhatsApp and terminal, the chat's number on Telegram.
        reply_address: where the provider wants the answer sent (WhatsApp numbers without the ninth digit stay so).
        at: when the provider says it was written, aware.
        text: "" where there is none.
    """

    channel: ChannelKind
    provider_id: str
    key: str
    address: str
    reply_address: str
    at: datetime
    kind: InboundKind = InboundKind.TEXT
    text: str = ""
    payload: str | None = None
    shared_phone: str | None = None
    sender_name: str | None = None
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """What a provider reports of a message that we sent.

    `unreachable`: the provider says that this address can't be reached at all, whatever the message.
    """

    channel: ChannelKind
    provider_id: str
    status: Status
    at: datetime
    code: str | None = None
    detail: str | None = None
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """Something the person may pick: a button, or a numbered line. `payload` never leaves the product."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message on its way out. `text` is without the numbered lines that a channel may add for the options."""

    id: UUID
    channel: ChannelKind
    reply_address: str
    text: str
    options: tuple[Option, ...] = ()
    ask_contact: bool = False  # Telegram: offer the button that shares the person's own phone
    first_tried_at: datetime | None = None  # set when an earlier attempt may have reached the provider


@dataclass(frozen=True, slots=True)
class Sent:
    """A provider's acceptance: its id for the message and the exact text that went out."""

    provider_id: str
    text: str
    extra: dict[str, str] = field(default_factory=dict)
