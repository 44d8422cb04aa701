"""The whole product under load: written to as Twilio does; its answers go to a stand-in that only notes the time."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.e2e.people import Person
from tests.e2e.running import RunningProduct
from tests.standins import twilio
from tests.standins.twilio import TwilioStandIn

SCRIPT = ("oi", "03/04/1985", "quanto eu devo?", "isso é golpe?", "dá pra fazer em 3x?", "sim, aceito")
PEOPLE = 3000
ANSWER_SECONDS = 60
PROCESSES = ("web", "worker", "actions", "rasa", "postgres")


class QuickTwilio(TwilioStandIn):
    """Accepts everything at once, and tells whoever waits; nothing is checked, so that the load is the product's."""

    def __init__(self, **server: Any) -> None:
        super().__init__(**server)
        self.arrived: dict[str, list[float]] = defaultdict(list)
        self._waiting: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}

    async def _create(self, request: Request) -> Response:
        to = str((await request.form())["To"])
        self.arrived[to].append(time.monotonic())
        if (waiting := self._waiting.get(to)) is not None:
            loop, event = waiting
            loop.call_soon_threadsafe(event.set)
        return JSONResponse({"sid": twilio.new_sid(), "status": "queued", "to": to}, 201)

    async def replies(self, to: str, count: int, *, seconds: float) -> float:
        """Wait until so many messages went to this address; when the last of them came. Raises TimeoutError."""
        event = asyncio.Event()
        self._waiting[to] = asyncio.get_running_loop(), event
        async with asyncio.timeout(seconds):
            while len(self.arrived[to]) < count:
                event.clear()
                if len(self.arrived[to]) < count:
                    await event.wait()
        del self._waiting[to]
        return self.arrived[to][count - 1]


@dataclass
class Ours:
    """Fulfils `bench.load.Target`. `first` collects the seconds until the first message of each answer."""

    product: RunningProduct
    twilio: QuickTwilio
    client: httpx.AsyncClient
    script: Sequence[str] = SCRIPT
    first: list[float] = field(default_factory=list)
    _replies: list[int] = field(default_factory=list)

    async def learn(self) -> None:
        """One dialogue beforehand tells how many messages each answer has, and warms everything up."""
        person, before = Person(0), 0
        for words in self.script:
            after = await self.product.newest(person.phone)
            await self._write(person, words)
            await self.product.settled(person.phone, after=after)
            heard = len(self.twilio.arrived[f"whatsapp:{person.phone}"])
            self._replies.append(heard - before)
            before = heard

    async def turn(self, person: int, step: int) -> float:
        who = Person(person)
        address = f"whatsapp:{who.phone}"
        before = sum(self._replies[:step])
        began = time.monotonic()
        await self._write(who, self.script[step])
        ended = await self.twilio.replies(address, before + self._replies[step], seconds=ANSWER_SECONDS)
        self.first.append(self.twilio.arrived[address][before] - began)
        return ended - began

    async def _write(self, person: Person, words: str) -> None:
        form = twilio.text(words, sender=person.phone, name=person.name)
        url, headers = self.twilio.signed(form)
        try:
            response = await self.client.post(self.twilio.to_product(url), data=form, headers=headers)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise TimeoutError from error

    def pids(self) -> dict[str, int]:
        return {name: self.product.pid(name) for name in PROCESSES}


def started_product() -> tuple[RunningProduct, QuickTwilio]:
    """Everything, as `trato up` starts it, with people who owe something."""
    product = RunningProduct(settings={"TRATO_GATHER_SECONDS": "0"})
    quick = QuickTwilio(product_url=product.url, public_url=product.twilio.public_url)
    product.twilio = quick
    product.start()
    product.import_portfolio(row for number in range(PEOPLE) for row in Person(number).rows())
    return product, quick
