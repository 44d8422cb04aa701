"""A code sent to the phone on file: what a person on an unknown phone must give beside the document (R10)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

CODE_DIGITS = 6
VALID_FOR = timedelta(minutes=10)
MOST_TRIES = 3
MOST_A_DAY = 3  # codes for one document


@dataclass(frozen=True, slots=True)
class PendingCode:
    """The newest code asked for in a conversation. `debtor_id` None: nobody has that document; nothing was sent."""

    id: UUID
    debtor_id: UUID | None
    code_hash: str | None
    asked_at: datetime
    tries: int = 0

    def fits(self, code: str, *, now: datetime) -> bool:
        """Whether this is the code, in time and within the tries."""
        if self.debtor_id is None or self.code_hash is None or self.tries >= MOST_TRIES:
            return False
        return now - self.asked_at <= VALID_FOR and hmac.compare_digest(code_hash(self.id, code), self.code_hash)


def code_hash(code_id: UUID, code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(f"{code_id}:{code}".encode()).hexdigest()
