"""Codes for unknown phones, over Twilio: by SMS, or by an approved WhatsApp template; never as free text there."""

from __future__ import annotations

import json

import httpx
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.rest import Client  # type: ignore[import-untyped]

from bot.channels.twilio_http import TwilioHttpClient, translated
from bot.channels.whatsapp import TWILIO_ROOT
from bot.domain.errors import TemporarilyUnavailable
from bot.domain.messages import ChannelKind
from bot.ports import Texts

PREFIX = "whatsapp:"


class TwilioCodes:
    """Fulfils `bot.ports.CodeSender`. With both ways set, the SMS is taken: it needs no app."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        sms_from: str | None,
        whatsapp_from: str,
        content_sid: str | None,
        texts: Texts,
        api_base_url: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._http = httpx.AsyncClient(timeout=timeout)
        self._client = Client(
            account_sid, auth_token, http_client=TwilioHttpClient(self._http), environment={"TWILIO_EDGE": ""}
        )
        self._client.api.base_url = (api_base_url or TWILIO_ROOT).rstrip("/")
        self._sms_from = sms_from
        self._whatsapp_from = f"{PREFIX}{whatsapp_from.removeprefix(PREFIX)}"
        self._content_sid = content_sid
        self._texts = texts

    async def send_code(self, phone: str, code: str) -> None:
        """Raises TemporarilyUnavailable, Unreachable, Rejected as a channel's `send` does."""
        if self._sms_from:
            fields = {"to": phone, "from_": self._sms_from, "body": self._texts("code_sms", digits=code)}
        else:
            fields = {
                "to": f"{PREFIX}{phone}",
                "from_": self._whatsapp_from,
                "content_sid": self._content_sid or "",
                "content_variables": json.dumps({"1": code}),
            }
        try:
            await self._client.messages.create_async(**fields)
        except (TwilioRestException, TwilioServiceException) as error:
            raise translated(error, channel=ChannelKind.WHATSAPP) from error
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            raise TemporarilyUnavailable(channel=ChannelKind.WHATSAPP, detail="unreadable_answer") from error
