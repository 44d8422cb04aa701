"""The conversation store: the truth, and the transcript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, and_, case, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversations import Asked, Conversation, Draft, Message, Question
from bot.domain.errors import NotFound
from bot.domain.messages import (
    Author,
    ChannelKind,
    ConversationState,
    DeliveryEvent,
    Direction,
    InboundKind,
    InboundMessage,
    Media,
    Option,
    Status,
    advances,
)
from bot.storage.media import files_of
from bot.storage.tables import contacts, conversations, delivery_events, messages

# As the index says it, and no parameter: once prepared, PostgreSQL would not find the index by one.
IS_OPEN = text(f"state <> '{ConversationState.CLOSED}'")


class SqlConversations:
    """Conversations and their messages, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open_for(self, message: InboundMessage, *, now: datetime) -> Conversation:
        """The open conversation of this address, made where there is none. Two at once end with the same one."""
        found = await self._open_of(message.channel, message.address)
        if found is not None:
            return found
        await self._connection.execute(
            pg_insert(conversations)
            .values(
                id=uuid4(),
                channel=message.channel,
                address=message.address,
                reply_address=message.reply_address,
                created_at=now,
                tracker=uuid4(),
                phone=message.address if message.channel is not ChannelKind.TELEGRAM else None,
            )
            .on_conflict_do_nothing(index_elements=["channel", "address"], index_where=IS_OPEN)
        )
        made = await self._open_of(message.channel, message.address)
        if made is None:
            raise NotFound(address=message.address)
        return made

    async def _open_of(self, channel: ChannelKind, address: str) -> Conversation | None:
        query = select(conversations).where(
            conversations.c.channel == channel,
            conversations.c.address == address,
            conversations.c.state != ConversationState.CLOSED,
        )
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else conversation_from(row)

    async def get(self, conversation_id: UUID, *, lock: bool = False) -> Conversation:
        """Raises NotFound. `lock`: nobody else changes it until this transaction ends."""
        query = select(conversations).where(conversations.c.id == conversation_id)
        row = (await self._connection.execute(query.with_for_update() if lock else query)).one_or_none()
        if row is None:
            raise NotFound(conversation_id=conversation_id)
        return conversation_from(row)

    async def change(self, conversation_id: UUID, **values: Any) -> None:
        """Set columns; `asked` and `memory` may be given as domain values."""
        if isinstance(asked := values.get("asked"), Asked):
            values["asked"] = {"what": asked.what, "facts": dict(asked.facts)}
        await self._connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(**values)
        )

    async def add_inbound(self, conversation_id: UUID, message: InboundMessage, *, now: datetime) -> UUID | None:
        """Store a message once; None where it is known already."""
        result = await self._connection.execute(
            pg_insert(messages)
            .values(
                id=uuid4(),
                conversation_id=conversation_id,
                direction=Direction.IN,
                author=Author.DEBTOR,
                kind=message.kind,
                text=message.text,
                payload=message.payload if message.shared_phone is None else message.shared_phone,
                media=[_media_json(m) for m in message.media],
                provider_id=message.provider_id,
                key=message.key,
                at=now,
                status=Status.UNSUPPORTED if message.kind is InboundKind.EDITED else Status.RECEIVED,
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(messages.c.id)
        )
        stored: UUID | None = result.scalar_one_or_none()
        return stored

    async def unanswered(self, conversation_id: UUID) -> list[Message]:
        """Inbound messages that nobody has answered, oldest first."""
        query = (
            select(messages)
            .where(messages.c.conversation_id == conversation_id, messages.c.status == Status.RECEIVED)
            .order_by(messages.c.seq)
        )
        return [message_from(row) for row in await self._connection.execute(query)]

    async def mark_answered(
        self,
        message_ids: Sequence[UUID],
        *,
        status: Status = Status.ANSWERED,
        understanding: Mapping[str, object] | None = None,
    ) -> None:
        values: dict[str, Any] = {"status": status}
        if understanding is not None:
            values["understanding"] = dict(understanding)
        await self._connection.execute(update(messages).where(messages.c.id.in_(message_ids)).values(**values))

    async def add_outbound(self, conversation_id: UUID, drafts: Sequence[Draft], *, now: datetime) -> None:
        """Store what is to be sent, in this order, before anything is sent."""
        for draft in drafts:
            await self._connection.execute(
                insert(messages).values(
                    id=draft.id,
                    conversation_id=conversation_id,
                    direction=Direction.OUT,
                    author=draft.author,
                    text=draft.text,
                    options=[{"title": o.title, "payload": o.payload} for o in draft.options],
                    at=now,
                    status=Status.PENDING,
                    in_reply_to=list(draft.in_reply_to),
                    source=dict(draft.source),
                )
            )

    async def unsent(self, conversation_id: UUID) -> list[Message]:
        """Outbound messages on their way, oldest first."""
        query = (
            select(messages)
            .where(
                messages.c.conversation_id == conversation_id,
                messages.c.status.in_([Status.PENDING, Status.SENDING]),
            )
            .order_by(messages.c.seq)
        )
        return [message_from(row) for row in await self._connection.execute(query)]

    async def message(self, message_id: UUID) -> Message:
        """Raises NotFound."""
        row = (await self._connection.execute(select(messages).where(messages.c.id == message_id))).one_or_none()
        if row is None:
            raise NotFound(message_id=message_id)
        return message_from(row)

    async def last_with_options(self, conversation_id: UUID) -> Message | None:
        """The newest outbound message, where it offers options."""
        query = (
            select(messages)
            .where(messages.c.conversation_id == conversation_id, messages.c.direction == Direction.OUT)
            .order_by(messages.c.seq.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).one_or_none()
        return message_from(row) if row is not None and row.options else None

    async def history(self, conversation_id: UUID) -> list[Message]:
        """The whole conversation in its order, with what became of the files that came along."""
        query = select(messages).where(messages.c.conversation_id == conversation_id).order_by(messages.c.seq)
        found = [message_from(row) for row in await self._connection.execute(query)]
        files = await files_of(self._connection, conversation_id) if any(m.media for m in found) else {}
        return [replace(m, files=tuple(files[m.id])) if m.id in files else m for m in found]

    async def mark_heard(self, message_id: UUID, transcription: str) -> None:
        """Note what a voice note says; "" where it could not be made out."""
        await self._connection.execute(
            update(messages).where(messages.c.id == message_id).values(transcription=transcription)
        )

    async def sent_ids(self, conversation: Conversation) -> frozenset[str]:
        """The provider's ids of everything that we know to have sent to this address."""
        query = (
            select(messages.c.provider_id)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                conversations.c.channel == conversation.channel,
                conversations.c.address == conversation.address,
                messages.c.direction == Direction.OUT,
                messages.c.provider_id.is_not(None),
            )
        )
        return frozenset((await self._connection.execute(query)).scalars())

    async def count_attempt(self, message_id: UUID) -> int:
        """One more attempt at this message; how many there were."""
        query = (
            update(messages)
            .where(messages.c.id == message_id)
            .values(attempts=messages.c.attempts + 1)
            .returning(messages.c.attempts)
        )
        return int((await self._connection.execute(query)).scalar_one())

    async def mark_sending(self, message_id: UUID, *, now: datetime) -> None:
        await self._connection.execute(
            update(messages)
            .where(messages.c.id == message_id)
            .values(
                status=Status.SENDING,
                attempts=messages.c.attempts + 1,
                first_tried_at=func.coalesce(messages.c.first_tried_at, now),
            )
        )

    async def mark_sent(self, message_id: UUID, *, provider_id: str, text: str) -> None:
        """Note the provider's acceptance; a status callback that was quicker is not undone."""
        await self._connection.execute(
            update(messages)
            .where(messages.c.id == message_id)
            .values(
                provider_id=provider_id,
                text=text,
                next_try_at=None,
                status=case(
                    (messages.c.status.in_([Status.PENDING, Status.SENDING]), Status.SENT), else_=messages.c.status
                ),
            )
        )

    async def mark_unsent(
        self,
        message_id: UUID,
        status: Status,
        *,
        error: Mapping[str, object] | None = None,
        rule: str | None = None,
        next_try_at: datetime | None = None,
    ) -> None:
        """The message stays here: to be tried again (`pending`), given up (`failed`), or `refused` by a rule."""
        await self._connection.execute(
            update(messages)
            .where(messages.c.id == message_id)
            .values(
                status=status, error=None if error is None else dict(error), refused_rule=rule, next_try_at=next_try_at
            )
        )

    async def record_delivery(self, event: DeliveryEvent) -> bool:
        """Store a provider's report, and move the message on where it advances. False: no such message (yet)."""
        query = (
            select(messages.c.id, messages.c.status, conversations.c.address)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                and_(
                    conversations.c.channel == event.channel,
                    messages.c.provider_id == event.provider_id,
                    messages.c.direction == Direction.OUT,
                )
            )
            .with_for_update(of=messages)
        )
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            return False
        await self._connection.execute(
            insert(delivery_events).values(
                message_id=row.id, status=event.status, at=event.at, code=event.code, detail=event.detail
            )
        )
        if event.unreachable:
            await self.mark_contact(event.channel, row.address, "unreachable", now=event.at)
        if advances(Status(row.status), event.status):
            values: dict[str, Any] = {"status": event.status}
            if event.status is Status.FAILED:
                values["error"] = {"code": event.code, "detail": event.detail}
            await self._connection.execute(update(messages).where(messages.c.id == row.id).values(**values))
        return True

    async def mark_contact(self, channel: ChannelKind, address: str, state: str, *, now: datetime) -> None:
        """What became of an address, for everybody whose contact it is."""
        await self._connection.execute(
            update(contacts)
            .where(contacts.c.channel == channel, contacts.c.address == address)
            .values(state=state, changed_at=now)
        )

    async def left_behind(self, *, older_than: datetime) -> list[UUID]:
        """Conversations of ours with a message that should have been answered or sent by then.

        What a rule has put off until a later hour is left alone until then.
        """
        query = (
            select(messages.c.conversation_id)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                messages.c.at < older_than,
                messages.c.next_try_at.is_(None) | (messages.c.next_try_at < older_than),
                messages.c.status.in_([Status.RECEIVED, Status.PENDING, Status.SENDING]),
                (conversations.c.state == ConversationState.BOT) | (messages.c.direction == Direction.OUT),
            )
            .distinct()
            .limit(500)
        )
        return list((await self._connection.execute(query)).scalars())


def conversation_from(row: Row[Any]) -> Conversation:
    asked = row.asked or {}
    return Conversation(
        id=row.id,
        channel=ChannelKind(row.channel),
        address=row.address,
        reply_address=row.reply_address,
        state=ConversationState(row.state),
        created_at=row.created_at,
        tracker=row.tracker,
        tracker_turns=row.tracker_turns,
        debtor_id=row.debtor_id,
        phone=row.phone,
        identified_at=row.identified_at,
        identified_by=row.identified_by,
        creditor=row.creditor,
        asked=Asked(Question(asked.get("what", "")), asked.get("facts", {})),
        memory=row.memory,
        last_in_at=row.last_in_at,
    )


def message_from(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        direction=Direction(row.direction),
        author=Author(row.author),
        kind=InboundKind(row.kind),
        text=row.text,
        at=row.at,
        status=Status(row.status),
        payload=row.payload,
        options=tuple(Option(o["title"], o["payload"]) for o in row.options),
        media=tuple(Media(**m) for m in row.media),
        provider_id=row.provider_id,
        key=row.key,
        in_reply_to=tuple(row.in_reply_to),
        source=row.source,
        attempts=row.attempts,
        first_tried_at=row.first_tried_at,
        next_try_at=row.next_try_at,
        transcription=row.transcription,
    )


def _media_json(media: Media) -> dict[str, object]:
    return {
        "url": media.url,
        "content_type": media.content_type,
        "file_name": media.file_name,
        "size_bytes": media.size_bytes,
    }
