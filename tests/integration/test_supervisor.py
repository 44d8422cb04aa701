"""Small processes are started, killed, and started again, as `trato up` does with the real ones."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from bot.supervisor.child import BecameReady, Child, ChildEvent, ChildPlan, Died, Started
from bot.supervisor.folders import Folders, read_pid
from bot.supervisor.probes import has_written

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 10.0

WORKS = """
import os, sys, time, pathlib
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
print("working, time", os.environ.get("TRATO_NOW"), flush=True)
time.sleep(600)
"""
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WORKS
HAS_A_CHILD = (
    """
import subprocess, sys, pathlib
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1] + ".child").write_text(str(child.pid))
"""
    + WORKS
)
DIES = "import sys; sys.exit('no model found')"


@dataclass
class Stage:
    """Children in a folder of their own, and what was heard of them."""

    folders: Folders
    heard: list[ChildEvent] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    times: int = 0

    def start(self, program: str, *, name: str = "dummy", grace_seconds: float = 5.0) -> Child:
        mark = self.folders.mark(name)
        command = (sys.executable, "-c", program, str(mark))
        plan = ChildPlan(name, command, dict(os.environ), has_written(mark), grace_seconds=grace_seconds)
        child = Child(plan, self.folders, self.heard.append, self.clock)
        self.children.append(child)
        child.start()
        return child

    def clock(self) -> dict[str, str]:
        self.times += 1
        return {"TRATO_NOW": f"time-{self.times}"}

    def told(self, kind: type[ChildEvent]) -> list[ChildEvent]:
        return [event for event in self.heard if isinstance(event, kind)]


async def eventually(is_so: Callable[[], bool], *, within_seconds: float = PATIENCE_SECONDS) -> None:
    async with asyncio.timeout(within_seconds):
        while not is_so():  # noqa: ASYNC110 - other processes can't set an event of ours
            await asyncio.sleep(0.02)


def lives(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    folders = Folders(tmp_path)
    folders.make()
    stage = Stage(folders)
    yield stage
    for child in stage.children:
        await child.stop()


async def test_a_killed_process_works_again_within_two_seconds(stage: Stage) -> None:
    # given
    child = stage.start(WORKS)
    await asyncio.wait_for(child.ready.wait(), PATIENCE_SECONDS)
    first = read_pid(stage.folders.pid("dummy"))
    assert first is not None

    # when
    os.kill(first, signal.SIGKILL)

    # then
    await eventually(lambda: len(stage.told(Started)) == 2, within_seconds=2)
    await eventually(lambda: len(stage.told(BecameReady)) == 2)
    second = read_pid(stage.folders.pid("dummy"))
    assert second != first
    assert lives(second)
    assert [event.status for event in stage.heard if isinstance(event, Died)] == [-signal.SIGKILL]


async def test_a_restarted_process_gets_the_time_of_its_restart(stage: Stage) -> None:
    # given
    child = stage.start(WORKS)
    await asyncio.wait_for(child.ready.wait(), PATIENCE_SECONDS)

    # when
    pid = read_pid(stage.folders.pid("dummy"))
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await eventually(lambda: len(stage.told(BecameReady)) == 2)

    # then
    log = stage.folders.log("dummy").read_text()
    assert "time-1" in log
    assert "time-2" in log


async def test_a_process_that_keeps_dying_is_started_ever_more_slowly(stage: Stage) -> None:
    # when
    stage.start(DIES)
    await eventually(lambda: len(stage.told(Died)) == 3)

    # then
    pauses = [event.pause_seconds for event in stage.heard if isinstance(event, Died)]
    assert pauses == [0.25, 0.5, 1]
    assert stage.told(BecameReady) == []
    assert "no model found" in stage.folders.log("dummy").read_text()


async def test_a_command_that_does_not_exist_is_tried_again_and_explained(stage: Stage) -> None:
    # given
    folders = stage.folders
    plan = ChildPlan("dummy", ("/does/not/exist",), {}, has_written(folders.mark("dummy")))
    child = Child(plan, folders, stage.heard.append)
    stage.children.append(child)

    # when
    child.start()
    await eventually(lambda: len(stage.told(Died)) == 2)

    # then
    assert "can't be started" in folders.log("dummy").read_text()


async def test_stopping_ends_the_process_and_takes_its_file_back(stage: Stage) -> None:
    # given
    child = stage.start(WORKS)
    await asyncio.wait_for(child.ready.wait(), PATIENCE_SECONDS)
    pid = read_pid(stage.folders.pid("dummy"))

    # when
    await child.stop()

    # then
    assert not lives(pid)
    assert not stage.folders.pid("dummy").exists()
    assert stage.told(Died) == []


async def test_who_does_not_listen_is_ended_after_a_while(stage: Stage) -> None:
    # given
    child = stage.start(IGNORES_SIGTERM, grace_seconds=0.3)
    await asyncio.wait_for(child.ready.wait(), PATIENCE_SECONDS)
    pid = read_pid(stage.folders.pid("dummy"))

    # when
    await asyncio.wait_for(child.stop(), PATIENCE_SECONDS)

    # then
    assert not lives(pid)


async def test_what_a_killed_process_had_started_does_not_stay(stage: Stage) -> None:
    # given
    child = stage.start(HAS_A_CHILD)
    await asyncio.wait_for(child.ready.wait(), PATIENCE_SECONDS)
    pid = read_pid(stage.folders.pid("dummy"))
    grandchild = read_pid(Path(f"{stage.folders.mark('dummy')}.child"))
    assert pid is not None
    assert lives(grandchild)

    # when
    os.kill(pid, signal.SIGKILL)

    # then
    await eventually(lambda: not lives(grandchild))


SUPERVISES = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.integration.test_supervisor import WORKS, Stage
from bot.supervisor.folders import Folders

async def main() -> None:
    folders = Folders(Path(sys.argv[2]))
    folders.make()
    Stage(folders).start(WORKS)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
async def test_no_process_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    # given
    folders = Folders(tmp_path)
    command = (sys.executable, "-c", SUPERVISES, str(ROOT), str(tmp_path))
    supervisor = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        await eventually(lambda: lives(read_pid(folders.mark("dummy"))), within_seconds=30)
        child = read_pid(folders.mark("dummy"))

        # when
        supervisor.kill()

        # then
        await eventually(lambda: not lives(child))
    finally:
        with contextlib.suppress(ProcessLookupError):
            supervisor.kill()
        await supervisor.wait()
