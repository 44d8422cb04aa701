"""Telegram over its Bot API (10.1). The only module that knows python-telegram-bot.

Source: https://core.telegram.org/bots/api
"""

from __future__ import annotations

import asyncio
import hmac
import json
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

import telegram
from telegram.constants import ChatAction
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest
from telegram.warnings import PTBUserWarning

from bot.channels.payloads import MEDIA_LIMIT_BYTES, header
from bot.channels.telegram_updates import read_update
from bot.domain.errors import ChannelError, Rejected, TemporarilyUnavailable, Unreachable
from bot.domain.messages import ChannelKind, DeliveryEvent, InboundMessage, Media, OutboundMessage, Sent

TELEGRAM_ROOT = "https://api.telegram.org"
TEXT_LIMIT = 4096
LONG_POLL_SECONDS = 25
LONGEST_PAUSE_SECONDS = 30.0
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found", "chat_id is empty")

# `Bot.get_updates` builds objects, and one update that the library can't read would stop all that follow it.
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'", category=PTBUserWarning)


class TelegramChannel:
    """Fulfils `bot.ports.Channel`."""

    def __init__(
        self,
        token: str,
        webhook_secret: str | None,
        *,
        api_base_url: str | None = None,
        mode: Literal["webhook", "polling"] = "webhook",
        contact_label: str = "📱",
        timeout: float = 10.0,
    ) -> None:
        """Prepare the channel; nothing is called yet.

        Args:
            webhook_secret: what Telegram repeats in each webhook call, 1-256 of A-Z a-z 0-9 _ -; None when polling.
            api_base_url: another server's root, without "/bot"; None: Telegram's own.
            contact_label: what the button that shares the phone says, in the person's language.
            timeout: seconds for one call to Telegram.
        """
        root = (api_base_url or TELEGRAM_ROOT).rstrip("/")
        self.mode = mode
        self._webhook_secret = webhook_secret
        self._contact_label = contact_label
        self._timeout = timeout
        self._requests = (_request(timeout, connections=64), _request(timeout, connections=4))
        self._bot = telegram.Bot(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )

    @property
    def kind(self) -> ChannelKind:
        return ChannelKind.TELEGRAM

    @property
    def text_limit(self) -> int:
        return TEXT_LIMIT

    async def aclose(self) -> None:
        """Close the connections to Telegram."""
        for request in self._requests:  # `Bot.shutdown` does it only after `Bot.initialize`, which calls getMe
            await request.shutdown()

    def authentic(self, *, url: str, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG002
        if not self._webhook_secret:
            return False
        given = header(headers, "X-Telegram-Bot-Api-Secret-Token")
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._webhook_secret.encode())

    def parse(self, body: bytes, *, received_at: datetime) -> list[InboundMessage]:
        return read_update(body, received_at=received_at)

    def parse_events(self, body: bytes, *, received_at: datetime) -> list[DeliveryEvent]:  # noqa: ARG002
        return []  # Telegram reports no deliveries

    async def send(self, message: OutboundMessage) -> Sent:
        if not message.text.strip() or len(message.text) > TEXT_LIMIT:
            raise Rejected(channel=self.kind, detail="text_length", length=len(message.text))
        sent = await self._call(
            self._bot.send_message(chat_id=message.reply_address, text=message.text, reply_markup=self._markup(message))
        )
        return Sent(str(sent.message_id), message.text)

    async def find_sent(
        self,
        message: OutboundMessage,  # noqa: ARG002
        *,
        known: Collection[str] | None = None,  # noqa: ARG002
    ) -> Sent | None:
        """Always None: Telegram shows a bot none of its own messages."""
        return None

    async def acknowledge(self, message: InboundMessage) -> None:
        """Stop a pressed button's spinner, and show that an answer is being typed."""
        if message.key.startswith("telegram:cb:"):
            with suppress(ChannelError):
                await self._call(self._bot.answer_callback_query(message.provider_id))
        with suppress(ChannelError):
            await self._call(self._bot.send_chat_action(message.reply_address, ChatAction.TYPING))

    async def fetch_media(self, media: Media) -> bytes:
        file_id = media.url.removeprefix("telegram:")
        if (media.size_bytes or 0) > MEDIA_LIMIT_BYTES:
            raise Rejected(channel=self.kind, detail="media_too_large")
        file = await self._call(self._bot.get_file(file_id))
        if (file.file_size or 0) > MEDIA_LIMIT_BYTES:
            raise Rejected(channel=self.kind, detail="media_too_large")
        return bytes(await self._call(file.download_as_bytearray()))

    async def set_webhook(self, url: str) -> None:
        """Tell Telegram where to post updates. Raises as `send` does."""
        await self._call(
            self._bot.set_webhook(url, secret_token=self._webhook_secret, allowed_updates=list(ALLOWED_UPDATES))
        )

    async def username(self) -> str:
        """The bot's own name, for deep links. Raises as `send` does."""
        return str((await self._call(self._bot.get_me())).username)

    async def poll(self, offset: int | None = None) -> AsyncIterator[bytes]:
        """Yield updates for ever, each as the webhook would bring it, for `parse`.

        An update counts as taken once the caller comes back for the next: Telegram repeats the others after a crash.
        Faults of the network are waited out.

        Raises:
            Rejected: the token is wrong.
        """
        await self._patiently(self._bot.delete_webhook)
        while True:
            for update in await self._patiently(partial(self._get_updates, offset)):
                yield json.dumps(update).encode()
                offset = int(update["update_id"]) + 1

    async def _get_updates(self, offset: int | None) -> list[dict[str, Any]]:
        """One long poll. Raw, so that polling and webhooks go through the same `parse`."""
        parameters: dict[str, Any] = {"timeout": LONG_POLL_SECONDS, "allowed_updates": list(ALLOWED_UPDATES)}
        if offset is not None:
            parameters["offset"] = offset
        updates: list[dict[str, Any]] = await self._bot.do_api_request(
            "getUpdates", api_kwargs=parameters, read_timeout=LONG_POLL_SECONDS + self._timeout
        )
        return updates

    async def _patiently[T](self, call: Callable[[], Awaitable[T]]) -> T:
        """Repeat the call, slower each time, until it gets through."""
        pause = 1.0
        while True:
            try:
                return await self._call(call())
            except TemporarilyUnavailable as error:
                await asyncio.sleep(error.retry_after.total_seconds() if error.retry_after else pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _call[T](self, call: Awaitable[T]) -> T:
        """Await one call to Telegram, and translate its errors."""
        try:
            return await call
        except TelegramError as error:
            raise _translated(error) from error
        except (RuntimeError, LookupError, TypeError, ValueError) as error:
            # Telegram answered something that the client can't read; a message may have been sent.
            raise TemporarilyUnavailable(channel=self.kind, detail="unreadable_answer") from error

    def _markup(self, message: OutboundMessage) -> telegram.InlineKeyboardMarkup | telegram.ReplyKeyboardMarkup | None:
        """The buttons. A message has one keyboard only: beside the contact button the options are plain keys."""
        if message.ask_contact:
            rows = [[telegram.KeyboardButton(self._contact_label, request_contact=True)]]
            rows += [[telegram.KeyboardButton(option.title)] for option in message.options]
            return telegram.ReplyKeyboardMarkup(rows, one_time_keyboard=True, resize_keyboard=True)
        if not message.options:
            return None
        return telegram.InlineKeyboardMarkup(
            [
                [telegram.InlineKeyboardButton(option.title, callback_data=f"{message.id}:{number}")]
                for number, option in enumerate(message.options, 1)
            ]
        )


def _request(seconds: float, *, connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=seconds,
        write_timeout=seconds,
        connect_timeout=seconds,
        pool_timeout=seconds,
    )


def _translated(error: TelegramError) -> ChannelError:
    """Telegram's refusal as one of ours."""
    channel = ChannelKind.TELEGRAM
    match error:
        case RetryAfter(retry_after=wait):
            wait = wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
            return TemporarilyUnavailable(retry_after=wait, channel=channel)
        case Forbidden():
            return Unreachable(channel=channel, detail=error.message)
        case BadRequest() if any(words in error.message.lower() for words in _GONE):
            return Unreachable(channel=channel, detail=error.message)
        case BadRequest() | InvalidToken() | EndPointNotFound() | ChatMigrated():
            return Rejected(channel=channel, detail=error.message)
        case _:  # NetworkError, TimedOut, Conflict (a second reader of getUpdates), answers that are no JSON
            return TemporarilyUnavailable(channel=channel, detail=type(error).__name__)
