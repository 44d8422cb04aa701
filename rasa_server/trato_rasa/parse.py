"""Understands texts from a trained model, a text a line in, a JSON a line out, in seconds: Rasa itself is not loaded.

PYTHONPATH=rasa_server rasa_server/.venv/bin/python -m trato_rasa.parse --model models < texts.txt
"""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from trato_rasa.settings import DEFAULT_TIMEZONE, thresholds_of
from trato_rasa.understanding import Context, Meaning, Thresholds, understand
from trato_rasa.vote import IntentVote

COMPONENT = "trato_rasa.components.understanding.Understanding"


class ModelUnusableError(Exception):
    """There is no model at this place, or it was not trained with our pipeline."""


def newest_model(path: Path) -> Path:
    """The model itself, or the newest one in a folder.

    Raises:
        ModelUnusableError: there is none.
    """
    if path.is_file():
        return path
    models = sorted(path.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime)
    if not models:
        raise ModelUnusableError(f"no model in {path}")
    return models[-1]


def load(path: Path) -> tuple[IntentVote, dict[str, Any]]:
    """The classifier of a Rasa model, and the options it was trained with.

    Raises:
        ModelUnusableError: see there.
    """
    with tarfile.open(newest_model(path)) as archive, tempfile.TemporaryDirectory() as folder:
        metadata = archive.extractfile("metadata.json")
        nodes = json.load(metadata)["predict_schema"]["nodes"] if metadata else {}
        options = next((node["config"] for node in nodes.values() if node["uses"] == COMPONENT), None)
        if options is None:
            raise ModelUnusableError(f"{path} has no component {COMPONENT}")
        for member in archive.getmembers():
            name = PurePosixPath(member.name).name
            content = archive.extractfile(member) if name in {"vote.json", "vote.npz"} else None
            if content is not None:
                (Path(folder) / name).write_bytes(content.read())
        return IntentVote.load(Path(folder)), options


def parsed(text: str, meaning: Meaning) -> dict[str, Any]:
    """One result, in the product's words."""
    entities: dict[str, list[str | int]] = {}
    for one in meaning.found:
        entities.setdefault(one.entity, []).append(one.value)
    result: dict[str, Any] = {
        "text": text,
        "intent": meaning.intent,
        "confidence": meaning.confidence,
        "ranking": [{"name": name, "confidence": confidence} for name, confidence in meaning.ranking],
        "entities": {name: values[0] if len(values) == 1 else values for name, values in entities.items()},
        "decision": meaning.decision,
    }
    result.update({name: value for name, value in (("doubt", meaning.doubt), ("also", meaning.also)) if value})
    return result


def parse_lines(lines: Iterable[str], *, vote: IntentVote, thresholds: Thresholds, now: datetime) -> Iterator[str]:
    """A line of JSON for each line of text, blank ones too."""
    for line in lines:
        text = line.rstrip("\r\n")
        meaning = understand(text, context=Context(now), thresholds=thresholds, rankings=vote.rankings)
        yield json.dumps(parsed(text, meaning), ensure_ascii=False)


def main(arguments: list[str] | None = None) -> int:
    """The command; see the module's first lines."""
    parser = argparse.ArgumentParser(prog="trato_rasa.parse", description="Understand texts, one a line.")
    parser.add_argument("--model", type=Path, default=Path("models"), help="a model, or a folder: its newest one")
    parser.add_argument("--now", help="the time of the messages, ISO 8601 with offset; default: the present")
    options = parser.parse_args(arguments)
    try:
        vote, config = load(options.model)
    except ModelUnusableError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    timezone = ZoneInfo(config.get("timezone") or DEFAULT_TIMEZONE)
    now = datetime.now(timezone)
    if options.now:
        try:
            now = datetime.fromisoformat(options.now.replace("Z", "+00:00"))
        except ValueError:
            sys.stderr.write(f"not a time: {options.now}\n")
            return 2
        now = now if now.tzinfo else now.replace(tzinfo=timezone)
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for line in parse_lines(sys.stdin, vote=vote, thresholds=thresholds_of(config), now=now):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
