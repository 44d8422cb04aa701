"""Which processes there are, with their commands and environments."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from bot.supervisor.child import ChildPlan
from bot.supervisor.folders import Folders
from bot.supervisor.postmaster import NAME as POSTGRES
from bot.supervisor.probes import answers, has_written
from bot.supervisor.training import rasa_environment, rasa_python

LOOPBACK = "127.0.0.1"
KEEPER_PID = "postgres-keeper"
STOP_POSTGRES_SECONDS = 60.0
RASA_MAY_KNOW = ("TRATO_TESTING", "TRATO_TIMEZONE")


@dataclass(frozen=True, slots=True)
class Site:
    """What all plans are made from.

    `root` is the project's folder, where the model and Rasa's configuration are; `database_url` that of the product.
    """

    root: Path
    settings: Settings
    folders: Folders
    database_url: str
    rasa_secret: str


def web_url(settings: Settings) -> str:
    """Where a browser on this machine finds the product."""
    host = LOOPBACK if settings.host in {"0.0.0.0", "::", ""} else settings.host  # noqa: S104 - not bound here
    return f"http://{host}:{settings.port}/"


def postgres_plan(folders: Folders) -> ChildPlan:
    return ChildPlan(
        name=POSTGRES,
        command=(sys.executable, "-m", "bot.supervisor.postgres", str(folders.home)),
        environment=dict(os.environ) | {"PYTHONWARNINGS": "ignore"},
        ready=has_written(folders.mark(POSTGRES)),
        pid_name=KEEPER_PID,
        at_parents_death=signal.SIGTERM,  # it has to stop the server
        grace_seconds=STOP_POSTGRES_SECONDS,
    )


def rasa_plan(site: Site) -> ChildPlan:
    port = str(site.settings.rasa_port)
    command = (str(rasa_python(site.root)), "-m", "rasa", "run", "--interface", LOOPBACK, "--port", port)
    files = ("--model", "models", "--endpoints", "endpoints.yml", "--credentials", "credentials.yml")
    known = {name: os.environ[name] for name in RASA_MAY_KNOW if name in os.environ}
    environment = {
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),  # one turn, one core: two wait for each other
        "TRATO_ACTIONS_URL": f"http://{LOOPBACK}:{site.settings.actions_port}/webhook",
        "TRATO_RASA_DATABASE_URL": site.database_url,
        "TRATO_RASA_SECRET": site.rasa_secret,
    }
    return ChildPlan(
        name="rasa",
        command=command + files,
        environment=rasa_environment(site.root) | known | environment,
        ready=answers(f"{site.settings.dialogue_url}/webhooks/trato/ready"),
        folder=site.root,
    )


def product_plans(site: Site) -> tuple[ChildPlan, ...]:
    """The processes of our own: actions, worker, web."""
    environment = dict(os.environ) | {
        "PYTHONUNBUFFERED": "1",
        "TRATO_HOME": str(site.folders.home),
        "TRATO_DATABASE_URL": site.database_url,
        "TRATO_RASA_SECRET": site.rasa_secret,
    }
    ready = {
        "actions": answers(f"http://{LOOPBACK}:{site.settings.actions_port}/health"),
        "worker": has_written(site.folders.mark("worker")),
        "web": answers(f"{web_url(site.settings)}health/live"),
    }
    return tuple(
        ChildPlan(name, (sys.executable, "-m", "bot.cli", name), environment, probe) for name, probe in ready.items()
    )
