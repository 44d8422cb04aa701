"""What each provider posts, as recorded after its documentation, and what the adapters make of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.telegram import TelegramChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.domain.messages import InboundKind, InboundMessage, Media, Status
from tests.standins import specs, telegram, telegram_updates, twilio

PAYLOADS = Path(__file__).parent / "payloads"
RECEIVED_AT = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
BUTTON = "0b6f7a52-3c1d-4e7f-9a88-5d2f1c3b4a59"


def a_whatsapp_channel() -> WhatsAppChannel:
    return WhatsAppChannel(twilio.ACCOUNT_SID, twilio.AUTH_TOKEN, twilio.SENDER)


def a_telegram_channel() -> TelegramChannel:
    return TelegramChannel(telegram.TOKEN, telegram.SECRET)


def whatsapp(name: str) -> list[InboundMessage]:
    body = (PAYLOADS / "whatsapp" / f"{name}.form").read_bytes().strip()
    return a_whatsapp_channel().parse(body, received_at=RECEIVED_AT)


def from_telegram(name: str) -> list[InboundMessage]:
    body = (PAYLOADS / "telegram" / f"{name}.json").read_bytes()
    return a_telegram_channel().parse(body, received_at=RECEIVED_AT)


class TestWhatsApp:
    @pytest.mark.parametrize(
        ("name", "kind", "text", "payload"),
        [
            ("text", InboundKind.TEXT, "Olá! Quero pagar minha conta 😀 & já", None),
            ("button", InboundKind.BUTTON, "Não, obrigado", f"{BUTTON}:2"),
            ("list_choice", InboundKind.BUTTON, "Pagar à vista", f"{BUTTON}:1"),
            ("template_button", InboundKind.TEXT, "Parar mensagens", None),
            ("button_without_words", InboundKind.OTHER, "", None),
            ("image_with_text", InboundKind.IMAGE, "segue o comprovante", None),
            ("document", InboundKind.DOCUMENT, "", None),
            ("audio", InboundKind.AUDIO, "", None),
            ("video", InboundKind.VIDEO, "", None),
            ("sticker", InboundKind.STICKER, "", None),
            ("contact_card", InboundKind.OTHER, "", None),
            ("location", InboundKind.LOCATION, "", None),
            ("empty", InboundKind.OTHER, "", None),
        ],
    )
    def test_each_payload_has_its_kind(self, name: str, kind: InboundKind, text: str, payload: str | None) -> None:
        [message] = whatsapp(name)

        assert (message.kind, message.text, message.payload) == (kind, text, payload)

    def test_a_message_carries_who_when_and_an_id_that_stays(self) -> None:
        [message] = whatsapp("text")

        assert message.provider_id.startswith("SM")
        assert message.key == f"whatsapp:{message.provider_id}"
        assert message.address == "+5511988887777"
        assert message.reply_address == "whatsapp:+5511988887777"
        assert message.sender_name == "Maria d'Ávila"
        assert message.at == RECEIVED_AT

    def test_a_mobile_without_the_ninth_digit_is_the_same_person_and_is_answered_as_it_wrote(self) -> None:
        [message] = whatsapp("text_without_ninth_digit")

        assert message.address == "+5511988887777"
        assert message.reply_address == "whatsapp:+551188887777"

    def test_a_foreign_number_keeps_its_own_form(self) -> None:
        [message] = whatsapp("text_foreign_number")

        assert message.address == "+34612345678"

    def test_every_file_of_a_message_is_kept(self) -> None:
        [message] = whatsapp("two_images")

        assert [media.content_type for media in message.media] == ["image/jpeg", "image/png"]
        assert all(media.url.startswith("https://api.twilio.com/") for media in message.media)

    def test_a_text_message_of_the_phone_network_is_no_whatsapp_message(self) -> None:
        assert whatsapp("sms") == []

    @pytest.mark.parametrize(
        ("name", "status", "code", "unreachable"),
        [
            ("queued", Status.SENDING, None, False),
            ("sending", Status.SENDING, None, False),
            ("sent", Status.SENT, None, False),
            ("delivered", Status.DELIVERED, None, False),
            ("read", Status.READ, None, False),
            ("undelivered", Status.FAILED, "63024", True),
            ("failed", Status.FAILED, "63016", False),
        ],
    )
    def test_each_status_callback_is_an_event_and_no_message(
        self, name: str, status: Status, code: str | None, unreachable: bool
    ) -> None:
        body = (PAYLOADS / "whatsapp" / f"status_{name}.form").read_bytes().strip()

        [event] = a_whatsapp_channel().parse_events(body, received_at=RECEIVED_AT)

        assert (event.status, event.code, event.unreachable) == (status, code, unreachable)
        assert event.provider_id == "SM" + "f" * 32
        assert a_whatsapp_channel().parse(body, received_at=RECEIVED_AT) == []

    def test_a_status_unheard_of_is_no_event(self) -> None:
        body = (PAYLOADS / "whatsapp" / "status_unheard_of.form").read_bytes().strip()

        assert a_whatsapp_channel().parse_events(body, received_at=RECEIVED_AT) == []


class TestTelegram:
    @pytest.mark.parametrize(
        ("name", "kind", "text", "payload"),
        [
            ("text", InboundKind.TEXT, "Olá! Quero pagar minha conta 😀", None),
            ("command", InboundKind.TEXT, "/parar", None),
            ("start", InboundKind.START, "/start", ""),
            ("start_with_token", InboundKind.START, "/start Zx9_-abc123", "Zx9_-abc123"),
            ("start_with_foreign_token", InboundKind.START, "/start não é um token", ""),
            ("button", InboundKind.BUTTON, "Aceito", f"{BUTTON}:1"),
            ("button_of_an_old_message", InboundKind.BUTTON, "", f"{BUTTON}:1"),
            ("button_malformed", InboundKind.OTHER, "Sim", None),
            ("photo", InboundKind.IMAGE, "segue o comprovante", None),
            ("document", InboundKind.DOCUMENT, "", None),
            ("voice", InboundKind.AUDIO, "", None),
            ("video", InboundKind.VIDEO, "", None),
            ("sticker", InboundKind.STICKER, "", None),
            ("location", InboundKind.LOCATION, "", None),
            ("edited", InboundKind.EDITED, "pago dia 15", None),
            ("dice", InboundKind.OTHER, "", None),
            ("kind_of_the_future", InboundKind.OTHER, "", None),
            ("unreadable", InboundKind.OTHER, "", None),
        ],
    )
    def test_each_update_has_its_kind(self, name: str, kind: InboundKind, text: str, payload: str | None) -> None:
        [message] = from_telegram(name)

        assert (message.kind, message.text, message.payload) == (kind, text, payload)
        assert message.address == message.reply_address == str(telegram_updates.CHAT_ID)

    @pytest.mark.parametrize("name", ["group", "channel_post", "button_in_group", "blocked", "update_of_the_future"])
    def test_what_is_not_one_to_one_is_no_message(self, name: str) -> None:
        assert from_telegram(name) == []

    def test_a_message_carries_who_when_and_an_id_that_stays(self) -> None:
        [message] = from_telegram("text")

        assert message.key == f"telegram:{message.address}:{message.provider_id}"
        assert message.at == datetime.fromtimestamp(1_795_000_000, UTC)
        assert message.sender_name == "Maria"

    def test_a_button_is_known_by_the_id_of_its_press(self) -> None:
        [message] = from_telegram("button")

        assert message.provider_id == "4000000000000000001"
        assert message.key == "telegram:cb:4000000000000000001"

    def test_an_edit_has_a_key_of_its_own_and_the_time_of_the_edit(self) -> None:
        [message] = from_telegram("edited")

        assert message.key.startswith(f"telegram:{message.address}:{message.provider_id}:edit:")
        assert message.at == datetime.fromtimestamp(1_795_000_030, UTC)

    @pytest.mark.parametrize(
        ("name", "phone"),
        [
            ("contact_own", "+5511988887777"),
            ("contact_of_another", None),
            ("contact_card", None),
            ("contact_own_forwarded", None),
        ],
    )
    def test_only_the_persons_own_phone_proves_anything(self, name: str, phone: str | None) -> None:
        [message] = from_telegram(name)

        assert (message.kind, message.shared_phone) == (InboundKind.CONTACT, phone)

    def test_the_largest_photo_is_kept(self) -> None:
        [message] = from_telegram("photo")

        assert message.media == (Media("telegram:AgACAgEAAxkBAAI", "image/jpeg", None, 85_000),)

    def test_the_recorded_updates_are_what_telegram_describes(self) -> None:
        spec = specs.telegram()
        if spec is None:
            pytest.skip("Telegram's description is not here")
        invented = {"kind_of_the_future", "unreadable", "update_of_the_future"}

        for path in sorted((PAYLOADS / "telegram").glob("*.json")):
            if path.stem not in invented:
                assert spec.check_value(json.loads(path.read_text(encoding="utf-8")), "Update") == [], path.stem


def test_every_recorded_payload_is_tested() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    for path in PAYLOADS.rglob("*.*"):
        assert f'"{path.stem.removeprefix("status_")}"' in source or f'"{path.stem}.' in source, path.name
