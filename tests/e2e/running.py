"""The whole product as its users run it: `trato up` in a folder of its own, with stand-ins for the providers."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bot.cli_portfolio import run_import
from bot.portfolio.creditors import creditors_in
from tests.standins import telegram, twilio
from tests.standins.telegram import TelegramStandIn
from tests.standins.twilio import TwilioStandIn

ROOT = Path(__file__).parents[2]
SMS_FROM = "+551140028900"
PUBLIC_URL = "https://trato.example"
START_SECONDS = 240
QUESTION = """
    select c.state,
        count(*) filter (where m.direction = 'in' and m.status = 'received') as unanswered,
        count(*) filter (where m.status in ('pending', 'sending')) as unsent,
        coalesce(max(m.seq), 0) as newest
    from conversations c join messages m on m.conversation_id = c.id
    where c.address = %s group by c.id, c.created_at order by c.created_at desc limit 1
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RunningProduct:
    """A started product. `twilio` and `telegram` are the stand-ins that it talks to."""

    now: str | None = "2026-11-23T10:00:00-03:00"
    settings: dict[str, str] = field(default_factory=dict)
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="trato-")))
    port: int = field(default_factory=free_port)
    twilio: TwilioStandIn = field(init=False)
    telegram: TelegramStandIn = field(init=False)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.twilio = TwilioStandIn(
            product_url=self.url, public_url=PUBLIC_URL, senders=frozenset({twilio.SENDER, SMS_FROM})
        )
        self.telegram = TelegramStandIn(product_url=self.url, public_url=PUBLIC_URL)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def rasa_url(self) -> str:
        return f"http://127.0.0.1:{self._rasa_port}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self._actions_port}"

    @property
    def database_url(self) -> str:
        return f"postgresql://postgres@/trato?host={self.home.resolve() / 'postgres'}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TRATO_")}
        clock = {"TRATO_TESTING": "1", "TRATO_NOW": self.now} if self.now else {}
        return {
            **kept,
            **clock,
            "TRATO_HOME": str(self.home),
            "TRATO_PORT": str(self.port),
            "TRATO_RASA_PORT": str(self._rasa_port),
            "TRATO_ACTIONS_PORT": str(self._actions_port),
            "TRATO_PUBLIC_URL": PUBLIC_URL,
            "TRATO_TWILIO__ACCOUNT_SID": twilio.ACCOUNT_SID,
            "TRATO_TWILIO__AUTH_TOKEN": twilio.AUTH_TOKEN,
            "TRATO_TWILIO__WHATSAPP_FROM": twilio.SENDER,
            "TRATO_TWILIO__API_BASE_URL": self.twilio.base_url,
            "TRATO_TWILIO__SMS_FROM": SMS_FROM,
            "TRATO_TELEGRAM__TOKEN": telegram.TOKEN,
            "TRATO_TELEGRAM__WEBHOOK_SECRET": telegram.SECRET,
            "TRATO_TELEGRAM__API_BASE_URL": self.telegram.base_url,
            "TRATO_TELEGRAM__MODE": "webhook",
            "TRATO_GATHER_SECONDS": "0.3",
            **self.settings,
        }

    def start(self) -> None:
        """Until everything is ready. Raises TimeoutError with the end of the logs."""
        self._rasa_port, self._actions_port = free_port(), free_port()
        self.twilio.__enter__()
        self.telegram.__enter__()
        self._up()

    def _up(self) -> None:
        log = (self.home / "up.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "up"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        ready = self.home / "run" / "ready"
        deadline = time.monotonic() + START_SECONDS
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"not ready\n{self.logs()}")
            time.sleep(0.2)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)
        self.twilio.__exit__(None, None, None)
        self.telegram.__exit__(None, None, None)
        shutil.rmtree(self.home, ignore_errors=True)

    def logs(self, lines: int = 30) -> str:
        files = [self.home / "up.log", *sorted((self.home / "logs").glob("*.log"))]
        ends = [
            (file.name, file.read_text("utf-8", "replace").splitlines()[-lines:]) for file in files if file.exists()
        ]
        return "\n".join(f"== {name}\n" + "\n".join(end) for name, end in ends)

    def trato(self, *words: str, check: bool = True) -> str:
        """Run a command of the product; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"trato {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.trato(*words, "--json"))

    def pid(self, name: str) -> int:
        return int((self.home / "run" / f"{name}.pid").read_text().split()[0])

    def import_portfolio(self, rows: Iterable[str]) -> None:
        file = self.home / "portfolio.csv"
        header = "credor;contrato;produto;nome;cpf_cnpj;nascimento;telefone;uf;parcela;valor;vencimento;pago_em;ltv"
        file.write_text("\n".join([header, *rows]) + "\n", "utf-8")
        summary = run_import(self.database_url, file, creditors=creditors_in(ROOT / "policies"), today=self.today)
        assert summary.refused == 0, (self.home / "portfolio.csv.errors.csv").read_text("utf-8")

    @property
    def today(self) -> date:
        return datetime.fromisoformat(self.now).date() if self.now else date.today()  # noqa: DTZ011

    async def settled(self, address: str, *, after: int = 0, seconds: float = 60) -> None:
        """Until everything that this address wrote is answered and sent. Raises TimeoutError.

        With a person in charge messages may stay unanswered: then, until nothing has come for three seconds.
        """
        deadline = time.monotonic() + seconds
        quiet_since, last = time.monotonic(), -1
        while time.monotonic() < deadline:
            row = await self._state(address)
            if row is not None:
                state, unanswered, unsent, newest = row
                if newest != last:
                    quiet_since, last = time.monotonic(), newest
                with_people = state in ("agent", "waiting") and time.monotonic() - quiet_since > 3
                if newest > after and unsent == 0 and (unanswered == 0 or with_people):
                    return
            await asyncio.sleep(0.03)
        raise TimeoutError(f"{address}: {await self._state(address)}\n{self.logs(15)}")

    async def newest(self, address: str) -> int:
        row = await self._state(address)
        return 0 if row is None else int(row[3])

    async def _state(self, address: str) -> tuple[str, int, int, int] | None:
        async with await psycopg.AsyncConnection.connect(self.database_url) as connection:
            cursor = await connection.execute(QUESTION, (address,))
            row = await cursor.fetchone()
        return None if row is None else (row[0], row[1], row[2], row[3])

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def conversation(self, address: str) -> dict[str, Any]:
        """The newest conversation of an address, as `conversation show` tells it."""
        found = self.json("conversation", "list", "--address", address)
        shown: dict[str, Any] = self.json("conversation", "show", found[0]["id"])
        return shown


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
