"""What people may write, and what the understanding may make of it: often right, sometimes far off."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from random import Random
from uuid import UUID

import yaml

from bot.channels.options import match_option
from bot.domain.cases import Turn
from bot.domain.consent import is_unequivocal_yes
from bot.domain.conversations import Question
from bot.domain.stop_words import is_stop_word
from bot.domain.topics.registry import TOPICS
from tests.fuzz.texts import ROOT
from tests.fuzz.world import World

STRICT = ("sim", "Sim, aceito!", "ACEITO", "fechado", "confirmo", "sim 👍")
AMBIGUOUS = ("ok", "blz", "👍", "pode ser", "combinado", "aceito?", "sim, mas...", "sim, dia 25", "1?", "tá bom né")
NOES = ("não", "agora não", "deixa pra lá")
DOUBTS = (
    *("opt_out", "wrong_person", "third_party", "report_death", "report_crisis", "report_hardship"),
    *("dispute_debt", "report_payment", "request_human", "lgpd_request"),
)
MONEY_TALK = ("negotiate", "ask_discount", "ask_installments", "counter_offer", "reject_offer", "promise_to_pay")


@dataclass(frozen=True, slots=True)
class Step:
    """One message: when it comes, what it is, and what a model makes of it. `pressed`: an option's payload."""

    after: timedelta
    understood: Turn
    pressed: str | None = None
    again: bool = field(default=False)  # the conversation is theirs again, or a new one, before it


@cache
def examples() -> dict[str, tuple[str, ...]]:
    """Intent → what people wrote."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in entry:
                lines = [re.sub(r"^-\s*", "", line).strip() for line in entry["examples"].splitlines()]
                known = found.get(entry["intent"], ())
                found[entry["intent"]] = (*known, *(re.sub(r"\[([^]]*)\]\S*", r"\1", line) for line in lines if line))
    return found


def next_step(world: World, draw: Random, number: int) -> Step:
    again = world.conversation.state != "bot"
    after = draw.choices(
        (
            timedelta(seconds=draw.randint(2, 90)),
            timedelta(hours=draw.randint(1, 9)),
            timedelta(days=draw.randint(1, 45)),
        ),
        (90, 7, 3),
    )[0]
    message_id = UUID(int=(world.conversation.id.int << 32) + number)
    pressed: str | None = None
    way = draw.random()
    if way < 0.15 and world.shown:
        pressed = draw.choice(world.shown).payload
        turn = Turn(message_id, "")
    elif way < 0.19 and world.earlier:
        pressed = draw.choice(world.earlier)
        turn = Turn(message_id, "")
    elif way < 0.27 and world.shown:
        option = draw.randrange(len(world.shown))
        turn = Turn(message_id, "choose_option", draw.choice((str(option + 1), world.shown[option].title)))
        turn = replace(turn, entities={"option": option + 1})
    elif way < 0.31:
        turn = Turn(message_id, "report_payment", kind=draw.choice(("image", "document")), button=True)
    elif way < 0.62:
        turn = _fitting(world, draw, message_id)
    else:
        turn = _random(world, draw, message_id)
    return Step(after, _blurred(turn, draw) if pressed is None and turn.kind == "text" else turn, pressed, again)


def read(world: World, step: Step) -> Turn:
    """What goes to the assistant, as `TakeTurns` reads it: buttons, picks, strict yeses and stops before the model."""
    turn, payload, button = step.understood, step.pressed, True
    stale = payload is not None and all(o.payload != payload for o in world.shown)
    if payload is None and turn.kind in ("text", "audio"):
        if is_stop_word(turn.text):
            payload, button = "/opt_out", False
        elif world.conversation.asked.what is Question.ACCEPT and is_unequivocal_yes(turn.text):
            payload, button = "/affirm", False
            stale = all(o.payload != payload for o in world.shown)
        elif (index := match_option(turn.text, world.shown)) is not None:
            payload = world.shown[index].payload
    if payload is None:
        return turn
    name, _, values = payload.removeprefix("/").partition("{")
    entities = json.loads("{" + values) if values else {}
    return Turn(turn.message_id, name, turn.text, button=button, stale=stale, kind=turn.kind, entities=entities)


def _fitting(world: World, draw: Random, message_id: UUID) -> Turn:
    """An answer to what was asked, right or wrong."""
    person, today = world.sought, world.case().today
    match world.conversation.asked.what:
        case Question.IDENTITY | Question.DOCUMENT | Question.CODE:
            return _identity(world, draw, message_id)
        case Question.PHONE:
            cpf = person.document if person else "52998224725"
            return Turn(message_id, "inform_identity", cpf, entities={"cpf": cpf})
        case Question.DEBT:
            number = draw.randint(0, 7)
            word = draw.choice(("todos", f"quero o {number}", "a primeira"))
            return Turn(message_id, "choose_option", word, entities={"option": number} if "quero" in word else {})
        case Question.WAY | Question.OPTIONS:
            number = draw.randint(1, 4)
            words = (f"{number}ª opção", "à vista", "parcelado", "em 3x")
            return Turn(
                message_id,
                "choose_option",
                draw.choice(words),
                entities={"option": number} if draw.random() < 0.5 else {},
            )
        case Question.ACCEPT:
            word = draw.choice(STRICT + STRICT + AMBIGUOUS + NOES)
            return Turn(message_id, "deny" if word in NOES else "affirm", word)
        case Question.AMOUNT | Question.INSTALLMENTS:
            amount = draw.choice((1, 50, 150, 400, 10_000, 10**7))
            return Turn(message_id, "counter_offer", f"{amount} por mês", entities={"amount": f"{amount}.00"})
        case Question.DUE_DATE:
            day = today + timedelta(days=draw.randint(-5, 60))
            return Turn(message_id, "promise_to_pay", f"dia {day.day}", entities={"date": day.isoformat()})
        case Question.CONFIRM | Question.CANCEL | Question.PROMISE:
            word = draw.choice(STRICT + AMBIGUOUS + NOES)
            return Turn(message_id, "deny" if word in NOES else "affirm", word)
        case Question.RATING:
            return Turn(message_id, "give_rating", "nota 3", entities={"rating": draw.randint(0, 10)})
        case _:
            intent = draw.choice(("greet", "ask_debt", *MONEY_TALK))
            return Turn(message_id, intent, draw.choice(examples()[intent]), entities=_entities(world, draw, intent))


def _identity(world: World, draw: Random, message_id: UUID) -> Turn:
    people = world.start.candidates
    person = draw.choice(people) if people else None
    born = person.birth_date if person else None
    if person is None or draw.random() < 0.15:
        wrong = draw.choice(({"birth_date": "1950-01-01"}, {"cpf": "52998224725"}, {}))
        return Turn(message_id, "inform_identity", "01/01/1950 ou 999", entities=wrong)
    if draw.random() < 0.3 or born is None:
        return Turn(message_id, draw.choice(("inform_identity", "")), person.document[:3])
    if draw.random() < 0.2:
        name = "cnpj" if person.is_company else "cpf"
        return Turn(message_id, "inform_identity", person.document, entities={name: person.document})
    return Turn(message_id, "inform_identity", f"{born:%d/%m/%Y}", entities={"birth_date": born.isoformat()})


def _random(world: World, draw: Random, message_id: UUID) -> Turn:
    intents = sorted(examples().keys() & TOPICS.keys())
    intent = draw.choice(MONEY_TALK) if draw.random() < 0.3 else draw.choice(intents)
    text = draw.choice(examples()[intent])
    return Turn(message_id, intent, text, entities=_entities(world, draw, intent))


def _entities(world: World, draw: Random, intent: str) -> dict[str, object]:
    found: dict[str, object] = {}
    likely = 0.5 if intent in MONEY_TALK else 0.08
    if draw.random() < likely:
        amounts = [f"{draw.choice((1, 0.01, 99.9, 250, 3_000, 10**8)):.2f}" for _ in range(draw.choice((1, 1, 2)))]
        found["amount"] = amounts[0] if len(amounts) == 1 else amounts
    if draw.random() < likely:
        found["installments"] = draw.choice((0, 1, 2, 3, 6, 10, 12, 24, 48, 1_000))
    if draw.random() < likely:
        found["date"] = (world.case().today + timedelta(days=draw.randint(-40, 400))).isoformat()
    for name, values in (
        ("option", (0, 1, 2, 3, 9)),
        ("rating", (0, 3, 10)),
        ("phone", ("+5511977776666",)),
        ("email", ("maria@example.com",)),
        ("cpf", ("52998224725",)),
        ("birth_date", ("1985-04-03",)),
    ):
        if draw.random() < 0.04:
            found[name] = draw.choice(values)
    return found


def _blurred(turn: Turn, draw: Random) -> Turn:
    """As a model gives it: now and then another intent, a doubt, a question back, a second meaning."""
    intents = sorted(TOPICS)
    if draw.random() < 0.08:
        turn = replace(turn, intent=draw.choice((*intents, "", "nlu_fallback")))
    if draw.random() < 0.05:
        turn = replace(turn, kind="audio")  # written down by a transcriber
    decision = draw.choices(("act", "confirm", "ask"), (88, 6, 6))[0]
    return replace(
        turn,
        confidence=draw.random(),
        decision=decision,
        doubt=draw.choice(DOUBTS) if decision == "confirm" or draw.random() < 0.02 else None,
        also=draw.choice(intents) if draw.random() < 0.08 else None,
        ranking=(turn.intent, *draw.sample(intents, 4)),
    )
