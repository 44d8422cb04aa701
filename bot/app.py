"""The composition root: settings in, a working product out. The only module that reads the clock."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sys
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.codes import TwilioCodes
from bot.channels.options import match_option, split_text
from bot.channels.telegram import TelegramChannel
from bot.channels.terminal import TerminalChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.dialogue.rasa import RasaDialogue
from bot.domain.codes import CODE_DIGITS
from bot.domain.errors import ChannelError
from bot.domain.messages import ChannelKind, InboundMessage
from bot.domain.policy import Policy
from bot.jobs import make_queue, register_tasks, run_worker
from bot.locale import say
from bot.policies import load_policies
from bot.portfolio.creditors import creditors_in
from bot.ports import Channel, Clock
from bot.settings import Settings
from bot.storage.database import make_engine, migrate
from bot.storage.embedded import start_embedded
from bot.storage.holdings import SqlHoldings
from bot.storage.nlu_inbox import NluInbox
from bot.storage.read_models import ReadModels
from bot.storage.unit_of_work import transactions
from bot.usecases.answer_turn import AnswerTurn
from bot.usecases.deliver_messages import DeliverMessages
from bot.usecases.explain_contact import ExplainContact
from bot.usecases.fetch_media import FetchMedia
from bot.usecases.import_portfolio import KnownCreditor
from bot.usecases.receive_message import ReceiveMessage
from bot.usecases.record_delivery import RecordDelivery
from bot.usecases.send_code import SendCode
from bot.usecases.simulate_policy import SimulatePolicy
from bot.usecases.take_turns import TakeTurns
from bot.voice.listening import ListeningProcess, voice_is_installed
from bot.web.app import make_web
from bot.web.metrics import Metrics

WORKER_READY = "run/worker.ready"
HTTP_ERROR = 500
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0

log = structlog.get_logger()


class SystemClock:
    """The machine's clock; in tests it starts at TRATO_NOW and goes on from there."""

    def __init__(self, start: datetime | None = None) -> None:
        self._ahead = start - datetime.now(UTC) if start is not None else timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


def log_to_stderr(settings: Settings) -> None:
    """key=value lines, or JSON; never a message's text, a document or a phone."""
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whatever stderr is by then
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def today() -> date:
    """The local day."""
    settings = Settings()
    return SystemClock(settings.now).now().astimezone(ZoneInfo(settings.timezone)).date()


def known_creditors() -> list[KnownCreditor]:
    """Those with a policy file."""
    return creditors_in(Settings().policies)


@contextmanager
def database(settings: Settings | None = None) -> Iterator[str]:
    """The migrated database's URL: the one set, else the embedded one, which runs as long as somebody uses it."""
    settings = settings or Settings()
    url = (
        settings.database_url.get_secret_value()
        if settings.database_url is not None
        else start_embedded(settings.home).url
    )
    migrate(url)
    yield url


def make_channels(settings: Settings) -> Mapping[ChannelKind, Channel]:
    """Every channel that is on. Raises MissingSettings where one is half set."""
    channels: dict[ChannelKind, Channel] = {ChannelKind.TERMINAL: TerminalChannel()}
    if settings.whatsapp_is_on:
        twilio = settings.twilio
        assert twilio.account_sid and twilio.auth_token and twilio.whatsapp_from and settings.public_url  # noqa: S101
        channels[ChannelKind.WHATSAPP] = WhatsAppChannel(
            twilio.account_sid,
            twilio.auth_token.get_secret_value(),
            twilio.whatsapp_from,
            api_base_url=twilio.api_base_url,
            status_callback_url=f"{settings.public_url.rstrip('/')}/webhooks/whatsapp/status",
        )
    if settings.telegram_is_on:
        channels[ChannelKind.TELEGRAM] = make_telegram(settings)
    return channels


def make_telegram(settings: Settings) -> TelegramChannel:
    telegram = settings.telegram
    assert telegram.token  # noqa: S101
    return TelegramChannel(
        telegram.token.get_secret_value(),
        telegram.webhook_secret.get_secret_value() if telegram.webhook_secret else None,
        api_base_url=telegram.api_base_url,
        mode=settings.telegram_mode,
        contact_label=say("button_share_contact"),
    )


def rasa_secret(settings: Settings) -> str:
    """The secret shared with the Rasa server: set, or the one that `trato up` made. Raises FileNotFoundError."""
    if settings.rasa_secret is not None:
        return settings.rasa_secret.get_secret_value()
    return (settings.home / "rasa_secret").read_text("utf-8").strip()


@dataclass(frozen=True)
class Product:
    """Everything that one process needs, made when first asked for."""

    settings: Settings
    url: str
    pool_size: int = 10

    @cached_property
    def clock(self) -> Clock:
        return SystemClock(self.settings.now)

    @cached_property
    def engine(self) -> AsyncEngine:
        return make_engine(self.url, pool_size=self.pool_size)

    @cached_property
    def policies(self) -> Mapping[str, Policy]:
        return load_policies(self.settings.policies)

    @cached_property
    def channels(self) -> Mapping[ChannelKind, Channel]:
        return make_channels(self.settings)

    @cached_property
    def dialogue(self) -> RasaDialogue:
        return RasaDialogue(
            self.settings.dialogue_url,
            rasa_secret(self.settings),
            timeout_seconds=self.settings.reply_timeout_seconds,
        )

    @cached_property
    def read_models(self) -> ReadModels:
        return ReadModels(self.engine, self.policies, self.clock, timezone=self.settings.timezone)

    @cached_property
    def nlu_inbox(self) -> NluInbox:
        return NluInbox(self.engine)

    @cached_property
    def answer_turn(self) -> AnswerTurn:
        return AnswerTurn(self.transactions, self.clock)

    @cached_property
    def receive(self) -> ReceiveMessage:
        return ReceiveMessage(self.transactions, self.clock, gather=timedelta(seconds=self.settings.gather_seconds))

    @cached_property
    def take_turns(self) -> TakeTurns:
        return TakeTurns(
            self.transactions,
            self.dialogue,
            say,
            self.clock,
            timezone=ZoneInfo(self.settings.timezone),
            match_option=match_option,
            split=split_text,
            gather=timedelta(seconds=self.settings.gather_seconds),
            hears=self.transcriber is not None,
        )

    @cached_property
    def transcriber(self) -> ListeningProcess | None:
        """None where the extra `voice` is not installed."""
        return ListeningProcess(self.settings.home / "voice") if voice_is_installed() else None

    @cached_property
    def fetch_media(self) -> FetchMedia:
        return FetchMedia(self.transactions, self.channels, self.transcriber, self.clock)

    @cached_property
    def deliver(self) -> DeliverMessages:
        return DeliverMessages(self.transactions, self.channels, self.clock, policies=self.policies)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.timezone)

    @cached_property
    def holdings(self) -> SqlHoldings:
        return SqlHoldings(self.engine)

    @cached_property
    def simulate_policy(self) -> SimulatePolicy:
        return SimulatePolicy(self.holdings)

    @cached_property
    def explain_contact(self) -> ExplainContact:
        return ExplainContact(self.transactions)

    @property
    def codes_are_on(self) -> bool:
        """Whether a code can be sent to the phone on file of somebody who writes from an unknown one."""
        twilio = self.settings.twilio
        return self.settings.whatsapp_is_on and bool(twilio.sms_from or twilio.code_content_sid)

    @cached_property
    def send_code(self) -> SendCode | None:
        twilio = self.settings.twilio
        if not self.codes_are_on or not (twilio.account_sid and twilio.auth_token and twilio.whatsapp_from):
            return None
        sender = TwilioCodes(
            twilio.account_sid,
            twilio.auth_token.get_secret_value(),
            sms_from=twilio.sms_from,
            whatsapp_from=twilio.whatsapp_from,
            content_sid=twilio.code_content_sid,
            texts=say,
            api_base_url=twilio.api_base_url,
        )
        return SendCode(self.transactions, sender, lambda: f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}")

    @cached_property
    def transactions(self):  # type: ignore[no-untyped-def]
        return transactions(
            self.engine,
            policies=self.policies,
            timezone=self.settings.timezone,
            codes_are_on=self.codes_are_on,
        )


@contextmanager
def product(settings: Settings | None = None, *, pool_size: int = 10) -> Iterator[Product]:
    """The product on its database, for one process."""
    settings = settings or Settings()
    log_to_stderr(settings)
    with database(settings) as url:
        yield Product(settings, url, pool_size=pool_size)


def web_app(it: Product) -> FastAPI:
    """The HTTP side, with Telegram's webhook set at its start."""

    async def tell_telegram(telegram: TelegramChannel) -> None:
        """Until it listens; the other channels don't wait for it."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await telegram.set_webhook(f"{(it.settings.public_url or '').rstrip('/')}/webhooks/telegram")
            except ChannelError as error:
                log.warning("telegram_webhook_not_set", code=error.code, again_in_seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            else:
                return

    tasks: set[asyncio.Task[None]] = set()

    async def on_start() -> None:
        telegram = it.channels.get(ChannelKind.TELEGRAM)
        if isinstance(telegram, TelegramChannel) and it.settings.telegram_mode == "webhook":
            tasks.add(asyncio.create_task(tell_telegram(telegram)))

    async def on_stop() -> None:
        for task in tasks:
            task.cancel()
        await it.dialogue.close()
        await it.engine.dispose()

    return make_web(
        channels=it.channels,
        public_url=it.settings.public_url,
        receive=it.receive,
        record_delivery=RecordDelivery(it.transactions),
        health={
            "database": it.read_models.answers,
            "dialogue": it.dialogue.ready,
            "worker": it.read_models.worker_is_alive,
        },
        metrics=Metrics(it.read_models.counts),
        clock=it.clock,
        on_start=on_start,
        on_stop=on_stop,
    )


async def work(it: Product) -> None:
    """The worker: turns, deliveries, the sweep; and Telegram's updates where it polls."""
    queue = make_queue(it.url)
    register_tasks(
        queue,
        take_turns=it.take_turns,
        deliver=it.deliver,
        fetch_media=it.fetch_media,
        send_code=it.send_code,
        transactions=it.transactions,
        clock=it.clock,
    )
    ready = it.settings.home / WORKER_READY
    async with _polling(it):
        ready.parent.mkdir(parents=True, exist_ok=True)
        ready.write_text(str(os.getpid()), "utf-8")
        await run_worker(queue, concurrency=it.settings.worker_concurrency)
    if it.transcriber is not None:
        await it.transcriber.close()
    await it.engine.dispose()


@asynccontextmanager
async def _polling(it: Product) -> AsyncIterator[None]:
    """Ask Telegram for updates beside the work; the same parsing and storing as the webhook."""
    telegram = it.channels.get(ChannelKind.TELEGRAM)
    if not isinstance(telegram, TelegramChannel) or it.settings.telegram_mode != "polling":
        yield
        return

    async def poll() -> None:
        async for body in telegram.poll():
            for message in telegram.parse(body, received_at=it.clock.now()):
                if await _patiently(it.receive, message):
                    await telegram.acknowledge(message)

    task = asyncio.create_task(poll())
    try:
        yield
    finally:
        task.cancel()


async def _patiently(receive: ReceiveMessage, message: InboundMessage) -> bool:
    """Polled updates come once: a database that is just restarting must not cost one."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await receive(message)
        except (OperationalError, InterfaceError) as error:
            log.warning("message_not_stored_yet", error=type(error).__name__, again_in_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


class _Context:
    """What the action server works with; set once, at its start."""

    product: Product | None = None


def actions_context() -> Product:
    """The action server's product. Raises RuntimeError before `serve_actions`."""
    if _Context.product is None:
        raise RuntimeError("the action server has not started")
    return _Context.product


def serve_actions(it: Product) -> None:
    """Rasa's custom actions, on loopback, until SIGTERM."""
    from rasa_sdk.endpoint import create_app  # noqa: PLC0415
    from rasa_sdk.executor import ActionExecutor  # noqa: PLC0415
    from sanic import HTTPResponse, Request, json  # noqa: PLC0415

    _Context.product = it
    warnings.filterwarnings("ignore", message=".*ensure compatibility.*")  # two Pythons, two versions: ADR 0003
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app(executor)

    @app.on_response  # type: ignore[untyped-decorator]
    async def tell_nothing(_request: Request, response: HTTPResponse) -> HTTPResponse | None:
        """The SDK repeats the whole request in an error, and Rasa logs it: the tracker, documents and all."""
        return json({"error": "action failed"}, status=500) if response.status >= HTTP_ERROR else None

    app.run(host="127.0.0.1", port=it.settings.actions_port, single_process=True, access_log=False, motd=False)
