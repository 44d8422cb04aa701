"""Which messages are gathered for labelling, and how alike ones become one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.inbox import Seen, Why, entries, is_correction, nlu_yaml, why

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def seen(text: str = "e aquele negócio lá", **facts: Any) -> Seen:
    return Seen(**{"text": text, "at": NOW, "intent": "ask_debt", "confidence": 0.4, "decision": "ask"} | facts)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"decision": "ask"}, Why.ASKED),
        ({"decision": "confirm"}, Why.CONFIRMED),
        ({"decision": "act", "responses": ("utter_unsure_again",)}, Why.UNSURE),
        ({"decision": "act", "next_text": "não foi isso que perguntei"}, Why.CORRECTED),
        ({"decision": "act", "next_text": "obrigada"}, None),
    ],
)
def test_a_message_is_gathered_when_it_was_asked_about_or_misread(facts: dict[str, Any], reason: Why | None) -> None:
    assert why(seen(**facts)) is reason


@pytest.mark.parametrize("text", ["Não é isso!", "vc não entendeu", "nada a ver", "eu quis dizer outra coisa"])
def test_a_correction_is_seen(text: str) -> None:
    assert is_correction(text)


@pytest.mark.parametrize("text", ["não", "não posso pagar isso", "obrigado", "isso não é justo"])
def test_a_plain_no_is_no_correction(text: str) -> None:
    assert not is_correction(text)


def test_alike_wordings_are_one_entry_and_the_most_frequent_comes_first() -> None:
    # given
    often = [seen("E o meu negócio???"), seen("e o meu negocio", at=NOW + timedelta(hours=1), next_pick="ask_debt")]

    # when
    found = entries([seen("outra coisa"), *often])

    # then
    assert [(e.text, e.count, e.picked) for e in found] == [
        ("e o meu negocio", 2, "ask_debt"),
        ("outra coisa", 1, None),
    ]


def test_different_persons_with_the_same_wording_are_one_entry() -> None:
    found = entries([seen("sou a Ana Lima", names=("Ana Lima",)), seen("sou a Bia Sá", names=("Bia Sá Reis",))])
    assert [e.count for e in found if e.text == "sou a <nome>"] == [1]
    again = entries([seen("sou a Ana", names=("Ana Lima",)), seen("sou a Bia", names=("Bia Reis",))])
    assert [(e.text, e.count) for e in again] == [("sou a <nome>", 2)]


def test_what_is_labelled_leaves_the_inbox() -> None:
    [entry] = entries([seen()])
    assert entries([seen()], labelled=[entry.id]) == []


def test_the_export_is_training_data_without_signs_for_entities() -> None:
    text = nlu_yaml({"ask_debt": ["quanto [devo](amount)\nainda"], "affirm": ["isso"]})
    assert text == (
        'version: "3.1"\nnlu:\n- intent: affirm\n  examples: |\n    - isso\n'
        "- intent: ask_debt\n  examples: |\n    - quanto devo (amount) ainda\n"
    )
