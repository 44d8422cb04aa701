from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.supervisor.folders import AlreadyRunning, Folders, hold, is_held, rasa_secret, read_pid, shorten


def test_a_second_supervisor_is_told_the_process_of_the_first(tmp_path: Path) -> None:
    # given
    folders = Folders(tmp_path)
    with hold(folders):
        # when
        with pytest.raises(AlreadyRunning) as refused:
            hold(folders)

        # then
        assert refused.value.pid == os.getpid()
        assert is_held(folders)
    assert not is_held(folders)


def test_what_a_killed_supervisor_left_does_not_keep_the_next_from_starting(tmp_path: Path) -> None:
    # given
    folders = Folders(tmp_path)
    folders.make()
    for left in (folders.pid("up"), folders.pid("web"), folders.mark("worker"), folders.ready):
        left.write_text("12345\n")

    # when
    with hold(folders):
        # then
        assert read_pid(folders.pid("up")) == os.getpid()
        assert not folders.pid("web").exists()
        assert not folders.mark("worker").exists()
        assert not folders.ready.exists()


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    # when
    first = rasa_secret(tmp_path / "home")
    second = rasa_secret(tmp_path / "home")

    # then
    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "home" / "rasa_secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["rasa_secret"]


def test_a_log_that_has_grown_too_long_begins_anew_while_its_writer_goes_on(tmp_path: Path) -> None:
    # given
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * 10)

        # when
        shortened = shorten(log, most_bytes=20)
        writer.write(b"new\n")

    # then
    assert shortened
    assert log.read_bytes() == b"new\n"
    assert (tmp_path / "web.log.1").read_bytes() == b"old\n" * 10
    assert not shorten(log, most_bytes=20)


@pytest.mark.parametrize("content", ["", "\n", "abc\n"])
def test_a_file_without_a_process_id_names_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "web.pid").write_text(content)
    assert read_pid(tmp_path / "web.pid") is None
