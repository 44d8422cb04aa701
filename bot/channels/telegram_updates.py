"""Telegram's updates as our inbound messages. Only private chats count (R13: one to one)."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import telegram
from telegram.constants import ChatType

from bot.channels.payloads import clean, is_button_payload
from bot.domain.messages import ChannelKind, InboundKind, InboundMessage, Media
from bot.domain.phones import canonical_phone

_START = re.compile(r"/start(?:@\w+)?(?:\s+(?P<token>\S.*))?\s*", re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def read_update(body: bytes, *, received_at: datetime) -> list[InboundMessage]:
    """One update as a message, or as none: groups, channels, blocked bots, and what is no update at all.

    Content that we do not know is of kind OTHER, and so is a private message that the client library can't read.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(data, dict):
        return []
    try:
        update = telegram.Update.de_json(data, None)
        if query := update.callback_query:
            return _button(query, received_at)
        if edited := update.edited_message:
            return _edited(edited, received_at)
        return _message(update.message, received_at) if update.message else []
    except Exception:  # the library trusts the shape of what Telegram sends; a webhook can't
        return _unreadable(data, received_at)


def _message(message: telegram.Message, received_at: datetime) -> list[InboundMessage]:
    if message.chat.type != ChatType.PRIVATE:
        return []
    at = message.date or received_at
    return [_inbound(message, key=f"{message.chat.id}:{message.message_id}", at=at, **_content(message))]


def _edited(message: telegram.Message, received_at: datetime) -> list[InboundMessage]:
    if message.chat.type != ChatType.PRIVATE:
        return []
    at = message.edit_date or message.date or received_at
    key = f"{message.chat.id}:{message.message_id}:edit:{int(at.timestamp())}"
    text = message.text or message.caption or ""
    return [_inbound(message, key=key, at=at, kind=InboundKind.EDITED, text=text)]


def _inbound(message: telegram.Message, *, key: str, at: datetime, **content: Any) -> InboundMessage:
    chat = str(int(message.chat.id))
    content["text"] = clean(content.get("text") or "")
    return InboundMessage(
        channel=ChannelKind.TELEGRAM,
        provider_id=str(int(message.message_id)),
        key=f"{ChannelKind.TELEGRAM}:{key}",
        address=chat,
        reply_address=chat,
        at=at,
        sender_name=_name(message.from_user),
        **content,
    )


def _button(query: telegram.CallbackQuery, received_at: datetime) -> list[InboundMessage]:
    """A pressed button. The text is the button's title, where Telegram still shows the message."""
    if query.message is not None and query.message.chat.type != ChatType.PRIVATE:
        return []
    chat = str(int(query.message.chat.id if query.message is not None else query.from_user.id))
    payload = query.data if query.data and is_button_payload(query.data) else None
    return [
        InboundMessage(
            channel=ChannelKind.TELEGRAM,
            provider_id=clean(query.id),
            key=f"{ChannelKind.TELEGRAM}:cb:{clean(query.id)}",
            address=chat,
            reply_address=chat,
            at=received_at,
            kind=InboundKind.BUTTON if payload else InboundKind.OTHER,
            text=clean(_title(query)),
            payload=payload,
            sender_name=_name(query.from_user),
        )
    ]


def _title(query: telegram.CallbackQuery) -> str:
    if not isinstance(query.message, telegram.Message) or query.message.reply_markup is None:
        return ""
    buttons = (button for row in query.message.reply_markup.inline_keyboard for button in row)
    return next((button.text for button in buttons if button.callback_data == query.data), "")


def _content(message: telegram.Message) -> dict[str, Any]:
    """Kind, text, payload, phone and files, as fields of an InboundMessage."""
    if message.text is not None:
        start = _START.fullmatch(message.text)
        if start is None:
            kind = InboundKind.TEXT if message.text.strip() else InboundKind.OTHER
            return {"kind": kind, "text": message.text}
        token = (start["token"] or "").strip()
        return {
            "kind": InboundKind.START,
            "text": message.text,
            "payload": token if _TOKEN.fullmatch(token) else "",
        }
    if message.contact is not None:
        return {"kind": InboundKind.CONTACT, "shared_phone": _own_phone(message)}
    if message.location is not None:
        return {"kind": InboundKind.LOCATION}
    kind, media = _media(message)
    return {"kind": kind, "text": message.caption, "media": media}


def _own_phone(message: telegram.Message) -> str | None:
    """The phone, where Telegram vouches that it is the sender's own: a forwarded card proves nothing."""
    contact, sender = message.contact, message.from_user
    if contact is None or sender is None or contact.user_id != sender.id or message.forward_origin is not None:
        return None
    # Telegram gives the number with its country code, mostly without the plus.
    return canonical_phone("+" + contact.phone_number.lstrip("+"))


def _media(message: telegram.Message) -> tuple[InboundKind, tuple[Media, ...]]:
    if message.photo:
        return InboundKind.IMAGE, (_file(message.photo[-1], "image/jpeg"),)  # the last one is the largest
    if message.sticker is not None:
        return InboundKind.STICKER, (_file(message.sticker, "image/webp"),)
    if message.voice is not None:
        return InboundKind.AUDIO, (_file(message.voice, "audio/ogg"),)
    if message.audio is not None:
        return InboundKind.AUDIO, (_file(message.audio, "audio/mpeg"),)
    video = message.video or message.video_note or message.animation
    if video is not None:
        return InboundKind.VIDEO, (_file(video, "video/mp4"),)
    if message.document is not None:
        return InboundKind.DOCUMENT, (_file(message.document, "application/octet-stream"),)
    return InboundKind.OTHER, ()


def _file(file: Any, content_type: str) -> Media:
    """A file of any kind; `content_type` is what Telegram's documentation says where the file itself does not."""
    name = getattr(file, "file_name", None)
    return Media(
        url=f"telegram:{clean(file.file_id)}",
        content_type=clean(getattr(file, "mime_type", None) or content_type).lower(),
        file_name=clean(name) if name else None,
        size_bytes=file.file_size,
    )


def _name(user: telegram.User | None) -> str | None:
    return clean(user.full_name) or None if user is not None else None


def _unreadable(data: dict[str, Any], received_at: datetime) -> list[InboundMessage]:
    """A private message that has at least a chat and an id, kept as OTHER."""
    match data:
        case {"message": {"chat": {"type": ChatType.PRIVATE, "id": int(chat)}, "message_id": int(message_id)}}:
            address, provider_id = str(chat), str(message_id)
        case _:
            return []
    return [
        InboundMessage(
            channel=ChannelKind.TELEGRAM,
            provider_id=provider_id,
            key=f"{ChannelKind.TELEGRAM}:{address}:{provider_id}",
            address=address,
            reply_address=address,
            at=received_at,
            kind=InboundKind.OTHER,
        )
    ]
