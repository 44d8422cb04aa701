"""Files that people send: kept in the database, never in the way of an answer; voice notes: their turn waits."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.options import match_option, split_text
from bot.domain.errors import Rejected, TemporarilyUnavailable
from bot.domain.media import LARGEST_FILE_BYTES
from bot.domain.messages import ChannelKind, InboundKind, InboundMessage, Media
from bot.ports import Transcriber
from bot.storage.database import make_engine
from bot.storage.read_models import ReadModels
from bot.storage.unit_of_work import transactions
from bot.usecases.fetch_media import FetchMedia
from bot.usecases.receive_message import ReceiveMessage
from bot.usecases.take_turns import LONGEST_LISTENING, TakeTurns
from tests.fakes import FakeChannel, FakeClock, FakeTranscriber, ScriptedDialogue, an_inbound

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(40)
VOICE = b"OggS\x00\x02" + bytes(22) + b"OpusHead\x01\x01" + bytes(20)
URL = "https://provider.example/file"


@dataclass
class Desk:
    """The product around one conversation, without Rasa and without a queue: jobs are called by hand."""

    engine: AsyncEngine
    transcriber: Transcriber | None = None
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    channel: FakeChannel = field(default_factory=FakeChannel)
    dialogue: ScriptedDialogue = field(default_factory=ScriptedDialogue)

    def __post_init__(self) -> None:
        tx = transactions(self.engine, policies={}, timezone="America/Sao_Paulo")
        self.receive = ReceiveMessage(tx, self.clock, gather=timedelta(0))
        self.fetch = FetchMedia(tx, {ChannelKind.WHATSAPP: self.channel}, self.transcriber, self.clock)
        self.take_turns = TakeTurns(
            tx,
            self.dialogue,
            lambda code, **_: code,
            self.clock,
            timezone=ZoneInfo("America/Sao_Paulo"),
            match_option=match_option,
            split=split_text,
            hears=self.transcriber is not None,
        )
        self.read_models = ReadModels(self.engine, {}, self.clock, timezone="America/Sao_Paulo")

    async def gets(self, message: InboundMessage) -> tuple[UUID, UUID]:
        """The conversation and the message, stored."""
        assert await self.receive(message)
        conversation = UUID((await self.read_models.conversations())[0]["id"])
        return conversation, UUID((await self.shown())["messages"][-1]["id"])

    async def shown(self) -> dict[str, Any]:
        found = await self.read_models.conversations()
        return await self.read_models.conversation(UUID(found[0]["id"]))

    async def replies(self) -> list[str]:
        return [m["text"] for m in (await self.shown())["messages"] if m["direction"] == "out"]


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Callable[..., Desk]]:
    engine = make_engine(database_url)
    yield lambda transcriber=None: Desk(engine, transcriber)
    await engine.dispose()


def a_file(kind: InboundKind, content_type: str = "image/jpeg", size: int | None = None) -> InboundMessage:
    return an_inbound("", kind=kind, at=NOW, media=(Media(URL, content_type, "../../etc/passwd", size),))


async def test_a_picture_is_kept_with_its_hash_and_its_real_type(desk: Callable[..., Desk], database_url: str) -> None:
    # given
    it = desk()
    it.channel.files[URL] = JPEG
    _, message = await it.gets(a_file(InboundKind.IMAGE, "application/x-lie"))

    # when
    await it.fetch(message)
    await it.fetch(message)

    # then
    [kept] = (await it.shown())["messages"][0]["media"]
    assert kept == {
        "content_type": "image/jpeg",
        "sha256": hashlib.sha256(JPEG).hexdigest(),
        "size_bytes": len(JPEG),
        "state": "stored",
    }
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select content from media").fetchone() == (JPEG,)
        jobs = connection.execute("select task_name, args from procrastinate_jobs order by id").fetchall()
    assert ("fetch_media", {"message_id": str(message)}) in jobs


async def test_a_pictures_turn_does_not_wait_for_the_file(desk: Callable[..., Desk]) -> None:
    # given
    it = desk(FakeTranscriber())
    conversation, _ = await it.gets(a_file(InboundKind.IMAGE))

    # when
    await it.take_turns(conversation)

    # then
    assert [turn.payload for turn in it.dialogue.asked] == ["/report_payment"]
    assert (await it.shown())["messages"][0]["media"][0]["state"] == "waiting"


async def test_a_provider_that_is_away_is_asked_again_and_then_the_failure_is_shown(desk: Callable[..., Desk]) -> None:
    # given
    it = desk()
    it.channel.fail_next(TemporarilyUnavailable(channel=it.channel.kind), times=2)
    _, message = await it.gets(a_file(InboundKind.DOCUMENT))

    # when
    for _ in range(2):
        with pytest.raises(TemporarilyUnavailable):
            await it.fetch(message)
    await it.fetch.give_up(message)

    # then
    [kept] = (await it.shown())["messages"][0]["media"]
    assert (kept["state"], kept["reason"]) == ("failed", "unavailable")


@pytest.mark.parametrize(
    ("content", "size", "state", "reason"),
    [
        (b"MZ\x90\x00" + bytes(80), None, "refused", "content_type"),
        (JPEG + bytes(LARGEST_FILE_BYTES), None, "refused", "too_large"),
        (JPEG, LARGEST_FILE_BYTES + 1, "refused", "too_large"),
        (None, None, "failed", "channel_rejected"),
    ],
    ids=["a program", "too large", "said to be too large", "gone"],
)
async def test_a_file_that_is_not_kept_says_why(
    desk: Callable[..., Desk], content: bytes | None, size: int | None, state: str, reason: str
) -> None:
    # given
    it = desk()
    if content is not None:
        it.channel.files[URL] = content
    _, message = await it.gets(a_file(InboundKind.DOCUMENT, size=size))

    # when
    await it.fetch(message)

    # then
    [kept] = (await it.shown())["messages"][0]["media"]
    assert (kept["state"], kept["reason"]) == (state, reason)


async def test_a_voice_notes_turn_waits_for_its_words_and_the_dialogue_gets_them(
    desk: Callable[..., Desk], database_url: str
) -> None:
    # given
    it = desk(FakeTranscriber({VOICE: " quanto eu devo? "}))
    it.channel.files[URL] = VOICE
    conversation, message = await it.gets(a_file(InboundKind.AUDIO, "audio/ogg"))

    # when
    await it.take_turns(conversation)
    assert it.dialogue.asked == []
    await it.fetch(message)
    await it.take_turns(conversation)

    # then
    [turn] = it.dialogue.asked
    assert (turn.text, turn.metadata["kind"], turn.metadata["text"]) == ("quanto eu devo?", "audio", "quanto eu devo?")
    [note, _] = (await it.shown())["messages"]
    assert (note["text"], note["transcription"], note["status"]) == ("", "quanto eu devo?", "answered")
    with psycopg.connect(database_url) as connection:
        tasks = connection.execute("select task_name from procrastinate_jobs order by id").fetchall()
    assert [task for (task,) in tasks][:3] == ["fetch_media", "take_turns", "take_turns"]


@pytest.mark.parametrize("words", ["", None])
async def test_a_note_that_could_not_be_made_out_is_answered_by_asking_for_text(
    desk: Callable[..., Desk], words: str | None
) -> None:
    # given
    it = desk(FakeTranscriber({} if words is None else {VOICE: words}))
    it.channel.files[URL] = VOICE
    conversation, message = await it.gets(a_file(InboundKind.AUDIO, "audio/ogg"))

    # when
    await it.fetch(message)
    await it.take_turns(conversation)

    # then
    assert await it.replies() == ["unheard_audio"]
    [note, _] = (await it.shown())["messages"]
    assert (note["transcription"], note["status"]) == (None, "unsupported")


async def test_a_note_that_the_provider_does_not_give_is_answered_all_the_same(desk: Callable[..., Desk]) -> None:
    # given
    it = desk(FakeTranscriber())
    conversation, message = await it.gets(a_file(InboundKind.AUDIO, "audio/ogg"))
    it.channel.fail_next(Rejected(channel=it.channel.kind))

    # when
    await it.fetch(message)
    await it.take_turns(conversation)

    # then
    assert await it.replies() == ["unheard_audio"]


async def test_nobody_waits_for_ever_for_the_words_of_a_note(desk: Callable[..., Desk]) -> None:
    # given
    it = desk(FakeTranscriber())
    conversation, _ = await it.gets(a_file(InboundKind.AUDIO, "audio/ogg"))

    # when
    it.clock.goes_on(LONGEST_LISTENING)
    await it.take_turns(conversation)

    # then
    assert await it.replies() == ["unheard_audio"]


async def test_without_the_extra_a_note_is_answered_at_once_and_kept(desk: Callable[..., Desk]) -> None:
    # given
    it = desk()
    it.channel.files[URL] = VOICE
    conversation, message = await it.gets(a_file(InboundKind.AUDIO, "audio/ogg"))

    # when
    await it.take_turns(conversation)
    await it.fetch(message)

    # then
    assert await it.replies() == ["unsupported_audio"]
    [note, _] = (await it.shown())["messages"]
    assert (note["transcription"], note["media"][0]["state"]) == (None, "stored")


async def test_a_spoken_stop_stops(desk: Callable[..., Desk]) -> None:
    # given
    it = desk(FakeTranscriber({VOICE: "Parar."}))
    it.channel.files[URL] = VOICE
    conversation, message = await it.gets(a_file(InboundKind.AUDIO, "audio/ogg"))

    # when
    await it.fetch(message)
    await it.take_turns(conversation)

    # then
    assert [turn.payload for turn in it.dialogue.asked] == ["/opt_out"]
