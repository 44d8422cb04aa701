"""`trato contact`: whom we may write to, when, and by which rule."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from bot.domain.contact_rules import Allowed
from bot.domain.errors import NotFound
from bot.locale import say
from bot.usecases.explain_contact import Explained

contact = typer.Typer(no_args_is_help=True, help=say("contact_help"))


@contact.callback()
def _group() -> None:
    """Keeps the group a group while it has a single command."""


@contact.command("explain")
def explain(
    document: Annotated[str, typer.Argument(help="CPF ou CNPJ, com ou sem pontos.")],
    at: Annotated[str | None, typer.Option("--at", help="Instante ISO 8601; sem ele, agora.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON em vez de tabela.")] = False,
) -> None:
    """Para cada contato de um devedor: pode ou não pode, por qual regra, e a partir de quando."""
    from bot.app import product  # noqa: PLC0415  # the composition root takes its time to load

    bare = "".join(c for c in document if c.isalnum()).upper()
    with product() as it:
        moment = _moment(at, it.settings.timezone) if at else it.clock.now()
        try:
            found = asyncio.run(_explained(it, bare, moment))
        except NotFound:
            _stop("debtor_not_found")
    if as_json:
        facts = {"document": bare, "at": moment.isoformat(), "contacts": [as_facts(one, moment) for one in found]}
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        _show(found, moment)


async def _explained(it: Any, document: str, at: datetime) -> Sequence[Explained]:
    try:
        explained: Sequence[Explained] = await it.explain_contact(document, at=at)
        return explained
    finally:
        await it.engine.dispose()


def as_facts(one: Explained, at: datetime) -> dict[str, object]:
    """One address as JSON; instants in the person's local time."""
    facts, verdict, zone = one.facts, one.verdict, one.facts.place.zone
    values: dict[str, object] = {
        "channel": facts.way,
        "address": facts.address,
        "allowed": isinstance(verdict, Allowed),
        "rule": verdict.rule,
        "reason": "allowed" if isinstance(verdict, Allowed) else verdict.reason,
        "text": say(f"rule_{verdict.rule}"),
        "allowed_from": None,
        "template_only": False,
        "also": [],
        "uf": facts.place.uf,
        "local_time": at.astimezone(zone).isoformat(),
        "zones": [zone.key for zone in facts.place.zones],
    }
    if isinstance(verdict, Allowed):
        return values | {"allowed_from": at.astimezone(zone).isoformat(), "template_only": verdict.template_only}
    start = verdict.allowed_from
    return values | {
        "allowed_from": start.astimezone(zone).isoformat() if start else None,
        "also": [{"rule": rule, "reason": reason} for rule, reason in verdict.also],
    }


def _show(found: Sequence[Explained], at: datetime) -> None:
    out = Console(highlight=False)
    for one in found:
        facts, verdict, zone = one.facts, one.verdict, one.facts.place.zone
        out.print(f"[bold]{facts.way}[/] {facts.address or say('contact_not_started')}", soft_wrap=True)
        if isinstance(verdict, Allowed):
            answer = say("contact_yes_template" if verdict.template_only else "contact_yes")
            why, start = say("reason_allowed"), _local(at, zone)
        else:
            answer, why = say("contact_no"), say(f"reason_{verdict.reason}")
            start = _local(verdict.allowed_from, zone) if verdict.allowed_from else say("contact_never")
            why = "; ".join([why, *(f"{rule} {say(f'reason_{reason}')}" for rule, reason in verdict.also)])
        rows = {"verdict": answer, "rule": f"{verdict.rule}. {say(f'rule_{verdict.rule}')}", "why": why, "from": start}
        for code, value in rows.items():
            out.print(f"  {say(f'contact_{code}')}: {value}", soft_wrap=True)


def _local(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%d/%m/%Y %H:%M} ({zone.key})"


def _moment(text: str, timezone: str) -> datetime:
    """Without an offset: the local time of `TRATO_TIMEZONE`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _stop("contact_at_wrong", at=text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))


def _stop(code: str, **facts: object) -> NoReturn:
    Console(stderr=True, highlight=False).print(say(code, **facts), soft_wrap=True)
    raise typer.Exit(1)
