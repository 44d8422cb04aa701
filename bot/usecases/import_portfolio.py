"""Bring a creditor's portfolio in: good rows are merged, bad ones reported, nothing half.

Everything happens in one transaction of the writer. An import that is killed or fails leaves the database as it was,
and running it again completes it; the report is put in place only after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from bot.domain.errors import BotError

BATCH_ROWS = 10_000


class KnownCreditor(NamedTuple):
    """A creditor with a policy file: rows may name it by slug, by name or by document."""

    slug: str
    name: str
    document: str | None = None


class Reason(StrEnum):
    """Why a cell is refused. The texts are in `bot/locale/portfolio.py`."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    UNKNOWN_CREDITOR = "unknown_creditor"
    NAME = "name"
    DOCUMENT = "document"
    DATE = "date"
    BIRTH_DATE = "birth_date"
    PHONE = "phone"
    EMAIL = "email"
    STATE = "state"
    INSTALLMENT = "installment"
    AMOUNT = "amount"
    NOT_POSITIVE = "not_positive"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"
    DUE_ON = "due_on"
    PAID_IN_FUTURE = "paid_in_future"
    PAID_WITHOUT_DAY = "paid_without_day"
    TOO_MANY_CELLS = "too_many_cells"
    OPEN_QUOTE = "open_quote"
    ENCODING = "encoding"
    CONFLICT = "conflict"
    BOLETO_LINE = "boleto_line"  # the only one that does not refuse its row


class Problem(StrEnum):
    """Why nothing of a file can be read. The texts are in `bot/locale/portfolio.py`."""

    NOT_FOUND = "not_found"
    NOT_READABLE = "not_readable"
    EMPTY = "empty"
    NOT_A_TABLE = "not_a_table"
    OLD_EXCEL = "old_excel"
    MISSING_COLUMNS = "missing_columns"
    REPEATED_COLUMN = "repeated_column"
    REPORT_NOT_WRITABLE = "report_not_writable"


class UnreadableFile(BotError):
    """The file as a whole can't be used; nothing was imported."""

    code = "unreadable_file"

    def __init__(self, problem: Problem, **facts: object) -> None:
        super().__init__(problem=problem, **facts)
        self.problem = problem


class PortfolioRow(NamedTuple):
    """One instalment as the file tells it, checked. Amounts in centavos; the order is that of the staging table."""

    line: int
    creditor: str
    contract: str
    product: str
    description: str
    name: str
    document: str
    birth_date: date | None
    phone: str | None
    email: str | None
    state: str | None
    installment: int
    amount_centavos: int
    due_on: date
    paid_on: date | None
    paid_centavos: int
    boleto_line: str | None
    lifetime_value_centavos: int | None


class Fault(NamedTuple):
    """One line of the report. `value` is already fit to be shown: documents are masked."""

    line: int
    column: str
    value: str
    reason: Reason
    detail: str = ""

    @property
    def refuses(self) -> bool:
        return self.reason is not Reason.BOLETO_LINE


class RowRead(NamedTuple):
    """What became of one row: without `row` it is refused, for `faults`."""

    row: PortfolioRow | None
    faults: tuple[Fault, ...] = ()


class Counts(NamedTuple):
    """What the good rows of this file speak of, new or known already."""

    conflicts: int
    debtors: int
    debts: int
    installments: int
    contacts: int


class PortfolioWriter(Protocol):
    """One transaction over the portfolio. Leaving the block without `commit()` rolls back."""

    def stage(self, rows: list[PortfolioRow], faults: list[Fault]) -> None: ...

    def merge(self) -> Counts:
        """Refuse rows that contradict an earlier line, then write all the others."""
        ...

    def faults(self) -> Iterator[Fault]:
        """Everything to report, by line."""
        ...

    def commit(self) -> None: ...


class PortfolioReport(Protocol):
    """Where the faults go."""

    def prepare(self, faults: Iterator[Fault]) -> int:
        """Write them aside and return how many there are.

        Raises:
            UnreadableFile: the place can't be written.
        """
        ...

    def publish(self) -> Path | None:
        """Put the report in its place, or remove an old one where there is nothing to report."""
        ...

    def discard(self) -> None:
        """Forget what was written aside: nothing was imported."""
        ...


@dataclass(frozen=True, slots=True)
class ImportSummary:
    rows: int
    imported: int
    refused: int
    warnings: int
    debtors: int
    debts: int
    installments: int
    contacts: int
    report: Path | None


def import_portfolio(
    rows: Iterable[RowRead], *, writer: AbstractContextManager[PortfolioWriter], report: PortfolioReport
) -> ImportSummary:
    """Import all rows in one transaction.

    Raises:
        UnreadableFile: while reading, or where the report can't be written; nothing was imported.
    """
    try:
        with writer as transaction:
            read, refused, warnings = _stage_all(rows, transaction)
            counts = transaction.merge()
            report.prepare(transaction.faults())
            transaction.commit()
    except BaseException:
        report.discard()
        raise
    refused += counts.conflicts
    return ImportSummary(
        rows=read,
        imported=read - refused,
        refused=refused,
        warnings=warnings,
        debtors=counts.debtors,
        debts=counts.debts,
        installments=counts.installments,
        contacts=counts.contacts,
        report=report.publish(),
    )


def _stage_all(rows: Iterable[RowRead], transaction: PortfolioWriter) -> tuple[int, int, int]:
    """Hand everything over in batches; returns how many rows were read, how many refused, and the warnings."""
    read = refused = warnings = 0
    good: list[PortfolioRow] = []
    faults: list[Fault] = []
    for row, row_faults in rows:
        read += 1
        if row is None:
            refused += 1
        else:
            good.append(row)
            warnings += len(row_faults)
        faults.extend(row_faults)
        if len(good) >= BATCH_ROWS or len(faults) >= BATCH_ROWS:
            transaction.stage(good, faults)
            good, faults = [], []
    transaction.stage(good, faults)
    return read, refused, warnings
