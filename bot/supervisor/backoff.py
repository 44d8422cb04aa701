"""How long to wait before a process that died is started again."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_SECONDS = 0.25
LONGEST_SECONDS = 30.0
STEADY_SECONDS = 60.0  # who lived that long starts with a clean slate


@dataclass(slots=True)
class Backoff:
    """At once at first, twice as long with every death that follows soon, up to half a minute."""

    first_seconds: float = FIRST_SECONDS
    longest_seconds: float = LONGEST_SECONDS
    steady_seconds: float = STEADY_SECONDS
    deaths: int = 0

    def pause_after(self, lived_seconds: float) -> float:
        """Seconds to wait now that the process has died, having lived for `lived_seconds`."""
        if lived_seconds >= self.steady_seconds:
            self.deaths = 0
        self.deaths += 1
        return float(min(self.first_seconds * 2 ** min(self.deaths - 1, 30), self.longest_seconds))
