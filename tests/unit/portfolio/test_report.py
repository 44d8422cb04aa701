"""The report opens in Excel, and is in place only when there is something to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.locale.portfolio import PROBLEMS, REASONS, text_of_reason
from bot.portfolio.report import CsvReport, report_path
from bot.usecases.import_portfolio import Fault, Problem, Reason, UnreadableFile


class TestCsvReport:
    def test_stands_beside_the_file_under_its_whole_name(self) -> None:
        assert report_path(Path("dir/carteira.csv")) == Path("dir/carteira.csv.errors.csv")

    def test_is_a_csv_that_excel_opens(self, tmp_path: Path) -> None:
        # given
        report = CsvReport(tmp_path / "r.csv")

        # when
        report.prepare(iter([Fault(3, "valor", "x;y", Reason.AMOUNT), Fault(9, "nome", "=1+1", Reason.CONFLICT, "3")]))

        # then
        assert not (tmp_path / "r.csv").exists()
        assert report.publish() == tmp_path / "r.csv"
        content = (tmp_path / "r.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbflinha;coluna;valor;motivo\r\n")
        lines = content.decode("utf-8-sig").splitlines()
        assert lines[1] == f'3;valor;"x;y";"{text_of_reason(Reason.AMOUNT, "")}"'
        assert lines[2] == "9;nome;'=1+1;em conflito com a linha 3"

    def test_nothing_to_say_removes_an_old_report(self, tmp_path: Path) -> None:
        old = tmp_path / "r.csv"
        old.write_text("old")
        report = CsvReport(old)
        report.prepare(iter([]))
        assert report.publish() is None
        assert not old.exists()

    def test_a_place_that_cannot_be_written_stops_the_import(self, tmp_path: Path) -> None:
        report = CsvReport(tmp_path / "absent" / "r.csv")
        with pytest.raises(UnreadableFile) as refused:
            report.prepare(iter([Fault(1, "valor", "", Reason.AMOUNT)]))
        assert refused.value.problem is Problem.REPORT_NOT_WRITABLE


class TestTexts:
    def test_every_reason_and_problem_has_a_text(self) -> None:
        assert set(REASONS) == set(Reason)
        assert set(PROBLEMS) == set(Problem)
