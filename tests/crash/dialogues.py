"""Debtors who all write at once, and providers that try again where the product does not answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import psycopg

from tests.e2e.people import Person
from tests.e2e.running import RunningProduct
from tests.standins import telegram_updates, twilio

FIRST_NUMBER = 50_000  # of the people here; the end-to-end tests count from 1
ATTEMPTS = 240  # of a webhook, half a second apart: providers go on for longer than any restart takes
LOOK_SECONDS = 0.2
QUESTIONS = ("isso é golpe?", "quanto eu devo?", "de qual empresa vocês são?", "qual o valor da multa?")
STATE = """
    select c.address,
        count(*) filter (where m.direction = 'in'),
        count(*) filter (where m.direction = 'in' and m.status = 'received'),
        count(*) filter (where m.status in ('pending', 'sending'))
    from conversations c join messages m on m.conversation_id = c.id
    where c.address = any(%s) group by c.address
"""


class NeverAnswered(Exception):
    """A message that waited for longer than any recovery may take."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a conversation is, by the database."""

    received: int = 0
    unanswered: int = 0
    unsent: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a dialogue. Times are of the monotonic clock, in seconds."""

    address: str
    key: str
    wrote_at: float
    answered_at: float


@dataclass
class Watch:
    """Looks into the database for all dialogues at once; goes on looking while it is down."""

    product: RunningProduct
    addresses: Sequence[str]
    seen: dict[str, Seen] = field(default_factory=dict)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def run(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self.product.database_url, connect_timeout=5, autocommit=True
                ) as connection:
                    while True:
                        await self._look(connection)
                        await asyncio.sleep(LOOK_SECONDS)
            except psycopg.Error:
                await asyncio.sleep(LOOK_SECONDS)

    async def _look(self, connection: psycopg.AsyncConnection) -> None:
        rows = await (await connection.execute(STATE, (list(self.addresses),))).fetchall()
        async with self._changed:
            self.seen = {address: Seen(*counts) for address, *counts in rows}
            self._changed.notify_all()

    async def answered(self, address: str, received: int, *, seconds: float) -> None:
        """Until so many messages of this address are stored, and all of them answered. Raises NeverAnswered."""

        def done() -> bool:
            now = self.seen.get(address, Seen())
            return now.received >= received and now.unanswered == 0 and now.unsent == 0

        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(done)
        except TimeoutError:
            raise NeverAnswered(f"{address}: {self.seen.get(address)}") from None


@dataclass
class WhatsAppVoice:
    product: RunningProduct
    person: Person

    @property
    def address(self) -> str:
        return self.person.phone

    def opening(self) -> tuple[str, ...]:
        """What they write until the assistant asks for the birth date."""
        return ("oi",)

    async def write(self, words: str) -> str:
        """Hand a message to the product, again until it takes it; the key under which it is stored."""
        form = twilio.text(words, sender=self.person.phone, name=self.person.name)
        await self.product.twilio.inbound(form, attempts=ATTEMPTS)
        return f"whatsapp:{form['MessageSid']}"

    def heard(self) -> list[str]:
        return self.product.twilio.texts_to(self.address)


@dataclass
class TelegramVoice:
    product: RunningProduct
    person: Person

    @property
    def address(self) -> str:
        return str(self.person.chat)

    def opening(self) -> tuple[str, ...]:
        return ("/start", "")

    async def write(self, words: str) -> str:
        """As on WhatsApp. No words: they share their phone."""
        chat = self.person.chat
        update = (
            telegram_updates.text(words, chat_id=chat)
            if words
            else telegram_updates.contact(self.person.phone, chat_id=chat, user_id=chat)
        )
        await self.product.telegram.deliver(update, attempts=ATTEMPTS)
        return f"telegram:{chat}:{update['message']['message_id']}"

    def heard(self) -> list[str]:
        return self.product.telegram.texts_to(self.person.chat)


type AnyVoice = WhatsAppVoice | TelegramVoice


def voices(product: RunningProduct, count: int) -> list[AnyVoice]:
    """Every other one on WhatsApp."""
    people = [Person(FIRST_NUMBER + n, name="Maria da Silva") for n in range(count)]
    return [TelegramVoice(product, p) if n % 2 else WhatsAppVoice(product, p) for n, p in enumerate(people)]


def script(voice: AnyVoice, random: Random) -> Iterator[tuple[str, bool]]:
    """The words of one dialogue, and whether the person waits for the answer before going on."""
    opening = voice.opening()
    impatient = random.random() < 1 / 3
    yield from ((words, True) for words in opening[:-1])
    yield opening[-1], not impatient
    yield f"{voice.person.born:%d/%m/%Y}", True
    yield random.choice(QUESTIONS), not impatient
    yield "dá pra fazer em 3x?", True
    yield "sim, aceito", True


async def converse(
    voice: AnyVoice,
    words: Sequence[tuple[str, bool]],
    watch: Watch,
    told: Callable[[Step], None],
    *,
    seconds: float,
) -> None:
    """One dialogue to its end; `told` hears of each message once it is answered. Raises NeverAnswered."""
    waiting: list[tuple[str, float]] = []
    for number, (text, waits) in enumerate(words, start=1):
        wrote_at = time.monotonic()
        waiting.append((await voice.write(text), wrote_at))
        if not waits:
            continue
        await watch.answered(voice.address, number, seconds=seconds)
        for key, at in waiting:
            told(Step(voice.address, key, at, time.monotonic()))
        waiting.clear()
