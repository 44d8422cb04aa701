"""The contract of `bot.ports.Channel`, on the fake and on the real adapters against the providers' stand-ins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram import TelegramChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.domain.errors import Rejected, TemporarilyUnavailable, Unreachable
from bot.domain.messages import ChannelKind, InboundKind, InboundMessage, Media, Option, OutboundMessage
from bot.ports import Channel
from tests.fakes import FakeChannel, an_inbound
from tests.standins import telegram_updates as updates
from tests.standins.telegram import SECRET, TOKEN, TelegramStandIn
from tests.standins.telegram_updates import CHAT_ID
from tests.standins.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioStandIn, sign, text

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
MESSAGE_ID = UUID("0b6f7a52-3c1d-4e7f-9a88-5d2f1c3b4a59")
URL = "https://trato.example/webhooks/it"
WAIT = timedelta(seconds=7)
TIMEOUT = 0.5
TELEGRAM = TelegramChannel(TOKEN, SECRET)  # for parsing only
WHATSAPP = WhatsAppChannel(ACCOUNT_SID, AUTH_TOKEN, SENDER)

type Webhook = tuple[dict[str, str], bytes]


class Rig(Protocol):
    """A channel, and the ways to make its provider misbehave."""

    channel: Channel
    address: str

    def limit_rate(self) -> None: ...
    def block(self) -> None: ...
    def refuse(self) -> None: ...
    def hang_up_after_accepting(self) -> None: ...
    def hang(self) -> None: ...
    def break_down(self) -> None: ...
    def accepted_texts(self) -> list[str]: ...
    def webhook(self, words: str) -> Webhook: ...
    def keep_file(self, content: bytes) -> Media: ...


class FakeRig:
    def __init__(self) -> None:
        self.fake = FakeChannel()
        self.channel: Channel = self.fake
        self.address = "+5511988887777"

    def limit_rate(self) -> None:
        self.fake.fail_next(TemporarilyUnavailable(retry_after=WAIT))

    def block(self) -> None:
        self.fake.fail_next(Unreachable())

    def refuse(self) -> None:
        self.fake.fail_next(Rejected())

    def hang_up_after_accepting(self) -> None:
        self.fake.fail_next(TemporarilyUnavailable(), accepted=True)

    def hang(self) -> None:
        self.fake.fail_next(TemporarilyUnavailable(), accepted=True)

    def break_down(self) -> None:
        self.fake.fail_next(TemporarilyUnavailable())

    def accepted_texts(self) -> list[str]:
        return self.fake.texts

    def webhook(self, words: str) -> Webhook:
        body = json.dumps({"id": "in-1", "from": self.address, "text": words}).encode()
        return {"x-fake-secret": FakeChannel.SECRET}, body

    def keep_file(self, content: bytes) -> Media:
        self.fake.files["file"] = content
        return Media("file", "image/jpeg")


class WhatsAppRig:
    def __init__(self, standin: TwilioStandIn) -> None:
        self.standin = standin
        self.channel: Channel = WhatsAppChannel(
            ACCOUNT_SID, AUTH_TOKEN, SENDER.removeprefix("whatsapp:"), api_base_url=standin.base_url, timeout=TIMEOUT
        )
        self.address = "whatsapp:+5511988887777"

    def limit_rate(self) -> None:
        self.standin.fail_next(status=429, retry_after=7)

    def block(self) -> None:
        self.standin.fail_next(status=400, code=63024)

    def refuse(self) -> None:
        self.standin.fail_next(status=400, code=63016)

    def hang_up_after_accepting(self) -> None:
        self.standin.fail_next(drop=True)

    def hang(self) -> None:
        self.standin.fail_next(delay=TIMEOUT * 3)

    def break_down(self) -> None:
        self.standin.fail_next(status=503)

    def accepted_texts(self) -> list[str]:
        return self.standin.texts_to("+5511988887777")

    def webhook(self, words: str) -> Webhook:
        form = text(words)
        return {"x-twilio-signature": sign(URL, form)}, urlencode(form).encode()

    def keep_file(self, content: bytes) -> Media:
        return Media(self.standin.add_media(content, "image/jpeg"), "image/jpeg")


class TelegramRig:
    def __init__(self, standin: TelegramStandIn) -> None:
        self.standin = standin
        self.channel: Channel = TelegramChannel(TOKEN, SECRET, api_base_url=standin.base_url, timeout=TIMEOUT)
        self.address = str(CHAT_ID)

    def limit_rate(self) -> None:
        self.standin.fail_next(status=429, retry_after=7)

    def block(self) -> None:
        self.standin.blocked.add(CHAT_ID)

    def refuse(self) -> None:
        self.standin.fail_next(status=400)

    def hang_up_after_accepting(self) -> None:
        self.standin.fail_next(drop=True)

    def hang(self) -> None:
        self.standin.fail_next(delay=TIMEOUT * 3)

    def break_down(self) -> None:
        self.standin.fail_next(status=502)

    def accepted_texts(self) -> list[str]:
        return self.standin.texts_to(CHAT_ID)

    def webhook(self, words: str) -> Webhook:
        return {"x-telegram-bot-api-secret-token": SECRET}, json.dumps(updates.text(words)).encode()

    def keep_file(self, content: bytes) -> Media:
        self.standin.files["file"] = content
        return Media("telegram:file", "image/jpeg")


@pytest.fixture(scope="module")
def standins() -> Iterator[tuple[TwilioStandIn, TelegramStandIn]]:
    with ExitStack() as stack:
        yield stack.enter_context(TwilioStandIn()), stack.enter_context(TelegramStandIn())


@pytest.fixture(params=["fake", "whatsapp", "telegram"])
def rig(request: pytest.FixtureRequest, standins: tuple[TwilioStandIn, TelegramStandIn]) -> Iterator[Rig]:
    twilio, telegram = standins
    for standin in standins:
        standin.reset()
    match request.param:
        case "fake":
            yield FakeRig()
        case "whatsapp":
            yield WhatsAppRig(twilio)
        case _:
            yield TelegramRig(telegram)
    assert [*twilio.violations, *telegram.violations] == []


def a_message(rig: Rig, words: str = "Olá, tudo bem?", **more: object) -> OutboundMessage:
    message = OutboundMessage(MESSAGE_ID, rig.channel.kind, rig.address, words, first_tried_at=None)
    return replace(message, **more)  # type: ignore[arg-type]


class TestSending:
    async def test_an_accepted_message_has_the_providers_id_and_the_text_that_went_out(self, rig: Rig) -> None:
        sent = await rig.channel.send(a_message(rig))

        assert sent.provider_id
        assert [sent.text] == rig.accepted_texts() == ["Olá, tudo bem?"]

    async def test_two_messages_have_two_ids(self, rig: Rig) -> None:
        first, second = [await rig.channel.send(a_message(rig)) for _ in range(2)]

        assert first.provider_id != second.provider_id

    async def test_options_reach_the_person(self, rig: Rig) -> None:
        options = (Option("Pagar à vista", "a"), Option("Parcelar", "b"))

        sent = await rig.channel.send(a_message(rig, options=options))

        if isinstance(rig, TelegramRig):
            [shown] = rig.standin.messages
            assert shown.buttons == {"Pagar à vista": f"{MESSAGE_ID}:1", "Parcelar": f"{MESSAGE_ID}:2"}
        else:
            assert sent.text == "Olá, tudo bem?\n\n1. Pagar à vista\n2. Parcelar"

    async def test_the_longest_text_goes_out_and_one_character_more_is_our_fault(self, rig: Rig) -> None:
        limit = rig.channel.text_limit

        await rig.channel.send(a_message(rig, "á" * limit))

        with pytest.raises(Rejected):
            await rig.channel.send(a_message(rig, "á" * (limit + 1)))
        assert len(rig.accepted_texts()) == 1

    async def test_an_empty_text_is_our_fault(self, rig: Rig) -> None:
        with pytest.raises(Rejected):
            await rig.channel.send(a_message(rig, " "))

    async def test_too_many_requests_say_when_to_come_back(self, rig: Rig) -> None:
        rig.limit_rate()

        with pytest.raises(TemporarilyUnavailable) as refused:
            await rig.channel.send(a_message(rig))

        assert refused.value.retry_after == WAIT

    async def test_a_person_who_blocked_us_is_unreachable(self, rig: Rig) -> None:
        rig.block()

        with pytest.raises(Unreachable):
            await rig.channel.send(a_message(rig))

    async def test_a_refused_message_is_our_fault(self, rig: Rig) -> None:
        rig.refuse()

        with pytest.raises(Rejected):
            await rig.channel.send(a_message(rig))

    async def test_a_broken_provider_is_tried_again_later_and_works_then(self, rig: Rig) -> None:
        rig.break_down()

        with pytest.raises(TemporarilyUnavailable):
            await rig.channel.send(a_message(rig))

        assert (await rig.channel.send(a_message(rig))).provider_id

    async def test_no_answer_in_time_is_tried_again_later(self, rig: Rig) -> None:
        rig.hang()

        with pytest.raises(TemporarilyUnavailable):
            await rig.channel.send(a_message(rig))

    async def test_a_provider_that_is_not_there_is_tried_again_later(self) -> None:
        nowhere = "http://127.0.0.1:9"
        for channel in (
            WhatsAppChannel(ACCOUNT_SID, AUTH_TOKEN, SENDER, api_base_url=nowhere, timeout=TIMEOUT),
            TelegramChannel(TOKEN, SECRET, api_base_url=nowhere, timeout=TIMEOUT),
        ):
            with pytest.raises(TemporarilyUnavailable):
                await channel.send(OutboundMessage(MESSAGE_ID, channel.kind, str(CHAT_ID), "oi"))


class TestFindingWhatWasSent:
    async def test_a_message_whose_answer_was_lost_is_found_where_the_provider_can_tell(self, rig: Rig) -> None:
        rig.hang_up_after_accepting()
        with pytest.raises(TemporarilyUnavailable):
            await rig.channel.send(a_message(rig))

        found = await rig.channel.find_sent(a_message(rig), known=[])

        assert len(rig.accepted_texts()) == 1
        if rig.channel.kind is ChannelKind.TELEGRAM:
            assert found is None
        else:
            assert found is not None
            assert found.text == "Olá, tudo bem?"

    async def test_an_earlier_message_with_the_same_text_is_not_taken_for_it(self, rig: Rig) -> None:
        earlier = await rig.channel.send(a_message(rig))

        assert await rig.channel.find_sent(a_message(rig), known=[earlier.provider_id]) is None

    async def test_another_text_or_another_address_is_not_taken_for_it(self, rig: Rig) -> None:
        await rig.channel.send(a_message(rig))
        other = rig.address.replace("7", "6")

        assert await rig.channel.find_sent(a_message(rig, "Até logo"), known=[]) is None
        assert await rig.channel.find_sent(a_message(rig, reply_address=other), known=[]) is None


class TestReceiving:
    def test_a_call_of_the_provider_is_authentic(self, rig: Rig) -> None:
        headers, body = rig.webhook("oi")

        assert rig.channel.authentic(url=URL, headers=headers, body=body)

    def test_header_names_may_be_in_any_case(self, rig: Rig) -> None:
        headers, body = rig.webhook("oi")

        assert rig.channel.authentic(url=URL, headers={k.title(): v for k, v in headers.items()}, body=body)

    def test_a_wrong_or_missing_proof_is_not(self, rig: Rig) -> None:
        headers, body = rig.webhook("oi")

        assert not rig.channel.authentic(url=URL, headers={}, body=body)
        assert not rig.channel.authentic(url=URL, headers=dict.fromkeys(headers, "wrong"), body=body)
        assert not rig.channel.authentic(url=URL, headers=dict.fromkeys(headers, ""), body=body)
        assert not rig.channel.authentic(url=URL, headers=dict.fromkeys(headers, "á😀"), body=body)

    def test_a_message_is_read_and_a_redelivery_has_the_same_key(self, rig: Rig) -> None:
        _, body = rig.webhook("Olá 😀")

        [first], [second] = (rig.channel.parse(body, received_at=NOW) for _ in range(2))

        assert (first.text, first.kind, first.channel) == ("Olá 😀", InboundKind.TEXT, rig.channel.kind)
        assert first.key == second.key

    def test_what_no_database_takes_is_left_out_of_a_text(self, rig: Rig) -> None:
        _, body = rig.webhook("a\x00b")

        [message] = rig.channel.parse(body, received_at=NOW)

        assert message.text == "ab"

    @given(body=st.binary(max_size=300))
    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_no_bytes_make_it_fail(self, rig: Rig, body: bytes) -> None:
        rig.channel.parse(body, received_at=NOW)
        rig.channel.parse_events(body, received_at=NOW)
        rig.channel.authentic(url=URL, headers={"X-Twilio-Signature": "x"}, body=body)

    async def test_an_acknowledgement_never_fails(self, rig: Rig) -> None:
        message = an_inbound(channel=rig.channel.kind, address=rig.address, at=NOW)
        unknown_press = replace(message, key="telegram:cb:1", provider_id="1")
        rig.break_down()

        await rig.channel.acknowledge(message)
        await rig.channel.acknowledge(unknown_press)

    async def test_a_file_that_came_in_can_be_fetched(self, rig: Rig) -> None:
        media = rig.keep_file(b"\xff\xd8 a receipt")

        assert await rig.channel.fetch_media(media) == b"\xff\xd8 a receipt"

    async def test_a_file_that_is_gone_is_not_tried_again(self, rig: Rig) -> None:
        media = rig.keep_file(b"x")

        with pytest.raises(Rejected):
            await rig.channel.fetch_media(replace(media, url=media.url + "-gone"))


def _json_values() -> st.SearchStrategy[object]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys(), inner, max_size=5))


def _keys() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            "update_id",
            "message",
            "edited_message",
            "callback_query",
            "chat",
            "from",
            "id",
            "type",
            "date",
            "text",
            "message_id",
            "data",
            "contact",
            "photo",
            "user_id",
            "phone_number",
            "reply_markup",
            "first_name",
            "is_bot",
        ]
    )


@given(update=_json_values())
@settings(max_examples=300, deadline=None)
def test_no_json_makes_telegram_fail(update: object) -> None:
    assert isinstance(TELEGRAM.parse(json.dumps(update).encode(), received_at=NOW), list)


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_no_mutation_of_a_real_update_makes_telegram_fail(data: st.DataObject) -> None:
    # given a real update with one value, anywhere, replaced
    update = data.draw(
        st.sampled_from([updates.text("oi"), updates.photo(), updates.contact("+5511988887777"), updates.button("a:1")])
    )
    node: dict[str, object] = json.loads(json.dumps(update))
    root = node
    while True:
        key = data.draw(st.sampled_from(sorted(node)))
        inner = node[key]
        if not isinstance(inner, dict) or data.draw(st.booleans()):
            node[key] = data.draw(_json_values())
            break
        node = inner

    # then
    for message in TELEGRAM.parse(json.dumps(root).encode(), received_at=NOW):
        _assert_storable(message)


@given(
    form=st.dictionaries(
        st.sampled_from(
            [
                "MessageSid",
                "From",
                "To",
                "Body",
                "NumMedia",
                "MediaUrl0",
                "MediaContentType0",
                "Latitude",
                "Longitude",
                "ButtonPayload",
                "ButtonText",
                "ListId",
                "MessageStatus",
                "ErrorCode",
                "ProfileName",
                "SmsStatus",
            ]
        ),
        st.text(max_size=20) | st.sampled_from(["whatsapp:+5511988887777", "SM1", "image/jpeg", "received", "sent"]),
    )
)
@settings(max_examples=300, deadline=None)
def test_no_form_makes_whatsapp_fail(form: dict[str, str]) -> None:
    body = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in form.items()}).encode()

    for message in WHATSAPP.parse(body, received_at=NOW):
        _assert_storable(message)
    WHATSAPP.parse_events(body, received_at=NOW)
    WHATSAPP.authentic(url=URL, headers={"X-Twilio-Signature": "x"}, body=body)


def _assert_storable(message: InboundMessage) -> None:
    """What PostgreSQL takes: UTF-8 without NUL."""
    words = [message.text, message.key, message.address, message.sender_name or "", message.payload or ""]
    words += [part for media in message.media for part in (media.url, media.content_type, media.file_name or "")]
    for word in words:
        assert "\x00" not in word
        word.encode()
    assert message.at.tzinfo is not None
    assert message.provider_id
