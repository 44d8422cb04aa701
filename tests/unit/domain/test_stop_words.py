"""A stop word stops, whatever the understanding makes of it (R21)."""

from __future__ import annotations

import pytest

from bot.domain.stop_words import STOP_WORDS, is_stop_word


@pytest.mark.parametrize("text", [*sorted(STOP_WORDS), "SAIR", "Sair.", "  sair!! ", "PARE", "Stop", "s.a.i.r"])
def test_the_word_alone_stops_in_any_case_and_punctuation(text: str) -> None:
    assert is_stop_word(text)


@pytest.mark.parametrize(
    "text", ["", " ", "quero sair dessa dívida", "não quero parar de pagar", "parar onde?", "sairia", "👍", "1"]
)
def test_the_word_within_a_sentence_is_for_the_understanding(text: str) -> None:
    assert not is_stop_word(text)
