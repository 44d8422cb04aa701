"""Days resolved against the day of the message, a Wednesday unless a test says otherwise."""

from __future__ import annotations

from datetime import datetime

import pytest
from reading import values

DATES = [
    ("hoje", "2026-11-18"),
    ("amanhã", "2026-11-19"),
    ("amanha cedo", "2026-11-19"),
    ("depois de amanhã", "2026-11-20"),
    ("ontem", "2026-11-17"),
    ("anteontem", "2026-11-16"),
    ("dia 10", "2026-12-10"),
    ("dia 20", "2026-11-20"),
    ("dia 18", "2026-12-18"),
    ("dia 31", "2026-11-30"),
    ("dia primeiro", "2026-12-01"),
    ("dia dez", "2026-12-10"),
    ("dia vinte e cinco", "2026-11-25"),
    ("pago dia 10", "2026-12-10"),
    ("joga o vencimento pro dia 15", "2026-12-15"),
    ("dia 5 do mês que vem", "2026-12-05"),
    ("dia 25 do próximo mês", "2026-12-25"),
    ("dia 30 deste mês", "2026-11-30"),
    ("sexta", "2026-11-20"),
    ("sexta eu acerto", "2026-11-20"),
    ("sexta-feira", "2026-11-20"),
    ("sexta que vem", "2026-11-27"),
    ("quarta", "2026-11-25"),
    ("quarta que vem", "2026-11-25"),
    ("segunda-feira", "2026-11-23"),
    ("segunda que vem", "2026-11-23"),
    ("na segunda eu pago", "2026-11-23"),
    ("terça", "2026-11-24"),
    ("quinta", "2026-11-19"),
    ("sábado", "2026-11-21"),
    ("domingo que vem", "2026-11-29"),
    ("próxima terça", "2026-11-24"),
    ("sexta da semana que vem", "2026-11-27"),
    ("semana que vem", "2026-11-25"),
    ("mês que vem", "2026-12-18"),
    ("mes q vem", None),
    ("próximo mês", "2026-12-18"),
    ("ano que vem", "2027-11-18"),
    ("daqui a 15 dias", "2026-12-03"),
    ("daqui 10 dias", "2026-11-28"),
    ("em 5 dias", "2026-11-23"),
    ("daqui a duas semanas", "2026-12-02"),
    ("daqui um mês", "2026-12-18"),
    ("daqui uma semana", "2026-11-25"),
    ("quinto dia útil", "2026-12-07"),
    ("5º dia útil", "2026-12-07"),
    ("no quinto dia util do mês que vem", "2026-12-07"),
    ("último dia útil", "2026-11-30"),
    ("fim do mês", "2026-11-30"),
    ("no final do mês", "2026-11-30"),
    ("fim do mês que vem", "2026-12-31"),
    ("começo do mês", "2026-12-01"),
    ("início do mês que vem", "2026-12-01"),
    ("15/12", "2026-12-15"),
    ("10/01", "2027-01-10"),
    ("31/12/2026", "2026-12-31"),
    ("5/1/27", "2027-01-05"),
    ("20.12.2026", "2026-12-20"),
    ("2026-12-24", "2026-12-24"),
    ("15 de dezembro", "2026-12-15"),
    ("3 de março", "2027-03-03"),
    ("10 de dezembro de 2026", "2026-12-10"),
    ("primeiro de dezembro", "2026-12-01"),
    ("1º de dezembro", "2026-12-01"),
    ("vinte de dezembro", "2026-12-20"),
    ("dia 5 de janeiro", "2027-01-05"),
    ("dia 20/12", "2026-12-20"),
    ("comprei em 15/10/2019", "2019-10-15"),
    ("paguei dia 5", "2026-11-05"),
    ("já paguei em 10/10", "2026-10-10"),
    ("paguei sexta", "2026-11-13"),
    ("sexta passada", "2026-11-13"),
    ("30/02", "2027-02-28"),
    ("em 31/04/2027", "2027-04-30"),
    ("depois do dia 5", "2026-12-05"),
    ("3 dias atrás", "2026-11-15"),
]

NO_DATES = [
    "só depois das 18h",
    "às 10",
    "segunda via",
    "quero a segunda opção",
    "a segunda parcela",
    "10x",
    "nota 8/10",
    "compra de 2023",
    "bom dia",
    "boa tarde",
    "há 3 meses",
    "dia sim dia não",
    "todo dia vocês ligam",
    "hoje em dia",
    "quarta parcela",
    "R$ 10,12",
    "10 dias de atraso",
    "01310-100",
    "45/99",
]


@pytest.mark.parametrize(("text", "day"), [case for case in DATES if case[1]])
def test_resolves_a_day(text: str, day: str) -> None:
    assert values(text) == {"date": day}


@pytest.mark.parametrize("text", NO_DATES)
def test_takes_nothing_else_for_a_day(text: str) -> None:
    assert "date" not in values(text)


@pytest.mark.parametrize(
    ("now", "text", "day"),
    [
        ("2026-01-31T09:00:00-03:00", "mês que vem", "2026-02-28"),
        ("2028-01-31T09:00:00-03:00", "mês que vem", "2028-02-29"),
        ("2026-04-10T09:00:00-03:00", "dia 31", "2026-04-30"),
        ("2026-04-30T09:00:00-03:00", "dia 30", "2026-05-30"),
        ("2026-12-31T23:30:00-03:00", "amanhã", "2027-01-01"),
        ("2026-11-20T08:00:00-03:00", "sexta", "2026-11-27"),
        ("2026-11-20T08:00:00-03:00", "sexta que vem", "2026-11-27"),
        ("2026-11-21T08:00:00-03:00", "sexta que vem", "2026-11-27"),
        ("2026-11-16T08:00:00-03:00", "segunda", "2026-11-23"),
        ("2026-11-02T08:00:00-03:00", "quinto dia útil", "2026-11-09"),
        ("2026-11-09T08:00:00-03:00", "quinto dia útil", "2026-12-07"),
        ("2026-12-28T08:00:00-03:00", "quinto dia útil", "2027-01-08"),
        ("2026-11-30T08:00:00-03:00", "fim do mês", "2026-12-31"),
        ("2026-12-25T08:00:00-03:00", "25/12", "2026-12-25"),
        ("2026-12-26T08:00:00-03:00", "25/12", "2027-12-25"),
        ("2026-02-10T08:00:00-03:00", "dia 29", "2026-02-28"),
    ],
)
def test_counts_from_the_day_of_the_message(now: str, text: str, day: str) -> None:
    assert values(text, now=datetime.fromisoformat(now)) == {"date": day}


def test_lists_several_days_in_the_order_of_the_message() -> None:
    assert values("dia 10 ou 15")["date"] == ["2026-12-10", "2026-12-15"]


@pytest.mark.parametrize(
    ("text", "day"), [("10", "2026-12-10"), ("20", "2026-11-20"), ("todo dia 5", "2026-12-05"), ("sexta", "2026-11-20")]
)
def test_takes_a_bare_number_for_a_day_when_a_day_was_asked(text: str, day: str) -> None:
    assert values(text, asked="due_date") == {"date": day}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("nasci em 3/4/85", "1985-04-03"),
        ("nascimento 03/04/1985", "1985-04-03"),
        ("nasci em 10/05/05", "2005-05-10"),
        ("nasci dia 12 de junho de 1970", "1970-06-12"),
        ("minha data de nascimento é 01-02-1999", "1999-02-01"),
        ("nasci em 31/12/30", "1930-12-31"),
        ("nasci em 1 de janeiro de 60", "1960-01-01"),
    ],
)
def test_reads_a_day_of_birth_where_the_wording_says_so(text: str, day: str) -> None:
    assert values(text) == {"birth_date": day}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3/4/85", "1985-04-03"),
        ("03041985", "1985-04-03"),
        ("03 04 1985", "1985-04-03"),
        ("3 de abril de 1985", "1985-04-03"),
        ("1985-04-03", "1985-04-03"),
        ("29/02/2000", "2000-02-29"),
    ],
)
def test_reads_a_day_of_birth_where_identity_was_asked(text: str, day: str) -> None:
    assert values(text, asked="identity") == {"birth_date": day}


def test_takes_no_day_in_the_future_for_a_birth() -> None:
    assert "birth_date" not in values("10/10/2030", asked="identity")
