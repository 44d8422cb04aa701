"""What the permission to write to somebody hangs on, read for one debtor; see `bot/domain/contact_rules.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.contact_rules import ContactFacts, ContactState, Matter, Way
from bot.domain.contact_terms import ContactTerms
from bot.domain.conversations import Conversation, Debtor, Message
from bot.domain.errors import NotFound
from bot.domain.messages import Author, ChannelKind, Direction, Status
from bot.domain.places import Place, place_of
from bot.domain.policy import Mode, Policy
from bot.domain.wishes import Wish, wish_from
from bot.storage.portfolio import debtor_by_id, debtor_from, debtors_at, debts_of
from bot.storage.tables import contacts, conversations, debtors, duties, messages

WENT_OUT = (Status.SENDING, Status.SENT, Status.DELIVERED, Status.READ)
ERASURE = ("deletion", "opposition")


@dataclass(frozen=True, slots=True)
class _Person:
    """What is the same for all addresses of somebody."""

    debtor: Debtor | None
    contacts: Sequence[Row[Any]]
    matters: tuple[Matter, ...]
    contacted_at: tuple[datetime, ...]
    last_in: Mapping[tuple[str, str], datetime]
    wishes: tuple[Wish, ...]
    erasure_asked: bool

    def place(self, phone: str | None) -> Place:
        phones = [phone, *(c.address for c in self.contacts if c.channel == Way.WHATSAPP)]
        return place_of(self.debtor.uf if self.debtor else None, next((p for p in phones if p), None))

    def facts(self, way: str, address: str | None, phone: str | None, **known: Any) -> ContactFacts:
        found = [c for c in self.contacts if (c.channel, c.address) == (way, address)]
        return ContactFacts(
            way=way,
            address=address,
            place=self.place(phone),
            matters=self.matters,
            state=ContactState(found[0].state) if found else ContactState.ACTIVE,
            consent=any(bool(c.consent) for c in found),
            contacted_at=self.contacted_at,
            last_in_at=max(self.last_in.values(), default=None),
            last_in_here_at=self.last_in.get((way, address or "")),
            wishes=self.wishes,
            erasure_asked=self.erasure_asked,
            **known,
        )


class SqlContactFacts:
    """Facts within one transaction."""

    def __init__(self, connection: AsyncConnection, *, policies: Mapping[str, Policy]) -> None:
        self._connection = connection
        self._policies = policies

    async def of_document(self, document: str) -> tuple[ContactFacts, ...]:
        """Each address of a debtor, and Telegram where there is none yet. Raises NotFound.

        WhatsApp is judged as if an approved template were at hand: whether one is needed is part of the answer.
        """
        row = (await self._connection.execute(select(debtors).where(debtors.c.document == document))).one_or_none()
        if row is None:
            raise NotFound(document=document)
        person = await self._person(debtor_from(row))
        ways = [(c.channel, c.address) for c in person.contacts if c.channel != ChannelKind.TERMINAL]
        if all(way != Way.TELEGRAM for way, _ in ways):
            ways.append((Way.TELEGRAM, None))
        return tuple(
            person.facts(way, address, address if way == Way.WHATSAPP else None, template=True) for way, address in ways
        )

    async def of_message(self, conversation: Conversation, message: Message) -> ContactFacts:
        """The address to which an active message would go; what was stored together with it is the same contact."""
        person = await self._person(await self._debtor(conversation), leaving_out=message)
        return person.facts(
            conversation.channel,
            conversation.address,
            conversation.phone,
            by_person=message.author is Author.AGENT,
            template=bool(message.source.get("template")),
        )

    async def _debtor(self, conversation: Conversation) -> Debtor | None:
        if conversation.debtor_id is not None:
            return await debtor_by_id(self._connection, conversation.debtor_id)
        found = await debtors_at(self._connection, [(conversation.channel, conversation.address)])
        return found[0] if len(found) == 1 else None

    async def _person(self, debtor: Debtor | None, *, leaving_out: Message | None = None) -> _Person:
        if debtor is None:
            return _Person(None, (), (), (), {}, (), False)
        query = select(contacts).where(contacts.c.debtor_id == debtor.id)
        reached = (await self._connection.execute(query.order_by(contacts.c.channel.desc(), contacts.c.address))).all()
        theirs = or_(
            conversations.c.debtor_id == debtor.id,
            tuple_(conversations.c.channel, conversations.c.address).in_([(c.channel, c.address) for c in reached]),
        )
        talks = (await self._connection.execute(select(conversations).where(theirs))).all()
        return _Person(
            debtor=debtor,
            contacts=reached,
            matters=await self._matters(debtor.id),
            contacted_at=await self._contacted_at([t.id for t in talks], leaving_out),
            last_in=_last_in(talks),
            wishes=_wishes(talks),
            erasure_asked=await self._erasure_asked(debtor.id),
        )

    async def _matters(self, debtor_id: UUID) -> tuple[Matter, ...]:
        """A creditor without a policy is judged as the strictest: nothing of its terms is known."""
        found = []
        for debt in await debts_of(self._connection, debtor_id):
            policy = self._policies.get(debt.creditor)
            if policy is None:
                found.append(Matter(debt, ContactTerms(), third_party=True))
            else:
                found.append(Matter(debt, policy.contact_terms, policy.creditor.mode is Mode.THIRD_PARTY))
        return tuple(found)

    async def _contacted_at(self, talks: list[UUID], leaving_out: Message | None) -> tuple[datetime, ...]:
        """When active messages went out; those stored at the same instant are one contact."""
        first = func.min(func.coalesce(messages.c.first_tried_at, messages.c.at))
        query = (
            select(first)
            .where(
                messages.c.conversation_id.in_(talks),
                messages.c.direction == Direction.OUT,
                messages.c.status.in_(WENT_OUT),
                func.cardinality(messages.c.in_reply_to) == 0,
            )
            .group_by(messages.c.conversation_id, messages.c.at)
        )
        if leaving_out is not None:
            same = and_(messages.c.conversation_id == leaving_out.conversation_id, messages.c.at == leaving_out.at)
            query = query.where(~same)
        return tuple(sorted((await self._connection.execute(query)).scalars()))

    async def _erasure_asked(self, debtor_id: UUID) -> bool:
        asked = exists().where(
            duties.c.debtor_id == debtor_id,
            duties.c.kind == "data_request",
            duties.c.state == "open",
            duties.c.detail["right"].astext.in_(ERASURE),
        )
        return bool((await self._connection.execute(select(asked))).scalar_one())


def _last_in(talks: Sequence[Row[Any]]) -> dict[tuple[str, str], datetime]:
    """The person's last message at each address."""
    latest: dict[tuple[str, str], datetime] = {}
    for talk in talks:
        if talk.last_in_at is not None:
            key = (talk.channel, talk.address)
            latest[key] = max(talk.last_in_at, latest.get(key, talk.last_in_at))
    return latest


def _wishes(talks: Sequence[Row[Any]]) -> tuple[Wish, ...]:
    """The newest wish; it holds on every channel."""
    told = [t for t in talks if isinstance(t.memory.get("preference"), str) and t.memory["preference"].strip()]
    newest = max(told, key=lambda t: t.last_in_at or t.created_at, default=None)
    return () if newest is None else (wish_from(newest.memory["preference"]),)
