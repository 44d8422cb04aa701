"""Options where there are no buttons: numbered lines out, what people type back in. And texts cut to a limit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.domain.messages import Option

_NUMBER = re.compile(
    r"(?:(?:eu )?(?:quero|prefiro|escolho|fico com) )?(?:[ao] )?"
    r"(?:(?:opcao|alternativa|item) ?)?(?:(?:numero|num|no|n) ?)?([0-9]{1,2})[ao]?"
)
_FILLERS = frozenset(
    {"a", "o", "as", "os", "um", "uma", "de", "da", "do", "e", "eu", "com", "em", "por", "favor"}
    | {"quero", "prefiro", "escolho", "essa", "esse", "opcao"}
)
_NEGATIONS = frozenset({"nao", "nunca", "nem", "jamais"})
_ENOUGH_OF_THE_TITLE = 0.6  # a choice may bind: "acordo" must not pick "Aceito o acordo"; the dialogue reads it


def with_numbered_lines(text: str, options: Sequence[Option]) -> str:
    """The text with one line for each option below it: `1. Title`."""
    if not options:
        return text
    lines = "\n".join(f"{number}. {' '.join(option.title.split())}" for number, option in enumerate(options, 1))
    return f"{text}\n\n{lines}" if text else lines


def match_option(text: str, options: Sequence[Option]) -> int | None:
    """Which option the person typed, as its index from 0, or None where that is not beyond doubt.

    Understands the number ("1", "1.", "opção 1", "a 1") and the words of the title in any case and with or without
    accents. A question ("1?"), a negation that the title does not have, two numbers, or words that fit more than one
    title are no choice: the dialogue reads those.
    """
    if not options or ("?" in text and not any("?" in option.title for option in options)):
        return None
    typed = _normalized(text)
    if not typed:
        return None
    if number := _NUMBER.fullmatch(typed):
        index = int(number[1]) - 1
        return index if 0 <= index < len(options) else None
    titles = [_normalized(option.title) for option in options]
    if exact := [index for index, title in enumerate(titles) if title == typed]:
        return exact[0] if len(exact) == 1 else None
    return _only_strong_match(typed.split(), [title.split() for title in titles])


def split_text(text: str, limit: int) -> list[str]:
    """Cut a text into pieces of at most `limit` characters, at the end of a paragraph, a line, a sentence or a word.

    Raises:
        ValueError: `limit` is below 1.
    """
    if limit < 1:
        raise ValueError(f"limit must be at least 1, got {limit}")
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _last_border(rest, limit)
        piece = rest[:cut].rstrip()
        if piece:
            pieces.append(piece)
        rest = rest[cut:].lstrip()
    if rest:
        pieces.append(rest)
    return pieces


def _normalized(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces; "1️⃣" is "1"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (
        " " if not char.isalnum() else char for char in decomposed if not unicodedata.category(char).startswith("M")
    )
    return " ".join("".join(kept).split())


def _only_strong_match(typed: list[str], titles: list[list[str]]) -> int | None:
    """The one title that has all the typed words and is mostly made of them."""
    words = set(typed) - _FILLERS
    if not words:
        return None
    fitting = []
    for index, title in enumerate(titles):
        wanted = set(title) - _FILLERS or set(title)
        if words <= wanted and bool(words & _NEGATIONS) == bool(wanted & _NEGATIONS):
            fitting.append((index, len(words) / len(wanted)))
    if len(fitting) != 1:
        return None
    index, share = fitting[0]
    return index if share >= _ENOUGH_OF_THE_TITLE else None


def _last_border(text: str, limit: int) -> int:
    """Where to cut within the first `limit` characters; coarse borders first, unless they waste half of the piece."""
    window = text[: limit + 1]
    for border in ("\n\n", "\n", ". ", "! ", "? ", "; ", " "):
        at = window.rfind(border)
        cut = at + len(border.rstrip(" ")) if border.strip() else at
        if limit // 2 < cut <= limit:
            return cut
    at = window.rfind(" ")
    return at if at > 0 else limit
