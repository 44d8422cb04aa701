"""What `rasa init` makes, as it comes: DIET and TED, trackers in memory, the REST channel."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.e2e.running import ROOT, free_port

PYTHON = ROOT / "rasa_server" / ".venv" / "bin" / "python"
PROJECT = ROOT / ".trato" / "bench" / "stock"
START_SECONDS = 240
SCRIPT = ("hello", "I am feeling very sad", "yes", "are you a bot?", "I am great", "goodbye")


@dataclass
class Stock:
    """Fulfils `bench.load.Target`."""

    url: str
    pid: int
    client: httpx.AsyncClient
    script: Sequence[str] = SCRIPT

    async def turn(self, person: int, step: int) -> float:
        began = time.monotonic()
        body = {"sender": f"person-{person}", "message": self.script[step]}
        try:
            response = await self.client.post(f"{self.url}/webhooks/rest/webhook", json=body)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise TimeoutError from error
        if not response.json():
            raise TimeoutError
        return time.monotonic() - began

    def pids(self) -> dict[str, int]:
        return {"rasa": self.pid}


def make_project() -> Path:
    """`rasa init`, once: training takes minutes. Raises CalledProcessError."""
    if not list(PROJECT.glob("models/*.tar.gz")):
        PROJECT.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=PROJECT.parent) as folder:
            made = Path(folder) / "stock"
            made.mkdir()
            _rasa("init", "--no-prompt", "--init-dir", str(made), folder=made)
            if not list(made.glob("models/*.tar.gz")):
                _rasa("train", folder=made)
            shutil.rmtree(PROJECT, ignore_errors=True)
            made.rename(PROJECT)
    return PROJECT


@contextmanager
def started_stock(client: httpx.AsyncClient) -> Iterator[Stock]:
    """The server, ready. Raises TimeoutError."""
    project = make_project()
    port = free_port()
    command = [str(PYTHON), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)]
    with (PROJECT.parent / "stock.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=project, env=_environment(), stdout=log, stderr=log)  # noqa: S603
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/webhooks/rest/", process)
        yield Stock(f"http://127.0.0.1:{port}", process.pid, client)
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise TimeoutError(f"the stock server did not start: see {PROJECT.parent / 'stock.log'}")


def _rasa(*words: str, folder: Path) -> None:
    with (PROJECT.parent / "init.log").open("ab") as log:
        subprocess.run(  # noqa: S603
            [str(PYTHON), "-m", "rasa", *words], cwd=folder, env=_environment(), check=True, stdout=log, stderr=log
        )


def _environment() -> dict[str, str]:
    return os.environ | {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
