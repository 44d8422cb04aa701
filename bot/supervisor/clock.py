"""The clock of a test run, handed on to every process that starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class RunningClock:
    """TRATO_NOW sets its start, then it goes on; a process that starts later starts at a later time.

    Args:
        began_at: the time at which it began; None where time is the real one.
        monotonic: seconds that pass evenly, from any start.
        began_monotonic: what `monotonic` said at the beginning.
    """

    began_at: datetime | None
    monotonic: Callable[[], float]
    began_monotonic: float

    def environment(self) -> dict[str, str]:
        """TRATO_NOW as it is now; nothing where time is the real one."""
        if self.began_at is None:
            return {}
        passed = timedelta(seconds=self.monotonic() - self.began_monotonic)
        return {"TRATO_NOW": (self.began_at + passed).isoformat()}
