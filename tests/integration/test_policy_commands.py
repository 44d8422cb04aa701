"""`trato policy` as a creditor's operator uses it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from bot.cli import app

EXEMPLO = Path(__file__).parents[2] / "policies" / "exemplo.toml"
HEADER = "credor;contrato;nome;cpf_cnpj;nascimento;telefone;uf;parcela;valor;vencimento;ltv\n"
ROWS = (
    "exemplo;A-1;Ana Conceição;390.533.447-05;31/01/1980;11988887777;SP;1;100,00;10/11/2026;0\n"
    "exemplo;B-1;Bruno Dias;111.444.777-35;31/01/1980;11988886666;SP;1;1000,00;10/11/2026;0\n"
    "exemplo;C-1;Carla Reis;529.982.247-25;31/01/1980;11988885555;SP;1;500,00;10/09/2020;0\n"
)


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TRATO_TESTING", "1")
    monkeypatch.setenv("TRATO_NOW", "2026-11-23T12:00:00-03:00")
    return CliRunner()


@pytest.fixture
def portfolio(cli: CliRunner, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """Two debtors who may be offered something, and one whose debt is prescribed."""
    monkeypatch.setenv("TRATO_DATABASE_URL", database_url)
    file = tmp_path / "f.csv"
    file.write_text(HEADER + ROWS, encoding="utf-8")
    result = cli.invoke(app, ["portfolio", "import", str(file)])
    assert result.exit_code == 0, result.output
    return cli


def changed(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = EXEMPLO.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "policy.toml").write_text(text, "utf-8")
    return str(tmp_path / "policy.toml")


class TestCheck:
    def test_a_good_file_is_0(self, cli: CliRunner) -> None:
        result = cli.invoke(app, ["policy", "check", str(EXEMPLO)])
        assert result.exit_code == 0
        assert "em ordem" in result.stdout

    def test_r34_r16_every_fault_has_its_line_its_rule_and_what_to_do(self, cli: CliRunner, tmp_path: Path) -> None:
        # given
        file = changed(
            tmp_path,
            ("fine = 0.02", "fine = 0.03"),
            ("plan_share", "plan_shre"),
            ('weekdays = ["09:00", "18:00"]', 'weekdays = ["08:00", "20:00"]'),
        )

        # when
        result = cli.invoke(app, ["policy", "check", file])

        # then
        assert result.exit_code == 1
        lines = Path(file).read_text("utf-8").splitlines()
        fine = 1 + next(n for n, line in enumerate(lines) if line.startswith("fine ="))
        assert f"Linha {fine}, charges.fine: 0.03 passa do limite de 0.02. Diminua" in result.stderr
        assert "Regra R34" in result.stderr
        assert "discounts.plan_shre: ninguém conhece esta chave" in result.stderr
        assert "contact.weekdays: 08:00-20:00 passa do permitido em AM, ES, RJ" in result.stderr
        assert "Regra R16" in result.stderr

    def test_machines_read_the_same(self, cli: CliRunner, tmp_path: Path) -> None:
        result = cli.invoke(app, ["policy", "check", changed(tmp_path, ("fine = 0.02", "fine = 0.03")), "--json"])
        assert result.exit_code == 1
        facts = json.loads(result.stdout)
        assert [(e["path"], e["rule"], e["code"]) for e in facts["errors"]] == [
            ("charges.fine", "R34", "above_legal_cap")
        ]

    @pytest.mark.parametrize("content", [None, "a = [", "a = 1"])
    def test_what_is_no_policy_is_1(self, cli: CliRunner, tmp_path: Path, content: str | None) -> None:
        file = tmp_path / "x.toml"
        if content is not None:
            file.write_text(content)
        result = cli.invoke(app, ["policy", "check", str(file)])
        assert result.exit_code == 1
        assert result.stderr.strip()


def simulated(cli: CliRunner, file: str) -> dict[str, Any]:
    result = cli.invoke(app, ["policy", "simulate", file, "--json"])
    assert result.exit_code == 0, result.output
    facts: dict[str, Any] = json.loads(result.stdout)
    return facts


class TestSimulate:
    def test_the_policy_in_force_differs_from_itself_in_nothing(self, portfolio: CliRunner) -> None:
        facts = simulated(portfolio, str(EXEMPLO))
        assert set(facts["difference"].values()) == {0}
        assert facts["first_offer"] == {"cheaper": 0, "dearer": 0, "same": 3}

    def test_r31_who_may_not_be_offered_anything_is_told_with_the_rule(self, portfolio: CliRunner) -> None:
        facts = simulated(portfolio, str(EXEMPLO))
        carla = next(d for d in facts["debtors"] if d["document"] == "52998224725")
        assert carla["cash_centavos"] is None
        assert carla["refusals"] == [{"rule": "R31", "reason": "prescribed"}]
        (rule,) = facts["tried"]["by_rule"]
        assert (rule["rule"], rule["debts"], rule["debtors_without_offer"]) == ("R31", 1, 1)

    def test_the_sums_add_up(self, portfolio: CliRunner) -> None:
        facts = simulated(portfolio, str(EXEMPLO))
        totals = facts["tried"]["totals"]
        groups = facts["tried"]["by_profile"].values()
        offered = [d for d in facts["debtors"] if d["cash_centavos"] is not None]
        assert totals["debtors"] == 3
        assert totals["offered_to"] == len(offered) == 2
        assert totals["offered_centavos"] == sum(d["cash_centavos"] for d in offered)
        assert totals["offered_centavos"] == totals["balance_centavos"] - totals["discount_centavos"]
        assert all(totals[name] == sum(group[name] for group in groups) for name in totals)
        assert totals["discount_centavos"] <= totals["last_discount_centavos"]

    def test_a_larger_discount_shows_as_the_difference(self, portfolio: CliRunner, tmp_path: Path) -> None:
        file = changed(tmp_path, ("occasional = [0.03", "occasional = [0.05"))
        facts = simulated(portfolio, file)
        assert facts["first_offer"] == {"cheaper": 2, "dearer": 0, "same": 1}
        assert facts["difference"]["discount_centavos"] > 0
        assert facts["difference"]["offered_centavos"] == -facts["difference"]["discount_centavos"]

    def test_nothing_is_stored(self, portfolio: CliRunner, database_url: str) -> None:
        simulated(portfolio, str(EXEMPLO))
        with psycopg.connect(database_url) as connection:
            assert connection.execute("select (select count(*) from offers)").fetchone() == (0,)

    def test_a_creditor_without_a_policy_in_force_is_compared_with_nothing(
        self, portfolio: CliRunner, tmp_path: Path
    ) -> None:
        facts = simulated(portfolio, changed(tmp_path, ('slug = "exemplo"', 'slug = "outro"')))
        assert (facts["in_force"], facts["debtors"]) == (None, [])

    def test_people_get_tables_and_a_picture(self, portfolio: CliRunner, tmp_path: Path) -> None:
        picture = tmp_path / "p.svg"
        result = portfolio.invoke(
            app, ["policy", "simulate", str(EXEMPLO), "--picture", str(picture)], env={"COLUMNS": "160"}
        )
        assert result.exit_code == 0, result.output
        assert "R31: dívida prescrita" in result.stdout
        assert "Desconto, último degrau" in result.stdout
        root = ET.fromstring(picture.read_bytes())
        assert root.tag.endswith("svg")
        assert "http" not in "".join(v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href"))

    def test_a_faulty_policy_is_not_simulated(self, portfolio: CliRunner, tmp_path: Path) -> None:
        result = portfolio.invoke(app, ["policy", "simulate", changed(tmp_path, ("fine = 0.02", "fine = 0.03"))])
        assert result.exit_code == 1
        assert "R34" in result.stderr
