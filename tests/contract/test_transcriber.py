"""The contract of `bot.ports.Transcriber`, on the fake, and on the real process where the extra is installed."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
import sys
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import NotTranscribed
from bot.ports import Transcriber
from bot.voice.listening import ListeningProcess, voice_is_installed
from tests.fakes import FakeTranscriber

SENTENCE = "Sim, aceito."
# A program that behaves as the listening process does, without a model; a note is what it should do.
PROGRAM = """
import json, os, sys, time
say = lambda value: print(json.dumps(value), flush=True)
say({"ready": True})
while head := sys.stdin.buffer.read(4):
    note = sys.stdin.buffer.read(int.from_bytes(head)).decode()
    if note == "die": os._exit(1)
    if note == "sleep": time.sleep(60)
    if note == "leave": say({"text": ""}); sys.exit()
    if note == "environment": say({"text": " ".join(sorted(os.environ))})
    elif note == "unreadable": say({"reason": "unreadable"})
    else: say({"text": note})
"""


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[ListeningProcess]:
    made = ListeningProcess(tmp_path, program=(sys.executable, "-c", PROGRAM), limit_seconds=2)
    yield made
    await made.close()


@pytest.fixture(params=["fake", "process"])
def transcriber(request: pytest.FixtureRequest, process: ListeningProcess) -> Transcriber:
    return process if request.param == "process" else FakeTranscriber({b"oi": "oi", b"": ""})


async def test_what_is_said_is_written_down(transcriber: Transcriber) -> None:
    assert await transcriber.transcribe(b"oi") == "oi"


async def test_what_can_not_be_written_down_says_why(transcriber: Transcriber) -> None:
    with pytest.raises(NotTranscribed) as error:
        await transcriber.transcribe(b"unreadable")
    assert error.value.facts == {"reason": "unreadable"}


async def test_a_note_that_takes_too_long_or_kills_the_process_fails_alone(process: ListeningProcess) -> None:
    for note, reason in ((b"sleep", "time_limit"), (b"die", "crashed")):
        with pytest.raises(NotTranscribed) as error:
            await process.transcribe(note)
        assert error.value.facts == {"reason": reason}
        assert await process.transcribe(b"oi") == "oi"


async def test_a_process_that_went_to_sleep_is_started_again(process: ListeningProcess) -> None:
    assert await process.transcribe(b"leave") == ""
    assert await process.transcribe(b"oi") == "oi"


async def test_notes_wait_for_one_another(process: ListeningProcess) -> None:
    notes = [f"nota {n}" for n in range(20)]
    assert await asyncio.gather(*(process.transcribe(note.encode()) for note in notes)) == notes


async def test_the_process_gets_no_secrets(process: ListeningProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRATO_TWILIO__AUTH_TOKEN", "secret")
    assert "TRATO" not in await process.transcribe(b"environment")


async def test_a_process_that_can_not_start_says_so(tmp_path: Path) -> None:
    broken = ListeningProcess(tmp_path, program=(sys.executable, "-c", "raise SystemExit(1)"))
    with pytest.raises(NotTranscribed) as error:
        await broken.transcribe(b"oi")
    assert error.value.facts == {"reason": "not_started"}


@pytest.fixture(scope="module")
def spoken() -> bytes:
    """A short note, as a synthetic voice says it."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("espeak-ng is missing: apt install espeak-ng")
    done = subprocess.run([program, "-v", "pt-br", "-s", "150", "--stdout", SENTENCE], capture_output=True, check=True)
    return done.stdout


def silence(seconds: int) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * 16_000 * seconds))
    return made.getvalue()


@pytest.mark.slow
@pytest.mark.skipif(not voice_is_installed(), reason="the extra is not installed: make setup-voice")
async def test_whisper_writes_down_portuguese_and_refuses_what_it_should(tmp_path: Path, spoken: bytes) -> None:
    # given
    whisper = ListeningProcess(tmp_path)

    # when
    words = await whisper.transcribe(spoken)
    nothing = await whisper.transcribe(silence(3))
    reasons = []
    for note in (silence(200), b"OggS" + bytes(100), b"#EXTM3U\n#EXTINF:1,\n/etc/hostname\n"):
        with pytest.raises(NotTranscribed) as error:
            await whisper.transcribe(note)
        reasons.append(error.value.facts["reason"])
    await whisper.close()

    # then
    assert words.casefold().strip(". ") == "sim, aceito"
    assert nothing == ""
    assert reasons == ["too_long", "unreadable", "unreadable"]
