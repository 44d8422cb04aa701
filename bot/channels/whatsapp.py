"""WhatsApp over Twilio (Programmable Messaging API 2010-04-01). The only module that knows Twilio's client.

Webhook fields: https://www.twilio.com/docs/messaging/guides/webhook-request
Status callbacks: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException  # type: ignore[import-untyped]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from bot.channels.options import with_numbered_lines
from bot.channels.payloads import MEDIA_LIMIT_BYTES, clean, header, is_button_payload
from bot.channels.twilio_http import TwilioHttpClient, is_unreachable, translated
from bot.domain.errors import Rejected, TemporarilyUnavailable
from bot.domain.messages import (
    ChannelKind,
    DeliveryEvent,
    InboundKind,
    InboundMessage,
    Media,
    OutboundMessage,
    Sent,
    Status,
)
from bot.domain.phones import canonical_phone

PREFIX = "whatsapp:"
TWILIO_ROOT = "https://api.twilio.com"
TEXT_LIMIT = 1600  # characters of a Body; above it Twilio answers 21617
FIELDS_AT_MOST = 500  # of one form; Twilio sends about thirty
RECENT_MESSAGES = 50  # looked through when asking what Twilio already has
CLOCK_SLACK = timedelta(seconds=5)  # Twilio's seconds are truncated, and no two clocks agree

_STATUSES = {
    "accepted": Status.SENDING,
    "scheduled": Status.SENDING,
    "queued": Status.SENDING,
    "sending": Status.SENDING,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "failed": Status.FAILED,
    "undelivered": Status.FAILED,
    "canceled": Status.FAILED,
}
_VCARDS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_KINDS = {
    "image": InboundKind.IMAGE,
    "audio": InboundKind.AUDIO,
    "video": InboundKind.VIDEO,
    "application": InboundKind.DOCUMENT,
    "text": InboundKind.DOCUMENT,
}


class Form(dict[str, list[str]]):
    """A posted form. Twilio may repeat a field, and signs every value of it."""

    def getlist(self, name: str) -> list[str]:
        """What the request validator asks a multi-dict for."""
        return self.get(name, [])

    def first(self, name: str) -> str:
        """The first value, "" where there is none."""
        return next(iter(self.getlist(name)), "")


class WhatsAppChannel:
    """Fulfils `bot.ports.Channel`."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        from_number: str,
        *,
        api_base_url: str | None = None,
        status_callback_url: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        """Prepare the channel; nothing is called yet.

        Args:
            from_number: the sender's E.164 number, with or without "whatsapp:".
            api_base_url: another server's root, without "/2010-04-01"; None: Twilio's own.
            status_callback_url: where Twilio reports what becomes of a message, as the public sees it; None: nowhere.
            timeout: seconds for one call to Twilio.
        """
        self._root = (api_base_url or TWILIO_ROOT).rstrip("/")
        self._from = _prefixed(from_number)
        self._status_callback_url = status_callback_url
        self._auth = httpx.BasicAuth(account_sid, auth_token)
        self._validator = RequestValidator(auth_token)
        self._http = httpx.AsyncClient(timeout=timeout)
        # An environment of its own: TWILIO_REGION and TWILIO_EDGE must not redirect the product.
        self._client = Client(
            account_sid, auth_token, http_client=TwilioHttpClient(self._http), environment={"TWILIO_EDGE": ""}
        )
        self._client.api.base_url = self._root

    @property
    def kind(self) -> ChannelKind:
        return ChannelKind.WHATSAPP

    @property
    def text_limit(self) -> int:
        return TEXT_LIMIT

    async def aclose(self) -> None:
        """Close the connections to Twilio."""
        await self._http.aclose()

    def authentic(self, *, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        form = _form(body)
        signature = header(headers, "X-Twilio-Signature")
        if form is None or not signature:
            return False
        try:
            return bool(self._validator.validate(url, form, signature))
        except ValueError:  # the URL is none
            return False

    def parse(self, body: bytes, *, received_at: datetime) -> list[InboundMessage]:
        form = _form(body)
        if form is None or not form.first("From").startswith(PREFIX) or not _is_inbound(form):
            return []
        reply_address = form.first("From")
        number = reply_address.removeprefix(PREFIX)
        address = canonical_phone(number) or number
        if not re.fullmatch(r"\+[1-9][0-9]{5,14}", address, re.ASCII):
            return []
        sid = form.first("MessageSid") or form.first("SmsMessageSid")
        media = _media(form)
        text = clean(form.first("Body"))
        kind, payload = _kind(form, text, media)
        return [
            InboundMessage(
                channel=self.kind,
                provider_id=sid,
                key=f"{self.kind}:{sid}",
                address=address,
                reply_address=reply_address,
                at=received_at,
                kind=kind,
                text=text or clean(form.first("ButtonText") or form.first("ListTitle")),
                payload=payload,
                sender_name=clean(form.first("ProfileName")) or None,
                media=media,
            )
        ]

    def parse_events(self, body: bytes, *, received_at: datetime) -> list[DeliveryEvent]:
        form = _form(body)
        if form is None:
            return []
        sid = clean(form.first("MessageSid") or form.first("SmsSid"))
        status = _STATUSES.get((form.first("MessageStatus") or form.first("SmsStatus")).lower())
        if not sid or status is None:
            return []
        code = clean(form.first("ErrorCode")) or None
        detail = clean(form.first("ErrorMessage") or form.first("ChannelStatusMessage")) or None
        return [
            DeliveryEvent(
                channel=self.kind,
                provider_id=sid,
                status=status,
                at=received_at,
                code=code,
                detail=detail,
                unreachable=status is Status.FAILED and is_unreachable(code),
            )
        ]

    async def send(self, message: OutboundMessage) -> Sent:
        text = with_numbered_lines(message.text, message.options)
        if not text.strip() or len(text) > TEXT_LIMIT:
            raise Rejected(channel=self.kind, detail="text_length", length=len(text))
        extra = {"status_callback": self._status_callback_url} if self._status_callback_url else {}
        try:
            accepted = await self._client.messages.create_async(
                to=_prefixed(message.reply_address), from_=self._from, body=text, **extra
            )
        except (TwilioRestException, TwilioServiceException) as error:
            raise translated(error, channel=self.kind) from error
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            # Accepted perhaps, with an answer that can't be read; find_sent will tell.
            raise TemporarilyUnavailable(channel=self.kind, detail="unreadable_answer") from error
        if not accepted.sid:
            raise TemporarilyUnavailable(channel=self.kind, detail="unreadable_answer")
        return Sent(accepted.sid, text)

    async def find_sent(self, message: OutboundMessage, *, known: Collection[str] | None = None) -> Sent | None:
        """Look for the message among Twilio's newest to this address.

        With `known` the ids decide, which no clock can mislead; without it, the time of the first try does.
        """
        text = with_numbered_lines(message.text, message.options)
        to = _prefixed(message.reply_address)
        try:
            recent = await self._client.messages.list_async(
                to=to, from_=self._from, limit=RECENT_MESSAGES, page_size=RECENT_MESSAGES
            )
        except (TwilioRestException, TwilioServiceException) as error:
            raise translated(error, channel=self.kind) from error
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            raise TemporarilyUnavailable(channel=self.kind, detail="unreadable_answer") from error
        for candidate in recent:
            if (candidate.to, candidate.from_, candidate.body) != (to, self._from, text):
                continue
            if known is not None:
                if candidate.sid not in known:
                    return Sent(candidate.sid, text)
            elif _since(candidate.date_created or candidate.date_sent, message.first_tried_at):
                return Sent(candidate.sid, text)
        return None

    async def acknowledge(self, message: InboundMessage) -> None:
        """Nothing: Twilio marks what its webhook took as read by itself."""

    async def fetch_media(self, media: Media) -> bytes:
        url = media.url
        if url.startswith(TWILIO_ROOT + "/"):
            url = self._root + url.removeprefix(TWILIO_ROOT)
        # The account's token goes to Twilio alone; httpx drops it on the redirect to the file's own host.
        if not url.startswith(self._root + "/"):
            raise Rejected(channel=self.kind, detail="foreign_media_url")
        try:
            async with self._http.stream("GET", url, auth=self._auth, follow_redirects=True) as response:
                if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
                    raise TemporarilyUnavailable(channel=self.kind, status=response.status_code)
                if not response.is_success:
                    raise Rejected(channel=self.kind, status=response.status_code)
                content = bytearray()
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > MEDIA_LIMIT_BYTES:
                        raise Rejected(channel=self.kind, detail="media_too_large")
        except httpx.InvalidURL as error:
            raise Rejected(channel=self.kind, detail="invalid_media_url") from error
        except httpx.HTTPError as error:
            raise TemporarilyUnavailable(channel=self.kind, detail=type(error).__name__) from error
        return bytes(content)


def _prefixed(number: str) -> str:
    return PREFIX + number.strip().removeprefix(PREFIX)


def _form(body: bytes) -> Form | None:
    """The posted form, or None where the body is none."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS_AT_MOST)
    except ValueError:
        return None
    form = Form()
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def _is_inbound(form: Form) -> bool:
    """Status callbacks carry a MessageStatus; inbound messages the word "received", or none."""
    sid = form.first("MessageSid") or form.first("SmsMessageSid")
    status = form.first("MessageStatus") or form.first("SmsStatus") or "received"
    return re.fullmatch(r"[A-Za-z0-9]{1,64}", sid, re.ASCII) is not None and status in ("received", "receiving")


def _media(form: Form) -> tuple[Media, ...]:
    """The files that came along. What NumMedia says is not needed: the fields are numbered without a gap."""
    media: list[Media] = []
    while url := form.first(f"MediaUrl{len(media)}"):
        content_type = form.first(f"MediaContentType{len(media)}") or "application/octet-stream"
        media.append(Media(url=clean(url), content_type=clean(content_type).lower()))
    return tuple(media)


def _kind(form: Form, text: str, media: tuple[Media, ...]) -> tuple[InboundKind, str | None]:
    """What arrived, and the payload where it is one of our buttons.

    A button of an approved template has a payload of its own; its words then count as if they were typed.
    """
    payload = form.first("ButtonPayload") or form.first("ListId")
    if payload and is_button_payload(payload):
        return InboundKind.BUTTON, payload
    if media:
        return _media_kind(media[0].content_type), None
    if form.first("Latitude") and form.first("Longitude"):
        return InboundKind.LOCATION, None
    words = text or (payload and (form.first("ButtonText") or form.first("ListTitle")))
    return (InboundKind.TEXT if words.strip() else InboundKind.OTHER), None


def _media_kind(content_type: str) -> InboundKind:
    mime = content_type.partition(";")[0].strip()
    if mime in _VCARDS:
        return InboundKind.OTHER
    if mime == "image/webp":  # WhatsApp's stickers; its photos are JPEG
        return InboundKind.STICKER
    return _KINDS.get(mime.partition("/")[0], InboundKind.OTHER)


def _since(created: datetime | None, first_tried_at: datetime | None) -> bool:
    if created is None or first_tried_at is None:
        return first_tried_at is None
    return created >= first_tried_at - CLOCK_SLACK
