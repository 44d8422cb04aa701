"""What commands, health and metrics read. The JSON keys are a contract with outsiders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.agreements import AgreementStatus
from bot.domain.charges import ChargeSheet, charge_sheet
from bot.domain.debts import Debt, DebtState
from bot.domain.errors import NotFound
from bot.domain.money import ZERO
from bot.domain.policy import Policy
from bot.domain.profiles import History, profile_of
from bot.ports import Clock
from bot.storage.agreement_record import message_json
from bot.storage.conversations import SqlConversations
from bot.storage.portfolio import agreements_of, debtor_from, debts_of, offers_of
from bot.storage.tables import agreements, contacts, conversations, debtors, duties, messages

WORKER_SILENCE = timedelta(seconds=15)


class ReadModels:
    """Each call is a transaction of its own."""

    def __init__(self, engine: AsyncEngine, policies: Mapping[str, Policy], clock: Clock, *, timezone: str) -> None:
        self._engine = engine
        self._policies = policies
        self._clock = clock
        self._zone = ZoneInfo(timezone)

    async def debtor(self, document: str) -> dict[str, Any]:
        """`debtor show`. Raises NotFound."""
        today = self._clock.now().astimezone(self._zone).date()
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(debtors).where(debtors.c.document == document))).one_or_none()
            if row is None:
                raise NotFound(document=document)
            debtor = debtor_from(row)
            found = await debts_of(connection, debtor.id)
            agreed = await agreements_of(connection, debtor.id)
            reached = await connection.execute(
                select(contacts)
                .where(contacts.c.debtor_id == debtor.id)
                .order_by(contacts.c.channel, contacts.c.address)
            )
            owed = await connection.execute(
                select(duties).where(duties.c.debtor_id == debtor.id).order_by(duties.c.opened_at, duties.c.kind)
            )
            profile = profile_of(History(found), today=today)
            return {
                "document": debtor.document,
                "name": debtor.name,
                "birth_date": debtor.birth_date.isoformat() if debtor.birth_date else None,
                "uf": debtor.uf,
                "profile": profile.kind,
                "profile_reasons": list(profile.reasons),
                "debts": [self._debt(debt, today) for debt in found],
                "contacts": [{"channel": c.channel, "address": c.address, "state": c.state} for c in reached],
                "agreements": [str(a.id) for a in agreed],
                "duties": [
                    {"kind": d.kind, "due_on": d.due_on.isoformat(), "state": d.state, "detail": d.detail} for d in owed
                ],
            }

    def _debt(self, debt: Debt, today: Any) -> dict[str, Any]:
        policy = self._policies.get(debt.creditor)
        sheet = (
            charge_sheet(debt, today=today, terms=policy.charge_terms())
            if policy is not None and debt.state is not DebtState.SETTLED
            else ChargeSheet(today, ())
        )
        return {
            "id": str(debt.id),
            "creditor": debt.creditor,
            "contract": debt.contract,
            "product": debt.product,
            "state": debt.state,
            "state_reason": debt.state_reason,
            "state_until": debt.state_until.isoformat() if debt.state_until else None,
            "balance_centavos": (sheet.total if sheet.items else ZERO).centavos,
            "items": [{"kind": kind, "amount_centavos": amount.centavos} for kind, amount in sheet.by_kind().items()],
            "installments": [
                {
                    "number": i.number,
                    "due_on": i.due_on.isoformat(),
                    "amount_centavos": i.amount.centavos,
                    "paid_on": i.paid_on.isoformat() if i.paid_on else None,
                }
                for i in debt.installments
            ],
        }

    async def conversations(self, *, address: str | None = None, limit: int = 1000) -> list[dict[str, Any]]:
        """`conversation list`, the newest first."""
        query = select(conversations).order_by(conversations.c.created_at.desc(), conversations.c.id).limit(limit)
        if address is not None:
            query = query.where(conversations.c.address == address)
        async with self._engine.connect() as connection:
            return [_conversation(row) for row in await connection.execute(query)]

    async def conversation(self, conversation_id: UUID) -> dict[str, Any]:
        """`conversation show`. Raises NotFound."""
        async with self._engine.connect() as connection:
            query = select(conversations).where(conversations.c.id == conversation_id)
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                raise NotFound(conversation_id=conversation_id)
            history = await SqlConversations(connection).history(conversation_id)
            understood = await self._understood(connection, conversation_id)
            return {
                **_conversation(row),
                "identified": row.identified_at is not None,
                "identified_by": row.identified_by,
                "asked": row.asked.get("what") or None,
                "waiting_reason": row.waiting_reason,
                "closed_reason": row.closed_reason,
                "offers": [
                    {
                        "id": str(o.id),
                        "kind": o.kind,
                        "total_centavos": o.total.centavos,
                        "installments": [
                            {"number": i.number, "due_on": i.due_on.isoformat(), "amount_centavos": i.amount.centavos}
                            for i in o.installments
                        ],
                        "shown_at": o.shown_at.isoformat(),
                        "expires_at": o.expires_at.isoformat(),
                        "policy_version": o.policy_version,
                    }
                    for o in await offers_of(connection, conversation_id)
                ],
                "messages": [{**message_json(m), **understood.get(m.id, {})} for m in history],
            }

    async def _understood(self, connection: AsyncConnection, conversation_id: UUID) -> dict[UUID, dict[str, Any]]:
        query = select(
            messages.c.id, messages.c.understanding, messages.c.refused_rule, messages.c.error, messages.c.source
        ).where(messages.c.conversation_id == conversation_id)
        extra: dict[UUID, dict[str, Any]] = {}
        for row in await connection.execute(query):
            extra[row.id] = {
                "intent": ((row.understanding or {}).get("intent") or None),
                "response": row.source.get("response"),
                "rule": row.refused_rule,
                "error": row.error,
            }
        return extra

    async def agreements(self) -> list[dict[str, Any]]:
        """`agreement list`, the newest first."""
        query = (
            select(agreements.c.id, debtors.c.document)
            .join(debtors, debtors.c.id == agreements.c.debtor_id)
            .order_by(agreements.c.accepted_at.desc())
            .limit(1000)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [{k: v for k, v in (await self.agreement(row.id)).items() if k != "transcript"} for row in rows]

    async def agreement(self, agreement_id: UUID) -> dict[str, Any]:
        """`agreement show`. Raises NotFound."""
        now = self._clock.now()
        async with self._engine.connect() as connection:
            query = (
                select(agreements, debtors.c.document)
                .join(debtors, debtors.c.id == agreements.c.debtor_id)
                .where(agreements.c.id == agreement_id)
            )
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                raise NotFound(agreement_id=agreement_id)
            found = next(a for a in await agreements_of(connection, row.debtor_id) if a.id == agreement_id)
        policy = self._policies.get(row.creditor)
        grace = timedelta(days=policy.agreement.grace_days if policy else 0)
        status: AgreementStatus = found.status(today=now.astimezone(self._zone).date(), grace=grace)
        return {
            "id": str(found.id),
            "state": status,
            "document": row.document,
            "creditor": row.creditor,
            "conversation": str(row.conversation_id),
            "offer": str(found.offer_id),
            "debts": [str(d) for d in found.debts],
            "total_centavos": found.total.centavos,
            "installments": [
                {
                    "number": i.number,
                    "due_on": i.due_on.isoformat(),
                    "amount_centavos": i.amount.centavos,
                    "paid_on": i.paid_on.isoformat() if i.paid_on else None,
                }
                for i in found.installments
            ],
            "accepted_at": _iso(found.accepted_at),
            "policy_version": found.policy_version,
            "identification": row.record.get("identification"),
            "transcript": row.record.get("transcript", []),
        }

    async def agreement_record(self, agreement_id: UUID) -> dict[str, Any]:
        """The formal record, as it was stored with the yes. Raises NotFound."""
        async with self._engine.connect() as connection:
            query = select(agreements.c.record).where(agreements.c.id == agreement_id)
            found = (await connection.execute(query)).scalar_one_or_none()
        if found is None:
            raise NotFound(agreement_id=agreement_id)
        record: dict[str, Any] = found
        return record

    async def some_phone(self) -> str | None:
        """A debtor's phone to try the assistant with; None in an empty database."""
        query = (
            select(contacts.c.address)
            .where(contacts.c.channel == "whatsapp", contacts.c.state == "active")
            .order_by(contacts.c.address)
            .limit(1)
        )
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def answers(self) -> bool:
        """Whether the database does."""
        async with self._engine.connect() as connection:
            return bool((await connection.execute(text("select 1"))).scalar_one() == 1)

    async def worker_is_alive(self) -> bool:
        """Whether some worker gave a sign of life lately."""
        query = text("select max(last_heartbeat) > now() - make_interval(secs => :silence) from procrastinate_workers")
        async with self._engine.connect() as connection:
            found = await connection.execute(query, {"silence": WORKER_SILENCE.total_seconds()})
            return bool(found.scalar_one())

    async def counts(self) -> dict[str, dict[str, int]]:
        """For the metrics: messages by status, conversations by state, jobs by status."""
        async with self._engine.connect() as connection:
            by_status = await connection.execute(select(messages.c.status, func.count()).group_by(messages.c.status))
            by_state = await connection.execute(
                select(conversations.c.state, func.count()).group_by(conversations.c.state)
            )
            jobs = await connection.execute(text("select status::text, count(*) from procrastinate_jobs group by 1"))
            return {
                "messages": {row[0]: row[1] for row in by_status},
                "conversations": {row[0]: row[1] for row in by_state},
                "jobs": {row[0]: row[1] for row in jobs},
            }

    async def debtor_count(self) -> int:
        async with self._engine.connect() as connection:
            return int((await connection.execute(select(func.count()).select_from(debtors))).scalar_one())


def _conversation(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "channel": row.channel,
        "address": row.address,
        "state": row.state,
        "created_at": _iso(row.created_at),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat()
