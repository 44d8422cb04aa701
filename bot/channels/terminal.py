"""The terminal as a channel: `trato chat` reads what was sent from the store, as every other channel hands it on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.channels.options import with_numbered_lines
from bot.domain.errors import Rejected
from bot.domain.messages import ChannelKind, DeliveryEvent, InboundMessage, Media, OutboundMessage, Sent


class TerminalChannel:
    """Fulfils `bot.ports.Channel`. Sending is being stored; nothing comes in over HTTP."""

    @property
    def kind(self) -> ChannelKind:
        return ChannelKind.TERMINAL

    @property
    def text_limit(self) -> int:
        return 4096

    def authentic(self, *, url: str, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG002
        return False

    def parse(self, body: bytes, *, received_at: datetime) -> list[InboundMessage]:  # noqa: ARG002
        return []

    def parse_events(self, body: bytes, *, received_at: datetime) -> list[DeliveryEvent]:  # noqa: ARG002
        return []

    async def send(self, message: OutboundMessage) -> Sent:
        return Sent(str(message.id), with_numbered_lines(message.text, message.options))

    async def find_sent(
        self,
        message: OutboundMessage,  # noqa: ARG002
        *,
        known: Collection[str] | None = None,  # noqa: ARG002
    ) -> Sent | None:
        return None

    async def acknowledge(self, message: InboundMessage) -> None:
        pass

    async def fetch_media(self, media: Media) -> bytes:
        raise Rejected(channel=self.kind, url=media.url)
