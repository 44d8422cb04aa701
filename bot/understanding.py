"""`trato parse`: what the assistant understands, a text a line."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.app import SystemClock, rasa_secret
from bot.dialogue.rasa import RasaDialogue
from bot.domain.errors import BotError, DialogueUnavailable
from bot.settings import Settings

RASA_SERVER = Path("rasa_server")
BATCH = 50
KEYS = ("text", "intent", "confidence", "ranking", "entities", "decision")


class NoModel(BotError):
    """Neither a running Rasa server nor a trained model to load."""

    code = "no_model"


def parse_lines(lines: list[str], *, now: str | None) -> Iterator[dict[str, Any]]:
    """One understanding per line, in order: `text`, `intent`, `confidence`, `ranking`, `entities`, `decision`.

    Args:
        now: the instant of the messages, ISO 8601; None: the present.

    Raises:
        NoModel: nothing is trained yet.
    """
    settings = Settings()
    moment = now or SystemClock(settings.now).now().isoformat()
    try:
        found = asyncio.run(_from_server(settings, lines, moment))
    except (DialogueUnavailable, FileNotFoundError):
        found = _from_model(lines, moment)
    for parsed in found:
        yield {key: parsed.get(key) for key in KEYS}


async def _from_server(settings: Settings, lines: list[str], now: str) -> list[dict[str, Any]]:
    dialogue = RasaDialogue(settings.dialogue_url, rasa_secret(settings), timeout_seconds=60)
    try:
        found: list[dict[str, Any]] = []
        for start in range(0, len(lines), BATCH):
            found += await dialogue.parse(lines[start : start + BATCH], {"now": now})
        return found
    finally:
        await dialogue.close()


def _from_model(lines: list[str], now: str) -> list[dict[str, Any]]:
    """In the Rasa environment, without the server."""
    models = sorted(Path("models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    python = RASA_SERVER / ".venv" / "bin" / "python"
    if not models or not python.exists():
        raise NoModel
    done = subprocess.run(  # noqa: S603  # our own interpreter and module
        [str(python), "-m", "trato_rasa.parse", "--model", str(models[-1]), "--now", now],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(RASA_SERVER)},
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
