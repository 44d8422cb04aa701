"""Deferring a job inside the caller's transaction: the job exists exactly when what it is about does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

DEFER = text(
    """
    select procrastinate_defer_jobs_v1(array[row(
        'default', cast(:task as varchar), 0, cast(:lock as text), null, cast(:args as jsonb),
        now() + make_interval(secs => cast(:after_seconds as double precision))
    )::procrastinate_job_to_defer_v1])
    """
)


HURRY = text(
    """
    update procrastinate_jobs set scheduled_at = now()
    where lock = :lock and task_name = 'take_turns' and status = 'todo'
    """
)


class SqlJobs:
    """Jobs of one conversation, deferred in the caller's transaction.

    Turns and deliveries of a conversation share a lock: they never overlap, and keep their order.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_turns(self, conversation_id: UUID, *, after: timedelta | None = None) -> None:
        await self._defer("take_turns", lock_of(conversation_id), _about(conversation_id), after)

    async def hurry(self, conversation_id: UUID) -> None:
        """Let turns that wait for more to come begin now."""
        await self._connection.execute(HURRY, {"lock": lock_of(conversation_id)})

    async def send_code(self, code_id: UUID) -> None:
        """A code for an unknown phone; see `bot/usecases/send_code.py`."""
        await self._defer("send_code", f"code:{code_id}", {"code_id": str(code_id)}, None)

    async def deliver(self, conversation_id: UUID, *, after: timedelta | None = None) -> None:
        await self._defer("deliver", lock_of(conversation_id), _about(conversation_id), after)

    async def fetch_media(self, message_id: UUID) -> None:
        await self._defer("fetch_media", f"media:{message_id}", {"message_id": str(message_id)}, None)

    async def _defer(self, task: str, lock: str, arguments: Mapping[str, str], after: timedelta | None) -> None:
        values = {
            "task": task,
            "lock": lock,
            "args": json.dumps(arguments),
            "after_seconds": None if after is None else after.total_seconds(),
        }
        await self._connection.execute(DEFER, values)


def _about(conversation_id: UUID) -> dict[str, str]:
    return {"conversation_id": str(conversation_id)}


def lock_of(conversation_id: UUID) -> str:
    """The lock under which everything about a conversation is done, one after another."""
    return f"conversation:{conversation_id}"
