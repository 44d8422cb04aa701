"""The only door out, on a real PostgreSQL: order, retries, refusals, and what the provider has already."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bot.domain.conversations import Draft
from bot.domain.errors import Rejected, TemporarilyUnavailable, Unreachable
from bot.domain.messages import Author, ChannelKind, DeliveryEvent, Status
from bot.usecases.deliver_messages import GIVE_UP_AFTER
from tests.integration.assembled import Assembled, assembled

DOWN = TemporarilyUnavailable(channel="whatsapp")


@pytest.fixture
async def it(database_url: str) -> AsyncIterator[Assembled]:
    async with assembled(database_url) as made:
        yield made


async def to_say(it: Assembled, *texts: str) -> UUID:
    """Answers to what was just heard (R17)."""
    conversation = await it.hears()
    heard = await it.last_heard(conversation)
    async with it.transactions() as work:
        drafts = [Draft(uuid4(), Author.ASSISTANT, text, in_reply_to=(heard.id,)) for text in texts]
        await work.conversations.add_outbound(conversation, drafts, now=it.clock.now())
        await work.commit()
    return conversation


def statuses(it: Assembled) -> Sequence[object]:
    return [row["status"] for row in it.rows("select status from messages where direction = 'out' order by seq")]


async def test_messages_go_out_in_their_order_with_the_exact_text_and_the_providers_id(it: Assembled) -> None:
    conversation = await to_say(it, "um", "dois")

    assert await it.deliver(conversation) is None
    assert it.channel.texts == ["um", "dois"]
    stored = it.rows("select text, provider_id, status from messages where direction = 'out' order by seq")
    assert [(r["text"], r["provider_id"], r["status"]) for r in stored] == [
        ("um", "fake-1", "sent"),
        ("dois", "fake-2", "sent"),
    ]


async def test_delivering_twice_sends_once(it: Assembled) -> None:
    conversation = await to_say(it, "um")

    await it.deliver(conversation)
    await it.deliver(conversation)

    assert it.channel.texts == ["um"]


async def test_a_provider_that_is_away_is_tried_again_later_and_nothing_overtakes(it: Assembled) -> None:
    conversation = await to_say(it, "um", "dois")
    it.channel.fail_next(DOWN)

    pause = await it.deliver(conversation)
    assert pause is not None
    assert pause > timedelta(0)
    assert statuses(it) == ["pending", "pending"]

    still = await it.deliver(conversation)
    assert still is not None, "the pause is kept by whoever calls"
    assert it.channel.texts == []

    it.clock.goes_on(pause)
    assert await it.deliver(conversation) is None
    assert it.channel.texts == ["um", "dois"]


async def test_the_pause_grows_and_what_the_provider_asks_for_is_kept(it: Assembled) -> None:
    conversation = await to_say(it, "um")
    pauses = []
    for _ in range(3):
        it.channel.fail_next(DOWN)
        pause = await it.deliver(conversation)
        assert pause is not None
        pauses.append(pause)
        it.clock.goes_on(pause)
    assert pauses == sorted(set(pauses))

    it.channel._planned.clear()
    it.channel.fail_next(TemporarilyUnavailable(retry_after=timedelta(seconds=77)))
    assert await it.deliver(conversation) == timedelta(seconds=77)


async def test_after_a_day_an_answer_is_given_up_and_the_next_one_goes_on(it: Assembled) -> None:
    conversation = await to_say(it, "um", "dois")
    it.clock.goes_on(GIVE_UP_AFTER + timedelta(minutes=1))
    it.channel.fail_next(DOWN)

    assert await it.deliver(conversation) == timedelta(0)
    await it.deliver(conversation)

    assert statuses(it) == ["failed", "sent"]


async def test_what_the_provider_took_before_its_answer_was_lost_is_not_sent_again(it: Assembled) -> None:
    conversation = await to_say(it, "um")
    it.channel.fail_next(DOWN, accepted=True)

    pause = await it.deliver(conversation)
    assert pause is not None
    it.clock.goes_on(pause)
    await it.deliver(conversation)

    assert it.channel.texts == ["um"]
    assert it.rows("select provider_id from messages where direction = 'out'") == [{"provider_id": "fake-1"}]


@pytest.mark.parametrize("arrived", [True, False])
async def test_after_a_crash_amid_sending_the_provider_is_asked_first(it: Assembled, arrived: bool) -> None:
    conversation = await to_say(it, "um")
    message = it.rows("select id from messages where direction = 'out'")[0]["id"]
    assert isinstance(message, UUID)
    if arrived:
        it.channel.fail_next(DOWN, accepted=True)
        await it.deliver(conversation)
    async with it.transactions() as work:
        await work.conversations.mark_sending(message, now=it.clock.now())
        await work.conversations.mark_unsent(message, Status.SENDING)
        await work.commit()

    await it.deliver(conversation)

    assert it.channel.texts == ["um"]
    assert statuses(it) == ["sent"]


async def test_the_same_text_sent_before_is_not_taken_for_the_one_that_was_lost(it: Assembled) -> None:
    conversation = await to_say(it, "um", "um")
    await it.deliver(conversation)
    assert it.channel.texts == ["um", "um"]

    await to_say(it, "um")
    it.channel.fail_next(DOWN)
    pause = await it.deliver(conversation)
    assert pause is not None
    it.clock.goes_on(pause)
    await it.deliver(conversation)

    assert it.channel.texts == ["um", "um", "um"]


async def test_who_cannot_be_reached_is_marked_and_not_tried_again(it: Assembled) -> None:
    it.knows()
    conversation = await to_say(it, "um")
    it.channel.fail_next(Unreachable(channel="whatsapp"))

    await it.deliver(conversation)

    assert statuses(it) == ["failed"]
    assert it.rows("select state from contacts") == [{"state": "unreachable"}]
    assert await it.deliver(conversation) is None


async def test_what_the_provider_refuses_fails_and_the_next_one_goes_on(it: Assembled) -> None:
    conversation = await to_say(it, "um", "dois")
    it.channel.fail_next(Rejected(channel="whatsapp", detail="x"))

    await it.deliver(conversation)

    assert statuses(it) == ["failed", "sent"]
    assert it.rows("select error ->> 'code' as code from messages where status = 'failed'") == [
        {"code": "channel_rejected"}
    ]


@pytest.mark.parametrize(
    ("text", "rule"), [("sua dívida", "R10"), ("são R$ 5,00", "R10"), ("52998224725", "R48"), ("caloteiro", "R1")]
)
async def test_what_the_door_refuses_is_stored_with_its_rule_and_blocks_nothing(
    it: Assembled, text: str, rule: str
) -> None:
    conversation = await to_say(it, text, "dois")

    assert await it.deliver(conversation) is None

    assert it.channel.texts == ["dois"]
    assert statuses(it) == ["refused", "sent"]
    assert it.rows("select refused_rule from messages where status = 'refused'") == [{"refused_rule": rule}]


async def test_a_report_never_moves_a_message_back(it: Assembled) -> None:
    conversation = await to_say(it, "um")
    await it.deliver(conversation)

    for reported, status in (
        (Status.DELIVERED, "delivered"),
        (Status.SENT, "delivered"),
        (Status.FAILED, "delivered"),
        (Status.READ, "read"),
        (Status.DELIVERED, "read"),
    ):
        event = DeliveryEvent(ChannelKind.WHATSAPP, "fake-1", reported, it.clock.now())
        assert await it.record_delivery(event)
        assert statuses(it) == [status]
    assert it.rows("select count(*) as n from delivery_events") == [{"n": 5}]


async def test_a_report_quicker_than_our_note_is_not_undone(it: Assembled) -> None:
    conversation = await to_say(it, "um")
    await it.deliver(conversation)
    message = it.rows("select id from messages where direction = 'out'")[0]["id"]
    assert isinstance(message, UUID)
    await it.record_delivery(DeliveryEvent(ChannelKind.WHATSAPP, "fake-1", Status.READ, it.clock.now()))

    async with it.transactions() as work:
        await work.conversations.mark_sent(message, provider_id="fake-1", text="um")
        await work.commit()

    assert statuses(it) == ["read"]


async def test_a_report_of_an_unreachable_address_marks_the_contact(it: Assembled) -> None:
    it.knows()
    conversation = await to_say(it, "um")
    await it.deliver(conversation)

    await it.record_delivery(
        DeliveryEvent(ChannelKind.WHATSAPP, "fake-1", Status.FAILED, it.clock.now(), code="63024", unreachable=True)
    )

    assert statuses(it) == ["failed"]
    assert it.rows("select state from contacts") == [{"state": "unreachable"}]
