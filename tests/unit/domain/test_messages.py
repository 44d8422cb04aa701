"""Delivery only moves on: a late report never undoes a better one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import DELIVERY_ORDER, Status, advances

OUTBOUND = (*DELIVERY_ORDER, Status.FAILED, Status.REFUSED)
REPORTED = (Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED)


@pytest.mark.parametrize(
    ("current", "event", "moves"),
    [
        (Status.SENDING, Status.SENT, True),
        (Status.SENT, Status.DELIVERED, True),
        (Status.DELIVERED, Status.SENT, False),
        (Status.DELIVERED, Status.FAILED, False),
        (Status.SENT, Status.FAILED, True),
        (Status.FAILED, Status.SENT, False),
        (Status.FAILED, Status.DELIVERED, True),
        (Status.READ, Status.DELIVERED, False),
        (Status.REFUSED, Status.SENT, False),
        (Status.SENT, Status.RECEIVED, False),
    ],
)
def test_a_report_counts_where_it_tells_something_better(current: Status, event: Status, moves: bool) -> None:
    assert advances(current, event) is moves


@given(st.sampled_from(OUTBOUND), st.lists(st.sampled_from(REPORTED), max_size=12))
def test_in_any_order_and_number_what_arrived_stays_arrived(start: Status, reports: list[Status]) -> None:
    current, arrived = start, start in (Status.DELIVERED, Status.READ)
    for report in reports:
        current = report if advances(current, report) else current
        arrived = arrived or current in (Status.DELIVERED, Status.READ)
        assert not arrived or current in (Status.DELIVERED, Status.READ)
    assert start is not Status.REFUSED or current is Status.REFUSED


@given(st.sampled_from(OUTBOUND), st.sampled_from(REPORTED))
def test_the_same_report_twice_changes_nothing_more(start: Status, report: Status) -> None:
    once = report if advances(start, report) else start
    assert not advances(once, report)
