"""Documents, phones, addresses, options and marks."""

from __future__ import annotations

from typing import Any

import pytest
from reading import values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("529.982.247-25", {"cpf": "52998224725"}),
        ("52998224725", {"cpf": "52998224725"}),
        ("529 982 247 25", {"cpf": "52998224725"}),
        ("meu cpf é 529.982.247-25.", {"cpf": "52998224725"}),
        ("cpf:529982247-25", {"cpf": "52998224725"}),
        ("529.982.247-26", {}),
        ("111.111.111-11", {}),
        ("00000000000", {}),
        ("11.222.333/0001-81", {"cnpj": "11222333000181"}),
        ("11222333000181", {"cnpj": "11222333000181"}),
        ("CNPJ 11.222.333/0001-81", {"cnpj": "11222333000181"}),
        ("12.ABC.345/01DE-35", {"cnpj": "12ABC34501DE35"}),
        ("12.abc.345/01de-35", {"cnpj": "12ABC34501DE35"}),
        ("11.222.333/0001-82", {}),
        ("00.000.000/0000-00", {}),
        ("(11) 98888-7777", {"phone": "+5511988887777"}),
        ("11 98888-7777", {"phone": "+5511988887777"}),
        ("meu zap novo é 11988887777", {"phone": "+5511988887777"}),
        ("+55 21 3333-4444", {"phone": "+552133334444"}),
        ("me liga no (21) 3333-4444", {"phone": "+552133334444"}),
        ("98888-7777", {}),
        ("joao.silva@gmail.com", {"email": "joao.silva@gmail.com"}),
        ("meu email é Maria_1@empresa.com.br, tá?", {"email": "maria_1@empresa.com.br"}),
        ("joao arroba gmail", {}),
    ],
)
def test_reads_documents_phones_and_addresses(text: str, expected: dict[str, Any]) -> None:
    assert values(text) == expected


def test_reads_cpf_and_birth_date_together() -> None:
    found = values("529.982.247-25, nasci em 03/04/1985")
    assert found == {"cpf": "52998224725", "birth_date": "1985-04-03"}


def test_takes_eleven_digits_for_no_phone_when_identity_was_asked() -> None:
    assert values("11988887777", asked="identity") == {}


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("a primeira", 1),
        ("a segunda", 2),
        ("opção 2", 2),
        ("opcao 3", 3),
        ("quero a segunda", 2),
        ("a terceira opção", 3),
        ("opção dois", 2),
        ("fico com a primeira", 1),
        ("segunda opção", 2),
        ("o primeiro", 1),
        ("prefiro a terceira", 3),
        ("proposta 1", 1),
        ("quero a 2", 2),
        ("a 3", 3),
        ("1ª", 1),
        ("número 2", None),
        ("quero a opção número 2", 2),
    ],
)
def test_reads_the_option_that_was_picked(text: str, option: int | None) -> None:
    assert values(text).get("option") == option or option is None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("2", 2),
        ("a última", 3),
        ("a segunda", 2),
        ("dois", 2),
        ("opção 7", None),
        ("9", None),
        ("3)", 3),
        ("na segunda", 2),
    ],
)
def test_knows_how_many_options_were_shown(text: str, option: int | None) -> None:
    assert values(text, asked="options", options=3).get("option") == option


@pytest.mark.parametrize(
    "text", ["segunda-feira", "segunda via", "na segunda eu pago", "sexta", "segunda parcela", "primeira vez que ligo"]
)
def test_takes_no_weekday_for_an_option(text: str) -> None:
    assert "option" not in values(text)


@pytest.mark.parametrize(
    ("text", "rating"),
    [("nota dez", 10), ("nota 9", 9), ("nota 0", 0), ("dou nota 8", 8), ("nota: 7", 7), ("nota 10!", 10)],
)
def test_reads_a_mark(text: str, rating: int) -> None:
    assert values(text) == {"rating": rating}


@pytest.mark.parametrize(
    ("text", "rating"), [("10", 10), ("dez", 10), ("0", 0), ("8/10", 8), ("dou 9", 9), ("uns 7", 7)]
)
def test_takes_a_bare_number_for_a_mark_when_a_mark_was_asked(text: str, rating: int) -> None:
    assert values(text, asked="rating") == {"rating": rating}


@pytest.mark.parametrize(("text", "number"), [("10", 10), ("três", 3), ("em 5", 5), ("acho que 6", 6), ("12x", 12)])
def test_takes_a_bare_number_for_installments_when_they_were_asked(text: str, number: int) -> None:
    assert values(text, asked="installments") == {"installments": number}


def test_takes_a_mark_above_ten_for_none() -> None:
    assert values("nota 11") == {}
