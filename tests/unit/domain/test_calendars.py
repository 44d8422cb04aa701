from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import calendars

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
STATES = st.sampled_from([None, *sorted(calendars.STATES)])


@pytest.mark.parametrize(
    ("day", "uf", "expected"),
    [
        (date(2026, 11, 23), None, True),
        (date(2026, 11, 21), None, False),  # a Saturday
        (date(2026, 11, 20), None, False),  # Consciência Negra, national since 2024
        (date(2026, 7, 9), "SP", False),  # a holiday of São Paulo only
        (date(2026, 7, 9), "RJ", True),
        (date(2026, 4, 3), None, False),  # Good Friday
    ],
)
def test_business_days_leave_out_weekends_national_and_state_holidays(
    day: date, uf: str | None, expected: bool
) -> None:
    assert calendars.is_business_day(day, uf) is expected


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="not a Brazilian state"):
        calendars.is_business_day(date(2026, 11, 23), "XX")


def test_five_business_days_step_over_weekend_and_holiday() -> None:
    # given Wednesday 18 November 2026, with a holiday on Friday 20
    # then Thu 19, Mon 23, Tue 24, Wed 25, Thu 26
    assert calendars.add_business_days(date(2026, 11, 18), 5) == date(2026, 11, 26)


def test_business_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="negative"):
        calendars.add_business_days(date(2026, 11, 18), -1)


def test_a_day_that_a_month_lacks_is_its_last() -> None:
    assert calendars.day_in_month(2026, 4, 31) == date(2026, 4, 30)
    assert calendars.add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert calendars.add_months(date(2026, 2, 28), 1, due_day=31) == date(2026, 3, 31)
    assert calendars.add_months(date(2026, 11, 10), 14) == date(2028, 1, 10)


def test_the_next_due_day_is_always_later_than_today() -> None:
    assert calendars.next_due_day(date(2026, 11, 23), 25) == date(2026, 11, 25)
    assert calendars.next_due_day(date(2026, 11, 23), 23) == date(2026, 12, 23)
    assert calendars.next_due_day(date(2026, 4, 30), 31) == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (date(2026, 11, 30), date(2026, 11, 9)),
        (date(2026, 12, 1), date(2026, 12, 7)),
        (date(2026, 1, 1), date(2026, 1, 8)),
    ],
)
def test_the_fifth_business_day_of_a_month(month: date, expected: date) -> None:
    assert calendars.fifth_business_day(month) == expected


@given(DAYS, STATES)
def test_the_next_and_previous_business_days_enclose_the_day(day: date, uf: str | None) -> None:
    before, after = calendars.previous_business_day(day, uf), calendars.next_business_day(day, uf)
    assert before <= day <= after
    assert calendars.is_business_day(before, uf)
    assert calendars.is_business_day(after, uf)


@given(DAYS, st.integers(0, 15), STATES)
def test_adding_business_days_counts_exactly_so_many(day: date, n: int, uf: str | None) -> None:
    end = calendars.add_business_days(day, n, uf)
    between = [date.fromordinal(o) for o in range(day.toordinal() + 1, end.toordinal() + 1)]
    assert sum(1 for d in between if calendars.is_business_day(d, uf)) == n
