"""Opening conversations on one connection, again and again: after some times its statements are prepared."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.messages import ChannelKind, InboundMessage
from bot.storage.conversations import SqlConversations
from bot.storage.database import make_engine

MANY = 30  # psycopg prepares at the 5th time, PostgreSQL forgets about the parameters five times later


async def test_one_connection_opens_any_number_of_conversations(database_url: str) -> None:
    engine = make_engine(database_url)
    now = datetime.now(UTC)
    async with engine.connect() as connection:
        opened = [
            await SqlConversations(connection).open_for(_message(f"+55119888800{number:02d}", now), now=now)
            for number in range(MANY)
        ]
    await engine.dispose()
    assert len({conversation.id for conversation in opened}) == MANY


def _message(address: str, now: datetime) -> InboundMessage:
    return InboundMessage(
        channel=ChannelKind.WHATSAPP,
        provider_id="SM1",
        key="whatsapp:SM1",
        address=address,
        reply_address=f"whatsapp:{address}",
        at=now,
        text="oi",
    )
