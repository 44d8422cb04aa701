"""Files are what their bytes say, whatever they are called."""

from __future__ import annotations

import hashlib

import pytest

from bot.domain.media import LARGEST_FILE_BYTES, Examined, NotKept, examine
from bot.domain.messages import InboundKind

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(40)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
VOICE = b"OggS\x00\x02" + bytes(22) + b"OpusHead\x01\x01" + bytes(20)
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"
PROGRAM = b"MZ\x90\x00" + bytes(80)


@pytest.mark.parametrize(
    ("content", "kind", "content_type"),
    [
        (JPEG, InboundKind.IMAGE, "image/jpeg"),
        (JPEG, InboundKind.DOCUMENT, "image/jpeg"),
        (PDF, InboundKind.DOCUMENT, "application/pdf"),
        (VOICE, InboundKind.AUDIO, "audio/ogg"),
        (b"#!AMR\n\x3c\x91", InboundKind.AUDIO, "audio/amr"),
        (MP4, InboundKind.AUDIO, "video/mp4"),
    ],
)
def test_a_file_is_kept_with_its_real_type(content: bytes, kind: InboundKind, content_type: str) -> None:
    assert examine(content, kind) == Examined(content_type, len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (PROGRAM, InboundKind.DOCUMENT, "content_type"),
        (b"<html><script>", InboundKind.IMAGE, "content_type"),
        (MP4, InboundKind.DOCUMENT, "content_type"),
        (b"", InboundKind.IMAGE, "empty"),
        (JPEG + bytes(LARGEST_FILE_BYTES), InboundKind.IMAGE, "too_large"),
    ],
)
def test_what_is_no_picture_paper_or_sound_is_not_kept(content: bytes, kind: InboundKind, reason: str) -> None:
    assert examine(content, kind) == NotKept(reason)
