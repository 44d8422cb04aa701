"""Every outside need of the product, as a Protocol. Adapters fulfil them; use cases know nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.messages import ChannelKind, DeliveryEvent, InboundMessage, Media, OutboundMessage, Sent


class Clock(Protocol):
    """Where the present comes from. Only `bot/app.py` makes one."""

    def now(self) -> datetime:
        """The present as an aware UTC datetime."""
        ...


class Channel(Protocol):
    """One way to reach people. It verifies, parses and sends; it decides nothing."""

    @property
    def kind(self) -> ChannelKind: ...

    @property
    def text_limit(self) -> int:
        """The most characters of one message, the numbered lines of its options included."""
        ...

    def authentic(self, *, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a webhook call comes from the provider.

        Args:
            url: the public URL that the provider called, query string included.
            headers: as received; names may be in any case.
            body: as received, byte for byte.
        """
        ...

    def parse(self, body: bytes, *, received_at: datetime) -> list[InboundMessage]:
        """Read one webhook call. What is not understood is of kind OTHER or no message at all, never an error."""
        ...

    def parse_events(self, body: bytes, *, received_at: datetime) -> list[DeliveryEvent]:
        """Read one status callback; an empty list where the body is none."""
        ...

    async def send(self, message: OutboundMessage) -> Sent:
        """Hand one message to the provider.

        Raises:
            TemporarilyUnavailable: try again, not before `retry_after`.
            Unreachable: never again to this address.
            Rejected: the provider refuses this message; our fault.
        """
        ...

    async def find_sent(self, message: OutboundMessage) -> Sent | None:
        """Ask the provider whether it already has this message (sent since `first_tried_at`, same text, same address).

        None where it has not, or cannot tell. Raises as `send` does.
        """
        ...

    async def acknowledge(self, message: InboundMessage) -> None:
        """Tell the provider that a button press or a message was seen (Telegram's spinner, "typing"). Never raises."""
        ...

    async def fetch_media(self, media: Media) -> bytes:
        """The bytes of a file that came in. Raises as `send` does."""
        ...
