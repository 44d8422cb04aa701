"""Whether the embedded PostgreSQL's server process lives, without starting one."""

from __future__ import annotations

from pathlib import Path

import psutil

from bot.supervisor.folders import read_pid

NAME = "postgres"


def forget_dead_server(data: Path) -> None:
    """Remove `postmaster.pid` where its process is no server of ours: its number may be another process's by now."""
    lock = data / "postmaster.pid"
    pid = read_pid(lock)
    if pid is not None and not is_postgres(pid):
        lock.unlink(missing_ok=True)


def is_postgres(pid: int) -> bool:
    """Whether this process is a PostgreSQL that lives."""
    try:
        process = psutil.Process(pid)
        return process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
