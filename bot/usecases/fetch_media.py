"""Keep what people send: fetch a message's files from the provider; of a voice note, write down what it says."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import structlog

from bot.domain.conversations import Message
from bot.domain.errors import NotTranscribed, Rejected, TemporarilyUnavailable, Unreachable
from bot.domain.media import LARGEST_FILE_BYTES, FileState, NotKept, StoredFile, examine
from bot.domain.messages import ChannelKind, InboundKind, Media
from bot.ports import Channel, Clock, Transactions, Transcriber

log = structlog.get_logger()


class FetchMedia:
    """Safe to run again: what is settled stays so. Nobody waits for it but the turn of a voice note."""

    def __init__(
        self,
        transactions: Transactions,
        channels: Mapping[ChannelKind, Channel],
        transcriber: Transcriber | None,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._channels = channels
        self._transcriber = transcriber
        self._clock = clock

    async def __call__(self, message_id: UUID) -> None:
        """Fetch what is not here yet, then listen.

        Raises:
            TemporarilyUnavailable: the provider did not answer; call again later.
        """
        async with self._transactions() as work:
            message = await work.conversations.message(message_id)
            conversation = await work.conversations.get(message.conversation_id)
            files = await work.files.of(message_id)
        for file in files:
            if file.state is FileState.WAITING:
                await self._fetch(conversation.channel, message, file)
        if message.kind is InboundKind.AUDIO and message.transcription is None and self._transcriber is not None:
            await self._heard(message, await self._listen(message, self._transcriber))

    async def give_up(self, message_id: UUID) -> None:
        """The provider never gave them: say so beside the message, and let a voice note's turn go on without it."""
        async with self._transactions() as work:
            message = await work.conversations.message(message_id)
            for file in await work.files.of(message_id):
                await work.files.leave(file.id, FileState.FAILED, "unavailable", now=self._clock.now())
            await work.commit()
        if message.kind is InboundKind.AUDIO and message.transcription is None:
            await self._heard(message, "")

    async def _fetch(self, channel_kind: ChannelKind, message: Message, file: StoredFile) -> None:
        try:
            content = await self._content(channel_kind, message.media[file.number])
        except (Rejected, Unreachable) as error:
            await self._leave(file, FileState.FAILED, str(error.facts.get("detail") or error.code))
            return
        if content is None:
            await self._leave(file, FileState.REFUSED, "too_large")
            return
        found = examine(content, message.kind)
        if isinstance(found, NotKept):
            await self._leave(file, FileState.REFUSED, found.reason)
            return
        async with self._transactions() as work:
            await work.files.store(file.id, content, found, now=self._clock.now())
            await work.commit()

    async def _content(self, channel_kind: ChannelKind, media: Media) -> bytes | None:
        """None where the provider says itself that it is too large."""
        if (media.size_bytes or 0) > LARGEST_FILE_BYTES:
            return None
        channel = self._channels.get(channel_kind)
        if channel is None:
            raise TemporarilyUnavailable(channel=channel_kind, reason="channel is off")
        return await channel.fetch_media(media)

    async def _leave(self, file: StoredFile, state: FileState, reason: str) -> None:
        log.warning("file_not_kept", file_id=str(file.id), state=state, reason=reason)
        async with self._transactions() as work:
            await work.files.leave(file.id, state, reason, now=self._clock.now())
            await work.commit()

    async def _listen(self, message: Message, transcriber: Transcriber) -> str:
        async with self._transactions() as work:
            stored = [f for f in await work.files.of(message.id) if f.state is FileState.STORED]
            if not stored:
                return ""
            sound = await work.files.content(stored[0].id)
        try:
            return (await transcriber.transcribe(sound)).strip()
        except NotTranscribed as error:
            log.warning("voice_not_transcribed", message_id=str(message.id), **error.facts)
            return ""

    async def _heard(self, message: Message, words: str) -> None:
        async with self._transactions() as work:
            await work.conversations.mark_heard(message.id, words)
            await work.jobs.take_turns(message.conversation_id)
            await work.commit()
