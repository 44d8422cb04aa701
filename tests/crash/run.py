"""One run: everybody writes at once, processes are killed amid it, then all is examined."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import quantiles

from rich.console import Console
from rich.table import Table

from tests.crash.checks import Findings, examine
from tests.crash.dialogues import NeverAnswered, Step, Watch, converse, script, voices
from tests.crash.kills import Kill, kill_amid
from tests.e2e.running import RunningProduct

SETTINGS = {"TRATO_GATHER_SECONDS": "0"}  # each message a turn of its own, so that order can be told
ANSWER_SECONDS = 300  # the longest that one answer may take, all recoveries included


@dataclass(frozen=True, slots=True)
class Outcome:
    seconds: float
    steps: Sequence[Step]
    kills: Sequence[Kill]
    findings: Findings


async def crash(product: RunningProduct, *, dialogues: int, kills: Sequence[str], seed: int) -> Outcome:
    """`dialogues` at once, half of them on Telegram, each to an agreement, while `kills` die one after another."""
    random = Random(seed)
    people = voices(product, dialogues)
    product.import_portfolio(row for voice in people for row in voice.person.rows())
    product.twilio.auto_status("delivered", pause=0.2)
    scripts = [list(script(voice, random)) for voice in people]
    total = sum(map(len, scripts))
    steps: list[Step] = []
    watch = Watch(product, [voice.address for voice in people])
    watching = asyncio.create_task(watch.run())
    killing = asyncio.create_task(kill_amid(product, kills, lambda: len(steps) / total))
    began = time.monotonic()
    try:
        ends = await asyncio.gather(
            *(
                converse(voice, words, watch, steps.append, seconds=ANSWER_SECONDS)
                for voice, words in zip(people, scripts, strict=True)
            ),
            return_exceptions=True,
        )
        seconds = time.monotonic() - began
        if not any(ends):
            await killing
    finally:
        watching.cancel()
        killing.cancel()
        done = await asyncio.gather(watching, killing, return_exceptions=True)
    for end in ends:
        if end is not None and not isinstance(end, NeverAnswered):
            raise end
    findings = await asyncio.to_thread(examine, product, people, steps)
    findings.violations += [f"never answered: {end}" for end in ends if end is not None]
    if not isinstance(done[1], list):
        findings.violations.append(f"not all was killed: {done[1]!r}")
        return Outcome(seconds, steps, [], findings)
    return Outcome(seconds, steps, done[1], findings)


def show(outcome: Outcome, console: Console) -> None:
    """The tables that the command prints."""
    table = Table("killed", "ready again, s", "answers again, s", "slowest answer, s", title="Recovery")
    for kill in outcome.kills:
        figures = (kill.ready_after, kill.answers_after(outcome.steps), kill.longest_wait(outcome.steps))
        table.add_row(kill.name, *(f"{figure:.1f}" for figure in figures))
    console.print(table)
    found = outcome.findings
    waits = [step.answered_at - step.wrote_at for step in outcome.steps]
    facts = {
        "seconds": f"{outcome.seconds:.0f}",
        "messages received": found.inbound,
        "messages sent": found.outbound,
        "wait for an answer, median and 95 %": " and ".join(
            f"{quantiles(waits, n=20)[n]:.1f} s" for n in (9, 18) if len(waits) > 1
        ),
        "agreements": found.agreements,
        "sendings that were interrupted": found.interrupted,
        "texts doubled by that": found.doubled,
        "violations": len(found.violations),
    }
    summary = Table("", "", title="Outcome", show_header=False)
    for name, value in facts.items():
        summary.add_row(name, str(value))
    console.print(summary)
    for violation in found.violations:
        console.print(f"- {violation}", markup=False, highlight=False)
