"""One row of cells becomes one checked instalment, or the list of what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from bot.domain.calendars import STATES
from bot.portfolio import cells as read
from bot.portfolio.cells import Invalid, masked_document, text_of
from bot.portfolio.columns import NAMES, Columns, folded
from bot.portfolio.readers import Cell, PortfolioTable, TableRow
from bot.usecases.import_portfolio import Fault, KnownCreditor, PortfolioRow, Reason, RowRead

EARLIEST_DUE, LATEST_DUE = date(1990, 1, 1), date(2060, 12, 31)
OLDEST_YEARS = 120
LONGEST_SHOWN = 80  # characters of a refused value

type Parser = Callable[[Cell], object]


class _Field(NamedTuple):
    name: str
    position: int
    parse: Parser
    required: bool
    empty: object


class RowChecker:
    """Checks rows of one file.

    Args:
        columns: which cell is which.
        creditors: whose rows are accepted.
        today: the local day: nobody is born, and nothing paid, after it.
    """

    def __init__(self, columns: Columns, creditors: Iterable[KnownCreditor], today: date) -> None:
        self._columns = columns
        self._today = today
        self._creditors = {key: c.slug for c in creditors for key in _names_of(c)}
        self._known = ", ".join(sorted(set(self._creditors.values())))
        parsers: dict[str, tuple[Parser, bool, object]] = {
            "creditor": (self._creditor, True, None),
            "contract": (_text(100), True, None),
            "product": (_text(200), False, ""),
            "description": (_text(1000), False, ""),
            "name": (_name, True, None),
            "document": (read.document_of, True, None),
            "birth_date": (self._birth_date, False, None),
            "phone": (read.phone_of, False, None),
            "email": (read.email_of, False, None),
            "state": (_state, False, None),
            "installment": (read.installment_of, True, None),
            "amount": (_positive, True, None),
            "due_on": (_due_on, True, None),
            "paid_on": (self._paid_on, False, None),
            "paid_amount": (_not_negative, False, None),
            "boleto_line": (read.boleto_line_of, False, None),
            "lifetime_value": (_not_negative, False, None),
        }
        self._fields = [
            _Field(name, position, *parsers[name]) for name, position in zip(NAMES, columns.positions, strict=True)
        ]

    def check(self, line: int, cells: Sequence[Cell]) -> RowRead:
        """All faults of the row at once, so that whoever mends it does so once."""
        if len(cells) > self._columns.width and any(text_of(c) for c in cells[self._columns.width :]):
            detail = f"{len(cells)}/{self._columns.width}"
            return RowRead(None, (Fault(line, "", _shown(cells[-1]), Reason.TOO_MANY_CELLS, detail),))
        faults: list[Fault] = []
        values: list[object] = []
        width = len(cells)
        for field in self._fields:
            cell = cells[field.position] if -1 < field.position < width else None
            value = field.empty
            try:
                if cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace()):
                    value = field.parse(cell)
                elif field.required:
                    raise Invalid(Reason.REQUIRED)
            except Invalid as fault:
                faults.append(self._fault(line, field.name, cell, fault))
            values.append(value)
        row = PortfolioRow(line, *values)  # type: ignore[arg-type]  # the fields follow its order
        if any(fault.refuses for fault in faults):
            return RowRead(None, tuple(faults))
        return self._with_payment(row, cells, faults)

    def _with_payment(self, row: PortfolioRow, cells: Sequence[Cell], faults: list[Fault]) -> RowRead:
        """A payment below the amount is a partial one: it leaves the instalment open, less what was paid."""
        paid: int | None = row.paid_centavos
        if row.paid_on is None:
            if paid:
                cell = cells[self._columns.positions[list(NAMES).index("paid_amount")]]
                faults.append(self._fault(row.line, "paid_amount", cell, Invalid(Reason.PAID_WITHOUT_DAY)))
                return RowRead(None, tuple(faults))
            return RowRead(row._replace(paid_centavos=0), tuple(faults))
        if not paid:  # empty, or the 0,00 that programs write for empty: the day alone says that it was paid
            paid = row.amount_centavos
        whole = paid >= row.amount_centavos
        return RowRead(row._replace(paid_centavos=paid, paid_on=row.paid_on if whole else None), tuple(faults))

    def _fault(self, line: int, field: str, cell: Cell, fault: Invalid) -> Fault:
        column = self._columns.headers.get(field, field)
        shown = masked_document(text_of(cell)) if field == "document" else _shown(cell)
        return Fault(line, column, shown, fault.reason, fault.detail)

    def _creditor(self, cell: Cell) -> str:
        slug = self._creditors.get(cell) if isinstance(cell, str) else None
        slug = slug or self._creditors.get(folded(text_of(cell)))
        if slug is None:
            raise Invalid(Reason.UNKNOWN_CREDITOR, self._known)
        return slug

    def _birth_date(self, cell: Cell) -> date:
        day = read.day_of(cell)
        if not self._today.year - OLDEST_YEARS <= day.year or day > self._today:
            raise Invalid(Reason.BIRTH_DATE)
        return day

    def _paid_on(self, cell: Cell) -> date:
        day = read.day_of(cell)
        if day > self._today:
            raise Invalid(Reason.PAID_IN_FUTURE)
        if day < EARLIEST_DUE:
            raise Invalid(Reason.DATE)
        return day


def read_rows(table: PortfolioTable, creditors: Iterable[KnownCreditor], today: date) -> Iterator[RowRead]:
    """Every row of the table, checked."""
    checker = RowChecker(table.columns, creditors, today)
    for row in table.rows():
        yield checker.check(row.line, row.cells) if row.fault is None else _unsplit(row, row.fault)


def _unsplit(row: TableRow, reason: Reason) -> RowRead:
    """A row whose cells can't be told apart: its text may hold documents anywhere, so digits are hidden."""
    text = " ".join(text_of(cell) for cell in row.cells)
    return RowRead(None, (Fault(row.line, "", re.sub(r"\d", "*", text)[:LONGEST_SHOWN], reason),))


def _names_of(creditor: KnownCreditor) -> set[str]:
    names = {creditor.slug, folded(creditor.slug), folded(creditor.name)}
    if creditor.document:
        names |= {folded(creditor.document), folded(creditor.document).replace("_", "")}
    return names


def _shown(cell: Cell) -> str:
    text = text_of(cell)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _text(longest: int) -> Parser:
    def parse(cell: Cell) -> str:
        text = text_of(cell)
        if len(text) > longest:
            raise Invalid(Reason.TOO_LONG, str(longest))
        return text

    return parse


_NAME = _text(200)


def _name(cell: Cell) -> object:
    if not any(c.isalpha() for c in text_of(cell)):
        raise Invalid(Reason.NAME)
    return _NAME(cell)


def _state(cell: Cell) -> str:
    text = text_of(cell).upper()
    if text not in STATES:
        raise Invalid(Reason.STATE)
    return text


def _due_on(cell: Cell) -> date:
    day = read.day_of(cell)
    if not EARLIEST_DUE <= day <= LATEST_DUE:
        raise Invalid(Reason.DUE_ON)
    return day


def _positive(cell: Cell) -> int:
    centavos = read.centavos_of(cell)
    if centavos <= 0:
        raise Invalid(Reason.NOT_POSITIVE)
    return centavos


def _not_negative(cell: Cell) -> int:
    centavos = read.centavos_of(cell)
    if centavos < 0:
        raise Invalid(Reason.NEGATIVE)
    return centavos
