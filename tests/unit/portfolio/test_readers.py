"""CSV and XLSX of every kind give the same rows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from bot.portfolio.readers import TableRow, open_table
from bot.usecases.import_portfolio import Problem, Reason, UnreadableFile

SHEET_DAY = datetime(2026, 1, 31)  # noqa: DTZ001  # as spreadsheets have them
HEADER = "credor;contrato;nome;cpf_cnpj;parcela;valor;vencimento\n"
ROW = "exemplo;A-1;João Conceição;39053344705;1;10,00;2026-01-31\n"
CELLS = ["exemplo", "A-1", "João Conceição", "39053344705", "1", "10,00", "2026-01-31"]


def rows_of(tmp_path: Path, content: bytes) -> list[TableRow]:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    return list(open_table(path).rows())


class TestCsv:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    def test_reads_each_encoding(self, tmp_path: Path, encoding: str) -> None:
        assert rows_of(tmp_path, (HEADER + ROW).encode(encoding)) == [TableRow(2, CELLS)]

    def test_reads_each_line_in_its_own_encoding(self, tmp_path: Path) -> None:
        content = HEADER.encode() + ROW.encode("cp1252") + ROW.encode("utf-8")
        assert [row.cells for row in rows_of(tmp_path, content)] == [CELLS, CELLS]

    @pytest.mark.parametrize("separator", [",", "\t"])
    def test_finds_the_separator_in_the_header(self, tmp_path: Path, separator: str) -> None:
        content = (HEADER + ROW.replace("10,00", "10.00")).replace(";", separator)
        assert rows_of(tmp_path, content.encode())[0].cells[5] == "10.00"

    @pytest.mark.parametrize("ending", ["\r\n", "\n"])
    def test_reads_both_line_endings_and_skips_empty_rows(self, tmp_path: Path, ending: str) -> None:
        content = (HEADER + ROW + "\n;;;;;;\n \n" + ROW).replace("\n", ending)
        assert [row.line for row in rows_of(tmp_path, content.encode())] == [2, 6]

    def test_a_quoted_cell_may_hold_separators_quotes_and_lines(self, tmp_path: Path) -> None:
        content = HEADER + ROW.replace("João Conceição", '"João; o\n""Bom"""') + ROW
        rows = rows_of(tmp_path, content.encode())
        assert rows[0].cells[2] == 'João; o\n"Bom"'
        assert [row.line for row in rows] == [2, 4]

    def test_an_inch_sign_is_no_quote(self, tmp_path: Path) -> None:
        rows = rows_of(tmp_path, (HEADER + ROW.replace("João", 'TV 32"') + ROW).encode())
        assert [row.line for row in rows] == [2, 3]

    @pytest.mark.parametrize("rows_after", [0, 3, 100])
    def test_a_quote_that_nobody_closed_costs_its_row_only(self, tmp_path: Path, rows_after: int) -> None:
        # given
        content = HEADER + ROW + ROW.replace("João", '"João') + ROW * rows_after

        # when
        rows = rows_of(tmp_path, content.encode())

        # then
        assert [row.line for row in rows] == [2, 3, *range(4, 4 + rows_after)]
        assert [row.line for row in rows if row.fault is Reason.OPEN_QUOTE] == [3]

    def test_a_byte_of_no_encoding_refuses_its_row(self, tmp_path: Path) -> None:
        rows = rows_of(tmp_path, HEADER.encode() + ROW.encode("cp1252").replace(b"Jo", b"\x81"))
        assert rows[0].fault is Reason.ENCODING

    def test_tells_how_far_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "file.csv"
        path.write_bytes((HEADER + ROW * 5).encode("utf-8-sig"))
        table = open_table(path)
        for _ in table.rows():
            assert 0 < table.position <= table.size
        assert table.position == table.size


class TestXlsx:
    def test_reads_the_first_sheet_with_its_numbers_and_dates(self, tmp_path: Path) -> None:
        # given
        workbook = openpyxl.Workbook()
        sheet = workbook.worksheets[0]
        sheet.append(HEADER.strip().split(";"))
        sheet.append(["exemplo", 17, "João Conceição", 39053344705, 1, 10.5, SHEET_DAY])
        sheet.append([])
        sheet.append(CELLS)
        path = tmp_path / "named.anything"
        workbook.save(path)

        # when
        rows = list(open_table(path).rows())

        # then
        assert [row.line for row in rows] == [2, 4]
        assert rows[0].cells == ("exemplo", 17, "João Conceição", 39053344705, 1, 10.5, SHEET_DAY)
        assert list(rows[1].cells) == CELLS


class TestUnreadable:
    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"", Problem.EMPTY),
            (b"\n \n", Problem.EMPTY),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Problem.OLD_EXCEL),
            (b"PK\x03\x04 broken", Problem.NOT_A_TABLE),
            (b"\x89PNG\x00\x00", Problem.NOT_A_TABLE),
            (b"a;b;c\n1;2;3\n", Problem.MISSING_COLUMNS),
        ],
    )
    def test_says_what_is_wrong_with_the_file(self, tmp_path: Path, content: bytes, problem: Problem) -> None:
        with pytest.raises(UnreadableFile) as refused:
            rows_of(tmp_path, content)
        assert refused.value.problem is problem

    def test_says_that_it_is_absent(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile) as refused:
            open_table(tmp_path / "absent.csv")
        assert refused.value.problem is Problem.NOT_FOUND

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile) as refused:
            open_table(tmp_path)
        assert refused.value.problem is Problem.NOT_READABLE
