"""Storing what comes in, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from bot.app import SystemClock
from bot.domain.messages import ChannelKind, InboundKind, InboundMessage
from bot.storage.database import make_engine
from bot.storage.unit_of_work import transactions
from bot.usecases.receive_message import ReceiveMessage

AT_ONCE = 20


@pytest.fixture
async def receive(database_url: str) -> AsyncIterator[ReceiveMessage]:
    engine = make_engine(database_url)
    yield ReceiveMessage(
        transactions(engine, policies={}, timezone="America/Sao_Paulo"), SystemClock(), gather=timedelta(0)
    )
    await engine.dispose()


def a_message(key: str = "whatsapp:SM1", text: str = "oi") -> InboundMessage:
    return InboundMessage(
        channel=ChannelKind.WHATSAPP,
        provider_id=key.removeprefix("whatsapp:"),
        key=key,
        address="+5511988887777",
        reply_address="+551188887777",
        at=datetime.now(UTC),
        text=text,
    )


async def test_a_message_delivered_many_times_at_once_is_stored_once_with_one_job(
    receive: ReceiveMessage, database_url: str
) -> None:
    new = await asyncio.gather(*(receive(a_message()) for _ in range(AT_ONCE)))
    assert sorted(new) == [False] * (AT_ONCE - 1) + [True]
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from messages").fetchone() == (1,)
        assert connection.execute("select count(*) from conversations").fetchone() == (1,)
        assert connection.execute("select count(*) from procrastinate_jobs").fetchone() == (1,)


async def test_many_messages_of_one_person_at_once_share_a_conversation(
    receive: ReceiveMessage, database_url: str
) -> None:
    assert all(await asyncio.gather(*(receive(a_message(f"whatsapp:SM{n}")) for n in range(AT_ONCE))))
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from messages").fetchone() == (AT_ONCE,)
        assert connection.execute("select count(*) from conversations").fetchone() == (1,)


async def test_an_edited_message_is_kept_and_starts_no_turn(receive: ReceiveMessage, database_url: str) -> None:
    assert await receive(replace(a_message(), kind=InboundKind.EDITED))
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select status from messages").fetchone() == ("unsupported",)
        assert connection.execute("select count(*) from procrastinate_jobs").fetchone() == (0,)
