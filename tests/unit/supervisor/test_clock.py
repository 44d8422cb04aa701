from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.supervisor.clock import RunningClock

MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=-3)))


def test_a_process_that_starts_later_starts_at_a_later_time() -> None:
    # given
    passed = 100.0
    clock = RunningClock(MORNING, lambda: passed, began_monotonic=100.0)
    first = clock.environment()

    # when
    passed = 190.5

    # then
    assert first == {"TRATO_NOW": "2026-11-23T10:00:00-03:00"}
    assert clock.environment() == {"TRATO_NOW": "2026-11-23T10:01:30.500000-03:00"}


def test_the_real_time_is_handed_to_nobody() -> None:
    assert RunningClock(None, lambda: 5.0, began_monotonic=0.0).environment() == {}
