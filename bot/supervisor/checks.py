"""What has to be right before anything is started. Each fault says what to do."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.domain.errors import InvalidPolicy
from bot.domain.policy_files import parse_policy
from bot.settings import MissingSettings, Settings
from bot.supervisor.training import rasa_python

LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps us from starting, for a person to read."""

    text: str


@dataclass(frozen=True, slots=True)
class Port:
    """A port that we need: the setting that moves it, and where it is opened."""

    setting: str
    host: str
    number: int
    process: str


def ports(settings: Settings) -> tuple[Port, ...]:
    needed = [
        Port("TRATO_PORT", settings.host, settings.port, "web"),
        Port("TRATO_ACTIONS_PORT", LOOPBACK, settings.actions_port, "actions"),
    ]
    if settings.rasa_url is None:
        needed.append(Port("TRATO_RASA_PORT", LOOPBACK, settings.rasa_port, "rasa"))
    return tuple(needed)


def is_free(port: Port) -> bool:
    """Whether a server could open this port now."""
    family = socket.AF_INET6 if ":" in port.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that is just closing is free
        try:
            probe.bind((port.host, port.number))
            probe.listen(1)
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def port_faults(needed: tuple[Port, ...], *, patience_seconds: float = PATIENCE_SECONDS) -> list[Fault]:
    """What keeps us from opening the ports; those of a supervisor that was killed close within a moment."""
    deadline = time.monotonic() + patience_seconds
    while (faults := list(_port_faults(needed))) and time.monotonic() < deadline:
        time.sleep(0.1)
    return faults


def _port_faults(needed: tuple[Port, ...]) -> Iterator[Fault]:
    seen: dict[int, str] = {}
    for port in needed:
        if port.number in seen:
            yield Fault(f"{port.setting} and {seen[port.number]} are both {port.number}; give them different ports.")
            continue
        seen[port.number] = port.setting
        try:
            if not is_free(port):
                yield Fault(
                    f"Port {port.number} on {port.host} is taken (needed for {port.process}): "
                    f"stop what uses it, or set {port.setting} to another port."
                )
        except OSError as error:
            yield Fault(f"{port.process} can't listen on {port.host}, port {port.number} ({port.setting}): {error}.")


def channel_faults(settings: Settings) -> Iterator[Fault]:
    """Channels that are set by half."""
    for channel, is_on in (("WhatsApp", "whatsapp_is_on"), ("Telegram", "telegram_is_on")):
        try:
            getattr(settings, is_on)
        except MissingSettings as missing:
            yield Fault(
                f"{channel} is set by half; missing: {', '.join(missing.names)}. "
                f"Set these too, or remove the other settings of {channel}."
            )


def policy_faults(folder: Path) -> Iterator[Fault]:
    """Policies that can't be used, each fault with its line."""
    try:
        files = sorted(folder.glob("*.toml"))
    except OSError as error:
        files = []
        yield Fault(f"{folder} can't be read: {error}.")
    if not files:
        yield Fault(f"There is no creditor's policy (*.toml) in {folder}; see TRATO_POLICIES.")
    for file in files:
        try:
            parse_policy(file.read_text(encoding="utf-8"), source=file.name)
        except (OSError, UnicodeDecodeError) as error:
            yield Fault(f"{file} can't be read: {error}.")
        except InvalidPolicy as invalid:
            yield Fault(f"{file} can't be used: {policy_errors(invalid)}")


def policy_errors(invalid: InvalidPolicy) -> str:
    errors = invalid.facts.get("errors")
    if not isinstance(errors, list):
        return str(invalid.facts)
    return "; ".join(_policy_error(error) for error in errors)


def _policy_error(error: dict[str, object]) -> str:
    rule = f" ({error['rule']})" if error.get("rule") else ""
    what = error.get("detail") or error.get("code")
    return f"line {error.get('line')}, {error.get('path') or 'file'}: {what}{rule}"


def environment_faults(root: Path) -> Iterator[Fault]:
    if not rasa_python(root).exists():
        yield Fault("Rasa's environment (rasa_server/.venv) is missing: run `make setup`.")
