"""Memory and processor time of processes, each with whatever it started."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """In MiB. `shared_out`: PSS, where memory that processes share is counted once over all of them."""

    resident: float
    shared_out: float

    def __add__(self, other: Memory) -> Memory:
        return Memory(self.resident + other.resident, self.shared_out + other.shared_out)


def memory_of(pid: int) -> Memory:
    """Of a process and its descendants."""
    process = psutil.Process(pid)
    resident = shared_out = 0
    for one in (process, *process.children(recursive=True)):
        try:
            info = one.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        resident, shared_out = resident + info.rss, shared_out + info.pss
    return Memory(resident / MIB, shared_out / MIB)


def seconds_of(pid: int) -> float:
    """Of processor time that a process and its descendants have used."""
    process = psutil.Process(pid)
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
