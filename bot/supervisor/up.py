"""`trato up`: everything that Trato needs, started side by side, kept running, and stopped again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings import Settings
from bot.storage import database
from bot.supervisor.child import Child, ChildPlan
from bot.supervisor.clock import RunningClock
from bot.supervisor.folders import Folders
from bot.supervisor.launch import end, launch
from bot.supervisor.plan import Site, postgres_plan, product_plans, rasa_plan, web_url
from bot.supervisor.postmaster import NAME as POSTGRES
from bot.supervisor.probes import answers
from bot.supervisor.progress import Progress
from bot.supervisor.sample import has_debtors
from bot.supervisor.training import TrainingFailed, any_model, current_model, train

DATABASE_WAIT_SECONDS = 30.0
SAMPLE_DEBTORS = 200
HINTS = (
    "  trato chat                 write to the assistant as a debtor, in another terminal",
    "  trato doctor               see whether all is well",
)


class CannotStart(Exception):
    """What is missing can't be mended by trying again; the message says what to do."""


async def _unwrapped(task: asyncio.Task[None]) -> None:
    """Wait for a task group's task; of the errors that it gathered, raise the first."""
    try:
        await task
    except ExceptionGroup as group:
        raise group.exceptions[0] from group


@dataclass(slots=True)
class Supervisor:
    """Keeps the processes of one TRATO_HOME.

    Args:
        root: the project's folder.
        wants_sample: fill an empty embedded database with invented debtors.
        secret: what the product and Rasa share.
    """

    root: Path
    settings: Settings
    folders: Folders
    progress: Progress
    secret: str
    wants_sample: bool = False
    _children: list[Child] = field(default_factory=list)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _signals: int = 0

    async def run(self) -> None:
        """Start all, then keep all until SIGINT, SIGTERM or SIGHUP. Raises CannotStart, TrainingFailed."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        clock = RunningClock(self.settings.now, loop.time, began)
        for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(which, self._on_signal)
        starting = loop.create_task(self._start(clock))
        stopping = loop.create_task(self._stopping.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await _unwrapped(starting)
                self._announce(loop.time() - began)
                await stopping
        finally:
            for task in (starting, stopping):
                task.cancel()
            await asyncio.gather(starting, stopping, return_exceptions=True)
            self.progress.close()
            await self._stop()

    async def _start(self, clock: RunningClock) -> None:
        async with asyncio.TaskGroup() as group:
            model = group.create_task(self._model()) if self.settings.rasa_url is None else None
            url = await self._database(clock)
            site = Site(self.root, self.settings, self.folders, url, self.secret)
            for plan in product_plans(site):
                self._keep(plan, clock)
            sample = group.create_task(self._sample(url, clock))
            if model is None:
                await self._until(answers(f"{self.settings.dialogue_url}/webhooks/trato/ready"), "rasa")
            else:
                await model
                self._keep(rasa_plan(site), clock)
            await sample
        for child in self._children:
            await child.ready.wait()

    def _keep(self, plan: ChildPlan, clock: RunningClock) -> Child:
        child = Child(plan, self.folders, self.progress.hear, clock.environment)
        self._children.append(child)
        child.start()
        return child

    async def _database(self, clock: RunningClock) -> str:
        """A migrated database's URL."""
        if self.settings.database_url is None:
            child = self._keep(postgres_plan(self.folders), clock)
            await child.ready.wait()
            url = self.folders.mark(POSTGRES).read_text(encoding="utf-8").splitlines()[1]
        else:
            url = self.settings.database_url.get_secret_value()
            self.progress.note("postgres", "connecting")
        deadline = asyncio.get_running_loop().time() + DATABASE_WAIT_SECONDS
        while True:
            try:
                await asyncio.to_thread(database.migrate, url)
            except Exception as error:
                if asyncio.get_running_loop().time() > deadline:
                    where = urlsplit(url).hostname or "the embedded server"
                    raise CannotStart(
                        f"The database at {where} can't be used: {error}\nSee TRATO_DATABASE_URL."
                    ) from error
                await asyncio.sleep(1)
            else:
                self.progress.note("postgres", "ready, tables up to date", is_done=True)
                return url

    async def _model(self) -> None:
        """Train where the model is out of date. An older one is better than none."""
        if current_model(self.root).exists():
            return
        log = self.folders.log("train")
        self.progress.note("rasa", f"training the model, this takes a few minutes (see {log})")
        try:
            await train(self.root, log=log)
        except TrainingFailed:
            if any_model(self.root) is None:
                raise
            self.progress.say(f"The model could not be trained, so the older one is used. See {log}.")

    async def _sample(self, url: str, clock: RunningClock) -> None:
        """Fill an empty embedded database with invented debtors; never one that somebody named."""
        if not self.wants_sample or self.settings.database_url is not None or await has_debtors(url):
            return
        self.progress.note("sample", f"inventing {SAMPLE_DEBTORS} debtors")
        log = self.folders.log("sample")
        command = (sys.executable, "-m", "bot.cli", "portfolio", "sample", "--debtors", str(SAMPLE_DEBTORS))
        environment = {**os.environ, **clock.environment(), "TRATO_DATABASE_URL": url}
        environment["TRATO_HOME"] = str(self.folders.home)
        process = await launch(command, environment=environment, folder=None, log=log)
        try:
            status = await process.wait()
        finally:
            await end(process)
        if status == 0:
            self.progress.note("sample", f"{SAMPLE_DEBTORS} invented debtors are in", is_done=True)
        else:
            self.progress.note("sample", f"could not be made (see {log})", is_done=True)

    async def _until(self, probe: Callable[[int], Awaitable[bool]], name: str) -> None:
        self.progress.note(name, f"waiting for {self.settings.dialogue_url}")
        while not await probe(0):  # noqa: ASYNC110 - another machine can't set an event of ours
            await asyncio.sleep(1)
        self.progress.note(name, "ready", is_done=True)

    def _announce(self, seconds: float) -> None:
        url = web_url(self.settings)
        self.folders.write(
            self.folders.ready, json.dumps({"pid": os.getpid(), "url": url, "seconds": round(seconds, 2)}) + "\n"
        )
        self.progress.settle(seconds=seconds, url=url, hints=HINTS if self.wants_sample else ())

    def _on_signal(self) -> None:
        """The first asks all to end; the third does not wait for them."""
        self._signals += 1
        self._stopping.set()
        if self._signals > 2:
            for child in self._children:
                if child.plan.name != POSTGRES:
                    child.kill()

    async def _stop(self) -> None:
        """All at once, but PostgreSQL last: the others still have something to write."""
        self.folders.ready.unlink(missing_ok=True)
        self.progress.say("Stopping …")
        last = [child for child in self._children if child.plan.name == POSTGRES]
        await asyncio.gather(*(child.stop() for child in self._children if child not in last))
        await asyncio.gather(*(child.stop() for child in last))
        for mark in self.folders.run.glob("*.ready"):
            mark.unlink(missing_ok=True)
        self.folders.pid("up").unlink(missing_ok=True)
        self.progress.say("Stopped.")
