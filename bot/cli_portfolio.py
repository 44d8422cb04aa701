"""`trato portfolio`: import a creditor's file, or make up a sample one."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import psycopg
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import InvalidPolicy
from bot.locale import portfolio as texts
from bot.portfolio.readers import PortfolioTable, open_table
from bot.portfolio.report import CsvReport, report_path
from bot.portfolio.rows import read_rows
from bot.storage.portfolio_writer import SqlPortfolio
from bot.usecases.import_portfolio import ImportSummary, KnownCreditor, RowRead, UnreadableFile, import_portfolio

if TYPE_CHECKING:
    from bot.portfolio.sample import Trial

ALL_IN, SOME_REFUSED, UNREADABLE, NOT_DONE = 0, 1, 2, 3
PROGRESS_ROWS = 5_000

portfolio = typer.Typer(no_args_is_help=True, help=texts.HELP)

type Watch = Callable[[Iterable[RowRead], PortfolioTable], Iterable[RowRead]]


def run_import(
    url: str,
    file: Path,
    *,
    creditors: Iterable[KnownCreditor],
    today: date,
    report: Path | None = None,
    watch: Watch | None = None,
) -> ImportSummary:
    """Import one file.

    Args:
        url: of a migrated PostgreSQL, without a driver's name.
        report: where refused rows are told of; `FILE.errors.csv` beside the file by default.
        watch: sees the rows pass by, for a progress bar.

    Raises:
        UnreadableFile: nothing of it was imported.
        psycopg.Error: the database failed; nothing was imported.
    """
    return import_table(
        url, open_table(file), creditors=creditors, today=today, report=report or report_path(file), watch=watch
    )


def import_table(
    url: str,
    table: PortfolioTable,
    *,
    creditors: Iterable[KnownCreditor],
    today: date,
    report: Path,
    watch: Watch | None = None,
) -> ImportSummary:
    """Import any table. Raises as `run_import` does."""
    creditors = list(creditors)
    rows: Iterable[RowRead] = read_rows(table, creditors, today)
    return import_portfolio(
        watch(rows, table) if watch else rows,
        writer=SqlPortfolio(url, creditors, table.columns.headers),
        report=CsvReport(report),
    )


@portfolio.command("import", help=texts.HELP_IMPORT)
def import_command(
    file: Annotated[Path, typer.Argument(help=texts.HELP_FILE)],
    report: Annotated[Path | None, typer.Option("--report", help=texts.HELP_REPORT)] = None,
    as_json: Annotated[bool, typer.Option("--json", help=texts.HELP_JSON)] = False,
) -> None:
    from bot import app  # noqa: PLC0415  # the composition root takes its time to load

    errors = Console(stderr=True, highlight=False)
    try:
        table = open_table(file)
        with app.database() as url:
            summary = import_table(
                url,
                table,
                creditors=app.known_creditors(),
                today=app.today(),
                report=report or report_path(file),
                watch=_progress(errors),
            )
    except UnreadableFile as error:
        _stop(errors, texts.text_of_problem(error.problem, error.facts), UNREADABLE)
    except InvalidPolicy as error:
        _stop(errors, texts.INVALID_POLICY.format(**error.facts), NOT_DONE)
    except (psycopg.Error, SQLAlchemyError) as error:
        _stop(errors, texts.DATABASE_FAILED.format(detail=str(error).strip()), NOT_DONE)
    if as_json:
        typer.echo(json.dumps(as_facts(summary) | {"ignored_columns": list(table.columns.ignored)}, ensure_ascii=False))
    else:
        _show(summary, table.columns.ignored)
    raise typer.Exit(SOME_REFUSED if summary.refused else ALL_IN)


@portfolio.command("sample", help=texts.HELP_SAMPLE)
def sample_command(
    debtors: Annotated[int, typer.Option("--debtors", min=1, max=1_000_000, help=texts.HELP_DEBTORS)],
    seed: Annotated[int, typer.Option("--seed", help=texts.HELP_SEED)] = 1,
    output: Annotated[Path | None, typer.Option("--output", help=texts.HELP_OUTPUT)] = None,
    as_json: Annotated[bool, typer.Option("--json", help=texts.HELP_JSON)] = False,
) -> None:
    from bot import app  # noqa: PLC0415
    from bot.portfolio.sample import Sample  # noqa: PLC0415  # faker takes its time to load

    errors = Console(stderr=True, highlight=False)
    today = app.today()
    sample = Sample(debtors, seed=seed, today=today)
    facts: dict[str, object]
    try:
        if output is not None:
            written = sample.write(output)
            facts = {"rows": written, "file": str(output)}
        else:
            with app.database() as url:
                summary = import_table(
                    url,
                    sample,
                    creditors=app.known_creditors(),
                    today=today,
                    report=Path(tempfile.gettempdir()) / "trato-sample.errors.csv",
                    watch=_progress(errors),
                )
            facts = as_facts(summary)
    except UnreadableFile as error:
        _stop(errors, texts.text_of_problem(error.problem, error.facts), UNREADABLE)
    except OSError as error:
        _stop(errors, str(error), UNREADABLE)
    except InvalidPolicy as error:
        _stop(errors, texts.INVALID_POLICY.format(**error.facts), NOT_DONE)
    except (psycopg.Error, SQLAlchemyError) as error:
        _stop(errors, texts.DATABASE_FAILED.format(detail=str(error).strip()), NOT_DONE)
    if as_json:
        trials = [one._asdict() | {"birth_date": str(one.birth_date or "") or None} for one in sample.trials]
        typer.echo(json.dumps(facts | {"try": trials}, ensure_ascii=False))
        return
    if output is not None:
        typer.echo(texts.SAMPLE_WRITTEN.format(**facts))
    else:
        _show(summary, ())
    _show_trials(sample.trials)


def as_facts(summary: ImportSummary) -> dict[str, object]:
    """The summary as JSON."""
    facts: dict[str, object] = {name: getattr(summary, name) for name in texts.SUMMARY}
    return facts | {"report": str(summary.report) if summary.report else None}


def _progress(console: Console) -> Watch:
    def watch(rows: Iterable[RowRead], table: PortfolioTable) -> Iterator[RowRead]:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(texts.READING, total=table.size or None)
            for number, row in enumerate(rows):
                if number % PROGRESS_ROWS == 0:
                    bar.update(task, completed=table.position)
                yield row
        if console.is_terminal:
            console.print(f"{texts.WRITING}…")

    return watch


def _show(summary: ImportSummary, ignored: Iterable[str]) -> None:
    console = Console(highlight=False)
    table = Table(show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for name, label in texts.SUMMARY.items():
        table.add_row(label, f"{getattr(summary, name):,}".replace(",", "."))
    console.print(table)
    if names := ", ".join(ignored):
        console.print(texts.IGNORED_COLUMNS.format(columns=names))
    if summary.report:
        console.print(texts.REPORT_AT.format(report=summary.report), soft_wrap=True)


def _show_trials(trials: list[Trial]) -> None:
    table = Table(title=texts.TRY_TITLE, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name, label in texts.TRY_HEADER.items():
        table.add_column(label, no_wrap=name not in ("kind", "name"), overflow="fold")
    for trial in trials:
        born = f"{trial.birth_date:%d/%m/%Y}" if trial.birth_date else ""
        table.add_row(texts.TRY_KINDS[trial.kind], trial.name, trial.phone, trial.document, born)
    Console(highlight=False).print(table)


def _stop(errors: Console, text: str, status: int) -> NoReturn:
    errors.print(text, style="red", soft_wrap=True, markup=False)
    raise typer.Exit(status)
