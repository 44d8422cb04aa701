"""Rows of cells become checked instalments, or faults that say what to mend."""

from __future__ import annotations

from datetime import date

import pytest

from bot.portfolio.columns import columns_of
from bot.portfolio.readers import Cell
from bot.portfolio.rows import RowChecker
from bot.usecases.import_portfolio import KnownCreditor, PortfolioRow, Problem, Reason, RowRead, UnreadableFile

TODAY = date(2026, 11, 22)
EXEMPLO = KnownCreditor("exemplo", "Lojas Exemplo", "11.222.333/0001-81")
GOOD: dict[str, Cell] = {
    "credor": "exemplo",
    "contrato": "A-1",
    "produto": "Crediário",
    "descrição": "Geladeira",
    "nome": "  Ana   da Silva ",
    "CPF/CNPJ": "390.533.447-05",
    "nascimento": "31/01/1980",
    "telefone": "(11) 98888-7777",
    "email": "ana@example.com",
    "uf": "sp",
    "parcela": "1",
    "valor": "1.234,56",
    "vencimento": "10/10/2026",
    "pago_em": "",
    "valor_pago": "",
    "linha_digitavel": "",
    "ltv": "10.000,00",
}


def check(**changes: Cell) -> RowRead:
    cells = GOOD | {"CPF/CNPJ" if name == "documento" else name: value for name, value in changes.items()}
    return RowChecker(columns_of(list(cells)), [EXEMPLO], TODAY).check(7, list(cells.values()))


def accepted(**changes: Cell) -> PortfolioRow:
    row, faults = check(**changes)
    assert row is not None, faults
    return row


class TestGoodRows:
    def test_a_row_becomes_an_instalment(self) -> None:
        assert check() == RowRead(
            PortfolioRow(
                line=7,
                creditor="exemplo",
                contract="A-1",
                product="Crediário",
                description="Geladeira",
                name="Ana da Silva",
                document="39053344705",
                birth_date=date(1980, 1, 31),
                phone="+5511988887777",
                email="ana@example.com",
                state="SP",
                installment=1,
                amount_centavos=123_456,
                due_on=date(2026, 10, 10),
                paid_on=None,
                paid_centavos=0,
                boleto_line=None,
                lifetime_value_centavos=1_000_000,
            )
        )

    @pytest.mark.parametrize(
        "name", ["exemplo", "EXEMPLO", "Lojas Exemplo", "lojas exemplo", "11222333000181", "11.222.333/0001-81"]
    )
    def test_a_creditor_goes_by_slug_name_or_document(self, name: str) -> None:
        assert accepted(credor=name).creditor == "exemplo"

    def test_what_is_optional_may_be_empty(self) -> None:
        row = accepted(nascimento="", telefone=" ", email=None, uf="", ltv="", produto="")
        assert (row.birth_date, row.phone, row.email, row.state, row.lifetime_value_centavos) == (None,) * 5
        assert row.product == ""

    def test_cells_missing_at_the_end_are_empty(self) -> None:
        cells = list(GOOD.values())[:-4]
        assert RowChecker(columns_of(list(GOOD)), [EXEMPLO], TODAY).check(7, cells).row is not None


class TestPayments:
    def test_a_day_alone_means_paid_in_full(self) -> None:
        row = accepted(pago_em="11/10/2026")
        assert (row.paid_on, row.paid_centavos) == (date(2026, 10, 11), 123_456)

    def test_paid_with_charges_is_paid(self) -> None:
        row = accepted(pago_em="11/10/2026", valor_pago="1.300,00")
        assert (row.paid_on, row.paid_centavos) == (date(2026, 10, 11), 130_000)

    def test_a_partial_payment_leaves_the_instalment_open(self) -> None:
        row = accepted(pago_em="11/10/2026", valor_pago="1.000,00")
        assert (row.paid_on, row.paid_centavos) == (None, 100_000)

    def test_zero_stands_for_no_payment(self) -> None:
        assert accepted(valor_pago="0,00").paid_centavos == 0


class TestFaults:
    @pytest.mark.parametrize(
        ("column", "value", "reason"),
        [
            ("credor", "outro", Reason.UNKNOWN_CREDITOR),
            ("credor", "", Reason.REQUIRED),
            ("contrato", "", Reason.REQUIRED),
            ("contrato", "x" * 101, Reason.TOO_LONG),
            ("nome", "", Reason.REQUIRED),
            ("nome", "123", Reason.NAME),
            ("documento", "390.533.447-06", Reason.DOCUMENT),
            ("nascimento", "23/11/2026", Reason.BIRTH_DATE),
            ("nascimento", "01/01/1890", Reason.BIRTH_DATE),
            ("nascimento", "x", Reason.DATE),
            ("telefone", "8888-7777", Reason.PHONE),
            ("email", "ana", Reason.EMAIL),
            ("uf", "XX", Reason.STATE),
            ("parcela", "0", Reason.INSTALLMENT),
            ("valor", "0,00", Reason.NOT_POSITIVE),
            ("valor", "-5", Reason.NOT_POSITIVE),
            ("valor", "muito", Reason.AMOUNT),
            ("vencimento", "31/12/1989", Reason.DUE_ON),
            ("vencimento", "01/01/2061", Reason.DUE_ON),
            ("pago_em", "23/11/2026", Reason.PAID_IN_FUTURE),
            ("valor_pago", "10,00", Reason.PAID_WITHOUT_DAY),
            ("ltv", "-1", Reason.NEGATIVE),
        ],
    )
    def test_names_the_column_and_the_reason(self, column: str, value: str, reason: Reason) -> None:
        # when
        row, faults = check(**{column: value})

        # then
        assert row is None
        assert [(f.line, f.reason) for f in faults] == [(7, reason)]
        assert faults[0].column == ("CPF/CNPJ" if column == "documento" else column)

    def test_a_document_is_masked(self) -> None:
        assert check(documento="390.533.447-06").faults[0].value == "***.533.447-**"

    def test_says_which_creditors_are_known(self) -> None:
        assert check(credor="outro").faults[0].detail == "exemplo"

    def test_tells_all_faults_of_a_row_at_once(self) -> None:
        assert [f.column for f in check(valor="x", uf="XX").faults] == ["uf", "valor"]

    def test_a_bad_boleto_line_is_dropped_and_the_row_goes_in(self) -> None:
        row, faults = check(linha_digitavel="123")
        assert row is not None
        assert row.boleto_line is None
        assert [f.reason for f in faults] == [Reason.BOLETO_LINE]

    def test_refuses_more_cells_than_headers(self) -> None:
        cells = [*GOOD.values(), "resto"]
        _, faults = RowChecker(columns_of(list(GOOD)), [EXEMPLO], TODAY).check(7, cells)
        assert [f.reason for f in faults] == [Reason.TOO_MANY_CELLS]


class TestHeaders:
    def test_english_and_portuguese_may_be_mixed_in_any_case_and_order(self) -> None:
        columns = columns_of(
            ["VENCIMENTO", "Amount", "Parcela", "cpf_cnpj", "Nome ", "contract", "CREDOR", "Observação"]
        )
        assert columns.positions[:2] == (6, 5)
        assert columns.ignored == ("Observação",)

    def test_tells_which_required_columns_are_missing(self) -> None:
        with pytest.raises(UnreadableFile) as refused:
            columns_of(["credor", "contrato", "nome", "cpf_cnpj", "parcela"])
        assert refused.value.problem is Problem.MISSING_COLUMNS
        assert refused.value.facts["columns"] == ["amount/valor", "due_on/vencimento"]

    def test_refuses_two_columns_for_one_field(self) -> None:
        with pytest.raises(UnreadableFile) as refused:
            columns_of([*GOOD, "amount"])
        assert refused.value.problem is Problem.REPEATED_COLUMN
