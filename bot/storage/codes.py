"""Codes that were asked for: whom they were sent to, and what is left of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.codes import MOST_A_DAY, PendingCode
from bot.domain.phones import is_mobile
from bot.storage.queue import SqlJobs
from bot.storage.tables import contacts, debtors, identity_codes


class SqlCodes:
    """Within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ask(self, conversation_id: UUID, document: str, *, code_id: UUID, now: datetime) -> None:
        """Note that a code is wanted, and have it sent where there is a phone on file; the person is told the same."""
        debtor_id = (
            await self._connection.execute(select(debtors.c.id).where(debtors.c.document == document))
        ).scalar_one_or_none()
        phone = await self._phone(debtor_id) if debtor_id else None
        recent = select(func.count()).where(
            identity_codes.c.document == document, identity_codes.c.asked_at > now - timedelta(days=1)
        )
        allowed = (await self._connection.execute(recent)).scalar_one() < MOST_A_DAY
        await self._connection.execute(
            insert(identity_codes).values(
                id=code_id,
                conversation_id=conversation_id,
                document=document,
                debtor_id=debtor_id if phone and allowed else None,
                phone=phone if allowed else None,
                asked_at=now,
            )
        )
        if phone and allowed:
            await SqlJobs(self._connection).send_code(code_id)

    async def _phone(self, debtor_id: UUID) -> str | None:
        query = (
            select(contacts.c.address)
            .where(contacts.c.debtor_id == debtor_id, contacts.c.channel == "whatsapp")
            .where(contacts.c.state.in_(["active", "opted_out"]))
            .order_by(contacts.c.changed_at.desc(), contacts.c.address)
        )
        phones = (await self._connection.execute(query)).scalars()
        return next((phone for phone in phones if is_mobile(phone)), None)

    async def pending(self, conversation_id: UUID) -> PendingCode | None:
        """The newest code of a conversation."""
        query = (
            select(identity_codes)
            .where(identity_codes.c.conversation_id == conversation_id)
            .order_by(identity_codes.c.asked_at.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else PendingCode(row.id, row.debtor_id, row.code_hash, row.asked_at, row.tries)

    async def set_code(self, code_id: UUID, code_hash: str) -> str | None:
        """Keep the code's hash; returns the phone to send it to."""
        query = (
            update(identity_codes)
            .where(identity_codes.c.id == code_id)
            .values(code_hash=code_hash)
            .returning(identity_codes.c.phone)
        )
        phone: str | None = (await self._connection.execute(query)).scalar_one_or_none()
        return phone

    async def count_try(self, conversation_id: UUID) -> None:
        """A wrong code was given."""
        newest = (
            select(identity_codes.c.id)
            .where(identity_codes.c.conversation_id == conversation_id)
            .order_by(identity_codes.c.asked_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        await self._connection.execute(
            update(identity_codes).where(identity_codes.c.id == newest).values(tries=identity_codes.c.tries + 1)
        )
