"""Every error the bot raises on purpose. Texts for people live in the catalogs, never here.

BotError                    code + facts; becomes an HTTP status, a log line, a translated text
├── NotFound                404
├── Conflict                409  (state changed under the caller: offer expired, agreement closed)
├── InvalidPolicy           a creditor's policy file that can't be used; says where and why
├── NotTranscribed          a voice note that can't be written down; the person is asked to write
├── DialogueUnavailable     the Rasa server did not answer; try again
└── ChannelError            sending failed
    ├── TemporarilyUnavailable   retry later, after `retry_after`
    ├── Unreachable              never retry: the person blocked us, the number is gone
    └── Rejected                 never retry: the provider refused this message; our fault, so alert
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar


class BotError(Exception):
    """Base class. `code` is stable and machine-readable; `facts` fill the translated text."""

    code: ClassVar[str] = "internal"
    http_status: ClassVar[int] = 500

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code, facts)
        self.facts = facts


class NotFound(BotError):
    code = "not_found"
    http_status = 404


class Conflict(BotError):
    code = "conflict"
    http_status = 409


class OfferExpired(Conflict):
    code = "offer_expired"


class InvalidPolicy(BotError):
    code = "invalid_policy"


class DialogueUnavailable(BotError):
    """Rasa answered with an error or not at all; the turn has not happened and may be taken again."""

    code = "dialogue_unavailable"
    http_status = 503


class NotTranscribed(BotError):
    """`facts["reason"]`: too_long, unreadable, time_limit, crashed, not_started."""

    code = "not_transcribed"


class ChannelError(BotError):
    code = "channel_error"


class TemporarilyUnavailable(ChannelError):
    """Try again later; `retry_after` is what the provider asked for, or None."""

    code = "channel_temporarily_unavailable"

    def __init__(self, *, retry_after: timedelta | None = None, **facts: object) -> None:
        super().__init__(retry_after=retry_after, **facts)
        self.retry_after = retry_after


class Unreachable(ChannelError):
    code = "channel_unreachable"


class Rejected(ChannelError):
    code = "channel_rejected"
