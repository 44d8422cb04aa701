"""Twilio's answers as errors of ours, and where its token may go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]

from bot.channels.twilio_http import is_unreachable, retry_after, translated
from bot.channels.whatsapp import WhatsAppChannel
from bot.domain.errors import ChannelError, Rejected, TemporarilyUnavailable, Unreachable
from bot.domain.messages import ChannelKind, Media


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (20429, TemporarilyUnavailable),
        (63018, TemporarilyUnavailable),
        (63038, TemporarilyUnavailable),
        (21211, Unreachable),
        (21610, Unreachable),
        (21614, Unreachable),
        (63003, Unreachable),
        (63024, Unreachable),
        (63032, Unreachable),
        (20003, Rejected),
        (21617, Rejected),
        (63007, Rejected),
        (63016, Rejected),
        (None, Rejected),
    ],
)
def test_each_code_says_whether_to_try_again_or_to_give_up(code: int | None, error: type[ChannelError]) -> None:
    refusal = TwilioRestException(400, "/Messages.json", "to +5511988887777", code)

    translation = translated(refusal, channel=ChannelKind.WHATSAPP)

    assert type(translation) is error
    assert "5511988887777" not in str(translation)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("0", timedelta()),
        ("1000000", timedelta(hours=1)),
        ("-1", None),
        ("nan", None),
        ("Wed, 18 Nov 2026 12:00:00 GMT", None),
        (None, None),
    ],
)
def test_the_wait_that_twilio_asks_for_is_in_seconds_and_bounded(value: str | None, wait: timedelta | None) -> None:
    assert retry_after(value) == wait


def test_a_code_in_a_status_callback_is_a_text() -> None:
    assert is_unreachable("63024")
    assert not is_unreachable("63016")
    assert not is_unreachable(None)
    assert not is_unreachable("²")


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/x", "file:///etc/passwd", "", "https://api.twilio.com.evil.example/x", "http://[", "x"],
)
async def test_the_accounts_token_goes_to_twilio_alone(url: str) -> None:
    channel = WhatsAppChannel("AC" + "0" * 32, "token", "+551140028922", api_base_url="http://127.0.0.1:9")

    with pytest.raises(Rejected):
        await channel.fetch_media(Media(url, "image/jpeg"))
