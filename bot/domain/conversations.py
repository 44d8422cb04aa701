"""A conversation and its messages as the store keeps them; what the assistant asked last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bot.domain.media import StoredFile
from bot.domain.messages import Author, ChannelKind, ConversationState, Direction, InboundKind, Media, Option, Status


class Question(StrEnum):
    """What the assistant asked last. It stays open through digressions and decides how a bare value is read."""

    NOTHING = ""
    IDENTITY = "identity"  # birth date, or part of the document
    PHONE = "phone"  # share the phone (Telegram), or give the document
    DOCUMENT = "document"  # the whole CPF or CNPJ, from an unknown phone
    CODE = "code"  # the code sent to the phone on file
    DEBT = "debt"  # which of the debts, or all
    WAY = "way"  # in full, in instalments, or a person
    INSTALLMENTS = "installments"
    AMOUNT = "amount"
    DUE_DATE = "due_date"
    ACCEPT = "accept"  # the full terms were shown; only an unequivocal yes counts (R58)
    PROMISE = "promise"
    CONFIRM = "confirm"  # "do you want me to stop?": a doubtful protective reading
    OPTIONS = "options"  # what did you mean: at most three readings
    RATING = "rating"
    CANCEL = "cancel"  # undo the agreement?


@dataclass(frozen=True, slots=True)
class Asked:
    """The open question, with what it refers to (JSON-like values: ids as text)."""

    what: Question = Question.NOTHING
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation on one channel. `debtor_id` is whom we believe to be there; only `identified_at` is trust."""

    id: UUID
    channel: ChannelKind
    address: str
    reply_address: str
    state: ConversationState
    created_at: datetime
    tracker: UUID
    tracker_turns: int = 0
    debtor_id: UUID | None = None
    phone: str | None = None
    identified_at: datetime | None = None
    identified_by: str | None = None
    creditor: str | None = None
    asked: Asked = field(default_factory=Asked)
    memory: Mapping[str, object] = field(default_factory=dict)
    last_in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One stored message, inbound or outbound."""

    id: UUID
    conversation_id: UUID
    seq: int
    direction: Direction
    author: Author
    kind: InboundKind
    text: str
    at: datetime
    status: Status
    payload: str | None = None
    options: tuple[Option, ...] = ()
    media: tuple[Media, ...] = ()
    provider_id: str | None = None
    key: str | None = None
    in_reply_to: tuple[UUID, ...] = ()
    source: Mapping[str, object] = field(default_factory=dict)
    attempts: int = 0
    first_tried_at: datetime | None = None
    next_try_at: datetime | None = None
    transcription: str | None = None  # of a voice note; "" where it could not be made out, None: not listened to
    files: tuple[StoredFile, ...] = ()  # only in a history

    @property
    def words(self) -> str:
        """What the person typed, and what they said in a voice note."""
        return "\n".join(filter(str.strip, (self.text, self.transcription or "")))


@dataclass(frozen=True, slots=True)
class Draft:
    """An outbound message before it is stored: text, options, and where it came from (response, offer, amounts)."""

    id: UUID
    author: Author
    text: str
    options: tuple[Option, ...] = ()
    source: Mapping[str, object] = field(default_factory=dict)
    in_reply_to: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Debtor:
    """A person or a company; `document` is the CPF or CNPJ, bare."""

    id: UUID
    document: str
    name: str
    birth_date: date | None = None
    uf: str | None = None

    @property
    def first_name(self) -> str:
        """What messages call them (R48); a company keeps its whole name."""
        return self.name.rstrip(".") if self.is_company else self.name.split()[0].capitalize()

    @property
    def is_company(self) -> bool:
        return len(self.document) != 11

    @property
    def masked_document(self) -> str:
        """`***.456.789-**` (R48)."""
        if self.is_company:
            return f"**.{self.document[2:5]}.{self.document[5:8]}/****-**"
        return f"***.{self.document[3:6]}.{self.document[6:9]}-**"
