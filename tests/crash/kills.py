"""Killing a process of the running product, and seeing it come back."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx
import psycopg

from bot.supervisor.folders import Folders, read_pid
from tests.crash.dialogues import Step
from tests.e2e.running import RunningProduct

PROCESSES = ("worker", "web", "actions", "rasa", "postgres")
BACK_SECONDS = 180
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Kill:
    """Times are of the monotonic clock, in seconds."""

    name: str
    pid: int
    at: float
    back_at: float

    @property
    def ready_after(self) -> float:
        """Seconds until the process that took its place was ready."""
        return self.back_at - self.at

    def answers_after(self, steps: Sequence[Step]) -> float:
        """Seconds until the process that took its place had its part in an answer."""
        return min((s.answered_at - self.at for s in steps if s.answered_at > self.back_at), default=0.0)

    def longest_wait(self, steps: Sequence[Step]) -> float:
        """Seconds that the slowest answer took, of those which waited while the process was away."""
        waited = [s.answered_at - s.wrote_at for s in steps if s.wrote_at < self.back_at and s.answered_at > self.at]
        return max(waited, default=0.0)


async def kill(product: RunningProduct, name: str) -> Kill:
    """SIGKILL, then wait until another one is there and ready. Raises TimeoutError."""
    folders = Folders(product.home.resolve())
    pid = product.pid(name)
    at = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(BACK_SECONDS):
        while read_pid(folders.pid(name)) in (pid, None) or not await _ready(product, folders, name):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)
    return Kill(name, pid, at, time.monotonic())


async def kill_amid(product: RunningProduct, names: Sequence[str], progress: Callable[[], float]) -> list[Kill]:
    """Kill one after another, evenly over the run. `progress` goes from 0 to 1."""
    kills = []
    for number, name in enumerate(names, start=1):
        while progress() < number / (len(names) + 1):  # noqa: ASYNC110 - nobody sets an event for a fraction
            await asyncio.sleep(LOOK_SECONDS)
        kills.append(await kill(product, name))
    return kills


async def _ready(product: RunningProduct, folders: Folders, name: str) -> bool:
    match name:
        case "postgres":
            return await _database_answers(product.database_url)
        case "worker":
            return read_pid(folders.mark(name)) == read_pid(folders.pid(name))
        case "web":
            return await _answers(f"{product.url}/health/live")
        case "actions":
            return await _answers(f"{product.actions_url}/health")
        case _:
            return await _answers(f"{product.rasa_url}/webhooks/trato/ready")


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=2, verify=False) as client:
            return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


async def _database_answers(url: str) -> bool:
    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=2) as connection:
            await connection.execute("select 1")
    except psycopg.Error:
        return False
    return True
