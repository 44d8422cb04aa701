"""Training the model, and knowing whether that is needed.

A model's file name carries the digest of what it was trained from, so nothing else has to be kept.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.supervisor.launch import end, launch

SOURCES = ("config.yml", "domain.yml", "data", "rasa_server/trato_rasa", "rasa_server/requirements.txt")
DIGEST_CHARACTERS = 16
LOCK_SECONDS = 1.0


class TrainingFailed(Exception):
    """Rasa could not train; `log` says why, where there is one."""

    def __init__(self, status: int | None, log: Path | None) -> None:
        super().__init__(status)
        self.status = status
        self.log = log


def rasa_python(root: Path) -> Path:
    return root / "rasa_server" / ".venv" / "bin" / "python"


def digest_of_sources(root: Path) -> str:
    """A digest of the names and the content of everything that a model is trained from."""
    found = hashlib.sha256()
    for path in _source_files(root):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return found.hexdigest()[:DIGEST_CHARACTERS]


def current_model(root: Path) -> Path:
    """Where the model for the sources as they are now stands, or would stand."""
    return root / "models" / f"trato-{digest_of_sources(root)}.tar.gz"


def any_model(root: Path) -> Path | None:
    """The newest model, be it up to date or not."""
    models = sorted((root / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return models[-1] if models else None


async def train(root: Path, *, log: Path | None, force: bool = False) -> Path:
    """Make sure that the model for the sources as they are stands, alone, in models/.

    Args:
        log: where Rasa's output goes; None: the terminal.
        force: train even where nothing changed.

    Raises:
        TrainingFailed: the models that stood there still stand.
    """
    (root / "models").mkdir(exist_ok=True)
    async with _alone(root / "models"):
        model = current_model(root)
        if model.exists() and not force:
            return model
        draft = root / "models" / ".training"
        shutil.rmtree(draft, ignore_errors=True)
        try:
            status = await _run_rasa(root, draft, log)
            trained = draft / "model.tar.gz"
            if status != 0 or not trained.exists():
                raise TrainingFailed(status, log)
            trained.replace(model)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        for old in (root / "models").glob("*.tar.gz"):
            if old != model:
                old.unlink()
        return model


# OpenMP's threads spin while they wait for each other. On cores that others use as well, one text then took 1,350 ms
# instead of 26 ms. Read when the library is loaded, so it must be set from outside.
WAITING_ASLEEP = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"}


def rasa_environment(root: Path) -> dict[str, str]:
    """What every Rasa process needs, without what it must not know: no secret of a provider reaches it."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TRATO_")}
    ours.pop("VIRTUAL_ENV", None)
    return ours | {
        "PYTHONPATH": str(root / "rasa_server"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "CUDA_VISIBLE_DEVICES": "-1",
        **WAITING_ASLEEP,
    }


async def _run_rasa(root: Path, folder: Path, log: Path | None) -> int:
    command = [str(rasa_python(root)), "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain.yml"]
    command += ["--data", "data", "--out", str(folder), "--fixed-model-name", "model"]
    process = await launch(command, environment=rasa_environment(root), folder=root, log=log)
    try:
        return await process.wait()
    finally:
        await end(process)


def _source_files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        path = root / source
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


@asynccontextmanager
async def _alone(models: Path) -> AsyncIterator[None]:
    """One training at a time; a second one waits, and then finds its model there."""
    with (models / ".lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(LOCK_SECONDS)
        yield
