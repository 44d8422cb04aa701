"""Load: at a fixed rate, or from so many people who each wait for their answer; and what came of it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

WARM_UP_SECONDS = 3.0
AT_A_TIME = 10  # dialogues that go on side by side at a fixed rate


class Target(Protocol):
    """A system that is written to. Each person writes the whole script once, and waits for each answer."""

    script: Sequence[str]

    def turn(self, person: int, step: int) -> Awaitable[float]:
        """Write `script[step]`; the seconds until the whole answer was there. Raises TimeoutError where none came."""


@dataclass
class Outcome:
    """`turns_per_second` counts those which ended within the measured time."""

    latencies: list[float] = field(default_factory=list)
    unanswered: int = 0
    turns_per_second: float = 0.0

    def percentile(self, percent: float) -> float:
        """Seconds, by the nearest rank."""
        ranked = sorted(self.latencies)
        return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)] if ranked else math.nan

    async def note(self, turn: Awaitable[float], *, begin: float = 0.0, end: float = math.inf) -> None:
        """Count a turn where it ends between these times of the monotonic clock."""
        try:
            latency: float | None = await turn
        except TimeoutError:
            latency = None
        if not begin <= time.monotonic() < end:
            return
        if latency is None:
            self.unanswered += 1
        else:
            self.latencies.append(latency)


async def at_rate(target: Target, *, seconds: float, per_second: float, people: count[int]) -> Outcome:
    """A message every `1 / per_second` seconds, whether or not the last one is answered."""
    outcome = Outcome()
    dialogues = [_Dialogue(target, people) for _ in range(AT_A_TIME)]
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(round(seconds * per_second)):
            await asyncio.sleep(began + number / per_second - time.monotonic())
            group.create_task(outcome.note(dialogues[number % AT_A_TIME].next()))
    outcome.turns_per_second = len(outcome.latencies) / seconds
    return outcome


async def as_fast_as_answered(target: Target, *, seconds: float, people: count[int], at_once: int) -> Outcome:
    """`at_once` dialogues, each going on when it has its answer; measured after a warm-up."""
    outcome = Outcome()
    begin = time.monotonic() + WARM_UP_SECONDS
    end = begin + seconds

    async def talk() -> None:
        dialogue = _Dialogue(target, people)
        while time.monotonic() < end:
            await outcome.note(dialogue.next(), begin=begin, end=end)

    await asyncio.gather(*(talk() for _ in range(at_once)))
    outcome.turns_per_second = len(outcome.latencies) / seconds
    return outcome


class _Dialogue:
    """One person after another, each with the whole script; never two messages at once."""

    def __init__(self, target: Target, people: count[int]) -> None:
        self._target = target
        self._people = people
        self._person = 0
        self._step = len(target.script)
        self._turn = asyncio.Lock()

    async def next(self) -> float:
        async with self._turn:
            if self._step == len(self._target.script):
                self._person, self._step = next(self._people), 0
            step, self._step = self._step, self._step + 1
            return await self._target.turn(self._person, step)
