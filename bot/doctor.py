"""`trato doctor`: looks at everything that Trato needs, changes nothing, and says what to do."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

from bot.settings import Settings
from bot.storage import database
from bot.supervisor.checks import Port, channel_faults, is_free, policy_faults, ports
from bot.supervisor.folders import Folders, is_held, read_pid
from bot.supervisor.postmaster import is_postgres
from bot.supervisor.training import any_model, current_model, rasa_python

TWILIO_ROOT = "https://api.twilio.com"
TELEGRAM_ROOT = "https://api.telegram.org"
PROBE_SECONDS = 5.0
ENOUGH_BYTES = 2_000_000_000
LEAST_BYTES = 300_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do where it isn't well."""

    name: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    advice: str = ""

    def as_line(self) -> str:
        advice = f" → {self.advice}" if self.advice else ""
        return f"{self.state:<4}  {self.name:<12} {self.detail}{advice}"

    def as_json(self) -> dict[str, str]:
        return {"check": self.name, "state": self.state, "detail": self.detail, "advice": self.advice}


async def examine(root: Path, settings: Settings) -> list[Finding]:
    """Every check, in the order in which a person would mend things."""
    folders = Folders(settings.home.resolve())
    runs = is_held(folders)
    found = [*_python(), *await asyncio.to_thread(lambda: list(_environments(root))), *_model(root)]
    found += [*_disk(folders.home), *_timezone(settings.timezone), *_policies(settings.policies)]
    found += await asyncio.to_thread(lambda: list(_database(settings, folders)))
    found += _ports(settings, runs)
    found.append(await _rasa(settings, runs))
    return found + [finding async for finding in _channels(settings)]


def _python() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info >= (3, 12):  # noqa: UP036 - it may have been installed by hand
        yield Finding("python", "ok", version)
    else:
        yield Finding("python", "fail", f"{version} is too old", "run `make setup`, which finds or fetches 3.12")


def _environments(root: Path) -> Iterator[Finding]:
    if not rasa_python(root).exists():
        yield Finding("environments", "fail", "Rasa's (rasa_server/.venv) is missing", "run `make setup`")
        return
    setup = root / "scripts" / "setup.py"
    if not setup.exists():
        yield Finding("environments", "ok", "both there")
        return
    done = _run([sys.executable, str(setup), "--check"])
    if done is None:
        yield Finding("environments", "ok", "both there and up to date")
    else:
        yield Finding("environments", "warn", done, "run `make setup`")
    version = _run([str(rasa_python(root)), "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 10))"])
    if version is not None:
        yield Finding("environments", "fail", "Rasa's Python does not run or is not 3.10", "run `make setup`")


def _run(command: list[str]) -> str | None:
    """None where the command succeeds, else what it says."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr or done.stdout).strip()


def _model(root: Path) -> Iterator[Finding]:
    if current_model(root).exists():
        yield Finding("model", "ok", current_model(root).name)
    elif older := any_model(root):
        yield Finding("model", "warn", f"{older.name} is older than the data", "run `trato train`")
    else:
        yield Finding("model", "warn", "none is trained", "run `trato train`; `trato up` does it, too")


def _disk(home: Path) -> Iterator[Finding]:
    folder = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    state: Literal["ok", "warn", "fail"] = "ok" if free >= ENOUGH_BYTES else "warn" if free >= LEAST_BYTES else "fail"
    advice = "" if state == "ok" else "make room, or set TRATO_HOME to another disk"
    yield Finding("disk", state, f"{free / 1e9:.1f} GB free for {home}", advice)


def _timezone(name: str) -> Iterator[Finding]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        yield Finding(
            "timezone", "fail", f"{name} is unknown", "set TRATO_TIMEZONE to a name such as America/Sao_Paulo"
        )
    else:
        yield Finding("timezone", "ok", name)


def _policies(folder: Path) -> Iterator[Finding]:
    faults = list(policy_faults(folder))
    for fault in faults:
        yield Finding("policies", "fail", fault.text, "correct it; contacts and offers wait for it")
    if not faults:
        yield Finding("policies", "ok", f"{len(list(folder.glob('*.toml')))} in {folder}")


def _database(settings: Settings, folders: Folders) -> Iterator[Finding]:
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        advice = "look at TRATO_DATABASE_URL and whether the server runs"
    else:
        data = folders.home / "postgres"
        pid = read_pid(data / "postmaster.pid")
        if pid is None or not is_postgres(pid):
            yield Finding("database", "ok", "embedded, not running now; `trato up` starts it")
            return
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        url = f"postgresql://postgres:@/trato?host={lines[4]}"
        advice = f"see {data / 'log'}, then start `trato up` again"
    try:
        migrated = database.is_migrated(url)
    except Exception as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        yield Finding("database", "fail", f"does not answer: {first}", advice)
        return
    if migrated:
        yield Finding("database", "ok", "answers, tables up to date")
    else:
        yield Finding("database", "warn", "answers, tables out of date", "run `trato migrate`")


def _ports(settings: Settings, runs: bool) -> Iterator[Finding]:
    for port in ports(settings):
        yield _port(port, runs, is_free)


def _port(port: Port, runs: bool, free: Callable[[Port], bool]) -> Finding:
    name = f"port {port.number}"
    try:
        is_open = not free(port)
    except OSError as error:
        return Finding(name, "fail", f"can't be opened on {port.host}: {error}", f"see {port.setting}")
    if runs:
        if is_open:
            return Finding(name, "ok", f"in use ({port.process})")
        return Finding(name, "fail", f"{port.process} does not listen", f"see its log under logs/{port.process}.log")
    if is_open:
        return Finding(
            name, "warn", f"taken by something else ({port.process} needs it)", f"free it, or set {port.setting}"
        )
    return Finding(name, "ok", f"free ({port.process})")


async def _rasa(settings: Settings, runs: bool) -> Finding:
    answer = await _get(f"{settings.dialogue_url}/webhooks/trato/ready")
    if isinstance(answer, httpx.Response) and answer.status_code == httpx.codes.OK:
        return Finding("rasa", "ok", "ready")
    if not runs and settings.rasa_url is None:
        return Finding("rasa", "ok", "not running now; `trato up` starts it")
    detail = f"HTTP {answer.status_code}" if isinstance(answer, httpx.Response) else answer
    return Finding("rasa", "fail", f"not ready at {settings.dialogue_url}: {detail}", "see logs/rasa.log")


async def _channels(settings: Settings) -> AsyncIterator[Finding]:
    faults = list(channel_faults(settings))
    for fault in faults:
        yield Finding("channels", "fail", fault.text)
    if faults:
        return
    if settings.whatsapp_is_on:
        yield await _twilio(settings)
    else:
        yield Finding("whatsapp", "ok", "off")
    if settings.telegram_is_on:
        yield await _telegram(settings)
    else:
        yield Finding("telegram", "ok", "off")


async def _twilio(settings: Settings) -> Finding:
    twilio = settings.twilio
    sid, token = twilio.account_sid or "", twilio.auth_token.get_secret_value() if twilio.auth_token else ""
    root = (twilio.api_base_url or TWILIO_ROOT).rstrip("/")
    answer = await _get(f"{root}/2010-04-01/Accounts/{sid}.json", auth=(sid, token))
    if isinstance(answer, str):
        return Finding("whatsapp", "fail", f"Twilio can't be reached: {answer}", "look at the network")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return Finding(
            "whatsapp", "fail", "Twilio refuses the account", "look at TRATO_TWILIO__ACCOUNT_SID and __AUTH_TOKEN"
        )
    if answer.status_code != httpx.codes.OK:
        return Finding("whatsapp", "fail", f"Twilio answers HTTP {answer.status_code}", "look at the account at Twilio")
    state = _json(answer).get("status", "active")
    if state != "active":
        return Finding("whatsapp", "fail", f"the account is {state}", "look at the account at Twilio")
    return Finding("whatsapp", "ok", f"the account is active, sending from {twilio.whatsapp_from}")


async def _telegram(settings: Settings) -> Finding:
    token = settings.telegram.token.get_secret_value() if settings.telegram.token else ""
    root = f"{(settings.telegram.api_base_url or TELEGRAM_ROOT).rstrip('/')}/bot{token}"
    me = await _get(f"{root}/getMe")
    if isinstance(me, str):
        return Finding("telegram", "fail", f"can't be reached: {me}", "look at the network")
    if me.status_code != httpx.codes.OK:
        return Finding("telegram", "fail", "refuses the token", "look at TRATO_TELEGRAM__TOKEN")
    name = f"@{_result(me).get('username', '?')}"
    hook = await _get(f"{root}/getWebhookInfo")
    info = {} if isinstance(hook, str) else _result(hook)
    expected = settings.telegram_mode == "webhook"
    if expected and not info.get("url"):
        return Finding("telegram", "warn", f"{name}, no webhook is set", "start `trato web`, which sets it")
    if not expected and info.get("url"):
        return Finding("telegram", "warn", f"{name}, a webhook is set, so polling gets nothing", "start `trato worker`")
    if expected and info.get("last_error_message"):
        reason = info["last_error_message"]
        return Finding("telegram", "warn", f"{name}, its last delivery failed: {reason}", "look at TRATO_PUBLIC_URL")
    return Finding("telegram", "ok", f"{name}, {settings.telegram_mode}")


async def _get(url: str, *, auth: tuple[str, str] | None = None) -> httpx.Response | str:
    """The answer, or why there is none; never the URL, which may hold a secret."""
    try:
        async with httpx.AsyncClient(timeout=PROBE_SECONDS) as client:
            return await client.get(url, auth=auth)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__


def _json(answer: httpx.Response) -> dict[str, object]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _result(answer: httpx.Response) -> dict[str, object]:
    found = _json(answer).get("result")
    return found if isinstance(found, dict) else {}
