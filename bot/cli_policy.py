"""`trato policy`: check a creditor's file, and see what it would do before it goes live."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.domain.errors import InvalidPolicy
from bot.domain.money import Money
from bot.domain.policy import Policy
from bot.domain.policy_files import parse_policy
from bot.locale import brl, catalog, say
from bot.locale.policies import fault_lines
from bot.usecases.simulate_policy import Outcome, Simulated, Simulation, Sums

policy = typer.Typer(no_args_is_help=True, help=say("policy_help"))

GOOD, BAD = 0, 1
COUNTS = ("debtors", "offered_to")
AMOUNTS = ("owed", "balance", "offered", "plan_total", "discount", "last_discount")

PolicyFile = Annotated[Path, typer.Argument(help="Arquivo TOML da política.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON em vez de tabela.")]


@policy.command("check")
def check(file: PolicyFile, as_json: AsJson = False) -> None:
    """Confere um arquivo de política: sai com 0 se está em ordem, 1 se não."""
    try:
        found = parse_policy(_text(file), source=str(file))
    except InvalidPolicy as error:
        faults = _faults(error)
        if as_json:
            _print_json({"valid": False, "errors": faults})
        else:
            _tell_faults(file, faults)
        raise typer.Exit(BAD) from None
    if as_json:
        _print_json({"valid": True, "version": found.version, "creditor": found.creditor.slug, "errors": []})
    else:
        _out().print(say("policy_good", version=found.version, name=found.creditor.name), soft_wrap=True)


@policy.command("simulate")
def simulate(
    file: PolicyFile,
    as_json: AsJson = False,
    picture: Annotated[Path | None, typer.Option("--picture", help="Grava um gráfico em SVG.")] = None,
) -> None:
    """O que a política ofereceria a quem na carteira, comparado com a que está em vigor. Nada é enviado nem gravado."""
    from bot.app import product  # noqa: PLC0415  # the composition root takes its time to load

    try:
        tried = parse_policy(_text(file), source=str(file))
    except InvalidPolicy as error:
        _tell_faults(file, _faults(error))
        raise typer.Exit(BAD) from None
    with product() as it:
        started = it.clock.now()
        in_force = it.policies.get(tried.creditor.slug)
        if as_json:
            each, close = _json_stream()
            simulation = asyncio.run(_simulated(it, tried, in_force, each))
            close({**as_facts(simulation), "creditor": tried.creditor.slug})
        else:
            simulation = asyncio.run(_simulated(it, tried, in_force, None))
            _show(simulation, tried.creditor.slug)
        seconds = f"{(it.clock.now() - started).total_seconds():.1f}".replace(".", ",")
    if picture is not None:
        _draw(simulation, picture)
    figures = say("simulate_figures", seconds=seconds, megabytes=_peak_megabytes())
    Console(stderr=True, highlight=False).print(figures, soft_wrap=True)


async def _simulated(
    it: Any, tried: Policy, in_force: Policy | None, each: Callable[[Simulated], None] | None
) -> Simulation:
    now = it.clock.now()
    errors = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        count = await it.holdings.count(tried.creditor.slug)
        with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
            task = bar.add_task(say("simulate_working"), total=count)

            def passing(one: Simulated) -> None:
                bar.advance(task)
                if each is not None:
                    each(one)

            simulation: Simulation = await it.simulate_policy(
                tried, in_force, now=now, today=now.astimezone(it.zone).date(), each=passing
            )
            return simulation
    finally:
        await it.engine.dispose()


def as_facts(simulation: Simulation) -> dict[str, object]:
    """The whole result but the debtors, as JSON."""
    tried, in_force = simulation.tried, simulation.in_force
    return {
        "on": simulation.on.isoformat(),
        "tried": _outcome(tried),
        "in_force": _outcome(in_force) if in_force else None,
        "difference": _difference(tried.totals, in_force.totals) if in_force else None,
        "first_offer": {"cheaper": simulation.cheaper, "dearer": simulation.dearer, "same": simulation.same}
        if in_force
        else None,
    }


def _outcome(outcome: Outcome) -> dict[str, object]:
    return {
        "policy_version": outcome.version,
        "totals": _sums(outcome.totals),
        "by_profile": {str(kind): _sums(sums) for kind, sums in outcome.by_profile.items()},
        "by_rule": [
            {
                "rule": rule,
                "reason": reason,
                "debts": count.debts,
                "debtors_without_offer": count.debtors,
                "owed_centavos": count.owed.centavos,
            }
            for (rule, reason), count in sorted(outcome.by_rule.items())
        ],
    }


def _sums(sums: Sums) -> dict[str, int]:
    counts = {name: int(getattr(sums, name)) for name in COUNTS}
    return counts | {f"{name}_centavos": getattr(sums, name).centavos for name in AMOUNTS}


def _difference(ours: Sums, theirs: Sums) -> dict[str, int]:
    other = _sums(theirs)
    return {name: value - other[name] for name, value in _sums(ours).items()}


def _debtor(one: Simulated) -> dict[str, object]:
    terms, other = one.tried, one.in_force
    return {
        "document": one.debtor.document,
        "profile": terms.profile,
        "owed_centavos": terms.owed.centavos,
        "cash_centavos": terms.cash.total.centavos if terms.cash else None,
        "discount_centavos": terms.discount.centavos,
        "last_discount_centavos": terms.last_discount.centavos,
        "plan": [i.amount.centavos for i in terms.plan.installments] if terms.plan else None,
        "refusals": [{"rule": r.rule, "reason": r.detail} for r in terms.refusals],
        "in_force_cash_centavos": other.cash.total.centavos if other and other.cash else None,
    }


def _json_stream() -> tuple[Callable[[Simulated], None], Callable[[Mapping[str, object]], None]]:
    """One JSON object, its debtors written as they come, so that no portfolio is too large."""
    sys.stdout.write('{"debtors": [')
    state = {"separator": "\n"}

    def each(one: Simulated) -> None:
        sys.stdout.write(state["separator"] + json.dumps(_debtor(one), ensure_ascii=False))
        state["separator"] = ",\n"

    def close(rest: Mapping[str, object]) -> None:
        sys.stdout.write("\n], " + json.dumps(rest, ensure_ascii=False).removeprefix("{") + "\n")

    return each, close


def _show(simulation: Simulation, creditor: str) -> None:
    out, tried, in_force = _out(), simulation.tried, simulation.in_force
    if not tried.totals.debtors:
        out.print(say("simulate_nobody", creditor=creditor), soft_wrap=True)
        return
    title = say("simulate_title", version=tried.version, debtors=_number(tried.totals.debtors), on=simulation.on)
    out.print(title, style="bold", soft_wrap=True)
    table = Table("", say("simulate_tried"))
    if in_force is not None:
        table.add_column(say("simulate_in_force"))
        table.add_column(say("simulate_difference"))
    for column in table.columns[1:]:
        column.justify = "right"
    for name in (*COUNTS, *AMOUNTS):
        row = [say(f"simulate_{name}"), _written(getattr(tried.totals, name))]
        if in_force is not None:
            theirs = getattr(in_force.totals, name)
            row += [_written(theirs), _written(getattr(tried.totals, name) - theirs)]
        table.add_row(*row)
    out.print(table)
    if in_force is None:
        out.print(say("simulate_no_policy_in_force", creditor=creditor), soft_wrap=True)
    else:
        changes = {"cheaper": simulation.cheaper, "dearer": simulation.dearer, "same": simulation.same}
        out.print(say("simulate_changes", **{k: _number(v) for k, v in changes.items()}), soft_wrap=True)
    _show_profiles(out, tried)
    _show_rules(out, tried)


def _show_profiles(out: Console, outcome: Outcome) -> None:
    names = ("debtors", "offered_to", "balance", "discount", "last_discount")
    table = Table(say("simulate_group"), *(say(f"simulate_{n}") for n in names), title=say("simulate_by_profile"))
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, sums in outcome.by_profile.items():
        table.add_row(say(f"profile_{kind}"), *(_whole(getattr(sums, name)) for name in names))
    out.print(table)


def _show_rules(out: Console, outcome: Outcome) -> None:
    if not outcome.by_rule:
        out.print(say("simulate_nothing_left_out"))
        return
    names = ("rule", "debts", "without", "owed")
    table = Table(*(say(f"simulate_{n}") for n in names), title=say("simulate_by_rule"))
    for column in table.columns[1:]:
        column.justify = "right"
    for (rule, reason), count in sorted(outcome.by_rule.items(), key=lambda item: -item[1].debts):
        why = say(f"reason_{reason}") if f"reason_{reason}" in catalog() else reason
        table.add_row(f"{rule}: {why}", _number(count.debts), _number(count.debtors), brl(count.owed))
    out.print(table)


def _draw(simulation: Simulation, path: Path) -> None:
    from bot.picture import draw  # noqa: PLC0415

    try:
        draw(simulation, path)
    except OSError as error:
        _stop(str(error))
    Console(stderr=True, highlight=False).print(say("simulate_picture_at", path=path), soft_wrap=True)


def _written(value: int | Money) -> str:
    return brl(value) if isinstance(value, Money) else _number(value)


def _whole(value: int | Money) -> str:
    """Whole reais, so that a row fits a terminal."""
    return _number(value.centavos // 100 if isinstance(value, Money) else value)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _peak_megabytes() -> int:
    """Of this process; Linux counts in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        _stop(say("policy_file_missing", source=file))


def _faults(error: InvalidPolicy) -> list[dict[str, object]]:
    faults = error.facts.get("errors")
    return [dict(f) for f in faults] if isinstance(faults, list) else []


def _tell_faults(file: Path, faults: list[dict[str, object]]) -> None:
    errors = Console(stderr=True, highlight=False)
    errors.print(say("policy_bad", source=file, count=len(faults)), soft_wrap=True, markup=False)
    for fault in faults:
        for line in fault_lines(fault):
            errors.print(line, soft_wrap=True, markup=False)


def _print_json(facts: dict[str, object]) -> None:
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str))


def _out() -> Console:
    return Console(highlight=False)


def _stop(text: str) -> NoReturn:
    Console(stderr=True, highlight=False).print(text, soft_wrap=True, markup=False)
    raise typer.Exit(BAD)
