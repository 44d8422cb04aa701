"""Counters for Prometheus, of this process; and the store's own counts, asked when scraped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """One registry per application, so that tests can make as many as they like."""

    def __init__(self, counts: Callable[[], Awaitable[dict[str, dict[str, int]]]]) -> None:
        self.registry = CollectorRegistry()
        self.received = Counter(
            "trato_messages_received", "Inbound messages by webhook", ["channel", "new"], registry=self.registry
        )
        self.rejected = Counter(
            "trato_webhooks_rejected", "Webhooks with a wrong signature or secret", ["channel"], registry=self.registry
        )
        self._messages = Gauge("trato_messages", "Messages by status", ["status"], registry=self.registry)
        self._conversations = Gauge("trato_conversations", "Conversations by state", ["state"], registry=self.registry)
        self._jobs = Gauge("trato_jobs", "Jobs by status", ["status"], registry=self.registry)
        self._counts = counts

    async def render(self) -> bytes:
        counts = await self._counts()
        for gauge, name in ((self._messages, "messages"), (self._conversations, "conversations"), (self._jobs, "jobs")):
            gauge.clear()
            for label, value in counts[name].items():
                gauge.labels(label).set(value)
        return generate_latest(self.registry)


def metrics_router(metrics: Metrics) -> APIRouter:
    """`/metrics`."""
    router = APIRouter()

    @router.get("/metrics")
    async def scrape() -> Response:
        return Response(await metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return router
