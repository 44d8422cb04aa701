"""The HTTP side: webhooks, health, metrics; later the console."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from bot.domain.errors import BotError
from bot.domain.messages import ChannelKind
from bot.ports import Channel, Clock
from bot.usecases.receive_message import ReceiveMessage
from bot.usecases.record_delivery import RecordDelivery
from bot.web.health import HealthChecks, health_router
from bot.web.metrics import Metrics, metrics_router
from bot.web.webhooks import webhook_router

log = structlog.get_logger()

HOME = """Trato está no ar.

Converse pelo terminal:  trato chat
Saúde do sistema:        /health/ready
Métricas:                /metrics
"""


def make_web(
    *,
    channels: Mapping[ChannelKind, Channel],
    public_url: str | None,
    receive: ReceiveMessage,
    record_delivery: RecordDelivery,
    health: HealthChecks,
    metrics: Metrics,
    clock: Clock,
    on_start: Callable[[], Awaitable[None]],
    on_stop: Callable[[], Awaitable[None]],
) -> FastAPI:
    """The ASGI application. `on_start` runs before the first request (Telegram's `setWebhook`)."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await on_start()
        yield
        await on_stop()

    app = FastAPI(title="Trato", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(webhook_router(channels, public_url, receive, record_delivery, metrics, clock))
    app.include_router(health_router(health))
    app.include_router(metrics_router(metrics))

    @app.exception_handler(BotError)
    async def known(_request: Request, error: BotError) -> JSONResponse:
        return JSONResponse({"error": error.code}, status_code=error.http_status)

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected", path=request.url.path, error=type(error).__name__, exc_info=error)
        return JSONResponse({"error": "internal"}, status_code=500)

    @app.get("/")
    async def home() -> Response:
        return PlainTextResponse(HOME)

    return app
