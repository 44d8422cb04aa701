"""Whether anybody is in the database yet."""

from __future__ import annotations

import psycopg

from bot.storage.database import plain_url


async def has_debtors(url: str) -> bool:
    """Whether there is a debtor, on a migrated database."""
    async with await psycopg.AsyncConnection.connect(plain_url(url), connect_timeout=5) as connection:
        cursor = await connection.execute("select exists (select 1 from debtors)")
        row = await cursor.fetchone()
    return bool(row and row[0])
