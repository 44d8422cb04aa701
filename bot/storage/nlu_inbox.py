"""The messages that were not understood well, read from what is stored anyway; and the labels that people give."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, and_, any_, false, func, lateral, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.errors import NotFound
from bot.domain.inbox import Entry, Seen, entries
from bot.domain.messages import Direction, InboundKind
from bot.storage.tables import contacts, conversations, debtors, messages, nlu_labels

MOST_MESSAGES = 50_000  # the newest; older ones were for an older model
SHORT = 200  # characters: a correction is no longer


class NluInbox:
    """Each call is a transaction of its own. Nothing here is on the way of a message."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def entries(self) -> list[Entry]:
        """What waits to be labelled, the most frequent first."""
        async with self._engine.connect() as connection:
            done = list((await connection.execute(select(nlu_labels.c.id))).scalars())
            rows = (await connection.execute(_query())).all()
        found = (
            Seen(
                text=row.text,
                at=row.at,
                intent=row.understanding.get("intent"),
                confidence=float(row.understanding.get("confidence") or 0.0),
                decision=str(row.understanding.get("decision") or "act"),
                names=tuple(row.names or ()),
                responses=tuple(r for r in row.responses or () if r),
                next_text=row.next_text or "",
                next_pick=(row.next_understanding or {}).get("intent") if row.next_is_pick else None,
            )
            for row in rows
        )
        return entries(found, labelled=done)

    async def label(self, wording_id: str, intent: str, *, now: datetime) -> Entry:
        """Say what a wording means; labelled again, the later label counts. Raises NotFound."""
        found = next((e for e in await self.entries() if e.id == wording_id), None)
        async with self._engine.begin() as connection:
            known = select(nlu_labels.c.text).where(nlu_labels.c.id == wording_id)
            text = found.text if found else (await connection.execute(known)).scalar_one_or_none()
            if text is None:
                raise NotFound(wording=wording_id)
            values = {"text": text, "intent": intent, "labelled_at": now}
            insert = pg_insert(nlu_labels).values(id=wording_id, **values)
            await connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=values))
        return found or Entry(wording_id, text, 0, (), None, 0.0, None, now)

    async def labels(self) -> dict[str, list[str]]:
        """All labelled texts, by intent."""
        query = select(nlu_labels.c.intent, nlu_labels.c.text).order_by(nlu_labels.c.intent, nlu_labels.c.text)
        found: dict[str, list[str]] = {}
        async with self._engine.connect() as connection:
            for row in await connection.execute(query):
                found.setdefault(row.intent, []).append(row.text)
        return found


def _query() -> Select[Any]:
    """Texts with what came of them. Those acted upon only where what follows may be a correction."""
    m, n, r = messages.alias("m"), messages.alias("n"), messages.alias("r")
    following = lateral(
        select(n.c.text, n.c.kind, n.c.understanding)
        .where(n.c.conversation_id == m.c.conversation_id, n.c.direction == Direction.IN, n.c.seq > m.c.seq)
        .order_by(n.c.seq)
        .limit(1)
    ).alias("following")
    answers = (
        select(func.array_agg(r.c.source["response"].astext, type_=ARRAY(String)))
        .where(r.c.conversation_id == m.c.conversation_id, m.c.id == any_(r.c.in_reply_to))
        .scalar_subquery()
    )
    meant = or_(
        debtors.c.id == conversations.c.debtor_id,
        debtors.c.id.in_(
            select(contacts.c.debtor_id).where(contacts.c.address == conversations.c.address).correlate(conversations)
        ),
    )
    names = select(func.array_agg(debtors.c.name, type_=ARRAY(String))).where(meant).scalar_subquery()
    decision = m.c.understanding["decision"].astext
    may_be_corrected = and_(following.c.kind == InboundKind.TEXT, func.length(following.c.text) <= SHORT)
    return (
        select(
            m.c.text,
            m.c.at,
            m.c.understanding,
            names.label("names"),
            answers.label("responses"),
            following.c.text.label("next_text"),
            following.c.understanding.label("next_understanding"),
            func.coalesce(following.c.kind == InboundKind.BUTTON, false()).label("next_is_pick"),
        )
        .select_from(m.join(conversations, conversations.c.id == m.c.conversation_id).outerjoin(following, true()))
        .where(
            m.c.direction == Direction.IN,
            m.c.kind == InboundKind.TEXT,
            m.c.understanding.is_not(None),
            or_(decision.in_(["ask", "confirm"]), may_be_corrected),
        )
        .order_by(m.c.seq.desc())
        .limit(MOST_MESSAGES)
    )
