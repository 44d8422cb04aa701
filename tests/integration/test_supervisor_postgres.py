"""The embedded PostgreSQL under the supervisor: killed, back, and stopped with it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from bot.supervisor.child import Child, ChildEvent
from bot.supervisor.folders import Folders, read_pid
from bot.supervisor.plan import postgres_plan
from bot.supervisor.postmaster import NAME, forget_dead_server, is_postgres

START_SECONDS = 60.0


@pytest.fixture
async def folders(tmp_path: Path) -> AsyncIterator[Folders]:
    folders = Folders(tmp_path)
    folders.make()
    heard: list[ChildEvent] = []
    keeper = Child(postgres_plan(folders), folders, heard.append)
    keeper.start()
    await asyncio.wait_for(keeper.ready.wait(), START_SECONDS)
    yield folders
    postmaster = read_pid(folders.pid(NAME))
    await keeper.stop()
    assert postmaster is None or not is_postgres(postmaster)


async def answers(folders: Folders) -> bool:
    try:
        url = folders.mark(NAME).read_text().splitlines()[1]
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=2) as connection:
            await connection.execute("select 1")
    except (OSError, psycopg.OperationalError):
        return False
    return True


async def test_a_killed_postgresql_comes_back_with_what_it_held(folders: Folders) -> None:
    # given
    url = folders.mark(NAME).read_text().splitlines()[1]
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("create table kept (number int)")
        await connection.execute("insert into kept values (7)")
    first = read_pid(folders.pid(NAME))
    assert first is not None

    # when
    os.kill(first, signal.SIGKILL)

    # then
    async with asyncio.timeout(START_SECONDS):
        while read_pid(folders.pid(NAME)) in {None, first} or not await answers(folders):  # noqa: ASYNC110 - another process restarts it
            await asyncio.sleep(0.05)
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = await connection.execute("select number from kept")
        assert await cursor.fetchall() == [(7,)]


def test_a_number_that_another_process_has_by_now_is_no_server(tmp_path: Path) -> None:
    # given: after a reboot the number that PostgreSQL left is that of any process, here our own
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n/data\n")

    # when
    forget_dead_server(tmp_path)

    # then
    assert not (tmp_path / "postmaster.pid").exists()
