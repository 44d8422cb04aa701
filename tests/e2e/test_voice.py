"""Files and voice notes through the whole product; voice only where the extra and a synthetic voice are there."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from bot.voice.listening import voice_is_installed
from tests.e2e.people import OnWhatsApp
from tests.e2e.running import RunningProduct
from tests.standins import twilio

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(40)


@pytest.fixture
def spoken_yes() -> bytes:
    """ "Sim, aceito.", as a synthetic voice says it."""
    command = ["espeak-ng", "-v", "pt-br", "-s", "150", "--stdout", "Sim, aceito."]
    return subprocess.run(command, capture_output=True, check=True).stdout


async def sends(maria: OnWhatsApp, content: bytes, content_type: str) -> str:
    """Send a file, and wait for the answer."""
    product, phone = maria.product, maria.person.phone
    before, after = len(maria.texts()), await product.newest(phone)
    url = product.twilio.add_media(content, content_type)
    await product.twilio.inbound(twilio.media(url, content_type, sender=phone))
    await product.settled(phone, after=after)
    return "\n\n".join(maria.texts()[before:])


async def kept(maria: OnWhatsApp, seconds: float = 20) -> dict[str, Any]:
    """The last file of the conversation, once it is no longer waited for."""
    deadline = time.monotonic() + seconds
    while True:
        shown = maria.product.conversation(maria.person.phone)
        file: dict[str, Any] = [f for m in shown["messages"] for f in m["media"]][-1]
        if file["state"] != "waiting" or time.monotonic() > deadline:
            return file
        await asyncio.sleep(0.2)


async def test_a_picture_is_answered_as_a_receipt_and_kept(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    del product
    maria = on_whatsapp()
    await maria.identified()
    assert await sends(maria, JPEG, "image/jpeg")
    assert await kept(maria) == {
        "content_type": "image/jpeg",
        "sha256": hashlib.sha256(JPEG).hexdigest(),
        "size_bytes": len(JPEG),
        "state": "stored",
    }


@pytest.mark.slow
@pytest.mark.skipif(not voice_is_installed(), reason="the extra is not installed: make setup-voice")
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is missing: apt install espeak-ng")
async def test_a_spoken_yes_is_heard_and_makes_no_agreement_but_a_written_one_does(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp], spoken_yes: bytes
) -> None:
    # given
    maria = on_whatsapp()
    await maria.identified()
    await maria.says("dá pra fazer em 3x?")

    # when
    asked = await sends(maria, spoken_yes, "audio/wav")

    # then
    assert "por escrito" in asked
    note = next(m for m in product.conversation(maria.person.phone)["messages"] if m["media"])
    assert (note["text"], note["transcription"].casefold().strip(".")) == ("", "sim, aceito")
    assert product.json("debtor", "show", maria.person.document)["agreements"] == []
    assert "Acordo feito" in await maria.says("sim, aceito")
