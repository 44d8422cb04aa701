"""The stand-ins themselves: they refuse what the providers refuse, call back as they do, and see what is broken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl
from uuid import UUID

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram import TelegramChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.domain.errors import Rejected
from bot.domain.messages import ChannelKind, InboundKind, Option, OutboundMessage, Status
from tests.standins import specs
from tests.standins import telegram_updates as updates
from tests.standins.server import Failure, StandIn
from tests.standins.telegram import SECRET, TOKEN, TelegramStandIn
from tests.standins.telegram_updates import CHAT_ID
from tests.standins.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioStandIn, text

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
PUBLIC = "https://trato.example"
MESSAGE_ID = UUID("0b6f7a52-3c1d-4e7f-9a88-5d2f1c3b4a59")


class Product(StandIn):
    """A product that keeps what is posted to it; the first `refusals` posts get 503."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.refusals = 0
        super().__init__()

    def routes(self) -> list[Route]:
        return [Route("/{path:path}", self._post, methods=["POST"])]

    def error_response(self, failure: Failure) -> Response:
        return Response(status_code=failure.status or 500)

    async def _post(self, request: Request) -> Response:
        if self.refusals:
            self.refusals -= 1
            return Response(status_code=503)
        self.received.append((request.url.path, dict(request.headers), await request.body()))
        return Response()


@pytest.fixture
def product() -> Iterator[Product]:
    with Product() as product:
        yield product


@pytest.fixture
def twilio(product: Product) -> Iterator[TwilioStandIn]:
    with TwilioStandIn(product_url=product.base_url, public_url=PUBLIC) as standin:
        yield standin


@pytest.fixture
def telegram(product: Product) -> Iterator[TelegramStandIn]:
    with TelegramStandIn(product_url=product.base_url, public_url=PUBLIC) as standin:
        yield standin


def a_whatsapp_channel(twilio: TwilioStandIn, *, auth_token: str = AUTH_TOKEN) -> WhatsAppChannel:
    return WhatsAppChannel(
        ACCOUNT_SID,
        auth_token,
        SENDER,
        api_base_url=twilio.base_url,
        status_callback_url=f"{PUBLIC}/webhooks/whatsapp/status",
    )


def to_whatsapp(words: str = "oi") -> OutboundMessage:
    return OutboundMessage(MESSAGE_ID, ChannelKind.WHATSAPP, "whatsapp:+5511988887777", words)


class TestTwilio:
    async def test_wrong_credentials_are_refused_as_our_fault(self, twilio: TwilioStandIn) -> None:
        with pytest.raises(Rejected) as refused:
            await a_whatsapp_channel(twilio, auth_token="wrong").send(to_whatsapp())

        assert refused.value.facts["provider_code"] == 20003
        assert twilio.messages == []

    async def test_an_inbound_message_is_signed_over_the_public_url(
        self, twilio: TwilioStandIn, product: Product
    ) -> None:
        responses = await twilio.inbound(text("Olá & até já"), times=2)

        assert [response.status_code for response in responses] == [200, 200]
        (path, headers, body), again = product.received
        channel = a_whatsapp_channel(twilio)
        assert channel.authentic(url=PUBLIC + path, headers=headers, body=body)
        assert not channel.authentic(url=product.base_url + path, headers=headers, body=body)
        assert not channel.authentic(url=PUBLIC + path, headers=headers, body=body + b"&Body=mais")
        assert channel.parse(body, received_at=NOW) == channel.parse(again[2], received_at=NOW)

    async def test_a_product_that_was_down_gets_the_message_again(
        self, twilio: TwilioStandIn, product: Product
    ) -> None:
        product.refusals = 1

        [response] = await twilio.inbound(text("oi"), attempts=2)

        assert response.status_code == 200
        assert len(product.received) == 1

    async def test_statuses_are_called_back_by_themselves(self, twilio: TwilioStandIn, product: Product) -> None:
        twilio.auto_status("sent", "delivered", "read", pause=0.01)
        channel = a_whatsapp_channel(twilio)

        sent = await channel.send(to_whatsapp())
        await _until(lambda: len(product.received) == 3)

        events = [event for call in product.received for event in channel.parse_events(call[2], received_at=NOW)]
        assert [event.status for event in events] == [Status.SENT, Status.DELIVERED, Status.READ]
        assert {event.provider_id for event in events} == {sent.provider_id}
        path, headers, body = product.received[0]
        assert channel.authentic(url=PUBLIC + path, headers=headers, body=body)

    async def test_a_failure_of_one_address_is_called_back_with_its_code(
        self, twilio: TwilioStandIn, product: Product
    ) -> None:
        twilio.auto_status("undelivered", to="whatsapp:+5511988887777", error_code=63024, pause=0.01)

        await a_whatsapp_channel(twilio).send(to_whatsapp())
        await _until(lambda: bool(product.received))

        assert dict(parse_qsl(product.received[0][2].decode()))["ErrorCode"] == "63024"

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"To": "abc"}, 21211),
            ({"From": "whatsapp:+5511900000000"}, 63007),
            ({"Body": ""}, 21602),
            ({"Body": "x" * 1601}, 21617),
            ({"ContentVariables": "no JSON"}, 21656),
        ],
    )
    async def test_what_twilio_refuses_is_refused(
        self, twilio: TwilioStandIn, change: dict[str, str], code: int
    ) -> None:
        response = await _post_message(twilio, change)

        assert (response.status_code, response.json()["code"]) == (400, code)

    async def test_a_misspelt_field_is_seen(self, twilio: TwilioStandIn) -> None:
        _needs_descriptions()

        await _post_message(twilio, {"StatusCalback": "https://x.example"})

        assert "StatusCalback" in twilio.violations[0]

    async def test_a_value_that_the_description_forbids_is_seen(self, twilio: TwilioStandIn) -> None:
        _needs_descriptions()

        await _post_message(twilio, {"MessagingServiceSid": "no sid"})

        assert len(twilio.violations) == 1

    async def test_duplicates_are_counted(self, twilio: TwilioStandIn) -> None:
        channel = a_whatsapp_channel(twilio)
        for words in ("oi", "oi", "tchau"):
            await channel.send(to_whatsapp(words))

        assert twilio.duplicates() == [("whatsapp:+5511988887777", "oi")]

    async def test_it_is_steered_over_http_as_well(self, twilio: TwilioStandIn, product: Product) -> None:
        async with httpx.AsyncClient(base_url=twilio.base_url) as client:
            await client.post("/_inbound", json={"From": "+551188887777", "Body": "oi", "times": 2})
            await client.post("/_fail", json={"times": 1, "status": 429, "retry_after": 3})
            limited = await _post_message(twilio, {})
            calls = (await client.get("/_calls")).json()["calls"]

        assert len(product.received) == 2
        assert (limited.status_code, limited.headers["Retry-After"]) == (429, "3")
        assert len(calls) == 1


class TestTelegram:
    async def test_an_update_carries_the_secret_that_set_webhook_gave(
        self, telegram: TelegramStandIn, product: Product
    ) -> None:
        channel = TelegramChannel(TOKEN, "another_secret", api_base_url=telegram.base_url)
        await channel.set_webhook(f"{PUBLIC}/webhooks/telegram")

        await telegram.deliver(updates.start("token-1"), times=2)

        (_, headers, body), again = product.received
        assert channel.authentic(url="", headers=headers, body=body)
        assert not TelegramChannel(TOKEN, SECRET).authentic(url="", headers=headers, body=body)
        assert channel.parse(body, received_at=NOW) == channel.parse(again[2], received_at=NOW)
        assert telegram.allowed_updates is not None
        assert "callback_query" in telegram.allowed_updates

    async def test_a_shown_button_can_be_pressed_and_the_press_be_acknowledged(self, telegram: TelegramStandIn) -> None:
        channel = TelegramChannel(TOKEN, SECRET, api_base_url=telegram.base_url)
        options = (Option("Sim", "yes"), Option("Não", "no"))
        await channel.send(OutboundMessage(MESSAGE_ID, ChannelKind.TELEGRAM, str(CHAT_ID), "Tudo certo?", options))

        press = telegram.press(telegram.messages[0], "Não")
        telegram.queue(press)
        [message] = channel.parse(json.dumps(press).encode(), received_at=NOW)
        await channel.acknowledge(message)

        assert (message.kind, message.payload, message.text) == (InboundKind.BUTTON, f"{MESSAGE_ID}:2", "Não")
        assert telegram.answered_callbacks == [message.provider_id]
        assert telegram.violations == []

    async def test_the_contact_button_is_a_key_of_its_own(self, telegram: TelegramStandIn) -> None:
        channel = TelegramChannel(TOKEN, SECRET, api_base_url=telegram.base_url, contact_label="Enviar meu telefone")

        await channel.send(
            OutboundMessage(MESSAGE_ID, ChannelKind.TELEGRAM, str(CHAT_ID), "Quem fala?", ask_contact=True)
        )

        markup = telegram.messages[0].reply_markup
        assert markup is not None
        assert markup["keyboard"] == [[{"text": "Enviar meu telefone", "request_contact": True}]]
        assert markup["one_time_keyboard"] is True

    async def test_polling_confirms_what_was_taken_and_brings_the_rest_again_after_a_crash(self) -> None:
        with TelegramStandIn() as telegram:
            # given three updates taken, and a fourth in hand when the process dies
            channel = TelegramChannel(TOKEN, None, api_base_url=telegram.base_url, mode="polling")
            for words in ("um", "dois", "três"):
                telegram.queue(updates.text(words))
            polled = channel.poll()
            taken = [await _next_text(channel, polled) for _ in range(3)]
            telegram.queue(updates.text("quatro"))
            taken.append(await _next_text(channel, polled))

            # when another process polls, over a fault of the network
            telegram.fail_next(status=502, path="getUpdates")
            again = await _next_text(channel, channel.poll())

            # then
            assert taken == ["um", "dois", "três", "quatro"]
            assert again == "quatro"
            assert telegram.violations == []

    @pytest.mark.parametrize(
        ("method", "fields"),
        [
            ("sendMessage", {"chat_id": "1", "txt": "oi"}),
            ("sendMessage", {"chat_id": "1"}),
            ("sendMessage", {"chat_id": "1", "text": "oi", "reply_markup": '{"inline_keyboard": [{"text": "x"}]}'}),
            ("sendMessage", {"chat_id": "1", "text": "oi", "disable_notification": "maybe"}),
            ("sendMesage", {}),
        ],
    )
    async def test_a_call_that_the_description_forbids_is_refused_and_seen(
        self, telegram: TelegramStandIn, method: str, fields: dict[str, str]
    ) -> None:
        _needs_descriptions()

        async with httpx.AsyncClient() as client:
            response = await client.post(f"{telegram.base_url}/bot{TOKEN}/{method}", data=fields)

        assert response.status_code == 400
        assert telegram.violations

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"text": " "}, "message text is empty"),
            ({"text": "x" * 4097}, "message is too long"),
            ({"chat_id": "9"}, "chat not found"),
            (
                {"reply_markup": json.dumps({"inline_keyboard": [[{"text": "x", "callback_data": "y" * 65}]]})},
                "BUTTON_DATA_INVALID",
            ),
        ],
    )
    async def test_what_telegram_refuses_is_refused(
        self, telegram: TelegramStandIn, change: dict[str, str], words: str
    ) -> None:
        telegram.unknown_chats.add(9)

        async with httpx.AsyncClient() as client:
            response = await client.post(
                f"{telegram.base_url}/bot{TOKEN}/sendMessage", data={"chat_id": "1", "text": "oi", **change}
            )

        assert response.status_code == 400
        assert words in response.json()["description"]


async def _post_message(twilio: TwilioStandIn, change: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(auth=(ACCOUNT_SID, AUTH_TOKEN)) as client:
        return await client.post(
            f"{twilio.base_url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
            data={"To": "whatsapp:+5511988887777", "From": SENDER, "Body": "oi", **change},
        )


async def _next_text(channel: TelegramChannel, polled: AsyncIterator[bytes]) -> str:
    [message] = channel.parse(await anext(polled), received_at=NOW)
    return message.text


async def _until(holds: Callable[[], bool], *, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  # the server runs in another thread
            await asyncio.sleep(0.01)


def _needs_descriptions() -> None:
    if specs.providers_folder() is None:
        pytest.skip("the providers' descriptions are not here")
