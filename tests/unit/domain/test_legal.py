from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.legal import (
    ALL_LIMITS,
    LATE_FINE_CAP,
    MINIMUM_LIVING,
    PRESCRIPTION_YEARS,
    Blocked,
    may_be_listed,
    monthly_rates,
    prescribes_on,
    prescription,
)
from bot.domain.money import Money

DUE = date(2021, 11, 23)
END = date(2026, 11, 23)


def test_every_number_names_its_rule_unit_source_and_first_day() -> None:
    assert len(ALL_LIMITS) > 20
    for limit in ALL_LIMITS:
        assert re.fullmatch(r"R\d{1,2}", limit.rule)
        assert limit.unit
        assert limit.source
        assert limit.holds_from.year > 1900


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("R6", "2"),
        ("R10", "3"),
        ("R22", "7"),
        ("R25", "5"),
        ("R28", "5"),
        ("R30", "5"),
        ("R30", "30"),
        ("R33", "90"),
        ("R34", "0.02"),
        ("R36", "0.01"),
        ("R41", "5"),
        ("R42", "600"),
        ("R42", "0.30"),
        ("R44", "5"),
        ("R45", "30"),
        ("R49", "15"),
        ("R58", "6"),
        ("R59", "7"),
        ("R68", "90"),
    ],
)
def test_the_number_of_the_rule_stands_in_one_place(rule: str, value: str) -> None:
    assert sum(1 for limit in ALL_LIMITS if (limit.rule, limit.value) == (rule, Decimal(value))) == 1


def test_what_was_not_read_in_the_primary_source_is_flagged() -> None:
    assert {limit.rule for limit in ALL_LIMITS if not limit.confirmed} == {"R33", "R36", "R39", "R59"}


def test_a_number_comes_as_a_count_or_as_money_only_where_it_is_one() -> None:
    assert PRESCRIPTION_YEARS.count == 5
    assert MINIMUM_LIVING.money == Money(600_00)
    with pytest.raises(ValueError, match="no whole number"):
        _ = LATE_FINE_CAP.count
    with pytest.raises(ValueError, match="no amount"):
        _ = PRESCRIPTION_YEARS.money


@pytest.mark.parametrize(
    ("days_left", "rule"),
    [(-1, "R31"), (0, "R31"), (1, "R30"), (30, "R30"), (31, "R33"), (89, "R33"), (90, None), (400, None)],
)
def test_R30_R31_R33_the_refusal_follows_from_the_days_left_until_prescription(
    days_left: int, rule: str | None
) -> None:
    # given a debt that prescribes on 23 November 2026
    # when
    refusal = prescription(DUE, today=END - timedelta(days=days_left))

    # then
    assert (refusal.rule if refusal else None) == rule


def test_R30_a_leap_day_prescribes_on_the_first_of_march() -> None:
    assert prescribes_on(date(2024, 2, 29)) == date(2029, 3, 1)


def test_R25_nothing_is_listed_from_the_fifth_year_on() -> None:
    assert may_be_listed(DUE, today=END - timedelta(days=1))
    assert not may_be_listed(DUE, today=END)


def test_a_refusal_is_a_value_that_names_its_rule() -> None:
    refusal = Blocked("R31", "prescribed", {"days_left": 0})
    assert refusal == Blocked("R31", "prescribed", {"days_left": 0})
    assert len({refusal, refusal}) == 1


def test_R35_the_series_is_read_by_month_and_never_below_zero() -> None:
    assert monthly_rates({"2026-10": "0.0071", "2026-11": Decimal("-0.001")}) == {
        date(2026, 10, 1): Decimal("0.0071"),
        date(2026, 11, 1): Decimal(0),
    }


@pytest.mark.parametrize("table", [{"outubro": "0.01"}, {"2026-13": "0.01"}, {"2026-10": "um"}])
def test_R35_a_series_that_cant_be_read_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"month|rate"):
        monthly_rates(table)
