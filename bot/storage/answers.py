"""A stored answer, kept so that an action that runs twice says the same: facts keep their types through JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.domain.cases import Answer, Choice, Fact, Line, Lines, Say
from bot.domain.conversations import Asked, Question
from bot.domain.money import Money


def answer_json(answer: Answer) -> dict[str, Any]:
    """What was said and asked. Effects are not kept: they were applied in the same transaction."""
    asked = answer.asked
    return {
        "says": [
            {
                "response": say.response,
                "facts": _facts_json(say.facts),
                "choices": [{"code": c.code, "payload": c.payload, "facts": _facts_json(c.facts)} for c in say.choices],
                "ask_contact": say.ask_contact,
            }
            for say in answer.says
        ],
        "asked": None if asked is None else {"what": asked.what, "facts": dict(asked.facts)},
    }


def answer_from(stored: Mapping[str, Any]) -> Answer:
    """The answer as it was said."""
    says = tuple(
        Say(
            s["response"],
            _facts(s["facts"]),
            tuple(Choice(c["code"], c["payload"], _facts(c["facts"])) for c in s["choices"]),
            s["ask_contact"],
        )
        for s in stored["says"]
    )
    asked = stored["asked"]
    return Answer(says, None if asked is None else Asked(Question(asked["what"]), asked["facts"]))


def _facts_json(facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {name: _fact_json(fact) for name, fact in facts.items()}


def _fact_json(fact: Fact) -> Any:
    match fact:
        case Money(centavos):
            return {"centavos": centavos}
        case datetime():
            return {"moment": fact.isoformat()}
        case date():
            return {"day": fact.isoformat()}
        case Decimal():
            return {"rate": str(fact)}
        case Lines(lines):
            return {"lines": [{"code": line.code, "facts": _facts_json(line.facts)} for line in lines]}
        case _:
            return fact


def _facts(stored: Mapping[str, Any]) -> dict[str, Fact]:
    return {name: _fact(value) for name, value in stored.items()}


def _fact(value: Any) -> Fact:
    match value:
        case {"centavos": int(centavos)}:
            return Money(centavos)
        case {"moment": str(moment)}:
            return datetime.fromisoformat(moment)
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case {"rate": str(rate)}:
            return Decimal(rate)
        case {"lines": list(lines)}:
            return Lines(tuple(Line(line["code"], _facts(line["facts"])) for line in lines))
        case None | str() | int():
            return value
        case _:
            raise TypeError(f"no fact: {value!r}")
