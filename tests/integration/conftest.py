"""A real PostgreSQL for every test that wants one: started once, and each test gets a clean, migrated database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from bot.storage.database import migrate
from bot.storage.embedded import start_embedded

_numbers = count(1)


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The URL of a migrated database that nobody connects to: the template of those that tests get."""
    home = Path(tempfile.mkdtemp(prefix="trato-"))  # short: a socket's path has at most 107 bytes
    server = start_embedded(home)
    try:
        with psycopg.connect(_maintenance(server.url), autocommit=True) as connection:
            connection.execute("alter system set fsync = off")  # what a crash loses here, nobody misses
            connection.execute("select pg_reload_conf()")
        migrate(server.url)
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def database_url(database_server: str) -> Iterator[str]:
    """The URL of a migrated, empty database of this test's own, for psycopg and SQLAlchemy; dropped afterwards."""
    template = urlsplit(database_server).path.removeprefix("/")
    name = f"test_{next(_numbers)}"
    with psycopg.connect(_maintenance(database_server), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    yield urlsplit(database_server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(_maintenance(database_server), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _maintenance(url: str) -> str:
    return urlsplit(url)._replace(path="/postgres").geturl()
