"""The door out asks before it writes first; what answers somebody leaves at any hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from bot.domain.conversations import Draft
from bot.domain.messages import Author, ChannelKind, InboundMessage
from bot.storage.conversations import SqlConversations
from bot.storage.database import make_engine
from bot.storage.unit_of_work import transactions
from bot.usecases.deliver_messages import DeliverMessages
from tests.builders import a_policy
from tests.fakes import FakeChannel, FakeClock

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
STRANGER = "+5511988887777"


async def test_nobody_is_written_to_first_without_permission_and_answers_do_not_wait(database_url: str) -> None:
    """Given a stranger who wrote, a text that starts and one that answers: only the answer leaves (R13, R17)."""
    engine = make_engine(database_url)
    begin = transactions(engine, policies={"exemplo": a_policy()}, timezone="America/Sao_Paulo")
    channel = FakeChannel()
    async with begin() as work:
        message = InboundMessage(
            channel=ChannelKind.WHATSAPP,
            provider_id="SM1",
            key="whatsapp:SM1",
            address=STRANGER,
            reply_address=STRANGER,
            at=NOW - timedelta(minutes=1),
            text="oi",
        )
        conversation = await work.conversations.open_for(message, now=NOW)
        asked = await work.conversations.add_inbound(conversation.id, message, now=NOW)
        assert asked is not None
        drafts = [_draft("Olá! Podemos conversar?", ()), _draft("Olá! Sou a assistente virtual.", (asked,))]
        await work.conversations.add_outbound(conversation.id, drafts, now=NOW)
        await work.commit()

    pause = await DeliverMessages(begin, {ChannelKind.WHATSAPP: channel}, FakeClock(NOW))(conversation.id)

    assert pause is None
    assert channel.texts == ["Olá! Sou a assistente virtual."]
    async with engine.connect() as connection:
        history = await SqlConversations(connection).history(conversation.id)
    assert [str(m.status) for m in history[1:]] == ["refused", "sent"]
    await engine.dispose()


def _draft(text: str, in_reply_to: tuple[UUID, ...]) -> Draft:
    return Draft(id=uuid4(), author=Author.ASSISTANT, text=text, in_reply_to=in_reply_to)
