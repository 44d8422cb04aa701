"""The commands that look after the whole: `up`, `train`, `doctor`. `bot/cli.py` mounts them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from pydantic import ValidationError

from bot.settings import MissingSettings, Settings

if TYPE_CHECKING:
    from bot.supervisor.checks import Fault
    from bot.supervisor.progress import Format
    from bot.supervisor.training import TrainingFailed

ROOT = Path(__file__).resolve().parent.parent
WRONG_SETTINGS = 2  # exit status; 1 is for what is wrong elsewhere
PROCESSES = ("postgres", "rasa", "actions", "worker", "web")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, an object a line.")]


def mount(app: typer.Typer) -> None:
    """Add the commands to the product's own."""
    app.command()(up)
    app.command()(train)
    app.command()(doctor)


def up(
    as_json: AsJson = False,
    sample: Annotated[bool, typer.Option("--sample", help="Invent debtors where the database is empty.")] = False,
) -> None:
    """Start everything, keep it running, and stop it on Ctrl-C."""
    from bot.supervisor.checks import (  # noqa: PLC0415
        channel_faults,
        environment_faults,
        policy_faults,
        port_faults,
        ports,
    )
    from bot.supervisor.folders import AlreadyRunning, Folders, hold, rasa_secret  # noqa: PLC0415
    from bot.supervisor.progress import make_progress  # noqa: PLC0415
    from bot.supervisor.training import TrainingFailed  # noqa: PLC0415
    from bot.supervisor.up import CannotStart, Supervisor  # noqa: PLC0415

    settings = read_settings()
    folders = Folders(settings.home.resolve())
    try:
        lock = hold(folders)
    except AlreadyRunning as other:
        who = f" (process {other.pid})" if other.pid else ""
        stop(f"Trato already runs{who} in {folders.home}. Stop it first, or set TRATO_HOME to another folder.", 1)
    except OSError as error:
        stop(
            f"{folders.home} can't be used: {error}. Set TRATO_HOME to a folder that you may write to.", WRONG_SETTINGS
        )
    with lock:
        refuse(channel_faults(settings), WRONG_SETTINGS)
        refuse(policy_faults(settings.policies), WRONG_SETTINGS)
        if settings.rasa_url is None:
            refuse(environment_faults(ROOT), 1)
        refuse(port_faults(ports(settings)), 1)
        secret = settings.rasa_secret.get_secret_value() if settings.rasa_secret else rasa_secret(folders.home)
        kind: Format = "json" if as_json else "live" if sys.stdout.isatty() else "plain"
        progress = make_progress(kind, PROCESSES, typer.echo)
        supervisor = Supervisor(ROOT, settings, folders, progress, secret, wants_sample=sample)
        try:
            asyncio.run(supervisor.run())
        except CannotStart as error:
            stop(str(error), 1)
        except TrainingFailed as error:
            explain_training(error)


def train(
    force: Annotated[bool, typer.Option("--force", help="Train even where nothing changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train the model where the data, the pipeline or our components changed."""
    from bot.supervisor.checks import environment_faults  # noqa: PLC0415
    from bot.supervisor.folders import Folders  # noqa: PLC0415
    from bot.supervisor.training import TrainingFailed, current_model  # noqa: PLC0415
    from bot.supervisor.training import train as train_model  # noqa: PLC0415

    refuse(environment_faults(ROOT), 1)
    model = current_model(ROOT)
    was_there = model.exists() and not force
    if not was_there and not as_json:
        typer.echo("Training the model …")
    log = Folders(read_settings().home.resolve()).log("train") if as_json else None
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
    try:
        model = asyncio.run(train_model(ROOT, log=log, force=force))
    except TrainingFailed as error:
        explain_training(error)
    shown = str(model.relative_to(ROOT))
    if as_json:
        typer.echo(json.dumps({"model": shown, "trained": not was_there}))
    else:
        typer.echo(f"The model is up to date: {shown}" if was_there else f"Trained: {shown}")


def doctor(as_json: AsJson = False) -> None:
    """Look for what is wrong, and say what to do about it."""
    from bot.doctor import Finding, examine  # noqa: PLC0415

    try:
        settings = Settings()
    except (ValidationError, MissingSettings) as error:
        findings = [Finding("settings", "fail", wrong_settings(error), "Correct them, then try again.")]
    else:
        findings = asyncio.run(examine(ROOT, settings))
    for finding in findings:
        typer.echo(json.dumps(finding.as_json(), ensure_ascii=False) if as_json else finding.as_line())
    raise typer.Exit(1 if any(finding.state == "fail" for finding in findings) else 0)


def read_settings() -> Settings:
    """The settings; stops where they can't be used."""
    try:
        return Settings()
    except (ValidationError, MissingSettings) as error:
        stop(wrong_settings(error), WRONG_SETTINGS)


def wrong_settings(error: ValidationError | MissingSettings) -> str:
    if isinstance(error, MissingSettings):
        return f"Missing settings: {', '.join(error.names)}"
    lines = []
    for fault in error.errors(include_input=False, include_url=False):
        name = "__".join(str(part) for part in fault["loc"]).upper()
        lines.append(f"TRATO_{name}: {fault['msg']}" if name else str(fault["msg"]))
    return "Settings that can't be used:\n" + "\n".join(f"  {line}" for line in lines)


def refuse(faults: Iterable[Fault], status: int) -> None:
    """Stop where there is any fault."""
    if texts := [fault.text for fault in faults]:
        stop("\n".join(texts), status)


def explain_training(error: TrainingFailed) -> NoReturn:
    from bot.supervisor.child import last_lines  # noqa: PLC0415

    lines = ["The model could not be trained."]
    if error.log is not None:
        lines += [f"  | {line}" for line in last_lines(error.log)]
        lines.append(f"See {error.log}.")
    stop("\n".join(lines), 1)


def stop(text: str, status: int) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(status)


def main() -> None:
    """These commands alone: `python -m bot.cli_up`."""
    app = typer.Typer(no_args_is_help=True, add_completion=False)
    mount(app)
    app()


if __name__ == "__main__":
    main()
