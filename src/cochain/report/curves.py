"""Learning curves: mean and band over a model's runs, one small panel per model, the other models in grey behind it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cochain.experiments.comparison import Run
from cochain.report import words
from cochain.report.axes import Scale, bottom_axis, left_axis
from cochain.report.charts import plot, shorten
from cochain.report.markup import Html, fill, join
from cochain.report.tables import behind

POINTS = 140
"""Epochs that are drawn of a long curve."""
_WIDTH, _HEIGHT, _LEFT, _TOP = 300.0, 190.0, 42.0, 22.0


@dataclass(frozen=True)
class Band:
    """The curve of a model: over its runs, epoch by epoch."""

    name: str
    """The model."""
    kind: str
    """Its kind."""
    epoch: tuple[int, ...]
    """Epochs that at least half of the runs reached."""
    mean: tuple[float, ...]
    """Mean over the runs."""
    deviation: tuple[float, ...]
    """Standard deviation over the runs; 0 for one run."""
    best: tuple[int, ...]
    """The epoch whose weights were kept, per run."""


def band(name: str, kind: str, runs: Sequence[Run], which: str) -> Band | None:
    """Average the curves of runs, up to the epoch that half of them reached; None when there is nothing to draw.

    Args:
        name: the model.
        kind: its kind.
        runs: its runs.
        which: train_loss, validation_score or test_score.
    """
    at: dict[int, list[float]] = {}
    for run in runs:
        values: Sequence[float | None] = getattr(run.curve, which)
        for epoch, value in zip(run.curve.epoch, values, strict=False):
            if value is not None and math.isfinite(value):
                at.setdefault(epoch, []).append(value)
    reached = max((len(values) for values in at.values()), default=0)
    epochs = sorted(epoch for epoch, values in at.items() if 2 * len(values) >= reached)
    if not epochs:
        return None
    keep = np.unique(np.linspace(0, len(epochs) - 1, POINTS).round().astype(int))
    epochs = [epochs[i] for i in keep]
    means = tuple(float(np.mean(at[e])) for e in epochs)
    spread = tuple(float(np.std(at[e])) for e in epochs)
    return Band(name, kind, tuple(epochs), means, spread, tuple(run.best_epoch for run in runs))


def panels(bands: Sequence[Band], which: str, y_title: str, factor: float) -> list[Html]:
    """Draw one panel per model, all on the same scales.

    Args:
        bands: the models' curves.
        which: a word for the ids, different for each group of panels on the page.
        y_title: name of what is drawn.
        factor: labels show this many times the value.
    """
    x = Scale(0.0, float(max([b.epoch[-1] for b in bands] + [2])), _LEFT, _WIDTH - 10)
    y = _vertical(bands, factor)
    names = [f"{which}-{i}" for i in range(len(bands))]
    found = []
    for own, (this, name) in enumerate(zip(bands, names, strict=True)):
        axes = [left_axis(y, _LEFT, _WIDTH - 10, "", factor), bottom_axis(x, _TOP, y.start, "", count=4, grid=False)]
        template = '<use class="context" data-model="{}" href="#{}"/>'
        others = [fill(template, bands[i].name, other) for i, other in enumerate(names) if i != own]
        body = join([*axes, *others, _curve(this, name, x, y), _reading(x, y, factor)])
        found.append(plot(_WIDTH, _HEIGHT - 16, f"{y_title} of {this.name} by epoch", body))
    return found


def _reading(x: Scale, y: Scale, factor: float) -> Html:
    """Give the page's script what it needs to read numbers off the line again."""
    return fill(
        '<g class="reading" data-x="{}" data-y="{}"><circle class="cursor" r="3.6"/></g>',
        f"{x.low} {x.high} {x.start} {x.end}", f"{y.low} {y.high} {y.start} {y.end} {int(y.logarithmic)} {factor}",
    )  # fmt: skip


def table(bands: Sequence[Band], y_title: str, factor: float) -> Html:
    """Give the means at a few epochs as a table."""
    longest = max(bands, key=lambda each: each.epoch[-1]).epoch
    chosen = [longest[i] for i in np.unique(np.linspace(0, len(longest) - 1, 8).round().astype(int))]
    rows = []
    for each in bands:
        at = dict(zip(each.epoch, each.mean, strict=True))
        near = [min(at, key=lambda e: abs(e - epoch)) if epoch <= each.epoch[-1] else None for epoch in chosen]
        rows.append([each.name, *("" if e is None else words.significant(factor * at[e]) for e in near)])
    return behind(f"{y_title} by epoch", ["model", *(f"epoch {epoch}" for epoch in chosen)], rows)


def _vertical(bands: Sequence[Band], factor: float) -> Scale:
    """Make a scale for all panels: logarithmic for losses of many sizes, without the outliers of the first epochs."""
    mean = [np.array(b.mean) for b in bands]
    low, high = min(float(m.min()) for m in mean), max(float(np.quantile(m, 0.98)) for m in mean)
    if factor == 1.0 and low > 0 and high > 8 * low:
        return Scale(low, high * 1.1, _HEIGHT - 40, _TOP, logarithmic=True)
    ends = [(m - np.array(b.deviation), m + np.array(b.deviation)) for m, b in zip(mean, bands, strict=True)]
    low = min(low, *(float(np.quantile(below, 0.1)) for below, _ in ends))
    high = max(high, *(float(np.quantile(above, 0.9)) for _, above in ends))
    room = 0.08 * (high - low) or 0.05 * abs(high) or 0.5
    return Scale(low - room, high + room, _HEIGHT - 40, _TOP)


def _curve(this: Band, name: str, x: Scale, y: Scale) -> Html:
    """Draw band, line, kept epochs and the model's name; other panels show the line again by its id."""
    points = list(zip(this.epoch, this.mean, this.deviation, strict=True))
    line = _path([(x(e), y(m)) for e, m, _ in points])
    around = [(x(e), y(m + d)) for e, m, d in points] + [(x(e), y(m - d)) for e, m, d in reversed(points)]
    kept = (
        fill('<line class="kept" x1="{}" x2="{}" y1="{}" y2="{}"/>', x(e), x(e), y.start, y.start - 7)
        for e in this.best
    )
    return fill(
        '<g class="k-{}">{}<path class="mark line" id="{}" d="{}"/>{}'
        '<text class="name end strong" x="{}" y="14">{}</text></g>',
        this.kind, fill('<path class="band" d="{}Z"/>', _path(around)) if any(this.deviation) else "", name, line,
        join(kept), _WIDTH - 10, shorten(this.name, 34),
    )  # fmt: skip


def _path(points: Sequence[tuple[float, float]]) -> Html:
    return fill("M{}", join((fill("{} {}", x, y) for x, y in points), "L"))
