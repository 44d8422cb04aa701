"""Dialogues drawn at random, and what they came to; a failure is cut down to the shortest trace that still fails."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.checks import Memory, check
from tests.fuzz.people import Step, next_step, read
from tests.fuzz.portfolio import a_start
from tests.fuzz.world import Broken, World

TURNS_OF_ONE = 30


@dataclass
class Figures:
    turns: int = 0
    dialogues: int = 0
    identified: int = 0
    offers: int = 0
    agreements: int = 0
    responses: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Failure:
    """`seed` of the one dialogue; `trace` is what was said, in the shortest form found."""

    seed: int
    what: str
    steps: tuple[Step, ...]
    trace: str


def fuzz(turns: int, seed: int) -> tuple[Figures, Failure | None]:
    """Draw dialogues until there were that many turns, or one breaks a promise."""
    figures = Figures()
    for number in range(turns):
        if figures.turns >= turns:
            break
        dialogue = seed * 1_000_003 + number
        if (failure := _one(dialogue, figures)) is not None:
            return figures, failure
    return figures, None


def _one(seed: int, figures: Figures) -> Failure | None:
    draw = Random(seed)
    world, memory = World(a_start(draw)), Memory()
    steps: list[Step] = []
    for number in range(draw.randint(5, TURNS_OF_ONE)):
        steps.append(next_step(world, draw, number))
        if (what := _take(world, steps[-1], memory, figures)) is not None:
            shortest = _shortest(seed, steps, what)
            return Failure(seed, what, shortest, "\n".join(_trace(seed, shortest)))
    figures.dialogues += 1
    figures.identified += world.case().identified
    figures.offers += len(world.offers)
    figures.agreements += len(world.agreements)
    return None


def _take(world: World, step: Step, memory: Memory, figures: Figures | None = None) -> str | None:
    """One turn; what went wrong, as a line, or None."""
    world.now += step.after
    if step.again:
        world.begin_again()
        memory.terms = None
    try:
        turn = read(world, step)
        before = world.case()
        answer = world.take(turn)
        check(world, before, turn, answer, memory)
    except Broken as broken:
        return str(broken)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} in {where.name}, line {where.lineno}"
    if figures is not None:
        figures.turns += 1
        figures.responses.update(one.response for one in answer.says)
    return None


def _replay(seed: int, steps: list[Step] | tuple[Step, ...]) -> str | None:
    world, memory = World(a_start(Random(seed))), Memory()
    return next((what for step in steps if (what := _take(world, step, memory)) is not None), None)


def _shortest(seed: int, steps: list[Step], what: str) -> tuple[Step, ...]:
    """Leave out one step after the other, as long as something of the same kind still fails."""
    kind = what.split(":", maxsplit=1)[0]
    position = len(steps) - 2
    while position >= 0:
        fewer = steps[:position] + steps[position + 1 :]
        found = _replay(seed, fewer)
        if found is not None and found.split(":")[0] == kind:
            steps = fewer
        position -= 1
    return tuple(steps)


def _trace(seed: int, steps: tuple[Step, ...]) -> Iterator[str]:
    world, memory = World(a_start(Random(seed))), Memory()
    for step in steps:
        turn = read(world, step) if not step.again else step.understood
        pressed = f" [{step.pressed}]" if step.pressed else ""
        meaning = f"{turn.intent}, {turn.decision}, {dict(turn.entities)}"
        yield f"> {step.understood.text}{pressed}  ({meaning}, +{step.after})"
        what = _take(world, step, memory)
        last = world.conversation
        yield f"< {', '.join(world.said)}"
        yield f"  asked: {last.asked.what or '-'}, state: {last.state}, memory: {dict(last.memory)}"
        if what is not None:
            yield f"  BROKEN {what}"
