"""The report of an import: a CSV that Excel opens with a double click, one line for each refused cell."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from bot.locale.portfolio import REPORT_HEADER, text_of_reason
from bot.usecases.import_portfolio import Fault, Problem, UnreadableFile

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def report_path(file: Path) -> Path:
    """`FILE.errors.csv`, beside the file."""
    return file.with_name(f"{file.name}.errors.csv")


class CsvReport:
    """Written aside first, put in place after the commit: it never speaks of an import that did not happen."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._aside = path.with_name(f".{path.name}.part")
        self._lines = 0

    def prepare(self, faults: Iterator[Fault]) -> int:
        first = next(faults, None)
        if first is None:
            return 0
        try:
            with self._aside.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, delimiter=";")
                writer.writerow(REPORT_HEADER)
                writer.writerow(_cells(first))
                writer.writerows(_cells(fault) for fault in self._counted(faults))
        except OSError as error:
            raise UnreadableFile(
                Problem.REPORT_NOT_WRITABLE, file=self._path, detail=error.strerror or str(error)
            ) from error
        self._lines += 1
        return self._lines

    def publish(self) -> Path | None:
        if not self._lines:
            self._path.unlink(missing_ok=True)
            return None
        return self._aside.replace(self._path)

    def discard(self) -> None:
        self._aside.unlink(missing_ok=True)

    def _counted(self, faults: Iterator[Fault]) -> Iterator[Fault]:
        for fault in faults:
            self._lines += 1
            yield fault


def _cells(fault: Fault) -> tuple[str, ...]:
    return str(fault.line), fault.column, _harmless(fault.value), text_of_reason(fault.reason, fault.detail)


def _harmless(value: str) -> str:
    """A value that a spreadsheet would run as a formula is shown as text instead."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
