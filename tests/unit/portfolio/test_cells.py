"""What cells mean, in every way in which Brazilian files write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.portfolio.cells import (
    Invalid,
    boleto_line_of,
    centavos_of,
    day_of,
    document_of,
    email_of,
    installment_of,
    masked_document,
    phone_of,
    text_of,
)
from bot.portfolio.readers import Cell
from bot.usecases.import_portfolio import Reason


class TestAmounts:
    @pytest.mark.parametrize(
        ("cell", "centavos"),
        [
            ("1.234,56", 123_456),
            ("1234.56", 123_456),
            ("1,234.56", 123_456),
            ("R$ 1.234,56", 123_456),
            ("R$1.234,56", 123_456),
            ("R$\u00a01.234,56", 123_456),
            ("1.234.567,89", 123_456_789),
            ("1.234", 123_400),
            ("1,234", 123_400),
            ("1.234.567", 123_456_700),
            ("100", 10_000),
            ("100,5", 10_050),
            ("0,01", 1),
            ("99.90000000000001", 9_990),
            (" 12,00 ", 1_200),
            ("-12,00", -1_200),
            ("(12,00)", -1_200),
            (150, 15_000),
            (150.75, 15_075),
            (0.1 + 0.2, 30),
        ],
    )
    def test_reads_both_number_formats_and_a_spreadsheets_numbers(self, cell: Cell, centavos: int) -> None:
        assert centavos_of(cell) == centavos

    @pytest.mark.parametrize(
        "cell", ["abc", "12,345,6", "1.23.456,00", "1234.567", "0.123", "12,3456", "nan", "1e5x", "1_000", "", ","]
    )
    def test_refuses_what_is_no_amount(self, cell: Cell) -> None:
        with pytest.raises(Invalid) as refused:
            centavos_of(cell)
        assert refused.value.reason is Reason.AMOUNT

    def test_refuses_an_amount_that_no_debt_can_have(self) -> None:
        with pytest.raises(Invalid) as refused:
            centavos_of("999999999999999,00")
        assert refused.value.reason is Reason.TOO_LARGE

    @given(st.integers(min_value=0, max_value=10**13))
    def test_every_amount_survives_each_way_of_writing_it(self, centavos: int) -> None:
        # given
        english = f"{centavos // 100:,}.{centavos % 100:02d}"
        brazilian = english.replace(",", "x").replace(".", ",").replace("x", ".")

        # then
        assert centavos_of(english) == centavos
        assert centavos_of(brazilian) == centavos
        assert centavos_of(f"R$ {brazilian}") == centavos
        assert centavos_of(english.replace(",", "")) == centavos


class TestDays:
    @pytest.mark.parametrize(
        "cell",
        [
            "2026-01-31",
            "31/01/2026",
            "31-01-2026",
            "31.01.2026",
            "2026-01-31T00:00:00",
            "31/01/2026 00:00",
            datetime(2026, 1, 31, 13, 0),  # noqa: DTZ001  # as spreadsheets have them
            date(2026, 1, 31),
            46053,
            46053.0,
        ],
    )
    def test_reads_iso_brazilian_and_spreadsheet_dates(self, cell: Cell) -> None:
        assert day_of(cell) == date(2026, 1, 31)

    @pytest.mark.parametrize("cell", ["31/02/2026", "12/31/2026", "amanhã", "31/01/26", "", 0, 10**9, True])
    def test_refuses_what_is_no_day(self, cell: Cell) -> None:
        with pytest.raises(Invalid):
            day_of(cell)

    @given(st.dates())
    def test_iso_and_brazilian_mean_the_same_day(self, day: date) -> None:
        assert day_of(day.isoformat()) == day_of(f"{day.day:02d}/{day.month:02d}/{day.year:04d}") == day


class TestDocuments:
    @pytest.mark.parametrize(
        ("cell", "bare"),
        [
            ("390.533.447-05", "39053344705"),
            ("39053344705", "39053344705"),
            (39053344705.0, "39053344705"),
            ("1234567890", "01234567890"),
            (1234567890, "01234567890"),
            ("11.222.333/0001-81", "11222333000181"),
            ("1.222.333/0001-28", "01222333000128"),
            (1222333000128, "01222333000128"),
            ("12.ABC.345/01DE-35", "12ABC34501DE35"),
            ("12abc34501de35", "12ABC34501DE35"),
        ],
    )
    def test_reads_cpf_and_cnpj_with_lost_zeros_and_letters(self, cell: Cell, bare: str) -> None:
        assert document_of(cell) == bare

    @pytest.mark.parametrize(
        "cell",
        ["390.533.447-06", "111.111.111-11", "00000000000", "11.222.333/0001-82", "191", "3,9E+10", "", "x" * 40],
    )
    def test_refuses_wrong_check_digits_and_repeated_ones(self, cell: Cell) -> None:
        with pytest.raises(Invalid):
            document_of(cell)

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("390.533.447-06", "***.533.447-**"),
            ("11222333000182", "**.***.333/0001-**"),
            ("123456", "***34***"),
            ("", ""),
        ],
    )
    def test_shows_only_the_middle(self, text: str, shown: str) -> None:
        assert masked_document(text) == shown

    @given(st.integers(min_value=0, max_value=10**14))
    def test_never_shows_half_of_a_document(self, number: int) -> None:
        digits = str(number)
        shown = "".join(c for c in masked_document(digits) if c.isdigit())
        assert len(shown) <= len(digits) * 0.55


class TestOtherCells:
    @pytest.mark.parametrize("cell", ["(11) 98888-7777", "11988887777", "+55 11 8888-7777", 11988887777, 11988887777.0])
    def test_phones_come_out_in_one_form(self, cell: Cell) -> None:
        assert phone_of(cell) == "+5511988887777"

    @pytest.mark.parametrize("cell", ["8888-7777", "123", "11988887777 / 11977776666", "nenhum"])
    def test_refuses_a_phone_without_area_code_and_two_in_one_cell(self, cell: Cell) -> None:
        with pytest.raises(Invalid):
            phone_of(cell)

    def test_an_email_is_lower_case(self) -> None:
        assert email_of(" Ana@Example.COM ") == "ana@example.com"

    @pytest.mark.parametrize("cell", ["ana", "ana@", "@example.com", "a b@example.com", "ana@example", "a@b.c;d@e.f"])
    def test_refuses_what_is_no_email(self, cell: Cell) -> None:
        with pytest.raises(Invalid):
            email_of(cell)

    @pytest.mark.parametrize("cell", ["3", "03", "3/12", "3 de 12", 3, 3.0])
    def test_an_installment_may_name_how_many_there_are(self, cell: Cell) -> None:
        assert installment_of(cell) == 3

    @pytest.mark.parametrize("cell", ["0", "-1", "1.5", "um", "99999", 0])
    def test_refuses_what_is_no_installment_number(self, cell: Cell) -> None:
        with pytest.raises(Invalid):
            installment_of(cell)

    def test_a_boleto_line_keeps_its_digits_only(self) -> None:
        assert boleto_line_of("00190.00009 01234.567890 12345.678901 1 12340000010000") == (
            "00190000090123456789012345678901112340000010000"
        )

    @pytest.mark.parametrize("cell", ["123", "x" * 47, "1" * 46])
    def test_refuses_a_boleto_line_of_another_length(self, cell: Cell) -> None:
        with pytest.raises(Invalid):
            boleto_line_of(cell)

    def test_text_is_one_trimmed_line(self) -> None:
        assert text_of("  João \n da\t Silva ") == "João da Silva"
