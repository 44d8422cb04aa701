"""How one sees that a process is ready."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from bot.supervisor.folders import read_pid

PROBE_SECONDS = 2.0

type Probe = Callable[[int], Awaitable[bool]]
"""Asked with the process id, again and again, until it says yes."""


def answers(url: str) -> Probe:
    """Ready once a GET of this address is answered with 200."""

    async def probe(_pid: int) -> bool:
        try:
            async with httpx.AsyncClient(timeout=PROBE_SECONDS, trust_env=False) as client:
                return (await client.get(url)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    return probe


def has_written(mark: Path) -> Probe:
    """Ready once this file names the process: an older one's mark does not count."""

    async def probe(pid: int) -> bool:
        return read_pid(mark) == pid

    return probe
