"""Telegram deep links (R66): opaque, single-use, expiring; whoever holds one still proves who they are (R10)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from bot.domain.messages import ChannelKind, InboundKind
from bot.storage.cases import token_hash
from tests.integration.assembled import PHONE, Assembled, assembled

TOKEN = "q" * 32
CHAT = "700100"


@pytest.fixture
async def it(database_url: str) -> AsyncIterator[Assembled]:
    async with assembled(database_url) as made:
        made.knows()
        made.rows(
            "insert into deep_links (token_hash, debtor_id, created_at, expires_at) values (%s, %s, %s, %s)"
            " returning token_hash",
            token_hash(TOKEN),
            UUID(int=1),
            made.clock.now(),
            made.clock.now() + timedelta(days=7),
        )
        yield made


async def starts(it: Assembled, token: str = TOKEN, *, chat: str = CHAT) -> UUID:
    conversation = await it.hears(
        "/start", kind=InboundKind.START, payload=token, address=chat, channel=ChannelKind.TELEGRAM
    )
    await it.take_turns(conversation)
    return conversation


async def meant(it: Assembled, conversation: UUID) -> list[UUID]:
    async with it.transactions() as work:
        case = await work.cases.load(conversation, now=it.clock.now())
    assert not case.identified, "a link proves nothing (R10)"
    return [case.debtor.id] if case.debtor else []


async def test_a_link_leads_to_its_debtor_who_still_has_to_prove_it(it: Assembled) -> None:
    conversation = await starts(it)

    assert await meant(it, conversation) == [UUID(int=1)]
    assert it.dialogue.asked[0].payload == "/greet"
    assert it.rows("select address, state from contacts where channel = 'telegram'") == [
        {"address": CHAT, "state": "active"}
    ]


async def test_a_link_works_once(it: Assembled) -> None:
    await starts(it)

    assert await meant(it, await starts(it, chat="700200")) == []


async def test_a_link_expires(it: Assembled) -> None:
    it.clock.goes_on(timedelta(days=7))

    assert await meant(it, await starts(it)) == []
    assert it.rows("select used_at from deep_links") == [{"used_at": None}]


@pytest.mark.parametrize("token", ["", "w" * 32, TOKEN[:-1], "'; drop table deep_links; --"])
async def test_another_token_leads_nowhere_and_is_answered_all_the_same(it: Assembled, token: str) -> None:
    assert await meant(it, await starts(it, token)) == []
    assert it.dialogue.asked[0].payload == "/greet"


async def test_taken_again_after_a_failure_the_link_still_counts(it: Assembled) -> None:
    from bot.domain.errors import DialogueUnavailable

    it.dialogue.fail_next(DialogueUnavailable(reached=False))
    with pytest.raises(DialogueUnavailable):
        await starts(it)
    conversation = await it.hears("oi", address=CHAT, channel=ChannelKind.TELEGRAM)
    await it.take_turns(conversation)

    assert await meant(it, conversation) == [UUID(int=1)]


async def test_the_token_itself_is_not_kept_among_the_links(it: Assembled) -> None:
    assert TOKEN not in str(it.rows("select * from deep_links"))


async def test_the_own_phone_shared_on_telegram_tells_whom_to_ask(it: Assembled) -> None:
    conversation = await it.hears(
        "", kind=InboundKind.CONTACT, payload=PHONE, address=CHAT, channel=ChannelKind.TELEGRAM
    )
    await it.take_turns(conversation)

    assert await meant(it, conversation) == [UUID(int=1)]
