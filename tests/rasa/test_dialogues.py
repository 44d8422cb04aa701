"""Dialogues by kind against the real server: what is said, and which texts come back.

A file under `dialogues/` holds several. `## name | debts=3` begins one, `> text` is what the person writes (` / `
between messages of a burst), `< utter_a utter_b` which texts must be among the answer's (a name stands for all that
begin with it), `= state=waiting agreements=0` what holds in the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.people import OnWhatsApp, Person
from tests.e2e.running import RunningProduct
from tests.standins import twilio

pytestmark = pytest.mark.rasa
FILES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))
AT_ONCE = 6


@dataclass
class Dialogue:
    name: str
    facts: dict[str, Any]
    steps: list[tuple[str, list[str]]] = field(default_factory=list)
    end: dict[str, str] = field(default_factory=dict)


def read(file: Path) -> list[Dialogue]:
    dialogues: list[Dialogue] = []
    for line in file.read_text("utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        match mark:
            case "##":
                name, _, facts = rest.partition(" | ")
                dialogues.append(Dialogue(name, {k: int(v) for k, v in _pairs(facts).items()}))
            case ">":
                dialogues[-1].steps.append((rest, []))
            case "<":
                dialogues[-1].steps[-1][1].extend(rest.split())
            case "=":
                dialogues[-1].end = _pairs(rest)
    return dialogues


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


async def play(running: RunningProduct, person: Person, dialogue: Dialogue) -> list[str]:
    """What went otherwise than written, in words."""
    faults: list[str] = []
    writer = OnWhatsApp(running, person)
    seen = 0
    for said, wanted in dialogue.steps:
        after = await running.newest(person.phone)
        for text in said.format(cpf=person.document).split(" / "):
            await running.twilio.inbound(twilio.text(text, sender=person.phone))
        await running.settled(person.phone, after=after)
        found = [
            row[0]
            for row in running.sql(
                "select coalesce(m.source->>'response', m.text) from messages m join conversations c "
                "on c.id = m.conversation_id where c.address = %s and m.direction = 'out' order by m.seq",
                person.phone,
            )
        ]
        new, seen = found[seen:], len(found)
        missing = [w for w in wanted if not any(r.startswith(w) for r in new)]
        if missing or not new:
            faults.append(f"{dialogue.name}: {said!r} got {new}, not {missing}")
    state = running.sql(
        "select state from conversations where address = %s order by created_at desc limit 1", person.phone
    )[0][0]
    agreements = running.sql(
        "select count(*) from agreements a join debtors d on d.id = a.debtor_id where d.document = %s", person.document
    )[0][0]
    if state != dialogue.end.get("state", "bot"):
        faults.append(f"{dialogue.name}: ends {state}")
    if agreements != int(dialogue.end.get("agreements", "0")):
        faults.append(f"{dialogue.name}: {agreements} agreements")
    if refused := [m for m in writer.texts() if not m]:
        faults.append(f"{dialogue.name}: empty texts {refused}")
    return faults


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_dialogues_go_as_written(
    product: RunningProduct,
    a_person: Callable[..., Person],
    file: Path,
) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(dialogue: Dialogue) -> list[str]:
        person = a_person(**dialogue.facts)
        async with places:
            return await play(product, person, dialogue)

    faults = await asyncio.gather(*(one(dialogue) for dialogue in read(file)))
    assert [fault for several in faults for fault in several] == []


def test_there_are_enough_dialogues() -> None:
    assert sum(len(read(file)) for file in FILES) >= 40
