"""What people do in Telegram, as the updates that its Bot API makes of it."""

from __future__ import annotations

import itertools
import time
from typing import Any

type Update = dict[str, Any]

CHAT_ID = 700_000_001
BOT: dict[str, Any] = {"id": 123456, "is_bot": True, "first_name": "Trato", "username": "trato_bot"}
_update_ids = itertools.count(900_000_001)
_message_ids = itertools.count(1)
_callback_ids = itertools.count(4_000_000_000_000_000_001)


def message(
    *, chat_id: int = CHAT_ID, chat_type: str = "private", name: str = "Maria", date: int | None = None, **content: Any
) -> Update:
    """Any message; `content` is what the Bot API's Message has beside id, sender, chat and date."""
    return {"update_id": next(_update_ids), "message": _message(chat_id, chat_type, name, date, **content)}


def text(words: str, **more: Any) -> Update:
    if words.startswith("/"):
        command = words.split(maxsplit=1)[0]
        more["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    return message(text=words, **more)


def start(token: str = "", **more: Any) -> Update:
    return text(f"/start {token}".strip(), **more)


def button(
    payload: str, title: str = "Sim", *, chat_id: int = CHAT_ID, chat_type: str = "private", name: str = "Maria"
) -> Update:
    """A press of an inline button under a message of ours."""
    ours = _message(chat_id, chat_type, name, None, text="Tudo certo?")
    ours["from"] = BOT
    ours["reply_markup"] = {"inline_keyboard": [[{"text": title, "callback_data": payload}]]}
    return {
        "update_id": next(_update_ids),
        "callback_query": {
            "id": str(next(_callback_ids)),
            "from": _user(chat_id, name),
            "message": ours,
            "chat_instance": "-3141592653589793238",
            "data": payload,
        },
    }


def contact(phone: str, *, user_id: int | None = CHAT_ID, chat_id: int = CHAT_ID, **more: Any) -> Update:
    """A shared contact: the sender's own where `user_id` is theirs."""
    card: dict[str, Any] = {"phone_number": phone, "first_name": "Maria"}
    if user_id is not None:
        card["user_id"] = user_id
    return message(contact=card, chat_id=chat_id, **more)


def photo(file_id: str = "photo-large", *, caption: str | None = None, **more: Any) -> Update:
    sizes = [
        {"file_id": f"{file_id}-s", "file_unique_id": "s1", "file_size": 1253, "width": 67, "height": 90},
        {"file_id": file_id, "file_unique_id": "l1", "file_size": 85_000, "width": 960, "height": 1280},
    ]
    if caption is not None:
        more["caption"] = caption
    return message(photo=sizes, **more)


def document(
    file_id: str = "doc-1", *, mime_type: str = "application/pdf", file_name: str = "comprovante.pdf", **more: Any
) -> Update:
    file = {"file_id": file_id, "file_unique_id": "d1", "file_name": file_name, "mime_type": mime_type, "file_size": 42}
    return message(document=file, **more)


def voice(file_id: str = "voice-1", **more: Any) -> Update:
    file = {"file_id": file_id, "file_unique_id": "v1", "duration": 4, "mime_type": "audio/ogg", "file_size": 17_000}
    return message(voice=file, **more)


def video(file_id: str = "video-1", **more: Any) -> Update:
    size = {"width": 640, "height": 480, "duration": 3}
    file = {"file_id": file_id, "file_unique_id": "w1", "mime_type": "video/mp4", "file_size": 90_000, **size}
    return message(video=file, **more)


def sticker(file_id: str = "sticker-1", **more: Any) -> Update:
    flags = {"type": "regular", "is_animated": False, "is_video": False, "width": 512, "height": 512}
    return message(
        sticker={"file_id": file_id, "file_unique_id": "k1", "emoji": "👍", "file_size": 9_000, **flags}, **more
    )


def location(latitude: float = -23.55, longitude: float = -46.63, **more: Any) -> Update:
    return message(location={"latitude": latitude, "longitude": longitude}, **more)


def edited(original: Update, words: str, *, seconds_later: int = 30) -> Update:
    """The same message with other words."""
    changed = {**original["message"], "text": words, "edit_date": original["message"]["date"] + seconds_later}
    return {"update_id": next(_update_ids), "edited_message": changed}


def group(words: str = "oi", *, chat_id: int = -1_001_234_567_890, sender_id: int = CHAT_ID) -> Update:
    update = message(text=words, chat_id=chat_id, chat_type="supergroup")
    update["message"]["from"] = _user(sender_id, "Maria")
    return update


def channel_post(words: str = "aviso", *, chat_id: int = -1_009_876_543_210) -> Update:
    chat = {"id": chat_id, "type": "channel", "title": "Avisos"}
    post = {
        "message_id": next(_message_ids),
        "date": int(time.time()),
        "chat": chat,
        "sender_chat": chat,
        "text": words,
    }
    return {"update_id": next(_update_ids), "channel_post": post}


def blocked(*, chat_id: int = CHAT_ID) -> Update:
    """The person blocked the bot."""
    member = {
        "chat": _chat(chat_id, "private", "Maria"),
        "from": _user(chat_id, "Maria"),
        "date": int(time.time()),
        "old_chat_member": {"status": "member", "user": BOT},
        "new_chat_member": {"status": "kicked", "user": BOT, "until_date": 0},
    }
    return {"update_id": next(_update_ids), "my_chat_member": member}


def _message(chat_id: int, chat_type: str, name: str, date: int | None, **content: Any) -> dict[str, Any]:
    return {
        "message_id": next(_message_ids),
        "from": _user(chat_id, name),
        "chat": _chat(chat_id, chat_type, name),
        "date": int(time.time()) if date is None else date,
        **content,
    }


def _user(user_id: int, name: str) -> dict[str, Any]:
    return {"id": user_id, "is_bot": False, "first_name": name, "language_code": "pt-br"}


def _chat(chat_id: int, chat_type: str, name: str) -> dict[str, Any]:
    return {"id": chat_id, "type": chat_type, **({"first_name": name} if chat_type == "private" else {"title": name})}
