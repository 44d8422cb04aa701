"""Figures of how well messages were understood. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from trato_rasa.priority import PROTECTIVE
from trato_rasa.understanding import Meaning, Thresholds, decided

NONE = "(none)"
BINS = 10


@dataclass(frozen=True)
class Reading:
    """One labelled message and what it was taken for."""

    text: str
    wanted: str
    meaning: Meaning

    @property
    def got(self) -> str:
        return self.meaning.intent or NONE

    @property
    def right(self) -> bool:
        return self.got == self.wanted

    @property
    def acted(self) -> bool:
        return self.meaning.decision == "act"

    @property
    def found(self) -> bool:
        """Understood, or asked about by name."""
        return self.right or (self.meaning.decision == "confirm" and self.meaning.doubt == self.wanted)


@dataclass(frozen=True)
class Score:
    """Of one intent: shares from 0 to 1 and the number of messages."""

    precision: float
    recall: float
    f1: float
    messages: int


@dataclass(frozen=True)
class Bin:
    """Messages of like confidence: how sure on average, how often right."""

    confidence: float
    right: float
    messages: int


@dataclass(frozen=True)
class Point:
    """What one threshold costs, as shares of all messages."""

    act: float
    wrong_action: float
    asked_back: float


def accuracy(readings: Sequence[Reading]) -> float:
    return _share(one.right for one in readings)


def wrong_action(readings: Sequence[Reading]) -> float:
    """The share acted on in a wrong reading without asking."""
    return _share(one.acted and not one.right for one in readings)


def asked_back(readings: Sequence[Reading]) -> float:
    return _share(not one.acted for one in readings)


def needlessly_confirmed(readings: Sequence[Reading]) -> float:
    """The share read rightly and yet asked about."""
    return _share(one.right and not one.acted for one in readings)


def scores(readings: Sequence[Reading]) -> dict[str, Score]:
    """Of each intent that was wanted, by name."""
    wanted, got = Counter(one.wanted for one in readings), Counter(one.got for one in readings)
    right = Counter(one.wanted for one in readings if one.right)
    found = {}
    for intent in sorted(wanted):
        precision = right[intent] / got[intent] if got[intent] else 0.0
        recall = right[intent] / wanted[intent]
        total = precision + recall
        found[intent] = Score(precision, recall, 2 * precision * recall / total if total else 0.0, wanted[intent])
    return found


def macro_f1(readings: Sequence[Reading]) -> float:
    all_scores = scores(readings).values()
    return sum(one.f1 for one in all_scores) / len(all_scores)


def protective_recall(readings: Sequence[Reading]) -> dict[str, float]:
    """Of each protective intent: the share understood, a confirmed doubt included."""
    return {
        intent: _share(one.found for one in readings if one.wanted == intent)
        for intent in PROTECTIVE
        if any(one.wanted == intent for one in readings)
    }


def bins(readings: Sequence[Reading]) -> list[Bin]:
    """Readings with an intent, in ten bins of confidence; empty ones are left out."""
    grouped: dict[int, list[Reading]] = defaultdict(list)
    for one in readings:
        if one.meaning.intent:
            grouped[min(int(one.meaning.confidence * BINS), BINS - 1)].append(one)
    return [
        Bin(sum(one.meaning.confidence for one in group) / len(group), accuracy(group), len(group))
        for _, group in sorted(grouped.items())
    ]


def calibration_error(readings: Sequence[Reading]) -> float:
    """Expected calibration error: the mean distance between sureness and rightness, weighted by messages."""
    groups = bins(readings)
    total = sum(group.messages for group in groups)
    return sum(abs(group.confidence - group.right) * group.messages for group in groups) / total


def confusions(readings: Sequence[Reading]) -> list[tuple[str, str, int]]:
    """Wanted, got, how often: the most frequent first."""
    counted = Counter((one.wanted, one.got) for one in readings if not one.right)
    return [
        (wanted, got, number) for (wanted, got), number in sorted(counted.items(), key=lambda item: (-item[1], item))
    ]


def curve(readings: Sequence[Reading], thresholds: Thresholds, steps: Iterable[float]) -> list[Point]:
    """What would have been done with other thresholds to act."""
    points = []
    for act in steps:
        varied = replace(thresholds, act=act, confirm=min(thresholds.confirm, act))
        again = [redecided(one, varied) for one in readings]
        points.append(Point(act, wrong_action(again), asked_back(again)))
    return points


def redecided(reading: Reading, thresholds: Thresholds) -> Reading:
    """The same reading under other thresholds."""
    if not reading.meaning.ranking:
        return reading
    decision, doubt = decided(reading.meaning.ranking, thresholds)
    return replace(reading, meaning=replace(reading.meaning, decision=decision, doubt=doubt))


def _share(facts: Iterable[bool]) -> float:
    listed = list(facts)
    return sum(listed) / len(listed) if listed else 0.0
