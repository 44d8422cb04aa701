"""A creditor's terms of contact, read from the `[contact]` table of its policy and checked on loading (R16, R18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from bot.domain.calendars import STATES
from bot.domain.contact_windows import DEFAULT_WINDOW, ContactHours, Hours, Window, widest_window
from bot.domain.legal import CONTACTS_A_DAY, CONTACTS_IN_7_DAYS, SILENCE_DAYS, UNANSWERED_CONTACTS, LegalLimit


@dataclass(frozen=True, slots=True)
class Proof:
    """What is on file: its words or name, where it is kept, and since when."""

    text: str
    source: str
    on: date


@dataclass(frozen=True, slots=True)
class ContactTerms:
    """What a creditor has settled about writing first.

    Attributes:
        daily, weekly, unanswered, silence_days: budgets of active contacts; a policy may only tighten them (R18).
        opt_in: how its customers gave the number and agreed to be written to (R61); None: each needs a proof of theirs.
        whatsapp_approval: the platform's written approval for an agency (R60).
        templates: names of the approved templates, for when the 24 hours are over (R62).
        assigned: the debts were bought; then `assignment_notice_on` must be on file (R9).
    """

    hours: ContactHours = field(default_factory=ContactHours)
    daily: int = CONTACTS_A_DAY.count
    weekly: int = CONTACTS_IN_7_DAYS.count
    unanswered: int = UNANSWERED_CONTACTS.count
    silence_days: int = SILENCE_DAYS.count
    opt_in: Proof | None = None
    whatsapp_approval: Proof | None = None
    templates: tuple[str, ...] = ()
    assigned: bool = False
    assignment_notice_on: date | None = None


type Fault = dict[str, object]

_WINDOW_KEYS = ("weekdays", "saturdays")
_CAPS: Mapping[str, LegalLimit] = {
    "daily": CONTACTS_A_DAY,
    "weekly": CONTACTS_IN_7_DAYS,
    "unanswered": UNANSWERED_CONTACTS,
}


def contact_terms(table: Mapping[str, object]) -> ContactTerms:
    """The terms that a checked table means.

    Raises:
        ValueError: `contact_faults` finds something in it.
    """
    reader = _Reader(table)
    terms = reader.terms()
    if reader.faults:
        raise ValueError(f"contact: {reader.faults}")
    return terms


def contact_faults(table: Mapping[str, object]) -> list[Fault]:
    """What is wrong with a `[contact]` table, with path, rule and code of each fault."""
    reader = _Reader(table)
    reader.terms()
    return reader.faults


class _Reader:
    """Reads one table and gathers its faults."""

    def __init__(self, table: Mapping[str, object]) -> None:
        self._table = table
        self.faults: list[Fault] = []

    def terms(self) -> ContactTerms:
        known = {*_WINDOW_KEYS, *_CAPS, "states", "silence_days", "opt_in", "whatsapp_approval", "templates"}
        self._unknown("contact", self._table, known | {"assigned", "assignment_notice_on"})
        budgets = {key: self._budget(key, cap) for key, cap in _CAPS.items()}
        return ContactTerms(
            hours=self._hours(),
            **budgets,
            silence_days=self._silence(),
            opt_in=self._proof("opt_in", "R61"),
            whatsapp_approval=self._proof("whatsapp_approval", "R60"),
            templates=self._templates(),
            assigned=self._of("assigned", bool, False),
            assignment_notice_on=self._of("assignment_notice_on", date, None),
        )

    def _fault(self, path: str, code: str, rule: str | None = None, **facts: object) -> None:
        self.faults.append({"path": path, "rule": rule, "code": code, **facts})

    def _unknown(self, path: str, table: Mapping[str, object], known: set[str]) -> None:
        for key in table.keys() - known:
            self._fault(f"{path}.{key}", "unexpected_key")

    def _of[T](self, key: str, kind: type[T], missing: T | None) -> T:
        value = self._table.get(key)
        if value is None:
            return missing  # type: ignore[return-value]  # None only where the caller's field may be None
        if not isinstance(value, kind):
            self._fault(f"contact.{key}", "wrong_type")
            return missing  # type: ignore[return-value]
        return value

    def _budget(self, key: str, cap: LegalLimit) -> int:
        value = self._table.get(key, cap.count)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self._fault(f"contact.{key}", "wrong_type", cap.rule)
            return cap.count
        if value > cap.count:
            self._fault(f"contact.{key}", "above_legal_cap", cap.rule, value=value, cap=cap.count)
        return min(value, cap.count)

    def _silence(self) -> int:
        value, least = self._table.get("silence_days", SILENCE_DAYS.count), SILENCE_DAYS.count
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 3650:
            self._fault("contact.silence_days", "out_of_range", SILENCE_DAYS.rule, value=value, low=least, high=3650)
            return least
        return value

    def _templates(self) -> tuple[str, ...]:
        value = self._table.get("templates", ())
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) and v for v in value):
            self._fault("contact.templates", "wrong_type", "R62")
            return ()
        return tuple(value)

    def _proof(self, key: str, rule: str) -> Proof | None:
        value = self._table.get(key)
        if value is None:
            return None
        match value:
            case {"text": str(text), "source": str(source), "on": date() as on, **rest} if text and source and not rest:
                return Proof(text, source, on)
        self._fault(f"contact.{key}", "incomplete_proof", rule)
        return None

    def _hours(self) -> ContactHours:
        general = self._window("contact", self._table, DEFAULT_WINDOW)
        states = self._table.get("states", {})
        if not isinstance(states, Mapping):
            self._fault("contact.states", "wrong_type", "R16")
            states = {}
        by_state = {}
        for uf, table in states.items():
            path = f"contact.states.{uf}"
            if uf not in STATES or not isinstance(table, Mapping):
                self._fault(path, "invalid_state" if uf not in STATES else "wrong_type", "R16")
                continue
            self._unknown(path, table, set(_WINDOW_KEYS))
            by_state[uf] = self._window(path, table, general)
            for key in _WINDOW_KEYS:
                self._beyond(f"{path}.{key}", getattr(by_state[uf], key) if key in table else None, key, [uf])
        for key in _WINDOW_KEYS:
            own = {uf for uf in by_state if key in states[uf]}
            self._beyond(f"contact.{key}", getattr(general, key), key, sorted(STATES - own))
        return ContactHours(general, by_state)

    def _window(self, path: str, table: Mapping[str, object], otherwise: Window) -> Window:
        weekdays, saturdays = (
            self._span(f"{path}.{key}", table[key]) if key in table else getattr(otherwise, key) for key in _WINDOW_KEYS
        )
        return Window(weekdays, saturdays)

    def _span(self, path: str, value: object) -> Hours | None:
        """`["09:00", "18:00"]`, local times of TOML too; an empty list: not on these days."""
        if value == []:
            return None
        times = [_time(v) for v in value] if isinstance(value, list) else []
        match times:
            case [time() as start, time() as end] if start < end:
                return Hours(start, end)
        self._fault(path, "invalid_hours", "R16")
        return None

    def _beyond(self, path: str, hours: Hours | None, key: str, states: list[str]) -> None:
        """R16: a creditor may widen the hours up to the row of the state, never beyond."""
        beyond = [(uf, row) for uf, row in _rows(key, states) if hours and not hours.within(row)]
        if hours and beyond:
            narrowest = min((row for _, row in beyond), key=_minutes)
            facts = {"value": _text(hours), "cap": _text(narrowest), "states": ", ".join(uf for uf, _ in beyond)}
            self._fault(path, "beyond_state_window", "R16", **facts)


def _rows(key: str, states: list[str]) -> Iterator[tuple[str, Hours | None]]:
    for uf in states:
        yield uf, getattr(widest_window(uf), key)


def _time(value: object) -> time | None:
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _minutes(hours: Hours | None) -> int:
    if hours is None:
        return 0
    return (hours.end.hour - hours.start.hour) * 60 + hours.end.minute - hours.start.minute


def _text(hours: Hours | None) -> str:
    return f"{hours.start:%H:%M}-{hours.end:%H:%M}" if hours else "-"
