"""The files that people sent, in the one database, until they are erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import NotFound
from bot.domain.media import Examined, FileState, StoredFile
from bot.storage.tables import media, messages

_ABOUT = (
    media.c.id,
    media.c.message_id,
    media.c.number,
    media.c.state,
    media.c.reason,
    media.c.content_type,
    media.c.size_bytes,
    media.c.sha256,
)


class SqlFiles:
    """Files of messages, within one transaction. The bytes are read only where they are asked for."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def expect(self, message_id: UUID, count: int, *, now: datetime) -> None:
        """Note that the provider has these files for us."""
        await self._connection.execute(
            insert(media), [{"message_id": message_id, "number": n, "changed_at": now} for n in range(count)]
        )

    async def of(self, message_id: UUID) -> list[StoredFile]:
        """The files of a message, in their order."""
        query = select(*_ABOUT).where(media.c.message_id == message_id).order_by(media.c.number)
        return [_file_from(row) for row in await self._connection.execute(query)]

    async def content(self, file_id: UUID) -> bytes:
        """The bytes of a stored file. Raises NotFound."""
        query = select(media.c.content).where(media.c.id == file_id)
        found: bytes | None = (await self._connection.execute(query)).scalar_one_or_none()
        if found is None:
            raise NotFound(file_id=file_id)
        return found

    async def store(self, file_id: UUID, content: bytes, found: Examined, *, now: datetime) -> None:
        await self._change(
            file_id,
            state=FileState.STORED,
            content=content,
            content_type=found.content_type,
            size_bytes=found.size_bytes,
            sha256=found.sha256,
            changed_at=now,
        )

    async def leave(self, file_id: UUID, state: FileState, reason: str, *, now: datetime) -> None:
        """The file is not here, and won't be: `refused` or `failed`."""
        await self._change(file_id, state=state, reason=reason, changed_at=now)

    async def _change(self, file_id: UUID, **values: object) -> None:
        waiting = media.c.state == FileState.WAITING  # what is settled stays so, should two jobs do the same
        await self._connection.execute(update(media).where(media.c.id == file_id, waiting).values(**values))


async def files_of(connection: AsyncConnection, conversation_id: UUID) -> dict[UUID, Sequence[StoredFile]]:
    """The files of a whole conversation, by message."""
    query = (
        select(*_ABOUT)
        .join(messages, messages.c.id == media.c.message_id)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(media.c.message_id, media.c.number)
    )
    found: dict[UUID, list[StoredFile]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.message_id, []).append(_file_from(row))
    return {message_id: tuple(files) for message_id, files in found.items()}


def _file_from(row: Any) -> StoredFile:
    return StoredFile(
        id=row.id,
        number=row.number,
        state=FileState(row.state),
        reason=row.reason,
        content_type=row.content_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
    )
