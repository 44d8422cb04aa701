"""Telegram deep links (R66): a bot cannot begin, so people come by a link that is opaque, single-use and expires."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import insert, select

from bot.app import Product
from bot.channels.telegram import TelegramChannel
from bot.domain.errors import NotFound
from bot.domain.messages import ChannelKind
from bot.storage.cases import token_hash
from bot.storage.tables import debtors, deep_links


async def make_link(it: Product, document: str, *, valid: timedelta) -> str:
    """`https://t.me/<bot>?start=<token>`; without Telegram's settings, `/start <token>`. Raises NotFound."""
    token = secrets.token_urlsafe(24)
    now = it.clock.now()
    async with it.engine.begin() as connection:
        debtor_id = (
            await connection.execute(select(debtors.c.id).where(debtors.c.document == document))
        ).scalar_one_or_none()
        if debtor_id is None:
            raise NotFound(document=document)
        await connection.execute(
            insert(deep_links).values(
                token_hash=token_hash(token), debtor_id=debtor_id, created_at=now, expires_at=now + valid
            )
        )
    telegram = it.channels.get(ChannelKind.TELEGRAM)
    if not isinstance(telegram, TelegramChannel):
        return f"/start {token}"
    return f"https://t.me/{await telegram.username()}?start={token}"
