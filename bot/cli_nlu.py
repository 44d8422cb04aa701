"""`trato nlu`: what the assistant did not understand, for people to label."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from bot.domain.errors import NotFound
from bot.domain.inbox import Entry, nlu_yaml
from bot.domain.topics.registry import TOPICS
from bot.locale import say

nlu = typer.Typer(no_args_is_help=True, help="O que a assistente entende.")
out = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


@nlu.callback()
def _nlu() -> None:
    """A group, also while it has one command only."""


@nlu.command("inbox")
def nlu_inbox(
    as_json: Annotated[bool, typer.Option("--json", help="JSON em vez de tabela.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Quantas, no máximo.")] = 50,
    label: Annotated[
        tuple[str, str] | None, typer.Option(help="Diz o que uma delas quer dizer: ID e intenção.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option(help="Grava as que têm intenção como dados de treino do Rasa, para revisão.")
    ] = None,
) -> None:
    """Mensagens pouco entendidas, sem dados pessoais, as mais frequentes primeiro."""
    if label is not None:
        _label(*label)
    elif export is not None:
        labels = _with_inbox(lambda it: it.nlu_inbox.labels())
        export.write_text(nlu_yaml(labels), "utf-8")
        out.print(say("nlu_exported", count=sum(map(len, labels.values())), path=export), soft_wrap=True)
    else:
        _show(_with_inbox(lambda it: it.nlu_inbox.entries())[:limit], as_json)


def _label(wording_id: str, intent: str) -> None:
    if intent not in TOPICS:
        _stop("intent_unknown", intent=intent)
    try:
        entry = _with_inbox(lambda it: it.nlu_inbox.label(wording_id, intent, now=it.clock.now()))
    except NotFound:
        _stop("wording_unknown", id=wording_id)
    out.print(say("nlu_labelled", intent=intent, text=entry.text), soft_wrap=True, markup=False)


def _show(found: list[Entry], as_json: bool) -> None:
    rows = [asdict(entry) | {"why": list(entry.why), "last_at": entry.last_at.isoformat()} for entry in found]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table(Column("id", no_wrap=True), "count", "text", "guess", "picked", "why")
    for entry in found:
        guess = f"{entry.guess} {entry.confidence:.2f}"
        table.add_row(entry.id, str(entry.count), escape(entry.text), guess, entry.picked or "", ", ".join(entry.why))
    out.print(table)


def _with_inbox(use: Callable[[Any], Awaitable[Any]]) -> Any:
    from bot.app import product  # noqa: PLC0415

    async def once(it: Any) -> Any:
        try:
            return await use(it)
        finally:
            await it.engine.dispose()

    with product() as it:
        return asyncio.run(once(it))


def _stop(code: str, **facts: object) -> None:
    errors.print(say(code, **facts), soft_wrap=True)
    raise typer.Exit(1)
