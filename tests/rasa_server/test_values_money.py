"""Amounts and installments as people write them."""

from __future__ import annotations

import pytest
from reading import values

AMOUNTS = [
    ("R$ 1.234,56", "1234.56"),
    ("esse 1.280 já é com desconto?", "1280.00"),
    ("1.234,56", "1234.56"),
    ("r$1234,56", "1234.56"),
    ("R$ 99,9", "99.90"),
    ("R$99", "99.00"),
    ("99,90", "99.90"),
    ("1.200", "1200.00"),
    ("mil e duzentos", "1200.00"),
    ("1,5k", "1500.00"),
    ("1.5 mil", "1500.00"),
    ("1,5 mil", "1500.00"),
    ("2k", "2000.00"),
    ("2 mil", "2000.00"),
    ("2 mil e 300", "2300.00"),
    ("mil reais", "1000.00"),
    ("um mil reais", "1000.00"),
    ("cem conto", "100.00"),
    ("100 contos", "100.00"),
    ("duzentão", "200.00"),
    ("quinhentão", "500.00"),
    ("cinquentinha", "50.00"),
    ("cinquenta pila", "50.00"),
    ("80 pilas", "80.00"),
    ("200 pau", "200.00"),
    ("trezentos e cinquenta reais", "350.00"),
    ("duzentos e cinquenta", "250.00"),
    ("dois mil e quinhentos reais", "2500.00"),
    ("R$ 1.000.000,00", "1000000.00"),
    ("só consigo 150 por mês", "150.00"),
    ("consigo 50", "50.00"),
    ("aceita 400 agora?", "400.00"),
    ("pago 300 à vista", "300.00"),
    ("dou 200 de entrada", "200.00"),
    ("entrada de 200", "200.00"),
    ("parcelinha de 80", "80.00"),
    ("parcelas de 120", "120.00"),
    ("parcela de até 90", "90.00"),
    ("no máximo 250", "250.00"),
    ("fecha em 700", "700.00"),
    ("fecha por 700?", "700.00"),
    ("tenho 500 aqui", "500.00"),
    ("posso pagar 120 mensais", "120.00"),
    ("80 mensal", "80.00"),
    ("posso dar uns 90", "90.00"),
    ("ofereço 1200", "1200.00"),
    ("o valor de 350 tá errado", "350.00"),
    ("35 reais e 50 centavos", "35.50"),
    ("10 reais", "10.00"),
    ("5 reais por semana", "5.00"),
    ("faço 250 no pix", "250.00"),
    ("R$ 50,00 é o que tenho", "50.00"),
    ("cobraram R$ 45,30 de juros", "45.30"),
    ("sinquenta reais", "50.00"),
    ("seicentos reais", "600.00"),
    ("ganho 1800 por mês", "1800.00"),
    ("minha renda é de 1.412,00", "1412.00"),
    ("juntei 380", "380.00"),
    ("cento e vinte por mês", "120.00"),
    ("R$: 75", "75.00"),
    ("quero pagar só 60 por mes", "60.00"),
    ("dá pra ser 110/mês?", "110.00"),
    ("mil e meio", "1500.00"),
    ("consigo pagar 200 hoje", "200.00"),
]

NO_AMOUNTS = [
    "meio salário",
    "ganho um salário mínimo",
    "metade do valor",
    "pago metade",
    "às 14h",
    "depois das 18h",
    "14:30",
    "compra de 2023",
    "em 2021 eu paguei",
    "moro na casa 45",
    "CEP 01310-100",
    "protocolo 20261234",
    "rua das Flores, 123",
    "tenho 3 filhos",
    "tenho 45 anos",
    "há 30 dias",
    "60 dias de atraso",
    "30%",
    "juros de 10 por cento",
    "apto 302",
    "artigo 42 do CDC",
    "contrato 998877",
    "ligam 5 vezes por dia",
    "oi",
    "mil desculpas",
    "só posso falar depois das 18",
    "estou desempregado faz 8 meses",
    "lei 8078",
    "2023",
    "nota fiscal 1234",
    "bloco 12 apto 4",
    "número 300",
    "av paulista 1578",
    "final 4432",
    "2 da tarde",
]

INSTALLMENTS = [
    ("em 10x", 10),
    ("10x", 10),
    ("10 x", 10),
    ("em meia dúzia de vezes", 6),
    ("em uma dúzia de vezes", 12),
    ("faz em 6x?", 6),
    ("dá pra fazer em doze vezes?", 12),
    ("em duas vezes", 2),
    ("em 2 vezes", 2),
    ("em três parcelas", 3),
    ("5 parcelas", 5),
    ("parcelar em 8", 8),
    ("divide em 4 pra mim", 4),
    ("quero dividir em cinco", 5),
    ("uma vez só", 1),
    ("em uma parcela", 1),
    ("até 24 vezes", 24),
    ("24 parcelas", 24),
    ("vinte e quatro vezes", None),
    ("em vinte e quatro vezes", 24),
    ("prefiro 12 prestações", 12),
    ("em 18 parcelinhas", 18),
    ("parcela em 3 vezes", 3),
    ("quero em 7X", 7),
    ("reparte em 9 pagamentos", 9),
    ("faz em dez?", None),
    ("em 36 meses", None),
]

NO_INSTALLMENTS = [
    "ligam 5 vezes por dia",
    "já falei 3 vezes",
    "vcs me ligaram 10 vezes hoje",
    "faltam 3 parcelas",
    "já paguei 3 parcelas",
    "tenho 2 parcelas atrasadas",
    "parcelinha de 80",
    "parcelas de 120",
    "pago dia 10",
    "1ª parcela",
    "quarta parcela",
    "falei 4 vezes já",
    "R$ 10",
    "10 reais",
    "2 filhos",
    "a segunda parcela",
    "duas vezes por semana vocês ligam",
]

BOTH = [
    ("100 por mês em 5x", "100.00", 5),
    ("10x de 80", "80.00", 10),
    ("em 12 vezes de 89,90", "89.90", 12),
    ("10 de 100", "100.00", 10),
    ("em 2 de 500", "500.00", 2),
    ("5 parcelas de cem reais", "100.00", 5),
    ("R$ 1.234,56 em 3 parcelas", "1234.56", 3),
    ("dou 200 de entrada e o resto em 4x", "200.00", 4),
    ("mil reais em 10 vezes", "1000.00", 10),
    ("seis parcelas de 150", "150.00", 6),
    ("3x de cento e cinquenta", "150.00", 3),
    ("em 8x de R$ 99,9", "99.90", 8),
    ("1.200 em 6x", None, 6),
    ("três vezes de cem", "100.00", 3),
]


@pytest.mark.parametrize(("text", "amount"), AMOUNTS)
def test_reads_an_amount(text: str, amount: str) -> None:
    assert values(text).get("amount") == amount


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_takes_no_other_number_for_money(text: str) -> None:
    assert "amount" not in values(text)


@pytest.mark.parametrize(("text", "number"), [case for case in INSTALLMENTS if case[1]])
def test_reads_the_number_of_installments(text: str, number: int) -> None:
    assert values(text) == {"installments": number}


@pytest.mark.parametrize("text", NO_INSTALLMENTS)
def test_takes_no_other_count_for_installments(text: str) -> None:
    assert "installments" not in values(text)


@pytest.mark.parametrize(("text", "amount", "number"), [case for case in BOTH if case[1]])
def test_reads_amount_and_installments_side_by_side(text: str, amount: str, number: int) -> None:
    assert values(text) == {"amount": amount, "installments": number}


@pytest.mark.parametrize(
    ("text", "amount"), [("150", "150.00"), ("uns 80", "80.00"), ("1.500", "1500.00"), ("trinta", "30.00")]
)
def test_takes_a_bare_number_for_money_when_money_was_asked(text: str, amount: str) -> None:
    assert values(text, asked="amount") == {"amount": amount}
    assert values(text, asked="income") == {"amount": amount}


def test_lists_several_amounts_in_the_order_of_the_message() -> None:
    assert values("R$ 200 agora e R$ 300 depois")["amount"] == ["200.00", "300.00"]
