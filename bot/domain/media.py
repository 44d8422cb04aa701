"""Files that people send: which are kept, and what they really are. The only module that knows `filetype`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import filetype

from bot.domain.messages import InboundKind

LARGEST_FILE_BYTES = 16 * 1024 * 1024  # WhatsApp's own limit; Telegram hands out 20 MB
MOST_FILES = 10  # of one message
KEPT_KINDS = (InboundKind.IMAGE, InboundKind.DOCUMENT, InboundKind.AUDIO)

_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/avif", "image/tiff"})
_PAPERS = frozenset({"application/pdf"})
_SOUNDS = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/x-wav", "audio/x-flac", "audio/amr"})
_SOUND_IN_VIDEO = frozenset({"video/mp4", "video/3gpp", "video/webm"})  # the same containers carry sound alone
_AMR = (b"#!AMR\n", b"#!AMR-WB\n")  # the library wants more bytes of it than some notes have


class FileState(StrEnum):
    """`waiting` for the provider, `stored`, `refused` for what it is, `failed`: the provider did not give it."""

    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a message, without its bytes; type, size and hash are known once it is stored."""

    id: UUID
    number: int
    state: FileState
    reason: str | None = None
    content_type: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that is kept: its type as the bytes say, never as its name or its sender does."""

    content_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class NotKept:
    """A file that is not: `empty`, `too_large`, or `content_type`."""

    reason: str


def examine(content: bytes, kind: InboundKind) -> Examined | NotKept:
    """What a file is, where it may be kept: pictures and PDFs, with voice notes sound as well."""
    if not content:
        return NotKept("empty")
    if len(content) > LARGEST_FILE_BYTES:
        return NotKept("too_large")
    found = _type_of(content)
    allowed = _IMAGES | _PAPERS | _SOUNDS
    if kind is InboundKind.AUDIO:
        allowed |= _SOUND_IN_VIDEO
    if found not in allowed:
        return NotKept("content_type")
    return Examined(found, len(content), hashlib.sha256(content).hexdigest())


def _type_of(content: bytes) -> str:
    if content.startswith(_AMR):
        return "audio/amr"
    return str(filetype.guess_mime(content) or "")
