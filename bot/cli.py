"""The `trato` command."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from bot.cli_contact import contact
from bot.cli_nlu import nlu
from bot.cli_policy import policy
from bot.cli_portfolio import portfolio
from bot.cli_up import doctor, train, up
from bot.domain.errors import BotError, InvalidPolicy, NotFound
from bot.locale import say
from bot.locale.policies import fault_lines
from bot.settings import MissingSettings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False, help="Trato: acordos pelo chat.")
debtor = typer.Typer(no_args_is_help=True, help="Devedores.")
conversation = typer.Typer(no_args_is_help=True, help="Conversas.")
agreement = typer.Typer(no_args_is_help=True, help="Acordos.")
app.add_typer(portfolio, name="portfolio")
app.add_typer(debtor, name="debtor")
app.add_typer(conversation, name="conversation")
app.add_typer(agreement, name="agreement")
app.add_typer(nlu, name="nlu")
app.add_typer(contact, name="contact")
app.add_typer(policy, name="policy")
for command in (up, doctor, train):
    app.command()(command)

out = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="JSON em vez de tabela.")]


@app.command()
def web() -> None:
    """Webhooks, saúde e métricas."""
    import uvicorn  # noqa: PLC0415

    from bot.app import product, web_app  # noqa: PLC0415

    with product() as it:
        settings = it.settings
        uvicorn.run(
            web_app(it),
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http="httptools",
            log_level="warning",
            access_log=False,
            lifespan="on",
        )


@app.command()
def worker() -> None:
    """Turnos, entregas e rotinas."""
    import uvloop  # noqa: PLC0415

    from bot.app import product, work  # noqa: PLC0415

    with product(pool_size=20) as it:
        uvloop.run(work(it))


@app.command()
def actions() -> None:
    """As ações da assistente, para o Rasa."""
    from bot.app import product, serve_actions  # noqa: PLC0415

    with product() as it:
        serve_actions(it)


@app.command()
def migrate() -> None:
    """Leva o banco de dados à versão atual."""
    from bot.app import database  # noqa: PLC0415

    with database():
        out.print(say("migrated"))


@app.command()
def chat(phone: Annotated[str | None, typer.Option(help="Telefone E.164 de quem conversa.")] = None) -> None:
    """Converse com a assistente pelo terminal."""
    from bot.app import product  # noqa: PLC0415
    from bot.chat import run_chat  # noqa: PLC0415
    from bot.domain.phones import canonical_phone  # noqa: PLC0415

    address = canonical_phone(phone) if phone else None
    if phone and address is None:
        stop("phone_invalid", phone=phone)
    with product() as it:
        run_chat(it, address or asyncio.run(it.read_models.some_phone()) or "+5511900000000")


@app.command()
def parse(
    file: Annotated[Path | None, typer.Argument(help="Um texto por linha; sem ele, a entrada padrão.")] = None,
    now: Annotated[str | None, typer.Option("--now", help="O instante das mensagens, ISO 8601.")] = None,
) -> None:
    """O que a assistente entende: um texto por linha, um JSON por linha."""
    from bot.understanding import parse_lines  # noqa: PLC0415

    lines = (file.read_text("utf-8") if file else sys.stdin.read()).splitlines()
    for line in parse_lines(lines, now=now):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


@debtor.command("show")
def debtor_show(document: str, as_json: AsJson = False) -> None:
    """Tudo sobre um devedor, pelo CPF ou CNPJ."""
    bare = "".join(c for c in document if c.isalnum()).upper()
    show(lambda models: models.debtor(bare), as_json)


@debtor.command("link")
def debtor_link(document: str, days: Annotated[int, typer.Option(min=1, max=90)] = 7) -> None:
    """Um link do Telegram para esta pessoa: opaco, de uso único, com prazo."""
    from bot.app import product  # noqa: PLC0415
    from bot.deep_links import make_link  # noqa: PLC0415

    bare = "".join(c for c in document if c.isalnum()).upper()
    with product() as it:
        try:
            out.print(asyncio.run(make_link(it, bare, valid=timedelta(days=days))), soft_wrap=True)
        except NotFound:
            stop("debtor_not_found")


@conversation.command("list")
def conversation_list(
    address: Annotated[str | None, typer.Option(help="Telefone E.164 ou número do chat.")] = None,
    as_json: AsJson = False,
) -> None:
    """As conversas, a mais nova primeiro."""
    show(lambda models: models.conversations(address=address), as_json)


@conversation.command("show")
def conversation_show(conversation_id: str, as_json: AsJson = False) -> None:
    """Uma conversa inteira."""
    show(lambda models: models.conversation(identifier(conversation_id)), as_json)


@conversation.command("export")
def conversation_export(
    conversation_id: str, output: Annotated[Path | None, typer.Option(help="Arquivo de destino.")] = None
) -> None:
    """Uma conversa como JSON."""
    export(lambda models: models.conversation(identifier(conversation_id)), output)


@agreement.command("list")
def agreement_list(as_json: AsJson = False) -> None:
    """Os acordos, o mais novo primeiro."""
    show(lambda models: models.agreements(), as_json)


@agreement.command("show")
def agreement_show(agreement_id: str, as_json: AsJson = False) -> None:
    """Um acordo com seus termos e a conversa até o sim."""
    show(lambda models: models.agreement(identifier(agreement_id)), as_json)


@agreement.command("export")
def agreement_export(
    agreement_id: str, output: Annotated[Path | None, typer.Option(help="Arquivo de destino.")] = None
) -> None:
    """O registro de um acordo como JSON."""
    export(lambda models: models.agreement_record(identifier(agreement_id)), output)


def show(read: Callable[[Any], Awaitable[Any]], as_json: bool) -> None:
    """Print one read model, as JSON or as a table."""
    found = _read(read)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found)


def export(read: Callable[[Any], Awaitable[Any]], output: Path | None) -> None:
    text = json.dumps(_read(read), ensure_ascii=False, indent=2)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n", "utf-8")
        out.print(say("written_to", path=output), soft_wrap=True)


def _read(read: Callable[[Any], Awaitable[Any]]) -> Any:
    from bot.app import product  # noqa: PLC0415

    with product() as it:
        try:
            return asyncio.run(_once(it, read))
        except NotFound:
            stop("not_found")


async def _once(it: Any, read: Callable[[Any], Awaitable[Any]]) -> Any:
    try:
        return await read(it.read_models)
    finally:
        await it.engine.dispose()


def _print(found: Any) -> None:
    if isinstance(found, list):
        table = Table()
        names = [n for n, v in found[0].items() if not (isinstance(v, dict) or _are_dicts(v))] if found else []
        for name in names:
            table.add_column(name)
        for row in found:
            table.add_row(*(_cell(row[name]) for name in names))
        out.print(table)
        return
    for name, value in found.items():
        if _are_dicts(value):
            out.print(f"[bold]{name}[/]")
            _print([{k: v for k, v in row.items() if not isinstance(v, list | dict)} for row in value])
        else:
            out.print(f"[bold]{name}[/] {_cell(value)}")


def _are_dicts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _cell(value: Any) -> str:
    return "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        stop("not_found")


def stop(code: str, **facts: object) -> NoReturn:
    """Say what is wrong and what to do, and leave with 1."""
    errors.print(say(code, **facts), soft_wrap=True)
    raise typer.Exit(1)


def main() -> None:
    """Run a command; what is misconfigured is said plainly, not as a traceback."""
    try:
        app()
    except MissingSettings as error:
        errors.print(say("settings_missing", names=", ".join(error.names)), soft_wrap=True)
        sys.exit(2)
    except ValidationError as error:
        for fault in error.errors():
            name = "TRATO_" + ("__".join(str(part).upper() for part in fault["loc"]) or "NOW")
            errors.print(say("setting_wrong", name=name, why=fault["msg"]), soft_wrap=True)
        sys.exit(2)
    except InvalidPolicy as error:
        errors.print(say("policy_wrong", source=str(error.facts.get("source", ""))), soft_wrap=True)
        faults = error.facts.get("errors")
        for fault in faults if isinstance(faults, list) else []:
            for line in fault_lines(fault):
                errors.print(line, soft_wrap=True, markup=False)
        sys.exit(2)
    except FileNotFoundError as error:
        if error.filename and str(error.filename).endswith("rasa_secret"):
            errors.print(say("not_started_yet"))
            sys.exit(2)
        raise
    except BotError as error:
        errors.print(say("command_failed", error=error.code), soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
