"""Take in what a channel parsed: stored once, with the job that answers it, before the provider hears 200."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.gathering import stands_alone
from bot.domain.media import KEPT_KINDS, MOST_FILES
from bot.domain.messages import InboundKind, InboundMessage
from bot.ports import Clock, Transactions


class ReceiveMessage:
    """Idempotent by the message's key: a redelivery stores nothing and starts nothing."""

    def __init__(self, transactions: Transactions, clock: Clock, *, gather: timedelta) -> None:
        self._transactions = transactions
        self._clock = clock
        self._gather = gather

    async def __call__(self, message: InboundMessage) -> bool:
        """True where the message was new."""
        now = self._clock.now()
        async with self._transactions() as work:
            conversation = await work.conversations.open_for(message, now=now)
            stored = await work.conversations.add_inbound(conversation.id, message, now=now)
            if stored is None:
                return False
            await work.conversations.change(conversation.id, last_in_at=now, reply_address=message.reply_address)
            if message.media and message.kind in KEPT_KINDS:
                await work.files.expect(stored, min(len(message.media), MOST_FILES), now=now)
                await work.jobs.fetch_media(stored)
            if message.kind is not InboundKind.EDITED:
                pause = self._pause(message)
                if self._gather and pause is None:
                    await work.jobs.hurry(conversation.id)  # what came before it waits no longer either
                await work.jobs.take_turns(conversation.id, after=pause)
            await work.commit()
        return True

    def _pause(self, message: InboundMessage) -> timedelta | None:
        """Text waits a little for what may follow it; a button, a pick or a yes is answered at once."""
        waits = self._gather and message.kind is InboundKind.TEXT and not stands_alone(message.text)
        return self._gather if waits else None
