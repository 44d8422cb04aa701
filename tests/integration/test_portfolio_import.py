"""A portfolio file into a real PostgreSQL: everything good goes in once, everything bad is reported, nothing half."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest

from bot.cli_portfolio import import_table, run_import
from bot.portfolio.readers import open_table
from bot.portfolio.report import CsvReport
from bot.portfolio.rows import read_rows
from bot.portfolio.sample import Sample
from bot.storage.portfolio_writer import SqlPortfolio
from bot.usecases.import_portfolio import (
    ImportSummary,
    KnownCreditor,
    Problem,
    RowRead,
    UnreadableFile,
    import_portfolio,
)

TODAY = date(2026, 11, 22)
EXEMPLO = KnownCreditor("exemplo", "Lojas Exemplo", "11222333000181")
HEADER = (
    "credor;contrato;produto;descricao;nome;cpf_cnpj;nascimento;telefone;email;uf;parcela;valor;vencimento;pago_em;"
    "valor_pago;linha_digitavel;ltv"
)
ANA = "exemplo;A-1;Crediário;Fogão;Ana Conceição;390.533.447-05;1980-01-31;11988887777;ana@example.com;SP"
BIA = "exemplo;B-1;Crediário;Sofá;Bia Araújo;111.444.777-35;1990-05-05;11977776666;;RJ"
ACME = "exemplo;C-1;Venda;Mesas;ACME Ltda;11.222.333/0001-81;;1133334444;acme@example.com;SP"
TABLES = ("creditors", "debtors", "relationships", "contacts", "debts", "debt_installments")


def write(path: Path, *rows: str, encoding: str = "utf-8", separator: str = ";") -> Path:
    content = "\n".join([HEADER, *rows]) + "\n"
    path.write_text(content.replace(";", separator), encoding=encoding)
    return path


def run(url: str, file: Path) -> ImportSummary:
    return run_import(url, file, creditors=[EXEMPLO], today=TODAY)


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def tell(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def sizes(url: str) -> dict[str, int]:
    return {table: ask(url, f"select count(*) from {table}")[0][0] for table in TABLES}


def state_of(url: str, contract: str) -> str:
    return str(ask(url, f"select state from debts where contract = '{contract}'")[0][0])


def contents(url: str) -> list[list[tuple[Any, ...]]]:
    """Everything that a file can change, without the ids."""
    return [
        ask(url, "select document, name, birth_date, state from debtors order by 1"),
        ask(
            url,
            "select document, channel, address, c.state from contacts c "
            "join debtors d on d.id = debtor_id order by 1, 2, 3",
        ),
        ask(
            url,
            "select contract, number, due_on, amount_centavos, paid_on, paid_centavos, boleto_line, state "
            "from debt_installments join debts on id = debt_id order by 1, 2",
        ),
    ]


def row_versions(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Which transaction wrote, and which one locked, each row."""
    return {
        table: ask(url, f"select ctid::text, xmin::text, xmax::text from {table} order by 1") for table in TABLES[1:]
    }


class TestGoodFiles:
    def test_brings_debtors_contacts_debts_and_installments_in(self, database_url: str, tmp_path: Path) -> None:
        # given
        file = write(
            tmp_path / "f.csv",
            f"{ANA};1;1.234,56;10/09/2026;09/09/2026;1.234,56;;5.000,00",
            f"{ANA};2;1.234,56;10/10/2026;;;;",
            f"{BIA};1;100,00;2026-10-10;;;;",
            f"{ACME};1;99,90;2026-10-10;;;;",
        )

        # when
        summary = run(database_url, file)

        # then
        assert summary == ImportSummary(4, 4, 0, 0, debtors=3, debts=3, installments=4, contacts=5, report=None)
        assert sizes(database_url) == dict(zip(TABLES, (1, 3, 3, 5, 3, 4), strict=True))
        assert ask(database_url, "select slug, name, document from creditors") == [tuple(EXEMPLO)]
        assert ask(database_url, "select lifetime_value_centavos from relationships order by 1") == [
            (500_000,),
            (None,),
            (None,),
        ]
        assert not (tmp_path / "f.csv.errors.csv").exists()

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    @pytest.mark.parametrize("separator", [";", ","])
    def test_every_encoding_and_separator_gives_the_same(
        self, database_url: str, tmp_path: Path, encoding: str, separator: str
    ) -> None:
        file = write(tmp_path / "f.csv", f"{ANA};1;1234.56;10/09/2026;;;;", encoding=encoding, separator=separator)
        assert run(database_url, file).imported == 1
        assert ask(database_url, "select name, amount_centavos from debtors, debt_installments") == [
            ("Ana Conceição", 123_456)
        ]

    def test_a_workbook_gives_the_same_as_a_csv(self, database_url: str, tmp_path: Path) -> None:
        # given
        workbook = openpyxl.Workbook()
        sheet = workbook.worksheets[0]
        sheet.append(HEADER.split(";"))
        cells: list[object] = list(ANA.split(";"))
        cells[5], cells[7] = 39053344705, 11988887777
        born, due = datetime(1980, 1, 31), datetime(2026, 9, 10)  # noqa: DTZ001  # as spreadsheets have them
        cells[6] = born
        sheet.append([*cells, 1, 1234.56, due, None, None, None, 5000])
        workbook.save(tmp_path / "f.xlsx")
        run(database_url, write(tmp_path / "f.csv", f"{ANA};1;1.234,56;10/09/2026;;;;5.000,00"))
        before = contents(database_url)

        # when
        summary = run(database_url, tmp_path / "f.xlsx")

        # then
        assert summary.imported == 1
        assert contents(database_url) == before

    def test_two_phones_of_a_person_are_two_rows(self, database_url: str, tmp_path: Path) -> None:
        # given
        second = ANA.replace("11988887777", "11911112222").replace("ana@example.com", "")
        file = write(tmp_path / "f.csv", f"{ANA};1;10,00;10/09/2026;;;;", f"{second};1;10,00;10/09/2026;;;;")

        # when
        summary = run(database_url, file)

        # then
        assert (summary.imported, summary.refused, summary.installments, summary.contacts) == (2, 0, 1, 3)
        assert ask(database_url, "select address from contacts order by 1") == [
            ("+5511911112222",),
            ("+5511988887777",),
            ("ana@example.com",),
        ]


class TestAgain:
    def test_a_second_import_changes_nothing(self, database_url: str, tmp_path: Path) -> None:
        # given
        sample = tmp_path / "sample.csv"
        Sample(60, seed=3, today=TODAY).write(sample)
        first = run(database_url, sample)
        before = (sizes(database_url), contents(database_url))
        versions = row_versions(database_url)

        # when
        second = run(database_url, sample)

        # then
        assert second == first
        assert (sizes(database_url), contents(database_url)) == before
        assert row_versions(database_url) == versions

    def test_updates_amounts_days_names_and_payments(self, database_url: str, tmp_path: Path) -> None:
        # given
        run(database_url, write(tmp_path / "f.csv", f"{ANA};1;10,00;10/09/2026;;;;", f"{BIA};1;10,00;10/09/2026;;;;"))

        # when
        married = ANA.replace("Ana Conceição", "Ana Simões")
        run(
            database_url,
            write(tmp_path / "g.csv", f"{married};1;12,00;11/09/2026;;;;", f"{BIA};1;10,00;10/09/2026;01/11/2026;;;"),
        )

        # then
        assert ask(
            database_url,
            "select name, due_on, amount_centavos, paid_on, debts.state from debt_installments "
            "join debts on debts.id = debt_id join debtors on debtors.id = debtor_id order by 1",
        ) == [
            ("Ana Simões", date(2026, 9, 11), 1_200, None, "open"),
            ("Bia Araújo", date(2026, 9, 10), 1_000, date(2026, 11, 1), "settled"),
        ]

    def test_an_older_file_does_not_undo_a_payment(self, database_url: str, tmp_path: Path) -> None:
        # given
        file = write(tmp_path / "f.csv", f"{ANA};1;10,00;10/09/2026;;;;")
        run(database_url, file)
        tell(database_url, "update debt_installments set paid_on = '2026-11-20', paid_centavos = 1000")
        tell(database_url, "update debts set state = 'settled'")

        # when
        run(database_url, file)

        # then
        assert ask(database_url, "select paid_on, paid_centavos from debt_installments") == [
            (date(2026, 11, 20), 1_000)
        ]
        assert state_of(database_url, "A-1") == "settled"

    @pytest.mark.parametrize("state", ["in_agreement", "disputed", "suspended", "prescribed", "settled"])
    def test_a_debt_keeps_its_state(self, database_url: str, tmp_path: Path, state: str) -> None:
        file = write(tmp_path / "f.csv", f"{ANA};1;10,00;10/09/2026;;;;")
        run(database_url, file)
        tell(database_url, f"update debts set state = '{state}'")
        run(database_url, file)
        assert state_of(database_url, "A-1") == state

    def test_a_settled_debt_opens_again_for_an_installment_never_heard_of(
        self, database_url: str, tmp_path: Path
    ) -> None:
        run(database_url, write(tmp_path / "f.csv", f"{ANA};1;10,00;10/09/2026;10/09/2026;;;"))
        assert state_of(database_url, "A-1") == "settled"
        run(database_url, write(tmp_path / "f.csv", f"{ANA};2;10,00;10/10/2026;;;;"))
        assert state_of(database_url, "A-1") == "open"

    @pytest.mark.parametrize("state", ["opted_out", "wrong_person"])
    def test_a_contact_that_said_stop_stays_stopped(self, database_url: str, tmp_path: Path, state: str) -> None:
        file = write(tmp_path / "f.csv", f"{ANA};1;10,00;10/09/2026;;;;")
        run(database_url, file)
        tell(database_url, f"update contacts set state = '{state}'")
        run(database_url, file)
        assert ask(database_url, "select distinct state from contacts") == [(state,)]


class TestBadRows:
    def test_a_file_with_twenty_kinds_of_faults_gives_this_report(self, database_url: str, tmp_path: Path) -> None:
        # given
        good = "1;10,00;10/09/2026;;;;"
        bad_rows = [
            (f"{ANA.replace('exemplo', 'outro', 1)};{good}", "credor", "outro", "credor desconhecido"),
            (f"{ANA.replace('A-1', '')};{good}", "contrato", "", "obrigatório"),
            (f"{ANA.replace('Ana Conceição', '')};{good}", "nome", "", "obrigatório"),
            (f"{ANA.replace('Ana Conceição', '12')};{good}", "nome", "12", "letra"),
            (f"{ANA.replace('447-05', '447-06')};{good}", "cpf_cnpj", "***.533.447-**", "CPF ou CNPJ"),
            (f"{ANA.replace('390.533.447-05', '1' * 11)};{good}", "cpf_cnpj", "***.111.111-**", "CPF ou CNPJ"),
            (f"{ACME.replace('0001-81', '0001-82')};{good}", "cpf_cnpj", "**.***.333/0001-**", "CPF ou CNPJ"),
            (f"{ANA.replace('1980-01-31', '1980-02-31')};{good}", "nascimento", "1980-02-31", "data inválida"),
            (f"{ANA.replace('1980-01-31', '2030-01-31')};{good}", "nascimento", "2030-01-31", "impossível"),
            (f"{ANA.replace('11988887777', '88887777')};{good}", "telefone", "88887777", "DDD"),
            (f"{ANA.replace('ana@', 'ana')};{good}", "email", "anaexample.com", "e-mail"),
            (f"{ANA.replace(';SP', ';XX')};{good}", "uf", "XX", "UF"),
            (f"{ANA};0;10,00;10/09/2026;;;;", "parcela", "0", "parcela"),
            (f"{ANA};1;dez;10/09/2026;;;;", "valor", "dez", "valor inválido"),
            (f"{ANA};1;0,00;10/09/2026;;;;", "valor", "0,00", "maior que zero"),
            (f"{ANA};1;10,00;10/13/2026;;;;", "vencimento", "10/13/2026", "data inválida"),
            (f"{ANA};1;10,00;10/09/2090;;;;", "vencimento", "10/09/2090", "1990 a 2060"),
            (f"{ANA};1;10,00;10/09/2026;10/12/2026;;;", "pago_em", "10/12/2026", "futuro"),
            (f"{ANA};1;10,00;10/09/2026;;5,00;;", "valor_pago", "5,00", "falta a data"),
            (f"{ANA};1;10,00;10/09/2026;;;;-1", "ltv", "'-1", "negativo"),
            (f"{ANA};1;10;00;10/09/2026;;;;7,00", "", "", "células demais"),
            (f'{ANA};1;10,00;10/09/2026;;;;"aberta', "", "", "aspas"),
        ]
        last = len(bad_rows) + 3
        file = write(
            tmp_path / "f.csv",
            f"{ANA};{good}",
            *(row for row, *_ in bad_rows),
            f"{ANA};1;11,00;10/09/2026;;;;",
            f"{BIA};1;10,00;10/09/2026;;;123;",
            f"{BIA.replace('1990-05-05', '1990-05-06')};2;10,00;10/10/2026;;;;",
        )

        # when
        summary = run(database_url, file)

        # then
        assert (summary.rows, summary.imported, summary.refused, summary.warnings) == (26, 2, 24, 1)
        assert summary.report == tmp_path / "f.csv.errors.csv"
        with summary.report.open(encoding="utf-8-sig", newline="") as report:
            lines = list(csv.reader(report, delimiter=";"))
        expected = [(str(n), column, value, reason) for n, (_, column, value, reason) in enumerate(bad_rows, start=3)]
        expected += [
            (str(last), "valor", "11.00", "em conflito com a linha 2"),
            (str(last + 1), "linha_digitavel", "123", "aviso"),
            (str(last + 2), "nascimento", "1990-05-06", f"em conflito com a linha {last + 1}"),
        ]
        assert lines[0] == ["linha", "coluna", "valor", "motivo"]
        for found, (line, column, value, reason) in zip(lines[1:], expected, strict=True):
            assert found[:2] == [line, column]
            assert reason in found[3]
            if value:
                assert found[2] == value
        assert sizes(database_url)["debt_installments"] == 2
        assert "39053344705" not in summary.report.read_text(encoding="utf-8-sig")

    def test_a_mended_file_removes_the_old_report(self, database_url: str, tmp_path: Path) -> None:
        file = write(tmp_path / "f.csv", f"{ANA};1;x;10/09/2026;;;;")
        report = run(database_url, file).report
        assert report is not None
        run(database_url, write(file, f"{ANA};1;10,00;10/09/2026;;;;"))
        assert not report.exists()


class TestNothingHalf:
    def test_a_report_that_cannot_be_written_imports_nothing(self, database_url: str, tmp_path: Path) -> None:
        file = write(tmp_path / "f.csv", f"{ANA};1;10,00;10/09/2026;;;;", f"{ANA};2;x;10/09/2026;;;;")
        with pytest.raises(UnreadableFile) as refused:
            run_import(database_url, file, creditors=[EXEMPLO], today=TODAY, report=tmp_path / "absent" / "report.csv")
        assert refused.value.problem is Problem.REPORT_NOT_WRITABLE
        assert sum(sizes(database_url).values()) == 0

    def test_an_import_that_fails_in_the_middle_leaves_nothing(self, database_url: str, tmp_path: Path) -> None:
        # given
        def torn() -> Iterator[RowRead]:
            rows = list(read_rows(Sample(50, seed=1, today=TODAY), [EXEMPLO], TODAY))
            yield from rows[: len(rows) // 2]
            raise OSError("the disk went away")

        # when
        with pytest.raises(OSError, match="disk"):
            import_portfolio(torn(), writer=SqlPortfolio(database_url, [EXEMPLO]), report=CsvReport(tmp_path / "r.csv"))

        # then
        assert sum(sizes(database_url).values()) == 0

    @pytest.mark.parametrize("moment", ["copy staged", "insert into debtors", "insert into debt_installments"])
    def test_killed_at_any_moment_it_leaves_nothing_and_completes_when_run_again(
        self, database_url: str, tmp_path: Path, moment: str
    ) -> None:
        # given
        file = tmp_path / "f.csv"
        Sample(3_000, seed=1, today=TODAY).write(file)
        child = subprocess.Popen([sys.executable, "-c", CHILD, database_url, str(file)], stdout=subprocess.DEVNULL)

        # when
        _wait_for(database_url, moment, child)
        child.kill()
        child.wait()
        _wait_until_alone(database_url)

        # then: the one transaction happened or it did not (the kill may have come a moment late)
        assert sizes(database_url)["debt_installments"] in (0, _rows(file))
        assert run(database_url, file).refused == 0
        assert sizes(database_url)["debtors"] == 3_000
        assert sizes(database_url)["debt_installments"] == _rows(file)


CHILD = """
import sys
from datetime import date
from pathlib import Path
from bot.cli_portfolio import run_import
from bot.usecases.import_portfolio import KnownCreditor
exemplo = KnownCreditor("exemplo", "Lojas Exemplo")
run_import(sys.argv[1], Path(sys.argv[2]), creditors=[exemplo], today=date(2026, 11, 22))
"""


def _rows(file: Path) -> int:
    return sum(1 for _ in open_table(file).rows())


def _wait_for(url: str, moment: str, child: subprocess.Popen[bytes]) -> None:
    query = "select 1 from pg_stat_activity where application_name = 'trato import' and query like %s"
    with psycopg.connect(url, autocommit=True) as connection:
        while child.poll() is None:
            if connection.execute(query, (f"%{moment}%",)).fetchone():
                return
            time.sleep(0.005)


def _wait_until_alone(url: str) -> None:
    """The server notices a dead client only once it writes to it."""
    query = "select 1 from pg_stat_activity where application_name = 'trato import'"
    deadline = time.monotonic() + 60
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(query).fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.05)


class TestSample:
    def test_a_sample_goes_in_whole_and_only_once(self, database_url: str, tmp_path: Path) -> None:
        for _ in range(2):
            summary = import_table(
                database_url,
                Sample(40, seed=1, today=TODAY),
                creditors=[EXEMPLO],
                today=TODAY,
                report=tmp_path / "r.csv",
            )
            assert (summary.refused, summary.debtors) == (0, 40)
        assert sizes(database_url)["debtors"] == 40
