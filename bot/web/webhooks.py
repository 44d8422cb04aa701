"""Where the providers knock. Store, start, answer 200; never wait for the reply."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import APIRouter, BackgroundTasks, HTTPException, Request, Response
from sqlalchemy.exc import InterfaceError, OperationalError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential

from bot.domain.messages import ChannelKind
from bot.ports import Channel, Clock
from bot.usecases.receive_message import ReceiveMessage
from bot.usecases.record_delivery import RecordDelivery
from bot.web.metrics import Metrics

LARGEST_BODY = 1_000_000  # bytes; providers send a few thousand
TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

# A database that is just restarting costs no message: providers wait up to 15 s, some never try again.
patient = retry(
    retry=retry_if_exception_type((OperationalError, InterfaceError)),
    stop=stop_after_delay(10),
    wait=wait_exponential(multiplier=0.1, max=1),
    reraise=True,
)


def webhook_router(
    channels: Mapping[ChannelKind, Channel],
    public_url: str | None,
    receive: ReceiveMessage,
    record_delivery: RecordDelivery,
    metrics: Metrics,
    clock: Clock,
) -> APIRouter:
    """Routes of contract.md. A channel that is off is 404; a wrong signature or secret 403, and nothing is stored."""
    router = APIRouter(prefix="/webhooks")

    async def checked(kind: ChannelKind, request: Request) -> tuple[Channel, bytes]:
        channel = channels.get(kind)
        if channel is None:
            raise HTTPException(404)
        body = await request.body()
        if len(body) > LARGEST_BODY:
            raise HTTPException(413)
        if not channel.authentic(url=called_url(request, public_url), headers=dict(request.headers), body=body):
            metrics.rejected.labels(channel=kind).inc()
            raise HTTPException(403)
        return channel, body

    @patient
    async def store(channel: Channel, body: bytes, later: BackgroundTasks) -> None:
        for message in channel.parse(body, received_at=clock.now()):
            new = await receive(message)
            metrics.received.labels(channel=channel.kind, new=str(new).lower()).inc()
            if new:
                later.add_task(channel.acknowledge, message)

    @patient
    async def note(channel: Channel, body: bytes) -> None:
        for event in channel.parse_events(body, received_at=clock.now()):
            await record_delivery(event)

    @router.post("/whatsapp")
    async def whatsapp(request: Request, later: BackgroundTasks) -> Response:
        await store(*await checked(ChannelKind.WHATSAPP, request), later)
        return Response(TWIML, media_type="text/xml")

    @router.post("/whatsapp/status")
    async def whatsapp_status(request: Request) -> Response:
        await note(*await checked(ChannelKind.WHATSAPP, request))
        return Response(TWIML, media_type="text/xml")

    @router.post("/telegram")
    async def telegram(request: Request, later: BackgroundTasks) -> Response:
        await store(*await checked(ChannelKind.TELEGRAM, request), later)
        return Response()

    return router


def called_url(request: Request, public_url: str | None) -> str:
    """The URL as the provider called it: behind a proxy, the public one with this path and query."""
    query = f"?{request.url.query}" if request.url.query else ""
    if public_url is None:
        return str(request.url)
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}{request.url.path}{query}"
