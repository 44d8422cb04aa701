"""Starting and ending one process, so that nothing of it stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 10.0

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


async def launch(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path | None,
    log: Path | None,
    at_parents_death: signal.Signals = signal.SIGKILL,
) -> Process:
    """Start a process in a group of its own.

    Args:
        environment: the whole of it.
        folder: where it works; None: where we do.
        log: what it prints is appended there; None: our own output.
        at_parents_death: what it gets when we are killed (Linux; elsewhere it has to notice by itself).

    Raises OSError.
    """
    parent = os.getpid()

    def in_child() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(at_parents_death))
            if os.getppid() != parent:
                os._exit(1)  # we died in between

    output = None if log is None else log.open("ab")
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            env=dict(environment),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=in_child,
        )
    finally:
        if output is not None:
            output.close()


async def end(process: Process, *, grace_seconds: float = GRACE_SECONDS) -> None:
    """Ask the process and its group to end, and make them after `grace_seconds`."""
    if process.returncode is None:
        signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), grace_seconds)
    signal_group(process.pid, signal.SIGKILL)  # the whole group: whoever it left behind
    await process.wait()


def signal_group(pid: int, which: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, which)


def adopt_orphans() -> None:
    """Become the parent of whatever our children leave behind, so that we can see it die (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
