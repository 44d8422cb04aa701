"""Labelled messages, and what is understood of them, without Rasa: on the test set and on folds of the examples."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import ruamel.yaml
from sklearn.model_selection import StratifiedKFold

from trato_rasa.evaluation.measures import Reading
from trato_rasa.understanding import Context, Ranking, Thresholds, clauses, understand
from trato_rasa.vote import SEED, IntentVote

FOLDS = 5
NOW = datetime.fromisoformat("2026-11-23T10:00:00-03:00")

Labelled = list[tuple[str, str]]


@dataclass(frozen=True)
class EntityLine:
    """A message with the values that it should give, as the contract writes them: one, or a list."""

    text: str
    now: datetime
    asked: str | None
    values: dict[str, Any]


def examples(folder: Path) -> Labelled:
    """Texts and intents of all examples, in the order of the files."""
    yaml = ruamel.yaml.YAML(typ="safe")
    found: Labelled = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = (line.strip() for line in entry["examples"].splitlines())
            found += [(line[2:].strip(), entry["intent"]) for line in lines if line.startswith("- ")]
    return found


def test_lines(path: Path) -> Labelled:
    """Texts and intents of the test set."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["intent"]) for row in csv.DictReader(file)]


def entity_lines(path: Path) -> list[EntityLine]:
    """The test set of values."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [EntityLine(row["text"], datetime.fromisoformat(row["now"]), row["asked"], row["entities"]) for row in rows]


def read_all(vote: IntentVote, lines: Labelled, thresholds: Thresholds, cache: Path | None) -> list[Reading]:
    """What is understood of messages with no question open."""
    known = _ranked(vote, [text for text, _ in lines], cache)

    def rankings(texts: list[str]) -> list[Ranking]:
        return [known[text] for text in texts]

    context = Context(NOW)
    return [
        Reading(text, intent, understand(text, context=context, thresholds=thresholds, rankings=rankings))
        for text, intent in lines
    ]


def read_folds(lines: Labelled, thresholds: Thresholds, cache: Path | None) -> list[Reading]:
    """Each example as a model understands it that has not seen it: five models, each trained on four fifths."""
    texts, intents = [text for text, _ in lines], [intent for _, intent in lines]
    readings: dict[int, Reading] = {}
    for train, held in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(texts, intents):
        vote = IntentVote().fit([texts[i] for i in train], [intents[i] for i in train], cache=cache)
        for index, reading in zip(held, read_all(vote, [lines[i] for i in held], thresholds, cache), strict=True):
            readings[int(index)] = reading
    return [readings[index] for index in sorted(readings)]


def read_values_of(
    vote: IntentVote, lines: Sequence[EntityLine], thresholds: Thresholds, cache: Path | None
) -> list[tuple[EntityLine, dict[str, Any]]]:
    """The values that messages give, with what each should give."""
    known = _ranked(vote, [line.text for line in lines], cache)
    found = []
    for line in lines:
        meaning = understand(
            line.text,
            context=Context(line.now, line.asked),
            thresholds=thresholds,
            rankings=lambda texts: [known[text] for text in texts],
        )
        values: dict[str, list[Any]] = {}
        for one in meaning.found:
            values.setdefault(one.entity, []).append(one.value)
        found.append((line, {name: all_[0] if len(all_) == 1 else all_ for name, all_ in values.items()}))
    return found


def _ranked(vote: IntentVote, texts: Sequence[str], cache: Path | None) -> dict[str, Ranking]:
    """Rankings of messages and of all their clauses, at once."""
    every = sorted({part for text in texts for part in (text, *clauses(text))})
    return dict(zip(every, vote.rankings(every, cache=cache), strict=True))
