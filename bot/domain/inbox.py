"""What was not understood, gathered for labelling: alike wordings once, the most frequent first."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.masking import masked

ID_LENGTH = 12
_CORRECTION = re.compile(
    r"\b(nao (foi|e|era|eh) (isso|bem isso)|nada a ver|(vc|voce|vcs|voces) nao (entend\w+|le\w*)|nao entendeu"
    r"|entendeu (errado|mal)|nao (perguntei|pedi|falei|disse|quis dizer)|eu (quis|queria) dizer|corrigindo)\b"
)
_UNSURE = ("utter_unsure", "utter_not_understood")


class Why(StrEnum):
    """Why a message is in the inbox."""

    ASKED = "asked"  # the understanding asked openly
    CONFIRMED = "confirmed"  # a doubtful reading was asked about
    UNSURE = "unsure"  # it ended in "I did not understand"
    CORRECTED = "corrected"  # the person said next that it was not that


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as it was understood, and what the person did next: their text, the intent of their pick."""

    text: str
    at: datetime
    intent: str | None
    confidence: float
    decision: str
    names: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    next_text: str = ""
    next_pick: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One wording. `guess` is the most frequent reading, `picked` what people said that they meant, if they did."""

    id: str
    text: str
    count: int
    why: tuple[Why, ...]
    guess: str | None
    confidence: float
    picked: str | None
    last_at: datetime


def why(seen: Seen) -> Why | None:
    """None: it was understood, as far as anybody can tell."""
    if is_correction(seen.next_text):
        return Why.CORRECTED
    if any(response.startswith(_UNSURE) for response in seen.responses):
        return Why.UNSURE
    return {"ask": Why.ASKED, "confirm": Why.CONFIRMED}.get(seen.decision)


def is_correction(text: str) -> bool:
    """Whether somebody says that they were misunderstood."""
    return _CORRECTION.search(_plain(text)) is not None


def entries(messages: Iterable[Seen], *, labelled: Iterable[str] = ()) -> list[Entry]:
    """The wordings not labelled yet, the most frequent first, then the newest."""
    done = set(labelled)
    alike: dict[str, list[tuple[Seen, str, Why]]] = defaultdict(list)
    for seen in messages:
        reason = why(seen)
        if reason is None or not seen.text.strip():
            continue
        text = " ".join(masked(seen.text, seen.names).split())
        alike[wording_id(text)].append((seen, text, reason))
    found = [_entry(key, group) for key, group in alike.items() if key not in done]
    return sorted(found, key=lambda e: (-e.count, -e.last_at.timestamp(), e.id))


def wording_id(text: str) -> str:
    """The same for texts that differ in case, accents, punctuation and spaces only."""
    return hashlib.sha256(" ".join(_plain(text).split()).encode()).hexdigest()[:ID_LENGTH]


def nlu_yaml(labels: Mapping[str, Sequence[str]]) -> str:
    """Labelled texts, by intent, as a file of Rasa's training data, to be read by a person before it goes in.

    Rasa's own signs for entities are taken out of the texts.
    """
    lines = ['version: "3.1"', "nlu:"]
    for intent in sorted(labels):
        lines += [f"- intent: {intent}", "  examples: |"]
        lines += [f"    - {' '.join(re.sub(r'[\[\]{}\\]', ' ', text).split())}" for text in labels[intent]]
    return "\n".join(lines) + "\n"


def _entry(key: str, group: list[tuple[Seen, str, Why]]) -> Entry:
    newest = max(group, key=lambda g: g[0].at)
    guesses = Counter(seen.intent for seen, _, _ in group)
    picks = Counter(seen.next_pick for seen, _, _ in group if seen.next_pick)
    guess = guesses.most_common(1)[0][0]
    sure = [seen.confidence for seen, _, _ in group if seen.intent == guess]
    return Entry(
        id=key,
        text=newest[1],
        count=len(group),
        why=tuple(sorted({reason for _, _, reason in group})),
        guess=guess,
        confidence=round(sum(sure) / len(sure), 3),
        picked=picks.most_common(1)[0][0] if picks else None,
        last_at=newest[0].at,
    )


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(" " if not (c.isalnum() or c in "<>") else c for c in decomposed if not unicodedata.combining(c))
