"""Vectors kept between trainings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from trato_rasa.vectors import Embedder, VectorFile, default_cache


def test_a_kept_vector_is_the_one_that_would_be_made(tmp_path: Path) -> None:
    texts = ["quanto eu devo", "já paguei", "quanto eu devo"]
    first = Embedder(("query",), tmp_path)(texts)
    again = Embedder(("query",), tmp_path)(texts)
    assert np.array_equal(first, again)
    assert np.array_equal(first, Embedder(("query",))(texts))


def test_many_texts_at_once_give_what_each_gives_alone() -> None:
    texts = [f"pago {number} reais" for number in range(70)]
    together = Embedder(("query",))(texts)
    assert np.array_equal(together[41], Embedder(("query",))([texts[41]])[0])


def test_a_broken_file_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 cut off")
    assert "oi" not in VectorFile(tmp_path / "broken.npz")


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert Embedder(("query",), tmp_path / "file")(["oi"]).shape == (1, 384)


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRATO_CACHE", raising=False)
    monkeypatch.setenv("TRATO_HOME", "/srv/trato")
    assert default_cache() == Path("/srv/trato/cache")
    monkeypatch.setenv("TRATO_CACHE", "/var/cache/trato")
    assert default_cache() == Path("/var/cache/trato")
