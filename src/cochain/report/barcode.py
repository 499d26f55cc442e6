"""Persistence as pictures for the page: barcodes, diagrams, and curves over the filtration."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cochain.report import words
from cochain.report.axes import Scale, bottom_axis, left_axis, scale
from cochain.report.charts import plot
from cochain.report.kinds import GRAPH, HIGHER, OTHER
from cochain.report.markup import Html, fill, join

Float = npt.NDArray[np.float64]
TONES = (GRAPH, HIGHER, OTHER)
"""Classes that colour dimensions 0, 1 and 2 and above."""
MOST_BARS, MOST_POINTS = 40, 1500
"""Bars per dimension of a barcode, points per dimension of a diagram: the longest ones."""
_WIDTH, _LEFT = 460.0, 46.0


@dataclass(frozen=True)
class Line:
    """A curve over the filtration."""

    name: str
    """What it is, for pointer and legend."""
    tone: str
    """Class of its colour."""
    at: Float
    """Filtration values."""
    value: Float
    """What is drawn over them."""
    faint: bool = False
    """Thin and pale."""


def tone(dim: int) -> str:
    """Give the class that colours a dimension."""
    return TONES[min(dim, len(TONES) - 1)]


def span(bars: dict[int, Float]) -> tuple[float, float]:
    """Give the smallest and largest finite value of births and deaths."""
    known = np.concatenate([points[np.isfinite(points)] for points in bars.values()] or [np.zeros(0)])
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)


def barcode(bars: dict[int, Float], unit: str) -> Html:
    """Draw one line per bar over the filtration, the longest of each dimension, in the order of their births.

    Args:
        bars: per dimension (bars, 2) births and deaths; infinite bars run to the edge and end in an arrow.
        unit: title of the axis.
    """
    x = _across(bars)
    step, y, parts = 7.0, 26.0, []
    for dim in sorted(bars):
        points = longest(bars[dim], MOST_BARS)
        points = points[np.lexsort((points[:, 1], points[:, 0]))]
        left_out = len(bars[dim]) - len(points)
        label = f"H{dim}" + (f": the longest {len(points)} of {len(bars[dim]):,}" if left_out else "")
        parts.append(fill('<text class="name start strong k-{}" x="{}" y="{}">{}</text>', tone(dim), _LEFT, y, label))
        y += 7.0
        lines = []
        for birth, death in points.tolist():
            lines.append(_bar(x, birth, death, y, dim))
            y += step
        parts.append(fill('<g class="k-{}">{}</g>', tone(dim), join(lines)))
        y += 20.0
    axis = bottom_axis(x, 14.0, y, unit)
    return plot(
        _WIDTH, y + 40, f"barcode of dimensions {words.listing([str(d) for d in sorted(bars)])}", join([axis, *parts])
    )


def _bar(x: Scale, birth: float, death: float, y: float, dim: int) -> Html:
    title = f"H{dim}: {_value(birth)} to {_value(death)}"
    end = x(death) if math.isfinite(death) else x.end if death > birth else x.start
    line = fill(
        '<line class="mark bar whole" x1="{}" x2="{}" y1="{}" y2="{}"><title>{}</title></line>',
        x(birth),
        end,
        y,
        y,
        title,
    )
    if math.isfinite(death):
        return line
    tip = 5.0 if death > birth else -5.0
    return join([line, fill('<path class="tip" d="M{} {}l{} -3v6z"/>', end, y, -tip)])


def diagram(bars: dict[int, Float], unit: str, title: str = "") -> Html:
    """Draw deaths over births; what never dies stands on a line of its own at the far end.

    Args:
        bars: as `barcode`.
        unit: of both axes.
        title: for screen readers.
    """
    low, high = span(bars)
    size, top = 360.0, 34.0
    x = scale([low, high], _LEFT, size - 12)
    down = any((points[:, 1] < points[:, 0]).any() for points in bars.values())
    y = Scale(x.low, x.high, size - 46 - 20 * down, top + 20 * (not down))
    forever = size - 56 if down else top + 4
    parts = [
        bottom_axis(x, top, size - 46, f"birth{unit and f' ({unit})'}"),
        left_axis(y, _LEFT, size - 12, ""),
        fill('<text class="title start" x="{}" y="{}">{}</text>', 4.0, top - 14, f"death{unit and f' ({unit})'}"),
        fill('<line class="reference" x1="{}" x2="{}" y1="{}" y2="{}"/>', x(x.low), x(x.high), y(x.low), y(x.high)),
    ]
    if any(~np.isfinite(points).all() for points in bars.values()):
        parts.append(fill('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>', _LEFT, size - 12, forever, forever))
        parts.append(
            fill('<text class="tick end" x="{}" y="{}">{}</text>', _LEFT - 6, forever + 4, "-∞" if down else "∞")
        )
    for dim in sorted(bars):
        different = np.unique(bars[dim], axis=0)
        chosen = longest(different, MOST_POINTS)
        if len(chosen) < len(different):
            text = f"H{dim}: the longest {len(chosen):,} of {len(different):,}"
            parts.append(fill('<text class="note end" x="{}" y="{}">{}</text>', size - 14, size - 60 - 14 * dim, text))
        dots = (
            fill(
                '<circle class="mark dot small-one" cx="{}" cy="{}" r="3.4"><title>{}</title></circle>',
                x(birth), y(death) if math.isfinite(death) else forever, f"H{dim}: {_value(birth)} to {_value(death)}",
            )
            for birth, death in chosen.tolist()
        )  # fmt: skip
        parts.append(fill('<g class="k-{}">{}</g>', tone(dim), join(dots)))
    return plot(size, size, title or "persistence diagram: deaths over births", join(parts))


def curves(lines: Sequence[Line], x_title: str, y_title: str) -> Html:
    """Draw curves over the filtration on one pair of axes."""
    width, height, top = 360.0, 250.0, 34.0
    x = scale([v for line in lines for v in (line.at[0], line.at[-1])], _LEFT, width - 12, pad=0.0)
    y = scale([0.0, *(float(v) for line in lines for v in (line.value.min(), line.value.max()))], height - 46, top)
    marks = [
        fill(
            '<path class="mark line{} k-{}" d="{}"><title>{}</title></path>',
            Html(" faint") if line.faint else Html(""), line.tone, _path(line, x, y), line.name,
        )
        for line in lines
    ]  # fmt: skip
    axes = [bottom_axis(x, top, height - 46, x_title, count=5), left_axis(y, _LEFT, width - 12, y_title)]
    return plot(width, height, f"{y_title} over {x_title}", join([*axes, *marks]))


def legend(dimensions: Sequence[int]) -> Html:
    """Say which colour is which dimension."""
    meanings = {0: "H0: pieces", 1: "H1: loops", 2: "H2: voids"}
    items = (
        fill('<li class="k-{}"><span class="chip graph"></span>{}</li>', tone(dim), meanings.get(dim, f"H{dim}"))
        for dim in dimensions
    )
    return fill('<ul class="legend">{}</ul>', join(items))


def longest(points: Float, count: int) -> Float:
    """Keep the longest bars, in their order."""
    if len(points) <= count:
        return points
    with np.errstate(invalid="ignore"):
        length = np.abs(points[:, 1] - points[:, 0])
    return points[np.sort(np.argsort(-length, kind="stable")[:count])]


def _path(line: Line, x: Scale, y: Scale) -> Html:
    pairs = zip(line.at.tolist(), line.value.tolist(), strict=True)
    return fill("M{}", join((fill("{} {}", x(a), y(v)) for a, v in pairs), "L"))


def _across(bars: dict[int, Float]) -> Scale:
    return scale(span(bars), _LEFT, _WIDTH - 14)


def _value(value: float) -> str:
    return "∞" if value == math.inf else "-∞" if value == -math.inf else f"{value:.4g}"
