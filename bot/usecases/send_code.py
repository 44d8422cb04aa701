"""Send a code to the phone on file. Run again after a crash it sends a new one; the newest counts."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import structlog

from bot.domain.codes import code_hash
from bot.domain.errors import Rejected, Unreachable
from bot.ports import CodeSender, Transactions

log = structlog.get_logger()


class SendCode:
    """`new_code` makes six random digits."""

    def __init__(self, transactions: Transactions, sender: CodeSender, new_code: Callable[[], str]) -> None:
        self._transactions = transactions
        self._sender = sender
        self._new_code = new_code

    async def __call__(self, code_id: UUID) -> None:
        """Raises TemporarilyUnavailable: try again."""
        code = self._new_code()
        async with self._transactions() as work:
            phone = await work.cases.set_code(code_id, code_hash(code_id, code))
            await work.commit()
        if phone is None:
            return
        try:
            await self._sender.send_code(phone, code)
        except (Unreachable, Rejected) as error:
            log.error("code_not_sent", code_id=str(code_id), error=error.code)
