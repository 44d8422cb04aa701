"""`trato chat`: a debtor at the terminal. What is typed takes the same way as a message from WhatsApp."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from datetime import timedelta
from uuid import uuid4

from rich.console import Console
from rich.panel import Panel
from rich.text import Text
from sqlalchemy import select

from bot.app import Product
from bot.domain.messages import ChannelKind, InboundMessage
from bot.locale import say
from bot.storage.tables import conversations, messages

QUIET_SECONDS = 0.6  # after the last message of an answer, before the prompt comes back
PATIENCE = timedelta(seconds=90)


async def chat(it: Product, phone: str, *, console: Console) -> None:
    """Talk until the end of input. Input that is no terminal is read line by line (for scripts)."""
    console.print(Text(say("chat_hint", phone=phone), style="dim"))
    if not await it.dialogue.ready() or not await it.read_models.worker_is_alive():
        console.print(Text(say("chat_not_ready"), style="yellow"))
        return
    seen = await _newest(it, phone)
    while (line := await asyncio.to_thread(_read, console)) is not None:
        if not line.strip():
            continue
        await it.receive(_typed(it, phone, line.strip()))
        seen = await _show_answers(it, phone, seen, console)


def _read(console: Console) -> str | None:
    try:
        if sys.stdin.isatty():
            return console.input("[bold]você ›[/] ")
        line = sys.stdin.readline()
    except (EOFError, KeyboardInterrupt):
        return None
    if not line:
        return None
    console.print(Text(f"você › {line.strip()}", style="bold"))
    return line


def _typed(it: Product, phone: str, text: str) -> InboundMessage:
    key = str(uuid4())
    return InboundMessage(
        channel=ChannelKind.TERMINAL,
        provider_id=key,
        key=f"terminal:{key}",
        address=phone,
        reply_address=phone,
        at=it.clock.now(),
        text=text,
    )


async def _newest(it: Product, phone: str) -> int:
    query = (
        select(messages.c.seq)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(conversations.c.channel == ChannelKind.TERMINAL, conversations.c.address == phone)
        .order_by(messages.c.seq.desc())
        .limit(1)
    )
    async with it.engine.connect() as connection:
        return int((await connection.execute(query)).scalar_one_or_none() or 0)


async def _show_answers(it: Product, phone: str, seen: int, console: Console) -> int:
    """Print what is sent from now on, until it stays quiet for a moment."""
    loop = asyncio.get_running_loop()
    give_up, quiet_at = loop.time() + PATIENCE.total_seconds(), None
    query = (
        select(messages.c.seq, messages.c.text, messages.c.status, messages.c.id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.channel == ChannelKind.TERMINAL,
            conversations.c.address == phone,
            messages.c.direction == "out",
        )
        .order_by(messages.c.seq)
    )
    while loop.time() < give_up:
        async with it.engine.connect() as connection:
            rows = (await connection.execute(query.where(messages.c.seq > seen))).all()
        for row in rows:
            if row.status in ("pending", "sending"):
                break
            seen = row.seq
            quiet_at = loop.time() + QUIET_SECONDS
            if row.status != "refused":
                console.print(
                    Panel(Text(row.text), expand=False, border_style="green", title="Trato", title_align="left")
                )
        if quiet_at is not None and loop.time() >= quiet_at:
            return seen
        await asyncio.sleep(0.05)
    console.print(Text(say("chat_no_answer"), style="yellow"))
    return seen


def run_chat(it: Product, phone: str) -> None:
    """The command's body."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(chat(it, phone, console=Console(highlight=False)))
