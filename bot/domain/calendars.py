"""Business days and due days in Brazil. The only module that knows the `holidays` library."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

import holidays

STATES = frozenset(
    "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split()  # noqa: SIM905
)
_SATURDAY = 5


@lru_cache(maxsize=32)
def _holidays(uf: str | None) -> holidays.HolidayBase:
    if uf is not None and uf not in STATES:
        raise ValueError(f"not a Brazilian state: {uf!r}")
    return holidays.country_holidays("BR", subdiv=uf)


def is_holiday(day: date, uf: str | None = None) -> bool:
    """Whether it is a national holiday, or one of the state `uf` where that is given.

    Raises:
        ValueError: `uf` is no Brazilian state.
    """
    return day in _holidays(uf)


def is_business_day(day: date, uf: str | None = None) -> bool:
    """Monday to Friday, no national holiday, and no holiday of the state `uf` where that is given."""
    return day.weekday() < _SATURDAY and not is_holiday(day, uf)


def next_business_day(day: date, uf: str | None = None) -> date:
    """The day itself where it is a business day, else the first one after it."""
    while not is_business_day(day, uf):
        day += timedelta(days=1)
    return day


def previous_business_day(day: date, uf: str | None = None) -> date:
    """The day itself where it is a business day, else the last one before it."""
    while not is_business_day(day, uf):
        day -= timedelta(days=1)
    return day


def add_business_days(day: date, n: int, uf: str | None = None) -> date:
    """The n-th business day after `day`; `day` itself is not counted. n = 0 gives `day`.

    Raises:
        ValueError: `n` is negative.
    """
    if n < 0:
        raise ValueError(f"n must not be negative, got {n}")
    for _ in range(n):
        day = next_business_day(day + timedelta(days=1), uf)
    return day


def day_in_month(year: int, month: int, day: int) -> date:
    """That day of the month, or the month's last where it has none (31 in April → the 30th)."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def add_months(day: date, months: int, *, due_day: int | None = None) -> date:
    """`months` later on `due_day` (else the same day), clamped to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day_in_month(year, month + 1, due_day or day.day)


def next_due_day(after: date, due_day: int) -> date:
    """The first date later than `after` that falls on `due_day` of a month, clamped to the month's last."""
    this_month = day_in_month(after.year, after.month, due_day)
    return this_month if this_month > after else add_months(after, 1, due_day=due_day)


def fifth_business_day(month: date, uf: str | None = None) -> date:
    """The fifth business day of the month in which `month` lies ("quinto dia útil")."""
    return add_business_days(month.replace(day=1) - timedelta(days=1), 5, uf)
