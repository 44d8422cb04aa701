from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.supervisor.backoff import Backoff


def test_the_first_restart_comes_at_once_and_each_further_one_later() -> None:
    # given
    backoff = Backoff()

    # when
    pauses = [backoff.pause_after(lived_seconds=1) for _ in range(9)]

    # then
    assert pauses == [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30]


def test_whoever_lived_a_minute_starts_with_a_clean_slate() -> None:
    # given
    backoff = Backoff()
    for _ in range(6):
        backoff.pause_after(lived_seconds=1)

    # when
    pause = backoff.pause_after(lived_seconds=60)

    # then
    assert pause == 0.25


@given(st.lists(st.floats(min_value=0, max_value=1e6), max_size=200))
def test_no_pause_is_longer_than_half_a_minute(lives: list[float]) -> None:
    backoff = Backoff()
    assert all(0 < backoff.pause_after(lived) <= 30 for lived in lives)
