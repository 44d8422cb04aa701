from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.consent import is_loose_yes, is_unequivocal_yes

YES = [
    *("sim", "Sim!", "SIM", " sim \n", "Sím.", "siiim", "sim sim", "SIM ACEITO", "sim 👍", "👍🏽 sim", "“sim”"),
    *("aceito", "Aceito.", "sim, eu aceito", "aceito sim", "eu aceito o acordo", "aceito a proposta", "Aceitoo!!!"),
    *("confirmo", "fechado", "negócio fechado", "Fechado, obrigada!", "claro que sim", "sim quero", "ok, aceito"),
    *("concordo com os termos", "estou de acordo", "sim, senhora", "sim, pode fechar", "s i m".replace(" ", "")),
]
NO = [
    *("ok", "blz", "👍", "👍👍", "pode ser", "combinado", "aceito?", "sim, mas…", "sim, dia 25", "sim?"),
    *("não aceito", "nao", "acho que sim", "sim se baixar", "", "   ", "...", "s", "ss", "claro", "quero", "tá"),
    *("aceito em 6x", "pode ser sim", "aceito ou não", "sim 🤔", "não, sim", "aceita", "aceitou", "sim ou nao"),
    *("aceito com desconto", "sim, e o desconto", "aceito nada", "eu aceito se for sem juros", "sim, amanhã"),
    *("quando eu aceito", "fechado?", "assim", "confirmo meu cpf", "sim, sou eu", "sim 2", "de acordo", "simples"),
]


@pytest.mark.parametrize("text", YES)
def test_R58_an_unequivocal_yes_in_any_case_and_punctuation(text: str) -> None:
    assert is_unequivocal_yes(text)
    assert is_unequivocal_yes(text.upper())
    assert is_loose_yes(text)


@pytest.mark.parametrize("text", NO)
def test_R58_everything_else_is_asked_again(text: str) -> None:
    assert not is_unequivocal_yes(text)
    assert not is_unequivocal_yes(text.upper())


@pytest.mark.parametrize(
    "text", ["ok", "blz", "Beleza!", "👍", "👍🏽👍🏽", "pode ser", "combinado", "tá bom", "vou pagar sim"]
)
def test_a_mere_promise_may_be_confirmed_loosely(text: str) -> None:
    assert is_loose_yes(text)


@pytest.mark.parametrize("text", ["ok?", "não", "ok, mas não", "sim, mas", "❤", "", "pode ser dia 25", "tá caro"])
def test_a_doubt_confirms_nothing_at_all(text: str) -> None:
    assert not is_loose_yes(text)


@given(st.sampled_from(YES), st.sampled_from([" mas", " se", " não", "?", " 10", " amanhã", " 🤔", " quanto fica"]))
def test_R58_any_addition_that_leaves_room_makes_it_no_yes(yes: str, addition: str) -> None:
    assert not is_unequivocal_yes(yes + addition)


@given(st.text(max_size=200))
def test_R58_a_strict_yes_is_always_a_loose_one_and_no_text_breaks_it(text: str) -> None:
    assert is_loose_yes(text) or not is_unequivocal_yes(text)


def test_a_very_long_text_is_read_at_once() -> None:
    assert not is_loose_yes("ta certo " * 20_000 + "x")
    assert not is_unequivocal_yes("pode fechar " * 20_000 + "x")
