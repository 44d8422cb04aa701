"""What the adapters share in reading what a provider posts: hostile until proven otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping

BUTTON_PAYLOAD = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}:[1-9][0-9]{0,2}", re.ASCII)
"""The key of an option: the id of the outbound message that offered it, and its number from 1."""

MEDIA_LIMIT_BYTES = 20 * 1024 * 1024
"""Above what either provider hands out (WhatsApp 16 MB, Telegram's getFile 20 MB)."""


def header(headers: Mapping[str, str], name: str) -> str:
    """The header's value, whatever the case of its name; "" where it is missing."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")


def clean(text: str) -> str:
    """The text without what no database column takes: NUL characters, and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def is_button_payload(payload: str) -> bool:
    """Whether the payload of a pressed button has our form, so may name one of our messages."""
    return BUTTON_PAYLOAD.fullmatch(payload) is not None
