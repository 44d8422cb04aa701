"""What a message for labelling still tells, and what it no longer does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.masking import masked

NAMES = ("Maria das Graças Dias",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sou a maria das gracas", "sou a <nome>"),
        ("aqui é MARIA DIAS", "aqui é <nome>"),
        ("meu nome é João Silva, já paguei", "meu nome é <nome>, já paguei"),
        ("me chamo Ana", "me chamo <nome>"),
        ("meu cpf é 529.982.247-25", "meu cpf é <cpf>"),
        ("52998224725", "<cpf>"),
        ("cnpj 11.222.333/0001-81", "cnpj <cnpj>"),
        ("cnpj 12.ABC.345/01DE-35", "cnpj <cnpj>"),
        ("liga no (11) 98888-7777 ou 3333-4444", "liga no <telefone> ou <telefone>"),
        ("+55 11 98888 7777", "<telefone>"),
        ("manda pra maria@exemplo.com.br", "manda pra <email>"),
        ("nasci em 03/04/1985", "nasci em <nascimento>"),
        ("nasci 3/4/85", "nasci <nascimento>"),
        ("protocolo 2024123456789", "protocolo <numero>"),
        ("23793.38128 60007.827136 95000.063305 9 75520000370000", "<numero>"),
        ("cep 01310-100", "cep <numero>"),
        ("olha https://exemplo.com/x?cpf=1", "olha <link>"),
    ],
)
def test_what_tells_a_person_goes(text: str, expected: str) -> None:
    assert masked(text, NAMES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "só consigo R$ 1.234,56 ou 99,90 por mês",
        "pago 150 em 10x a partir do dia 10/12",
        "vence 15/12/2026 né, pago em 10 dias",
        "tem desconto? 1,5k à vista",
        "graças a deus consegui",
        "acordo de 2.500 reais",
        "",
    ],
)
def test_what_the_wording_is_about_stays(text: str) -> None:
    assert masked(text, NAMES) == text


@given(st.text(max_size=200))
def test_no_eleven_digits_in_a_row_are_left_whatever_stands_around_them(text: str) -> None:
    assert not re.search(r"(?<!\d)\d{11}(?!\d)", masked(f"{text} 52998224725 {text}").replace(text, ""))


@given(st.lists(st.sampled_from(["a" * 20, "9" * 20, "1.", "Maria ", "R$ ", "-"]), max_size=60).map("".join))
def test_no_text_takes_long(text: str) -> None:
    assert masked(text, NAMES) is not None
