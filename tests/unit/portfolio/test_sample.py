"""The sample is plausible, the same for the same seed and day, and goes through the same checks as a file."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from uuid import UUID

from bot.domain.debts import Debt, DebtInstallment, DebtState
from bot.domain.money import Money
from bot.domain.profiles import History, profile_of
from bot.portfolio.readers import open_table
from bot.portfolio.rows import read_rows
from bot.portfolio.sample import Sample
from bot.usecases.import_portfolio import KnownCreditor, PortfolioRow

TODAY = date(2026, 11, 22)
EXEMPLO = KnownCreditor("exemplo", "Lojas Exemplo")


def rows_of(sample: Sample) -> list[PortfolioRow]:
    read = list(read_rows(sample, [EXEMPLO], TODAY))
    assert not [fault for one in read for fault in one.faults]
    return [one.row for one in read if one.row]


def profile_kind(rows: list[PortfolioRow]) -> str:
    debts = defaultdict(list)
    for r in rows:
        debts[r.contract].append(
            DebtInstallment(
                r.installment, r.due_on, Money(r.amount_centavos), paid_on=r.paid_on, paid=Money(r.paid_centavos)
            )
        )
    history = tuple(
        Debt(UUID(int=n), "exemplo", c, "", "", DebtState.OPEN, tuple(i)) for n, (c, i) in enumerate(debts.items())
    )
    return profile_of(History(history), today=TODAY).kind.value


class TestSample:
    def test_every_row_passes_the_checks_of_a_file(self) -> None:
        rows = rows_of(Sample(200, seed=1, today=TODAY))
        assert len({row.document for row in rows}) == 200
        assert all(row.phone and row.phone.startswith("+55119") for row in rows)
        assert any(row.birth_date is None for row in rows)

    def test_is_the_same_for_the_same_seed_and_day(self) -> None:
        assert rows_of(Sample(30, seed=5, today=TODAY)) == rows_of(Sample(30, seed=5, today=TODAY))
        assert rows_of(Sample(30, seed=5, today=TODAY)) != rows_of(Sample(30, seed=6, today=TODAY))

    def test_holds_all_four_profiles_in_about_the_wanted_shares(self) -> None:
        # given
        by_debtor = defaultdict(list)
        for row in rows_of(Sample(1_000, seed=1, today=TODAY)):
            by_debtor[row.document].append(row)

        # when
        kinds = Counter(profile_kind(rows) for rows in by_debtor.values())

        # then
        for kind, percent in {"occasional": 40, "negligent": 25, "chronic": 20, "defaulter": 15}.items():
            assert abs(kinds[kind] / 10 - percent) < 6, kinds

    def test_holds_a_few_debts_near_and_beyond_prescription(self) -> None:
        oldest: dict[str, int] = {}
        for row in rows_of(Sample(1_000, seed=1, today=TODAY)):
            if row.paid_on is None:
                oldest[row.contract] = max(oldest.get(row.contract, 0), (TODAY - row.due_on).days)
        prescribed = sum(days > 1_826 for days in oldest.values())
        almost = sum(1_736 < days <= 1_826 for days in oldest.values())
        assert 0 < prescribed < 60
        assert 0 < almost < 60

    def test_names_somebody_with_one_debt_somebody_with_several_and_a_company_to_try(self) -> None:
        sample = Sample(3, seed=1, today=TODAY)
        rows = rows_of(sample)
        contracts = {t.kind: {r.contract for r in rows if r.document == t.document} for t in sample.trials}
        assert [t.kind for t in sample.trials] == ["single", "several", "company"]
        assert len(contracts["single"]) == 1
        assert len(contracts["several"]) == 3
        assert sample.trials[2].birth_date is None
        assert len(sample.trials[2].document) == 14

    def test_written_as_a_file_it_reads_the_same(self, tmp_path: Path) -> None:
        path = tmp_path / "sample.csv"
        assert Sample(20, seed=1, today=TODAY).write(path) > 20
        read = [one.row for one in read_rows(open_table(path), [EXEMPLO], TODAY)]
        assert read == rows_of(Sample(20, seed=1, today=TODAY))
