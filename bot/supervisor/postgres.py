"""The process that keeps the embedded PostgreSQL: `python -m bot.supervisor.postgres HOME`.

It starts the server, or joins the one that runs, and ends when that dies, so that the supervisor starts both again.
Asked to end, also by the death of the supervisor, it stops the server in good order.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import psycopg

from bot.storage.embedded import EmbeddedPostgres, start_embedded
from bot.supervisor.folders import Folders, read_pid
from bot.supervisor.launch import adopt_orphans
from bot.supervisor.postmaster import NAME, forget_dead_server, is_postgres

WATCH_SECONDS = 0.1


def main(home: Path) -> int:
    folders = Folders(home.resolve())
    folders.make()
    stop = threading.Event()
    for which in (signal.SIGTERM, signal.SIGINT):
        signal.signal(which, lambda *_: stop.set())
    adopt_orphans()
    forget_dead_server(folders.home / "postgres")
    server = start_embedded(folders.home, keep_running=True)
    recover_quickly(server.url)
    folders.write(folders.pid(NAME), f"{server.pid}\n")
    folders.write(folders.mark(NAME), f"{os.getpid()}\n{server.url}\n")
    return _keep(server, stop, folders)


def recover_quickly(url: str) -> None:
    """Before recovering from a crash PostgreSQL syncs its files one by one, for seconds; Linux can sync all at once.

    Holds from the next start on. See https://www.postgresql.org/docs/18/runtime-config-error-handling.html.
    """
    if sys.platform == "linux":
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            connection.execute("alter system set recovery_init_sync_method = 'syncfs'")


def _keep(server: EmbeddedPostgres, stop: threading.Event, folders: Folders) -> int:
    pid = server.pid
    while not stop.wait(WATCH_SECONDS):
        _bury_orphans()
        if pid is None or not is_postgres(pid):
            _unmark(folders)
            sys.stderr.write(f"PostgreSQL (process {pid}) died; its own log is postgres/log\n")
            return 1
    server.stop()
    _unmark(folders)
    return 0


def _unmark(folders: Folders) -> None:
    """Take back what we wrote, unless a successor has written since."""
    if read_pid(folders.mark(NAME)) == os.getpid():
        folders.mark(NAME).unlink(missing_ok=True)
        folders.pid(NAME).unlink(missing_ok=True)


def _bury_orphans() -> None:
    """A dead process that nobody waits for keeps its number, and looks alive to some."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
