"""Every outside need of the product, as a Protocol. Adapters fulfil them; use cases know nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from bot.domain.cases import Answer, Case, Turn
from bot.domain.contact_rules import ContactFacts
from bot.domain.conversations import Conversation, Draft, Message
from bot.domain.dialogue import DialogueAnswer, DialogueTurn
from bot.domain.door import Sayable
from bot.domain.media import Examined, FileState, StoredFile
from bot.domain.messages import ChannelKind, DeliveryEvent, InboundMessage, Media, OutboundMessage, Sent, Status


class Clock(Protocol):
    """Where the present comes from. Only `bot/app.py` makes one."""

    def now(self) -> datetime:
        """The present as an aware UTC datetime."""
        ...


class Channel(Protocol):
    """One way to reach people. It verifies, parses and sends; it decides nothing."""

    @property
    def kind(self) -> ChannelKind: ...

    @property
    def text_limit(self) -> int:
        """The most characters of one message, the numbered lines of its options included."""
        ...

    def authentic(self, *, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a webhook call comes from the provider.

        Args:
            url: the public URL that the provider called, query string included.
            headers: as received; names may be in any case.
            body: as received, byte for byte.
        """
        ...

    def parse(self, body: bytes, *, received_at: datetime) -> list[InboundMessage]:
        """Read one webhook call. What is not understood is of kind OTHER or no message at all, never an error."""
        ...

    def parse_events(self, body: bytes, *, received_at: datetime) -> list[DeliveryEvent]:
        """Read one status callback; an empty list where the body is none."""
        ...

    async def send(self, message: OutboundMessage) -> Sent:
        """Hand one message to the provider.

        Raises:
            TemporarilyUnavailable: try again, not before `retry_after`.
            Unreachable: never again to this address.
            Rejected: the provider refuses this message; our fault.
        """
        ...

    async def find_sent(self, message: OutboundMessage, *, known: Collection[str] | None = None) -> Sent | None:
        """Ask the provider whether it already has this message (same text, same address).

        Args:
            known: the provider's ids that we have stored for this address: whatever has one of them is an earlier
                message with the same text. Without them, `first_tried_at` decides, so the clocks must agree.

        None where it has not, or cannot tell. Raises as `send` does.
        """
        ...

    async def acknowledge(self, message: InboundMessage) -> None:
        """Tell the provider that a button press or a message was seen (Telegram's spinner, "typing"). Never raises."""
        ...

    async def fetch_media(self, media: Media) -> bytes:
        """The bytes of a file that came in. Raises as `send` does."""
        ...


class Dialogue(Protocol):
    """Understands and decides: the Rasa server, behind our own channel."""

    async def ask(self, turn: DialogueTurn) -> DialogueAnswer:
        """Asked twice for the same message id, it answers the same.

        Raises:
            DialogueUnavailable: no answer, or an error; `facts["reached"]` tells whether the server was there at all.
        """
        ...

    async def ready(self) -> bool:
        """Whether a message would be answered."""
        ...


class Transcriber(Protocol):
    """Writes down what is said in a voice note, in Portuguese."""

    async def transcribe(self, sound: bytes) -> str:
        """The words; "" where there are none to be made out. Notes wait for one another.

        Raises:
            NotTranscribed: this sound can't be written down, and trying again won't help; `facts["reason"]`.
        """
        ...


class CodeSender(Protocol):
    """Sends a code to the phone on file, by SMS or an approved template."""

    async def send_code(self, phone: str, code: str) -> None:
        """Raises TemporarilyUnavailable, Unreachable, Rejected as a channel's `send` does."""
        ...


class Conversations(Protocol):
    """The conversation store within one transaction; see `bot.storage.conversations` for each verb."""

    async def open_for(self, message: InboundMessage, *, now: datetime) -> Conversation: ...
    async def get(self, conversation_id: UUID, *, lock: bool = False) -> Conversation: ...
    async def change(self, conversation_id: UUID, **values: Any) -> None: ...
    async def add_inbound(self, conversation_id: UUID, message: InboundMessage, *, now: datetime) -> UUID | None: ...
    async def unanswered(self, conversation_id: UUID) -> list[Message]: ...
    async def mark_answered(
        self, message_ids: Sequence[UUID], *, status: Status = ..., understanding: Mapping[str, object] | None = None
    ) -> None: ...
    async def add_outbound(self, conversation_id: UUID, drafts: Sequence[Draft], *, now: datetime) -> None: ...
    async def unsent(self, conversation_id: UUID) -> list[Message]: ...
    async def message(self, message_id: UUID) -> Message: ...
    async def last_with_options(self, conversation_id: UUID) -> Message | None: ...
    async def history(self, conversation_id: UUID) -> list[Message]: ...
    async def mark_heard(self, message_id: UUID, transcription: str) -> None: ...
    async def sent_ids(self, conversation: Conversation) -> frozenset[str]: ...
    async def count_attempt(self, message_id: UUID) -> int: ...
    async def mark_sending(self, message_id: UUID, *, now: datetime) -> None: ...
    async def mark_sent(self, message_id: UUID, *, provider_id: str, text: str) -> None: ...
    async def mark_unsent(
        self,
        message_id: UUID,
        status: Status,
        *,
        error: Mapping[str, object] | None = None,
        rule: str | None = None,
        next_try_at: datetime | None = None,
    ) -> None: ...
    async def record_delivery(self, event: DeliveryEvent) -> bool: ...
    async def mark_contact(self, channel: ChannelKind, address: str, state: str, *, now: datetime) -> None: ...
    async def left_behind(self, *, older_than: datetime) -> list[UUID]: ...


class Cases(Protocol):
    """What the assistant must know to answer, and what its answers change; see `bot.storage.cases`."""

    async def load(self, conversation_id: UUID, *, now: datetime) -> Case: ...
    async def identified(self, case: Case, debtor_id: UUID, *, now: datetime) -> Case: ...
    async def acted_on(self, message_ids: Sequence[UUID]) -> frozenset[UUID]: ...
    async def stored_answer(self, message_id: UUID) -> Answer | None: ...
    async def apply(self, case: Case, turn: Turn, action: str, answer: Answer, *, now: datetime) -> None: ...
    async def set_code(self, code_id: UUID, code_hash: str) -> str | None: ...
    async def sayable(self, conversation_id: UUID) -> Sayable: ...
    async def use_deep_link(self, token: str, *, conversation: Conversation, now: datetime) -> bool: ...
    async def attach_phone(self, conversation: Conversation, phone: str, *, now: datetime) -> None: ...


class Files(Protocol):
    """The files that people sent; see `bot.storage.media` for each verb."""

    async def expect(self, message_id: UUID, count: int, *, now: datetime) -> None: ...
    async def of(self, message_id: UUID) -> list[StoredFile]: ...
    async def content(self, file_id: UUID) -> bytes: ...
    async def store(self, file_id: UUID, content: bytes, found: Examined, *, now: datetime) -> None: ...
    async def leave(self, file_id: UUID, state: FileState, reason: str, *, now: datetime) -> None: ...


class ContactFactsOf(Protocol):
    """On what the permission to write to somebody hangs; see `bot.storage.contact_facts`."""

    async def of_document(self, document: str) -> tuple[ContactFacts, ...]: ...
    async def of_message(self, conversation: Conversation, message: Message) -> ContactFacts: ...


class Jobs(Protocol):
    """What happens later, in the same transaction as what it is about."""

    async def take_turns(self, conversation_id: UUID, *, after: timedelta | None = None) -> None: ...
    async def hurry(self, conversation_id: UUID) -> None: ...
    async def deliver(self, conversation_id: UUID, *, after: timedelta | None = None) -> None: ...
    async def fetch_media(self, message_id: UUID) -> None: ...


class UnitOfWork(Protocol):
    """One transaction. Leaving without `commit()` rolls back."""

    @property
    def conversations(self) -> Conversations: ...
    @property
    def files(self) -> Files: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def contact_facts(self) -> ContactFactsOf: ...
    @property
    def jobs(self) -> Jobs: ...
    async def commit(self) -> None: ...


class Transactions(Protocol):
    """Opens a transaction: `async with transactions() as work: …; await work.commit()`."""

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]: ...


class Texts(Protocol):
    """What the program says outside the dialogue, in the language of the people."""

    def __call__(self, code: str, **facts: object) -> str: ...
