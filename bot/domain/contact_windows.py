"""When active contact may be made at all (R16), as data: the rule's table, the default, and a creditor's own hours.

Hours are local and half open: from 09:00 to 18:00 means 09:00 is inside and 18:00 is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from bot.domain.calendars import is_holiday

_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` to before `end` of one day."""

    start: time
    end: time

    def within(self, other: Hours | None) -> bool:
        """Whether no minute of these lies outside the others."""
        return other is not None and other.start <= self.start and self.end <= other.end

    def shared_with(self, other: Hours | None) -> Hours | None:
        """The hours that are in both, or None."""
        if other is None:
            return None
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Hours(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a week; None: not at all. Sundays and holidays are never part of one."""

    weekdays: Hours | None
    saturdays: Hours | None = None

    def hours_on(self, day: date, uf: str | None) -> Hours | None:
        """The hours of that day; None on Sundays, national holidays and holidays of the state."""
        if day.weekday() == _SUNDAY or is_holiday(day, uf):
            return None
        return self.saturdays if day.weekday() == _SATURDAY else self.weekdays

    def shared_with(self, other: Window) -> Window:
        return Window(
            self.weekdays.shared_with(other.weekdays) if self.weekdays else None,
            self.saturdays.shared_with(other.saturdays) if self.saturdays else None,
        )


@dataclass(frozen=True, slots=True)
class StateWindow:
    """The widest window that a creditor may use in a state; `confirmed` False: the source was not read."""

    window: Window
    source: str
    confirmed: bool = True


def _hours(text: str) -> Hours:
    start, end = text.split("-")
    return Hours(time.fromisoformat(start), time.fromisoformat(end))


DEFAULT_WINDOW = Window(_hours("09:00-18:00"))
WIDEST_WINDOWS: Mapping[str, StateWindow] = {
    "SP": StateWindow(Window(_hours("08:00-20:00"), _hours("08:00-14:00")), "SP Lei 17.832/2023 art. 51"),
    "AL": StateWindow(Window(_hours("08:00-20:00"), _hours("08:00-14:00")), "AL Lei 7.782/2016"),
    "RJ": StateWindow(Window(_hours("09:00-19:00")), "RJ Lei 7.868/2018"),
    "ES": StateWindow(Window(_hours("08:00-19:00")), "ES Lei 10.626/2017"),
    # The law fixes the end; the start and the Saturday are read as narrowly as its neighbours have them.
    "AM": StateWindow(Window(_hours("08:00-19:00")), "AM Lei 306/2016", confirmed=False),
}
ELSEWHERE = StateWindow(Window(_hours("08:00-20:00"), _hours("08:00-14:00")), "ours", confirmed=False)


def widest_window(uf: str | None) -> Window:
    """The row of the state; the default's where the state is unknown, since nothing wider is known to be allowed."""
    return DEFAULT_WINDOW if uf is None else WIDEST_WINDOWS.get(uf, ELSEWHERE).window


@dataclass(frozen=True, slots=True)
class ContactHours:
    """A creditor's hours: the general ones, and those of single states; the default where it says nothing."""

    general: Window = DEFAULT_WINDOW
    by_state: Mapping[str, Window] = field(default_factory=dict, hash=False)

    def window_in(self, uf: str | None) -> Window:
        """The hours in a state, never wider than its row, whatever was loaded."""
        return self.by_state.get(uf or "", self.general).shared_with(widest_window(uf))
