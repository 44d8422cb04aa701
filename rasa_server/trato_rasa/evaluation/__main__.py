"""Measure the trained model and write docs/nlu.md; exits 1 where a figure falls short.

PYTHONPATH=rasa_server rasa_server/.venv/bin/python -m trato_rasa.evaluation   (from the project's root; see `make nlu`)
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

from trato_rasa.evaluation import pictures
from trato_rasa.evaluation.measures import bins, curve
from trato_rasa.evaluation.page import Results, page
from trato_rasa.evaluation.readings import entity_lines, examples, read_all, read_folds, read_values_of, test_lines
from trato_rasa.parse import load, newest_model
from trato_rasa.settings import thresholds_of
from trato_rasa.shorthand import plain, written_out
from trato_rasa.vectors import Embedder, default_cache
from trato_rasa.vote import IntentVote

STEPS = [step / 100 for step in range(30, 96, 5)]
TIMED = 220
EMBEDDED = 256


def main() -> int:
    """The command; see the module's first lines."""
    parser = argparse.ArgumentParser(prog="trato_rasa.evaluation")
    parser.add_argument("--model", type=Path, default=Path("models"), help="a model, or a folder: its newest one")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where the page and its pictures go")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    results = measured(newest_model(options.model))
    images = options.docs / "images"
    images.mkdir(parents=True, exist_ok=True)
    pictures.draw_confusions(results.folds, images / "nlu-confusion.png")
    pictures.draw_calibration(
        {"test set": bins(results.test), "five folds": bins(results.folds)}, images / "nlu-calibration.svg"
    )
    pictures.draw_curves(
        {"test set": list(results.test_curve), "five folds": list(results.folds_curve)},
        results.act,
        images / "nlu-threshold.svg",
    )
    (options.docs / "nlu.md").write_text(page(results), encoding="utf-8")
    for target in results.targets():
        sys.stdout.write(target.row() + "\n")
    return 0 if all(target.met for target in results.targets()) else 1


def measured(model: Path) -> Results:
    """Measure one model: on the test set with itself, on folds with five others."""
    cache = default_cache()
    vote, config = load(model)
    thresholds = thresholds_of(config)
    learned = examples(Path("data/nlu"))
    lines = test_lines(Path("tests/rasa/nlu/intents.csv"))
    values = entity_lines(Path("tests/rasa/nlu/entities.jsonl"))
    _say("the test set")
    test = read_all(vote, lines, thresholds, cache)
    seen = {_key(text) for text, _ in learned}
    read = read_values_of(vote, values, thresholds, cache)
    _say("time and memory")
    milliseconds = _timed(model, [line.replace("\n", " ") for line, _ in lines[:: max(1, len(lines) // TIMED)]])
    _say("five folds")
    folds = read_folds(learned, thresholds, cache)
    fit_seconds, embedding_seconds = _training_time(learned, cache)
    return Results(
        test=test,
        unseen=[one for one in test if _key(one.text) not in seen],
        folds=folds,
        value_lines=len(values),
        wrong_values=[
            (line.text, json.dumps(line.values, ensure_ascii=False), json.dumps(got, ensure_ascii=False))
            for line, got in read
            if line.values != got
        ],
        milliseconds=milliseconds,
        fit_seconds=fit_seconds,
        fresh_seconds=fit_seconds + embedding_seconds,
        test_curve=curve(test, thresholds, STEPS),
        folds_curve=curve(folds, thresholds, STEPS),
        act=thresholds.act,
        machine=f"{os.cpu_count()} cores, {platform.machine()}",
    )


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", plain(written_out(text))).strip()


def _training_time(learned: list[tuple[str, str]], cache: Path) -> tuple[float, float]:
    """Seconds to fit, and to embed all examples, reckoned from some."""
    texts, intents = [text for text, _ in learned], [intent for _, intent in learned]
    started = time.monotonic()
    IntentVote().fit(texts, intents, cache=cache)
    fitted = time.monotonic()
    some = [written_out(text) for text in texts[:: max(1, len(texts) // EMBEDDED)]]
    Embedder(("query",))(some)
    return fitted - started, (time.monotonic() - fitted) / len(some) * len(texts)


def _timed(model: Path, texts: list[str]) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-W", "ignore", "-m", "trato_rasa.evaluation.timing", str(model)],
        input="\n".join(texts),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"},
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _say(what: str) -> None:
    sys.stderr.write(f"[nlu] {what}\n")


if __name__ == "__main__":
    raise SystemExit(main())
