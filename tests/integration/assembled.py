"""The use cases put together on a real PostgreSQL, with a channel, a dialogue and a clock in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from bot.channels.options import match_option, split_text
from bot.domain.cases import Answer, Turn
from bot.domain.conversations import Message
from bot.domain.debts import Debt
from bot.domain.messages import ChannelKind, InboundKind
from bot.locale import say
from bot.storage.database import make_engine
from bot.storage.read_models import ReadModels
from bot.storage.unit_of_work import transactions
from bot.usecases.answer_turn import AnswerTurn
from bot.usecases.deliver_messages import DeliverMessages
from bot.usecases.receive_message import ReceiveMessage
from bot.usecases.record_delivery import RecordDelivery
from bot.usecases.take_turns import TakeTurns
from tests.builders import a_debt, a_policy
from tests.fakes import FakeChannel, FakeClock, ScriptedDialogue, an_inbound

ZONE = "America/Sao_Paulo"
PHONE = "+5511988887777"
CPF = "52998224725"


class Assembled:
    """One debtor on one phone; see `assembled`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = FakeClock()
        self.channel = FakeChannel()
        self.dialogue = ScriptedDialogue()
        self.engine = make_engine(url, pool_size=3)
        policies = {"exemplo": a_policy()}
        self.transactions = transactions(self.engine, policies=policies, timezone=ZONE)
        self.receive = ReceiveMessage(self.transactions, self.clock, gather=timedelta(0))
        self.take_turns = self.make_take_turns()
        self.deliver = DeliverMessages(self.transactions, {ChannelKind.WHATSAPP: self.channel}, self.clock)
        self.answer_turn = AnswerTurn(self.transactions, self.clock)
        self.record_delivery = RecordDelivery(self.transactions)
        self.read_models = ReadModels(self.engine, policies, self.clock, timezone=ZONE)
        self._number = 0

    def make_take_turns(self) -> TakeTurns:
        return TakeTurns(
            self.transactions,
            self.dialogue,
            say,
            self.clock,
            timezone=ZoneInfo(ZONE),
            match_option=match_option,
            split=split_text,
        )

    async def hears(
        self,
        text: str = "oi",
        *,
        kind: InboundKind = InboundKind.TEXT,
        payload: str | None = None,
        address: str = PHONE,
        channel: ChannelKind = ChannelKind.WHATSAPP,
    ) -> UUID:
        """A message comes in and is stored; the id of its conversation."""
        self._number += 1
        self.clock.goes_on(timedelta(seconds=1))
        message = an_inbound(
            text,
            provider_id=f"SM{self._number}",
            at=self.clock.now(),
            kind=kind,
            payload=payload,
            address=address,
            channel=channel,
        )
        assert await self.receive(message)
        async with self.transactions() as work:
            conversation = await work.conversations.open_for(message, now=self.clock.now())
        return conversation.id

    async def answers(self, conversation: UUID) -> list[str]:
        """Take the turns, deliver, and tell what newly went out."""
        before = len(self.channel.texts)
        await self.take_turns(conversation)
        await self.deliver(conversation)
        return self.channel.texts[before:]

    async def acts(
        self, conversation: UUID, intent: str, text: str = "", *, button: bool = False, **entities: object
    ) -> Answer:
        """A message comes in, and the action that its meaning leads to is run."""
        await self.hears(text or intent)
        heard = await self.last_heard(conversation)
        turn = Turn(heard.id, intent, text, button=button, entities=entities)
        answer = await self.answer_turn(conversation, turn, action="")
        async with self.transactions() as work:
            await work.conversations.mark_answered([heard.id])
            await work.commit()
        return answer

    async def confirmed(self) -> UUID:
        """The debtor on file writes and tells the birth date; what is owed was told, and asked how to pay."""
        conversation = await self.hears()
        await self.acts(conversation, "greet")
        await self.acts(conversation, "inform_identity", "3/4/85", birth_date="1985-04-03")
        return conversation

    async def agreed(self) -> UUID:
        """The conversation of a debtor who accepted a plan in three."""
        conversation = await self.confirmed()
        await self.acts(conversation, "ask_installments", "em 3x", installments=3)
        await self.acts(conversation, "affirm", "sim, aceito")
        return conversation

    async def history(self, conversation: UUID) -> list[Message]:
        async with self.transactions() as work:
            return await work.conversations.history(conversation)

    async def last_heard(self, conversation: UUID) -> Message:
        return [m for m in await self.history(conversation) if m.direction == "in"][-1]

    async def change(self, conversation: UUID, **values: object) -> None:
        async with self.transactions() as work:
            await work.conversations.change(conversation, **values)
            await work.commit()

    def rows(self, query: str, *values: object) -> list[dict[str, object]]:
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            found: list[dict[str, object]] = connection.execute(query.encode(), values).fetchall()
            return found

    def knows(
        self, *debts: Debt, debtor: UUID = UUID(int=1), document: str = CPF, born: date = date(1985, 4, 3)
    ) -> None:
        """Put a debtor with these debts on file, reached at PHONE."""
        with psycopg.connect(self.url) as connection:
            connection.execute("insert into creditors (slug, name) values ('exemplo', 'x') on conflict do nothing")
            connection.execute(
                "insert into debtors (id, document, name, birth_date, state)"
                " values (%s, %s, 'MARIA DA SILVA', %s, 'SP')",
                (debtor, document, born),
            )
            connection.execute(
                "insert into contacts (debtor_id, channel, address, changed_at) values (%s, 'whatsapp', %s, now())",
                (debtor, PHONE),
            )
            for debt in debts or (a_debt(),):
                _insert_debt(connection, debtor, debt)


def _insert_debt(connection: psycopg.Connection[tuple[object, ...]], debtor: UUID, debt: Debt) -> None:
    connection.execute(
        "insert into debts (id, debtor_id, creditor, contract, product, description, state)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (debt.id, debtor, debt.creditor, debt.contract, debt.product, debt.description, debt.state),
    )
    for i in debt.installments:
        connection.execute(
            "insert into debt_installments (debt_id, number, due_on, amount_centavos, paid_on, paid_centavos)"
            " values (%s, %s, %s, %s, %s, %s)",
            (debt.id, i.number, i.due_on, i.amount.centavos, i.paid_on, i.paid.centavos),
        )


@asynccontextmanager
async def assembled(url: str) -> AsyncIterator[Assembled]:
    it = Assembled(url)
    yield it
    await it.engine.dispose()


def outbound(history: Sequence[Message]) -> list[Message]:
    return [m for m in history if m.direction == "out"]
