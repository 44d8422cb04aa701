"""The last check of every outbound text: R10, R40, R48, and the tone (R1, R2, R3, R8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.cases import Say
from bot.domain.door import Refused, Sayable, may_leave
from bot.domain.messages import Option
from tests.fuzz.texts import as_message

KNOWN = Sayable(identified=True, amounts=frozenset({123_456}))
UNKNOWN = Sayable(identified=False, amounts=frozenset())
NOTHING = Say("utter_thanked")


def refusal(text: str, sayable: Sayable = KNOWN, *titles: str, amounts: object = None) -> str | None:
    message = replace(
        as_message(text, NOTHING),
        options=tuple(Option(title, "/x") for title in titles),
        source={} if amounts is None else {"facts": {"amounts": amounts}},
    )
    refused = may_leave(message, sayable)
    assert refused is None or isinstance(refused, Refused)
    return refused.rule if refused else None


@pytest.mark.parametrize(
    "word",
    [
        *("dívida", "DIVIDAS", "débito", "atrasado", "cobrança", "parcelas", "boleto", "fatura", "saldo", "pendência"),
        *("em aberto", "vencida", "negociar", "acordo", "contrato", "R$ 5,00"),
    ],
)
def test_before_the_right_party_is_confirmed_no_word_gives_it_away(word: str) -> None:
    """R10, even with an if, and in the title of a choice."""
    assert refusal(f"Se houver {word}, eu aviso", UNKNOWN) == "R10"
    assert refusal("Olá", UNKNOWN, word) == "R10"


@pytest.mark.parametrize("text", ["Oi! Sou a assistente virtual.", "Qual é a sua data de nascimento?", "Responda SAIR"])
def test_a_limited_message_may_leave(text: str) -> None:
    """R11"""
    assert refusal(text, UNKNOWN) is None


@pytest.mark.parametrize("text", ["R$ 1.234,56", "R$1.234,56", "R$\xa01234,56", "de R$ 1.234,56."])
def test_an_amount_of_an_offer_or_fact_may_leave_however_it_is_written(text: str) -> None:
    """R40"""
    assert refusal(text) is None
    assert refusal(text, Sayable(True, frozenset()), amounts=[123_456]) is None


@pytest.mark.parametrize(
    "text", ["R$ 1.234,57", "R$ 1.234", "R$ 1234,5", "R$ 12345,6", "R$ 0,01", "R$ 1.234,56 ou R$ 1,00"]
)
def test_any_other_amount_stays(text: str) -> None:
    """R40"""
    assert refusal(text) == "R40"


@pytest.mark.parametrize("amounts", ["123", {"a": 1}, ["1"], None])
def test_amounts_of_a_source_that_is_odd_allow_nothing(amounts: object) -> None:
    assert refusal("R$ 1,00", Sayable(True, frozenset()), amounts=amounts) == "R40"


@pytest.mark.parametrize("text", ["CPF 52998224725", "529.982.247-25", "(529.982.247-25)"])
def test_a_whole_cpf_stays(text: str) -> None:
    """R48"""
    assert refusal(text) == "R48"


@pytest.mark.parametrize(
    "text", ["***.982.247-**", "11.222.333/0001-81", "12345678900", "+5511988887777", "protocolo 20261123000001"]
)
def test_masked_documents_and_other_numbers_may_leave(text: str) -> None:
    """R4, R48"""
    assert refusal(text) is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Que vergonha", "R1"),
        ("Vamos protestar seu nome", "R3"),
        ("É a sua última chance", "R2"),
        ("Me passa a senha do banco", "R8"),
    ],
)
def test_a_tone_that_hurts_stays(text: str, rule: str) -> None:
    assert refusal(text) == rule
