"""One process that is kept running."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.supervisor.backoff import Backoff
from bot.supervisor.folders import Folders, shorten
from bot.supervisor.launch import GRACE_SECONDS, end, launch, signal_group
from bot.supervisor.probes import Probe

POLL_SECONDS = 0.2
LOG_CHECK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """What to start, and how to see that it is ready.

    `environment` is the whole of it but the clock; `pid_name` is the name of the file that its process id goes to.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Probe
    folder: Path | None = None
    pid_name: str = ""
    at_parents_death: signal.Signals = signal.SIGKILL
    grace_seconds: float = GRACE_SECONDS


@dataclass(frozen=True, slots=True)
class Started:
    name: str
    pid: int


@dataclass(frozen=True, slots=True)
class BecameReady:
    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Died:
    """`pause_seconds` from now it is started again; `log` tells why it died."""

    name: str
    status: int | None
    lived_seconds: float
    pause_seconds: float
    log: Path


type ChildEvent = Started | BecameReady | Died


@dataclass(slots=True)
class Child:
    """Keeps the process of a plan running until `stop`.

    `tell` hears what happens; `clock_environment` is asked at each start.
    """

    plan: ChildPlan
    folders: Folders
    tell: Callable[[ChildEvent], None]
    clock_environment: Callable[[], Mapping[str, str]] = dict
    backoff: Backoff = field(default_factory=Backoff)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _process: Process | None = None
    _keeping: asyncio.Task[None] | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        """Begin; returns at once."""
        self._keeping = asyncio.get_running_loop().create_task(self._keep(), name=f"keep {self.plan.name}")

    async def stop(self) -> None:
        """End the process and whatever it started."""
        self._stopping.set()
        if self._process is not None:
            await end(self._process, grace_seconds=self.plan.grace_seconds)
        if self._keeping is not None:
            await self._keeping
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it now, for somebody who won't wait."""
        self._stopping.set()
        if self._process is not None:
            signal_group(self._process.pid, signal.SIGKILL)

    @property
    def _pid_file(self) -> Path:
        return self.folders.pid(self.plan.pid_name or self.plan.name)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            began = loop.time()
            status = await self._live_once(began)
            if self._stopping.is_set():
                return
            lived = loop.time() - began
            pause = self.backoff.pause_after(lived)
            self.tell(Died(self.plan.name, status, lived, pause, self.folders.log(self.plan.name)))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _live_once(self, began: float) -> int | None:
        """Start it and wait for its end; returns its status, None where it could not be started."""
        log = self.folders.log(self.plan.name)
        try:
            process = await launch(
                self.plan.command,
                environment={**self.plan.environment, **self.clock_environment()},
                folder=self.plan.folder,
                log=log,
                at_parents_death=self.plan.at_parents_death,
            )
        except OSError as error:
            with log.open("a", encoding="utf-8") as file:
                file.write(f"{self.plan.command[0]} can't be started: {error}\n")
            return None
        self._process = process
        self.folders.write(self._pid_file, f"{process.pid}\n")
        self.tell(Started(self.plan.name, process.pid))
        watching = [
            asyncio.create_task(self._until_ready(process.pid, began)),
            asyncio.create_task(self._shorten_log(log)),
        ]
        try:
            if self._stopping.is_set():  # asked to stop while it was being started
                await end(process, grace_seconds=self.plan.grace_seconds)
            return await process.wait()
        finally:
            for task in watching:
                task.cancel()
            self.ready.clear()
            self._process = None
            self._pid_file.unlink(missing_ok=True)
            signal_group(process.pid, signal.SIGKILL)  # children of its own would hold its port

    async def _until_ready(self, pid: int, began: float) -> None:
        while not await self.plan.ready(pid):  # noqa: ASYNC110 - another process can't set an event of ours
            await asyncio.sleep(POLL_SECONDS)
        self.ready.set()
        self.tell(BecameReady(self.plan.name, asyncio.get_running_loop().time() - began))

    async def _shorten_log(self, log: Path) -> None:
        while True:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(shorten, log)
            await asyncio.sleep(LOG_CHECK_SECONDS)


def last_lines(log: Path, *, count: int = 5, most_bytes: int = 8_000) -> list[str]:
    """The end of a log, for showing why a process died."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - most_bytes))
            return file.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []
