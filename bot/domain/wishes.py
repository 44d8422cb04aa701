"""What a debtor wishes about when and how they are written to (R20), read from their own words.

A wish only ever narrows. What can't be read is kept as it is, and then a person reads it before anything is started.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time

from bot.domain.contact_windows import Hours

_DAY = Hours(time(0), time.max)
_PARTS = {"manha": Hours(time(0), time(12)), "tarde": Hours(time(12), time(18)), "noite": Hours(time(18), time.max)}
_WEEKDAYS = ("segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo")
_HOUR = r"(?:as |das )?(\d{1,2})(?:(?:h|:)(\d{2})?|\s?horas?)?(?![\d/])"
_BETWEEN = re.compile(rf"\b(?:entre|das|de)\s+{_HOUR}\s*(?:e|as|a|ate|-)\s+{_HOUR}")
_AFTER = re.compile(rf"\b(?:depois|apos|a partir)\s+(?:de |das |da )?{_HOUR}")
_BEFORE = re.compile(rf"\b(?:antes|ate)\s+(?:de |das |as |a )?{_HOUR}")
_DAYS = re.compile(rf"\b({'|'.join(_WEEKDAYS)})s?(?:-feiras?)?\b")
_DAY_RANGE = re.compile(r"\b(?:de )?(segunda|terca)(?:-feira)? (?:a|ate) (quinta|sexta|sabado)(?:-feira)?\b")
_CHANNELS = {
    "whatsapp": r"whats?app|whats|zap",
    "telegram": r"telegram",
    "email": r"e-?mail",
    "voice": r"ligacao|telefone",
}
_ONLY = re.compile(r"\b(so|somente|apenas|prefiro|pelo|por|no|via)\b")
_NOT = re.compile(r"\b(nao|nunca|menos|exceto|parem?|sem)\b")


@dataclass(frozen=True, slots=True)
class Wish:
    """Local hours, days of the week (Monday is 0) and channels that are welcome; None: any channel.

    `unread`: the words could not be read; automatic contact then waits for a person.
    """

    hours: Hours = _DAY
    weekdays: frozenset[int] = frozenset(range(7))
    channels: frozenset[str] | None = None
    unwelcome: frozenset[str] = frozenset()
    unread: bool = False

    def allows_channel(self, channel: str) -> bool:
        return channel not in self.unwelcome and (self.channels is None or channel in self.channels)

    def narrowed(self, hours: Hours | None, day: date) -> Hours | None:
        """What is left of the hours of a day."""
        return hours.shared_with(self.hours) if hours and day.weekday() in self.weekdays else None


def wish_from(words: str) -> Wish:
    """The wish in somebody's words ("só de manhã", "depois das 14h", "não no WhatsApp, só e-mail")."""
    text = "".join(c for c in unicodedata.normalize("NFD", words.lower()) if not unicodedata.combining(c))
    hours, weekdays = _hours_in(text), _weekdays_in(text)
    welcome, unwelcome = _channels_in(text)
    if hours is None and weekdays is None and not welcome and not unwelcome:
        return Wish(unread=True)
    return Wish(hours or _DAY, weekdays or frozenset(range(7)), welcome or None, unwelcome)


def _hours_in(text: str) -> Hours | None:
    if found := _BETWEEN.search(text):
        start, end = _at(found[1], found[2]), _at(found[3], found[4])
        return Hours(start, end) if start and end and start < end else None
    after, before = _AFTER.search(text), _BEFORE.search(text)
    if after or before:
        start = _at(after[1], after[2]) if after else time(0)
        end = _at(before[1], before[2]) if before else time.max
        return Hours(start, end) if start is not None and end is not None and start < end else None
    named = [hours for word, hours in _PARTS.items() if re.search(rf"\b{word}\b", text)]
    if len(named) != 1:
        return (
            Hours(min(h.start for h in named), max(h.end for h in named)) if named and not _NOT.search(text) else None
        )
    return None if _NOT.search(text) else named[0]


def _weekdays_in(text: str) -> frozenset[int] | None:
    if found := _DAY_RANGE.search(text):
        return frozenset(range(_WEEKDAYS.index(found[1]), _WEEKDAYS.index(found[2]) + 1))
    named = frozenset(_WEEKDAYS.index(word) for word in _DAYS.findall(text))
    if re.search(r"\b(fim|fins) de semana\b", text):
        named |= {5, 6}
    if not named:
        return None
    return frozenset(range(7)) - named if _NOT.search(text) else named


def _channels_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Which channels are named as welcome, and which as not; clause by clause."""
    welcome, unwelcome = set(), set()
    for clause in re.split(r"[,.;]|\bmas\b|\be sim\b", text):
        named = {channel for channel, words in _CHANNELS.items() if re.search(rf"\b(?:{words})\b", clause)}
        if _NOT.search(clause):
            unwelcome |= named
        elif _ONLY.search(clause):
            welcome |= named
    return frozenset(welcome), frozenset(unwelcome)


def _at(hour: str, minute: str | None) -> time | None:
    if int(hour) > 23 or int(minute or 0) > 59:
        return None
    return time(int(hour), int(minute or 0))
