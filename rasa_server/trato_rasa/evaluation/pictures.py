"""The pictures of docs/nlu.md: the same figures give the same files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt

from trato_rasa.evaluation.measures import NONE, Bin, Point, Reading

INK, BLUE, ORANGE, GREY = "#222222", "#1f77b4", "#d95f02", "#aaaaaa"
plt.rcParams.update({"svg.hashsalt": "trato", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})


def draw_confusions(readings: Sequence[Reading], path: Path) -> None:
    """Rows: what was meant; columns: what it was taken for; shares of the row."""
    names = sorted({one.wanted for one in readings})
    columns = [*names, NONE]
    counts = np.zeros((len(names), len(columns)))
    for one in readings:
        if one.got in columns:
            counts[names.index(one.wanted), columns.index(one.got)] += 1
    figure, axes = plt.subplots(figsize=(13, 12))
    image = axes.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("taken for")
    axes.set_ylabel("meant")
    for row, column in zip(*np.nonzero(counts), strict=True):
        if columns[column] != names[row]:
            axes.text(column, row, int(counts[row, column]), ha="center", va="center", fontsize=6, color=ORANGE)
    figure.colorbar(image, shrink=0.5, label="share of the row")
    figure.tight_layout()
    figure.savefig(path, dpi=80, metadata={"Software": None})
    plt.close(figure)


def draw_calibration(named: dict[str, list[Bin]], path: Path) -> None:
    """How often a confidence is right."""
    figure, axes = plt.subplots(figsize=(5.5, 5))
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="ideal")
    for (name, groups), color in zip(named.items(), (BLUE, ORANGE), strict=False):
        axes.plot(
            [group.confidence for group in groups],
            [group.right for group in groups],
            marker="o",
            color=color,
            label=name,
        )
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False)
    _save(figure, path)


def draw_curves(named: dict[str, list[Point]], chosen: float, path: Path) -> None:
    """Wrong actions against questions back, over the threshold to act."""
    figure, axes = plt.subplots(figsize=(6, 5))
    for (name, points), color in zip(named.items(), (BLUE, ORANGE), strict=False):
        axes.plot(
            [100 * point.asked_back for point in points],
            [100 * point.wrong_action for point in points],
            marker=".",
            color=color,
            label=name,
        )
        point = min(points, key=lambda one: abs(one.act - chosen))
        axes.plot(
            100 * point.asked_back, 100 * point.wrong_action, marker="o", markersize=11, fillstyle="none", color=INK
        )
        axes.annotate(f"{chosen:.2f}", (100 * point.asked_back + 0.6, 100 * point.wrong_action + 0.15))
    axes.axhline(5, color=GREY, linestyle=":")
    axes.axvline(18, color=GREY, linestyle=":")
    axes.set(xlabel="asked back, %", ylabel="acted on a wrong reading, %", xlim=(0, None), ylim=(0, None))
    axes.legend(frameon=False)
    _save(figure, path)


def _save(figure: plt.Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
