"""What a provider reports of a message that we sent."""

from __future__ import annotations

import asyncio

import structlog

from bot.domain.messages import DeliveryEvent
from bot.ports import Transactions

log = structlog.get_logger()


QUICK_REPORT_PAUSES = (0.1, 0.4, 1.5)  # seconds; a report may be quicker than our note of the provider's id


class RecordDelivery:
    """Stores every report; the message's status only moves on, never back."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def __call__(self, event: DeliveryEvent) -> bool:
        """False where no message has this provider's id."""
        for pause in (*QUICK_REPORT_PAUSES, None):
            async with self._transactions() as work:
                known = await work.conversations.record_delivery(event)
                await work.commit()
            if known:
                return True
            if pause is not None:
                await asyncio.sleep(pause)
        log.warning("delivery_of_unknown_message", channel=event.channel, status=event.status)
        return False
