"""Ports of this machine, taken and free."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from bot.supervisor.checks import Port, port_faults


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        yield server.getsockname()[1]


def test_a_taken_port_is_told_with_its_number_and_its_setting(taken: int) -> None:
    # when
    (fault,) = port_faults((Port("TRATO_PORT", "127.0.0.1", taken, "web"),), patience_seconds=0)

    # then
    assert str(taken) in fault.text
    assert "TRATO_PORT" in fault.text


def test_a_free_port_is_no_fault(taken: int) -> None:
    # given
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        free = other.getsockname()[1]

    # then
    assert free != taken
    assert port_faults((Port("TRATO_PORT", "127.0.0.1", free, "web"),), patience_seconds=0) == []
