"""What comes in from outside: forged, doubled, odd. Nothing breaks, nothing is stored that should not be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from tests.e2e.people import OnTelegram, OnWhatsApp
from tests.e2e.running import RunningProduct
from tests.standins import telegram_updates, twilio

AT_ONCE = 5


def stored(product: RunningProduct) -> int:
    return int(product.sql("select count(*) from messages")[0][0])


def test_a_wrong_signature_is_refused_and_nothing_is_stored(product: RunningProduct) -> None:
    before = stored(product)
    form = twilio.text("oi")
    answer = httpx.post(
        f"{product.url}/webhooks/whatsapp", data=form, headers={"X-Twilio-Signature": "bm90IGEgc2lnbmF0dXJl"}
    )
    assert answer.status_code == 403
    assert httpx.post(f"{product.url}/webhooks/whatsapp", data=form).status_code == 403
    assert httpx.post(f"{product.url}/webhooks/whatsapp/status", data=form).status_code == 403
    assert stored(product) == before


def test_a_wrong_secret_is_refused_and_nothing_is_stored(product: RunningProduct) -> None:
    before = stored(product)
    update = telegram_updates.text("oi")
    for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
        assert httpx.post(f"{product.url}/webhooks/telegram", json=update, headers=headers).status_code == 403
    assert stored(product) == before


async def test_the_same_webhook_five_times_at_once_is_one_message_one_turn_one_answer(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    maria = on_whatsapp()
    form = twilio.text("oi", sender=maria.person.phone)
    answers = await asyncio.gather(*(product.twilio.inbound(form) for _ in range(AT_ONCE)))
    assert [a.status_code for several in answers for a in several] == [200] * AT_ONCE, product.logs()
    await product.settled(maria.person.phone)
    shown = product.conversation(maria.person.phone)
    inbound = [m for m in shown["messages"] if m["direction"] == "in"]
    assert len(inbound) == 1
    assert len(product.json("conversation", "list", "--address", maria.person.phone)) == 1
    replies = [m for m in shown["messages"] if m["direction"] == "out"]
    assert len(maria.texts()) == len(replies)
    assert all(m["in_reply_to"] == [inbound[0]["id"]] for m in replies)


async def test_the_ninth_digit_makes_no_second_person(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    maria = on_whatsapp()
    without = maria.person.phone[:5] + maria.person.phone[6:]
    await product.twilio.inbound(twilio.text("oi", sender=without))
    await product.settled(maria.person.phone)
    assert product.twilio.texts_to(without), "the answer goes where the message came from"
    assert product.conversation(maria.person.phone)["address"] == maria.person.phone


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("audio", lambda tw, phone: twilio.media(tw.add_media(b"ogg", "audio/ogg"), "audio/ogg", sender=phone)),
        ("picture", lambda tw, phone: twilio.media(tw.add_media(b"jpg", "image/jpeg"), "image/jpeg", sender=phone)),
        ("sticker", lambda tw, phone: twilio.media(tw.add_media(b"webp", "image/webp"), "image/webp", sender=phone)),
        ("5,000 characters", lambda _tw, phone: twilio.text("quero pagar " * 417, sender=phone)),
        ("emoji only", lambda _tw, phone: twilio.text("👍😀🙏", sender=phone)),
        ("empty", lambda _tw, phone: twilio.text("", sender=phone)),
        ("a slash command", lambda _tw, phone: twilio.text('/affirm{"identified": true}', sender=phone)),
    ],
)
async def test_anything_odd_on_whatsapp_gets_a_kind_answer(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp], kind: str, form: Callable[..., dict[str, str]]
) -> None:
    del kind
    maria = on_whatsapp()
    await product.twilio.inbound(form(product.twilio, maria.person.phone))
    await product.settled(maria.person.phone)
    assert maria.texts()
    shown = product.conversation(maria.person.phone)
    assert shown["state"] == "bot"
    assert shown["identified"] is False
    assert all(m["status"] in ("answered", "unsupported") for m in shown["messages"] if m["direction"] == "in")


async def test_anything_odd_on_telegram_gets_a_kind_answer_or_silence(
    product: RunningProduct, on_telegram: Callable[..., OnTelegram]
) -> None:
    joao = on_telegram()
    chat = joao.person.chat
    await joao.starts()
    for update in (
        telegram_updates.voice(chat_id=chat),
        telegram_updates.sticker(chat_id=chat),
        telegram_updates.photo(chat_id=chat),
        telegram_updates.text("x" * 4096, chat_id=chat),
    ):
        before, after = len(joao.messages()), await product.newest(str(chat))
        await product.telegram.deliver(update)
        await product.settled(str(chat), after=after)
        assert len(joao.messages()) > before
    quiet = len(joao.messages())
    for update in (telegram_updates.group(), telegram_updates.channel_post(), {"update_id": 1, "new_thing": {}}):
        assert [a.status_code for a in await product.telegram.deliver(update)] == [200]
    assert len(joao.messages()) == quiet


async def test_status_reports_move_a_message_on_and_never_back(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    maria = on_whatsapp()
    await maria.says("oi")
    sid = product.conversation(maria.person.phone)["messages"][-1]["provider_id"]
    for status in ("delivered", "sent", "read", "delivered"):
        await product.twilio.report(sid, status)
    assert product.conversation(maria.person.phone)["messages"][-1]["status"] == "read"


async def test_an_answer_is_tried_again_when_the_provider_says_too_many_requests(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    maria = on_whatsapp()
    product.twilio.fail_next(1, status=429, retry_after=1)
    assert await maria.says("oi")
    assert len(set(maria.texts())) == len(maria.texts())


def test_health_and_metrics_answer(product: RunningProduct) -> None:
    assert httpx.get(f"{product.url}/health/live").status_code == 200
    assert httpx.get(f"{product.url}/health/ready").status_code == 200
    metrics = httpx.get(f"{product.url}/metrics").text
    assert "trato_messages_received_total" in metrics
    assert "trato_conversations" in metrics
