"""What the assistant must know to answer, read in one transaction; and what its answers change, written in one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.agreements import Agreement, AgreementStatus
from bot.domain.cases import Answer, Case, Turn
from bot.domain.conversations import Conversation, Debtor
from bot.domain.door import Sayable
from bot.domain.messages import ChannelKind
from bot.domain.places import ZONES_BY_STATE
from bot.domain.policy import Policy
from bot.storage.answers import answer_from, answer_json
from bot.storage.codes import SqlCodes
from bot.storage.conversations import SqlConversations
from bot.storage.effects import Effects
from bot.storage.portfolio import (
    agreements_of,
    debtor_by_id,
    debtors_at,
    debts_of,
    lifetime_values_of,
    offers_of,
)
from bot.storage.tables import contacts, conversations, deep_links, turns


class SqlCases:
    """Cases within one transaction."""

    def __init__(
        self,
        connection: AsyncConnection,
        *,
        policies: Mapping[str, Policy],
        timezone: str,
        codes_are_on: bool = False,
    ) -> None:
        self._connection = connection
        self._policies = policies
        self._timezone = timezone
        self._codes_are_on = codes_are_on

    async def load(self, conversation_id: UUID, *, now: datetime) -> Case:
        """Locks the conversation, so that two messages never act on the same snapshot. Raises NotFound."""
        conversation = await SqlConversations(self._connection).get(conversation_id, lock=True)
        return await self._case(conversation, await self._candidates(conversation), now)

    async def identified(self, case: Case, debtor_id: UUID, *, now: datetime) -> Case:
        """The case as it is once this debtor is confirmed to be there."""
        conversation = replace(case.conversation, debtor_id=debtor_id, identified_at=now)
        return await self._case(conversation, list(case.candidates), now)

    async def _case(self, conversation: Conversation, candidates: list[Debtor], now: datetime) -> Case:
        debtor = await self._debtor(conversation, candidates)
        debts = await debts_of(self._connection, debtor.id) if debtor else ()
        agreed = await agreements_of(self._connection, debtor.id) if debtor else ()
        zone = ZoneInfo(ZONES_BY_STATE.get((debtor.uf if debtor else None) or "", self._timezone))
        local = now.astimezone(zone)
        creditors = {debt.id: debt.creditor for debt in debts}
        return Case(
            conversation=conversation,
            candidates=tuple(candidates),
            debtor=debtor,
            debts=debts,
            lifetime_values=await lifetime_values_of(self._connection, debtor.id) if debtor else {},
            agreements=agreed,
            offers=await offers_of(self._connection, conversation.id),
            policies=self._policies,
            now=now,
            local=local,
            codes_are_on=self._codes_are_on,
            code=await SqlCodes(self._connection).pending(conversation.id) if self._codes_are_on else None,
            broken_agreements=self._broken(agreed, creditors, local),
        )

    async def _candidates(self, conversation: Conversation) -> list[Debtor]:
        addresses: list[tuple[str, str]] = [(conversation.channel, conversation.address)]
        if conversation.phone:
            addresses.append((ChannelKind.WHATSAPP, conversation.phone))
        return await debtors_at(self._connection, addresses)

    async def _debtor(self, conversation: Conversation, candidates: list[Debtor]) -> Debtor | None:
        if conversation.debtor_id is not None:
            return await debtor_by_id(self._connection, conversation.debtor_id)
        return candidates[0] if len(candidates) == 1 else None

    def _broken(
        self, agreed: tuple[Agreement, ...], creditors: Mapping[UUID, str], local: datetime
    ) -> Mapping[str, int]:
        broken: Counter[str] = Counter()
        for agreement in agreed:
            creditor = next((creditors[d] for d in agreement.debts if d in creditors), None)
            policy = self._policies.get(creditor or "")
            if (
                policy
                and agreement.status(today=local.date(), grace=timedelta(days=policy.agreement.grace_days))
                is AgreementStatus.BROKEN
            ):
                broken[policy.creditor.slug] += 1
        return broken

    async def acted_on(self, message_ids: Sequence[UUID]) -> frozenset[UUID]:
        """Which of these messages an action has answered already, though the answer may not be stored yet."""
        query = select(turns.c.message_id).where(turns.c.message_id.in_(message_ids))
        return frozenset((await self._connection.execute(query)).scalars())

    async def stored_answer(self, message_id: UUID) -> Answer | None:
        """What was answered to this message already, so that an action may run twice."""
        query = select(turns.c.answer).where(turns.c.message_id == message_id)
        stored = (await self._connection.execute(query)).scalar_one_or_none()
        return None if stored is None else answer_from(stored)

    async def apply(self, case: Case, turn: Turn, action: str, answer: Answer, *, now: datetime) -> None:
        """Store the answer under its message, and everything that it changes."""
        await self._connection.execute(
            pg_insert(turns).values(message_id=turn.message_id, action=action, answer=answer_json(answer), at=now)
        )
        await Effects(self._connection, case, turn, now).apply(answer)

    async def set_code(self, code_id: UUID, code_hash: str) -> str | None:
        return await SqlCodes(self._connection).set_code(code_id, code_hash)

    async def sayable(self, conversation_id: UUID) -> Sayable:
        """What this conversation may hear; the offers' amounts are facts of it."""
        query = select(conversations.c.identified_at).where(conversations.c.id == conversation_id)
        identified = (await self._connection.execute(query)).scalar_one_or_none() is not None
        return Sayable(identified=identified, amounts=frozenset())

    async def use_deep_link(self, token: str, *, conversation: Conversation, now: datetime) -> bool:
        """Spend a link: this chat is where its debtor may be reached (R66). False: unknown, used or expired."""
        query = (
            update(deep_links)
            .where(
                deep_links.c.token_hash == token_hash(token),
                deep_links.c.used_at.is_(None),
                deep_links.c.expires_at > now,
            )
            .values(used_at=now)
            .returning(deep_links.c.debtor_id)
        )
        debtor_id = (await self._connection.execute(query)).scalar_one_or_none()
        if debtor_id is None:
            return False
        await self._know(conversation, debtor_id, now)
        return True

    async def attach_phone(self, conversation: Conversation, phone: str, *, now: datetime) -> None:
        """The person shared their own phone: the chat stands for it from now on."""
        await SqlConversations(self._connection).change(conversation.id, phone=phone)
        found = await debtors_at(self._connection, [(ChannelKind.WHATSAPP, phone)])
        if len(found) == 1:
            await self._know(conversation, found[0].id, now)

    async def _know(self, conversation: Conversation, debtor_id: UUID, now: datetime) -> None:
        if conversation.identified_at is not None:
            return
        await SqlConversations(self._connection).change(conversation.id, debtor_id=debtor_id)
        await self._connection.execute(
            pg_insert(contacts)
            .values(debtor_id=debtor_id, channel=conversation.channel, address=conversation.address, changed_at=now)
            .on_conflict_do_nothing(index_elements=["debtor_id", "channel", "address"])
        )


def token_hash(token: str) -> str:
    """What is kept of a deep link's token."""
    return hashlib.sha256(token.encode()).hexdigest()
