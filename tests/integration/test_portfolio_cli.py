"""`trato portfolio` as an operator uses it: exit status, summary, report."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from bot.cli_portfolio import portfolio

HEADER = "credor;contrato;nome;cpf_cnpj;nascimento;telefone;parcela;valor;vencimento;observação\n"
GOOD = "exemplo;A-1;Ana Conceição;390.533.447-05;31/01/1980;11988887777;1;10,00;10/09/2026;x\n"


@pytest.fixture
def cli(database_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TRATO_DATABASE_URL", database_url)
    monkeypatch.setenv("TRATO_TESTING", "1")
    monkeypatch.setenv("TRATO_NOW", "2026-11-22T12:00:00-03:00")
    return CliRunner()


class TestImport:
    def test_all_rows_in_is_0(self, cli: CliRunner, tmp_path: Path) -> None:
        # given
        file = tmp_path / "f.csv"
        file.write_text(HEADER + GOOD, encoding="cp1252")

        # when
        result = cli.invoke(portfolio, ["import", str(file), "--json"])

        # then
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout) == {
            "rows": 1,
            "imported": 1,
            "refused": 0,
            "warnings": 0,
            "debtors": 1,
            "debts": 1,
            "installments": 1,
            "contacts": 1,
            "report": None,
            "ignored_columns": ["observação"],
        }

    def test_some_rows_refused_is_1_and_the_good_ones_are_in(
        self, cli: CliRunner, tmp_path: Path, database_url: str
    ) -> None:
        # given
        file = tmp_path / "f.csv"
        file.write_text(HEADER + GOOD + GOOD.replace("10,00", "dez"), encoding="utf-8")

        # when
        result = cli.invoke(portfolio, ["import", str(file), "--report", str(tmp_path / "elsewhere.csv")])

        # then
        assert result.exit_code == 1, result.output
        assert "elsewhere.csv" in result.stdout
        assert (tmp_path / "elsewhere.csv").exists()
        with psycopg.connect(database_url) as connection:
            assert connection.execute("select count(*) from debts").fetchone() == (1,)

    @pytest.mark.parametrize("content", ["", "a;b\n1;2\n"])
    def test_a_file_that_cannot_be_read_is_2(self, cli: CliRunner, tmp_path: Path, content: str) -> None:
        file = tmp_path / "f.csv"
        file.write_text(content)
        result = cli.invoke(portfolio, ["import", str(file)])
        assert result.exit_code == 2
        assert result.stderr.strip()

    def test_a_database_that_is_away_is_3(
        self, cli: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TRATO_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/absent")
        file = tmp_path / "f.csv"
        file.write_text(HEADER + GOOD, encoding="utf-8")
        assert cli.invoke(portfolio, ["import", str(file)]).exit_code == 3


class TestSample:
    def test_goes_in_and_names_three_to_try(self, cli: CliRunner) -> None:
        result = cli.invoke(portfolio, ["sample", "--debtors", "25", "--json"])
        assert result.exit_code == 0, result.output
        facts = json.loads(result.stdout)
        assert (facts["refused"], facts["debtors"]) == (0, 25)
        assert [one["kind"] for one in facts["try"]] == ["single", "several", "company"]

    def test_tells_whom_to_try_in_a_table(self, cli: CliRunner) -> None:
        result = cli.invoke(portfolio, ["sample", "--debtors", "5"], env={"COLUMNS": "160"})
        assert result.exit_code == 0, result.output
        assert "+55119" in result.stdout

    def test_can_be_written_as_a_file_and_imported_from_it(self, cli: CliRunner, tmp_path: Path) -> None:
        file = tmp_path / "sample.csv"
        assert cli.invoke(portfolio, ["sample", "--debtors", "5", "--output", str(file)]).exit_code == 0
        result = cli.invoke(portfolio, ["import", str(file), "--json"])
        assert json.loads(result.stdout)["debtors"] == 5
