"""What every reader gives: a value, what it is, and where it stood."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """One value in a text.

    Args:
        entity: the name in the contract of the understanding.
        value: resolved; a whole number for installments, option and rating, text for all others.
        start: first character in the text that the reader was given.
        end: one past the last.
    """

    entity: str
    value: str | int
    start: int
    end: int


def masked(text: str, found: list[Found]) -> str:
    """The text with what was found blanked, so that no other reader takes it again; positions stay."""
    characters = list(text)
    for one in found:
        characters[one.start : one.end] = "\0" * (one.end - one.start)
    return "".join(characters)
