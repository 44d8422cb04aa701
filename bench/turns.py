"""Speed and memory of whole turns, beside a stock Rasa: `python -m bench.turns`, on one machine, in one run.

Ours is measured from the webhook's first byte to the moment when the provider has the last message of the answer; the
stock assistant from its request to its response. Ours stores every message, survives a kill at any instant and asks for
consent; the stock assistant keeps its conversations in memory. Both get a new person after every six messages.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import httpx

from bench.load import WARM_UP_SECONDS, Outcome, as_fast_as_answered, at_rate
from bench.ours import Ours, started_product
from bench.stock import Stock, make_project, started_stock
from bench.usage import Memory, memory_of, seconds_of

AT_ONCE = 50


@dataclass
class Measured:
    """`first`: at the fixed rate, the seconds until the first message of each answer.

    `processor`: seconds of processor time a turn, by process, with everybody writing.
    """

    steady: Outcome
    full: Outcome
    memory: Mapping[str, Memory]
    processor: Mapping[str, float]
    first: Outcome


async def measure_ours(seconds: float) -> Measured:
    product, quick = await asyncio.to_thread(started_product)
    try:
        async with _client() as client:
            ours = Ours(product, quick, client)
            await ours.learn()
            return await _measure(ours, seconds, ours.first)
    finally:
        await asyncio.to_thread(product.stop)


async def measure_stock(seconds: float) -> Measured:
    async with _client() as client:
        with started_stock(client) as stock:
            for step in range(len(stock.script)):
                await stock.turn(0, step)
            return await _measure(stock, seconds, [])


async def _measure(target: Ours | Stock, seconds: float, first: Sequence[float]) -> Measured:
    """At a message a second, then from everybody at once."""
    people = count(1)
    steady = await at_rate(target, seconds=seconds, per_second=1, people=people)
    at_first = Outcome(list(first) or steady.latencies)
    pids = target.pids()
    before = {name: seconds_of(pid) for name, pid in pids.items()}
    full = await as_fast_as_answered(target, seconds=seconds, people=people, at_once=AT_ONCE)
    turns = max(1.0, full.turns_per_second * (seconds + WARM_UP_SECONDS))
    processor = {name: (seconds_of(pid) - before[name]) / turns for name, pid in pids.items()}
    return Measured(steady, full, {name: memory_of(pid) for name, pid in pids.items()}, processor, at_first)


def report(ours: Measured, stock: Measured, *, seconds: float) -> str:
    """A Markdown table, and one of memory."""
    rows = [
        ("1 message/s: first message of the answer, p50", *_milliseconds(ours.first, stock.first, 50)),
        ("1 message/s: first message of the answer, p95", *_milliseconds(ours.first, stock.first, 95)),
        ("1 message/s: whole answer, p50", *_milliseconds(ours.steady, stock.steady, 50)),
        ("1 message/s: whole answer, p95", *_milliseconds(ours.steady, stock.steady, 95)),
        (
            f"{AT_ONCE} conversations: turns/s",
            f"{ours.full.turns_per_second:.1f}",
            f"{stock.full.turns_per_second:.1f}",
            _ratio(ours.full.turns_per_second, stock.full.turns_per_second),
        ),
        (f"{AT_ONCE} conversations: whole answer, p95", *_milliseconds(ours.full, stock.full, 95)),
        ("turns without an answer", *(str(m.steady.unanswered + m.full.unanswered) for m in (ours, stock)), ""),
        ("memory of all processes, PSS", *_mebibytes(_total(ours), _total(stock))),
        ("memory of Rasa, PSS", *_mebibytes(ours.memory["rasa"], stock.memory["rasa"])),
    ]
    lines = [
        f"Each measured for {seconds:g} s on {os.cpu_count()} cores; `TRATO_GATHER_SECONDS=0`.",
        "",
        "| | Trato | stock Rasa | ratio |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        "| process | RSS | PSS | processor time a turn |",
        "| --- | ---: | ---: | ---: |",
        *_processes("Trato", ours),
        *_processes("stock", stock),
    ]
    return "\n".join(lines)


def _processes(whose: str, measured: Measured) -> Iterator[str]:
    for name, memory in measured.memory.items():
        spent = measured.processor[name] * 1000
        yield f"| {whose}: {name} | {memory.resident:.0f} MiB | {memory.shared_out:.0f} MiB | {spent:.1f} ms |"


def _milliseconds(ours: Outcome, stock: Outcome, percent: float) -> tuple[str, str, str]:
    a, b = ours.percentile(percent) * 1000, stock.percentile(percent) * 1000
    return f"{a:.0f} ms", f"{b:.0f} ms", _ratio(a, b)


def _mebibytes(ours: Memory, stock: Memory) -> tuple[str, str, str]:
    return (
        f"{ours.shared_out:.0f} MiB",
        f"{stock.shared_out:.0f} MiB",
        _ratio(ours.shared_out, stock.shared_out),
    )


def _total(measured: Measured) -> Memory:
    return sum(measured.memory.values(), Memory(0, 0))


def _ratio(ours: float, stock: float) -> str:
    return f"{ours / stock:.2f}" if stock else "-"


def _client() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=2 * AT_ONCE, max_keepalive_connections=2 * AT_ONCE)
    return httpx.AsyncClient(timeout=120, limits=limits, trust_env=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.turns", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of each measurement; 15 for a quick look")
    parser.add_argument("--ours-only", action="store_true", help="for profiling: no stock Rasa beside it")
    options = parser.parse_args()
    if not options.ours_only:
        sys.stderr.write("Stock Rasa: making the project, once …\n")
        make_project()
    sys.stderr.write("Trato: measuring …\n")
    ours = asyncio.run(measure_ours(options.seconds))
    if options.ours_only:
        stock = ours
    else:
        sys.stderr.write("Stock Rasa: measuring …\n")
        stock = asyncio.run(measure_stock(options.seconds))
    sys.stdout.write(report(ours, stock, seconds=options.seconds) + "\n")


if __name__ == "__main__":
    main()
