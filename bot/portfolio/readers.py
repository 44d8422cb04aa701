"""CSV and XLSX as one stream of rows, whatever their separator or encoding; never the whole file in memory.

The only module that knows openpyxl and csv dialects. Calamine is quicker, but keeps a whole sheet: a million rows of 17
columns would not fit the memory that an import may use.
"""

from __future__ import annotations

import csv
import zipfile
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol, cast
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from bot.portfolio.columns import Columns, columns_of, known_names
from bot.usecases.import_portfolio import Problem, Reason, UnreadableFile

type Cell = str | int | float | bool | datetime | date | time | timedelta | None

SEPARATORS = (";", ",", "\t")
MOST_LINES_OF_A_ROW = 20  # a quoted cell that runs on for longer is a quote that nobody closed
MOST_BYTES_OF_A_LINE = 1 << 20
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class TableRow(NamedTuple):
    """`line` is where it begins in the file; with a `fault` it can't be split into cells, and they hold its text."""

    line: int
    cells: Sequence[Cell]
    fault: Reason | None = None


class PortfolioTable(Protocol):
    """A table whose first row was matched to our columns. `position` of `size` tells how far the reading has come."""

    @property
    def columns(self) -> Columns: ...
    @property
    def position(self) -> int: ...
    @property
    def size(self) -> int: ...

    def rows(self) -> Iterator[TableRow]:
        """The rows after the header, once; empty ones are left out."""
        ...


def open_table(path: Path) -> PortfolioTable:
    """Open a portfolio file by what is in it, not by its name.

    Raises:
        UnreadableFile: it is absent, no table, or lacks required columns.
    """
    if not path.exists():
        raise UnreadableFile(Problem.NOT_FOUND, file=path)
    try:
        with path.open("rb") as file:
            start = file.read(1 << 16)
    except OSError as error:
        raise UnreadableFile(Problem.NOT_READABLE, file=path, detail=error.strerror or "") from error
    if not start.strip():
        raise UnreadableFile(Problem.EMPTY, file=path)
    if start.startswith(OLE):
        raise UnreadableFile(Problem.OLD_EXCEL, file=path)
    if start.startswith(ZIP):
        return XlsxTable(path)
    if b"\0" in start:
        raise UnreadableFile(Problem.NOT_A_TABLE, file=path)
    return CsvTable(path)


class _OpenQuote(Exception):
    """A quoted cell goes on past the end of the file, or far past what a cell may be."""


class _Lines:
    """The file's lines as text, each decoded by itself: UTF-8 where it is valid, else Windows-1252.

    Line by line, so that one stray byte does not spoil every accent of the file. Remembers the lines of the row being
    read, so that a row with an open quote costs this one line and not the rest of the file.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._again: deque[str] = deque()
        self.of_row: list[str] = []
        self.line = 0
        self.bytes_read = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        of_row = self.of_row
        if len(of_row) >= MOST_LINES_OF_A_ROW:
            raise _OpenQuote
        if self._again:
            text = self._again.popleft()
        else:
            raw = self._file.readline(MOST_BYTES_OF_A_LINE)
            if not raw:
                if of_row:
                    raise _OpenQuote
                raise StopIteration
            text = self._decoded(raw)
        self.line += 1
        of_row.append(text)
        return text

    def back_to_second_line(self) -> None:
        """Give up on the row being read: only its first line is lost."""
        again = self.of_row[1:]
        self._again.extendleft(reversed(again))
        self.line -= len(again)

    def close(self) -> None:
        self._file.close()

    def _decoded(self, raw: bytes) -> str:
        if not self.bytes_read and raw.startswith(b"\xef\xbb\xbf"):
            raw = raw[3:]
            self.bytes_read = 3
        self.bytes_read += len(raw)
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
        return text if "\0" not in text else text.replace("\0", "\ufffd")


class CsvTable:
    """A CSV file. The separator is the one that makes most sense of the header."""

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        self._lines = _Lines(path)
        header = self._header(path)
        self.columns = columns_of(header)

    @property
    def position(self) -> int:
        return self._lines.bytes_read

    def rows(self) -> Iterator[TableRow]:
        lines = self._lines
        reader = csv.reader(lines, delimiter=self._separator)
        try:
            while True:
                lines.of_row = []
                start = lines.line + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except (_OpenQuote, csv.Error):
                    lines.back_to_second_line()
                    yield TableRow(start, [lines.of_row[0].strip()], Reason.OPEN_QUOTE)
                    continue
                if "".join(cells).strip():
                    broken = any("\ufffd" in cell for cell in cells)
                    yield TableRow(start, cells, Reason.ENCODING if broken else None)
        finally:
            lines.close()

    def _header(self, path: Path) -> list[str]:
        for line in self._lines:
            self._lines.of_row = []
            if line.strip(" \t\r\n;,"):
                choices = {separator: next(csv.reader([line], delimiter=separator)) for separator in SEPARATORS}
                self._separator = max(choices, key=lambda separator: known_names(choices[separator]))
                return choices[self._separator]
        raise UnreadableFile(Problem.EMPTY, file=path)


class XlsxTable:
    """The first sheet of a workbook, streamed. `position` and `size` count its rows."""

    def __init__(self, path: Path) -> None:
        self.position = 0
        try:
            self._file = path.open("rb")  # given a path, openpyxl would judge the file by its name
            workbook = openpyxl.load_workbook(self._file, read_only=True, data_only=True)
            sheet = workbook.worksheets[0]
            self.size = sheet.max_row or 0
            sheet.reset_dimensions()  # some programs write wrong ones, and rows would be lost
            self._rows = cast(Iterator[tuple[Cell, ...]], sheet.iter_rows(values_only=True))
            header = self._header(path)
        except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, IndexError, ValueError) as error:
            raise UnreadableFile(Problem.NOT_A_TABLE, file=path) from error
        self.columns = columns_of(header)

    def rows(self) -> Iterator[TableRow]:
        with self._file:
            for cells in self._rows:
                self.position += 1
                if any(cell is not None and cell != "" for cell in cells):
                    yield TableRow(self.position, cells)

    def _header(self, path: Path) -> list[str]:
        for cells in self._rows:
            self.position += 1
            if any(cells):
                return ["" if cell is None else str(cell) for cell in cells]
        raise UnreadableFile(Problem.EMPTY, file=path)
