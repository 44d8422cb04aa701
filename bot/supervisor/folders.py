"""Where the supervisor keeps its files below TRATO_HOME: who runs, who is ready, what was logged, what is secret."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LOG_BYTES = 20_000_000  # a longer log is put aside once, as NAME.log.1, and begins anew
SECRET_FILE = "rasa_secret"  # noqa: S105 - a file's name


class AlreadyRunning(Exception):
    """Another supervisor holds this TRATO_HOME; `pid` is its process, where known."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(pid)
        self.pid = pid


@dataclass(frozen=True, slots=True)
class Folders:
    """`home` is TRATO_HOME, absolute."""

    home: Path

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def ready(self) -> Path:
        """There while everything is ready: a JSON object with `pid`, `url`, `seconds`."""
        return self.run / "ready"

    def pid(self, name: str) -> Path:
        return self.run / f"{name}.pid"

    def mark(self, name: str) -> Path:
        """What a process that has no port writes once it is ready; its first line is its process id."""
        return self.run / f"{name}.ready"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def make(self) -> None:
        for folder in (self.run, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self.logs.chmod(0o700)  # logs may tell more than others should read

    def write(self, path: Path, text: str) -> None:
        """Whole or not at all: readers poll these files."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)


def read_pid(path: Path) -> int | None:
    """The process id on the first line of a file; None where there is none."""
    try:
        return int(path.read_text(encoding="utf-8").split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None


def hold(folders: Folders) -> IO[str]:
    """Be the only supervisor here for as long as the returned file is open; the system lets go of it when we die.

    Raises AlreadyRunning.
    """
    folders.make()
    lock = (folders.run / "up.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise AlreadyRunning(read_pid(folders.pid("up"))) from error
    for left in (*folders.run.glob("*.pid"), *folders.run.glob("*.ready"), folders.ready):
        left.unlink(missing_ok=True)
    folders.write(folders.pid("up"), f"{os.getpid()}\n")
    return lock


def is_held(folders: Folders) -> bool:
    """Whether a supervisor runs here."""
    try:
        with (folders.run / "up.lock").open("r", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def rasa_secret(home: Path) -> str:
    """What the product and its Rasa server share where TRATO_RASA_SECRET is not set; made on first use, mode 600."""
    path = home / SECRET_FILE
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f".{SECRET_FILE}.{os.getpid()}"
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            path.hardlink_to(draft)  # of several who try, one wins, and all read the same
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def shorten(log: Path, *, most_bytes: int = LOG_BYTES) -> bool:
    """Put a log that has grown too long aside. The writer appends, so it goes on at the new beginning."""
    try:
        if log.stat().st_size <= most_bytes:
            return False
    except FileNotFoundError:
        return False
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)
    return True
