"""Pictures of diagrams: points above the diagonal, and barcodes."""

from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from cochain.errors import ShapeError
from cochain.persistence.diagram import Diagram

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAPER, INK, SOFT, RULE = "#ffffff", "#1b1e24", "#5a6270", "#d3d6db"
COLOURS = ("#2565ae", "#bf4f10", "#2f8f6b", "#6c50b8", "#8a6d00")
"""Of dimensions 0, 1, 2 ...: told apart in all common forms of colour blindness, and by their markers."""
MARKERS = ("o", "^", "s", "D", "v")
MOST_BARS = 200
"""Bars of one dimension that a barcode shows, the longest ones."""


def plot_diagram(diagram: Diagram, component: int = 0, *, unit: str = "", axes: "Axes | None" = None) -> "Figure":
    """Draw the points of one component: birth to the right, death upwards, essential classes on a line at the top.

    Args:
        diagram: a union of diagrams.
        component: which one to draw.
        unit: of the filtration, for the labels of the axes.
        axes: where to draw; by default a figure of its own.

    Returns:
        The figure.

    Raises:
        ShapeError: when there is no such component.
    """
    points = _points_of(diagram, component)
    axes = axes if axes is not None else _new_axes(5.2, 5.0)
    low, high = _span(points)
    top = high + 0.08 * (high - low)
    down = _is_superlevel(points)
    axes.plot([low, high], [low, high], color=SOFT, linewidth=1, zorder=1)
    for place, (dim, bars) in enumerate(points.items()):
        essential = ~np.isfinite(bars).all(axis=1)
        shown = np.clip(bars, low, high)
        shown[essential, 1] = low - 0.08 * (high - low) if down else top
        _scatter(axes, shown, place, _legend(dim, bars))
    if any(not np.isfinite(bars).all() for bars in points.values()):
        line = low - 0.08 * (high - low) if down else top
        axes.axhline(line, color=SOFT, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        axes.annotate(
            "never dies", (high, line), xytext=(0, 5), textcoords="offset points", ha="right", color=SOFT, fontsize=9
        )
    margin = 0.05 * (high - low)
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(*((low - 4 * margin, high + margin) if down else (low - margin, top + 2 * margin)))
    axes.set_xlabel(_label("birth", unit))
    axes.set_ylabel(_label("death", unit))
    _finish(axes, len(points), "upper left" if down else "lower right")
    return _figure(axes)


def plot_barcode(diagram: Diagram, component: int = 0, *, unit: str = "", axes: "Axes | None" = None) -> "Figure":
    """Draw the bars of one component, the longest of each dimension at the bottom; essential ones end in an arrow.

    Args:
        diagram: a union of diagrams.
        component: which one to draw.
        unit: of the filtration, for the label of the axis.
        axes: where to draw; by default a figure of its own.

    Returns:
        The figure. Of a dimension with very many bars the longest are shown, and the legend says how many.

    Raises:
        ShapeError: when there is no such component.
    """
    points = _points_of(diagram, component)
    low, high = _span(points)
    down = _is_superlevel(points)
    end = low - 0.06 * (high - low) if down else high + 0.06 * (high - low)
    shown = {dim: _longest_first(bars)[:MOST_BARS] for dim, bars in points.items()}
    total = sum(len(bars) for bars in shown.values())
    axes = axes if axes is not None else _new_axes(6.4, min(1.6 + 0.07 * max(total, 10), 8.0))
    width = float(np.clip(160 / max(total, 1), 0.7, 4.0))
    row = 0
    for place, (dim, bars) in enumerate(shown.items()):
        rows = np.arange(row, row + len(bars))
        row += len(bars) + max(total // 40, 1)
        last = np.isfinite(bars[:, 1])
        ends = np.where(last, bars[:, 1], end)
        colour = COLOURS[place % len(COLOURS)]
        axes.hlines(rows, bars[:, 0], ends, color=colour, linewidth=width, label=_legend(dim, bars, len(points[dim])))
        axes.plot(ends[~last], rows[~last], "<" if down else ">", color=colour, markersize=3 + width, linestyle="none")
    margin = 0.03 * (high - low)
    axes.set_xlim(*((end - margin, high + margin) if down else (low - margin, end + margin)))
    axes.set_yticks([])
    axes.set_xlabel(_label("filtration value", unit))
    axes.spines["left"].set_visible(False)
    _finish(axes, len(points), "best")
    return _figure(axes)


def _points_of(diagram: Diagram, component: int) -> dict[int, np.ndarray[Any, np.dtype[Any]]]:
    if not 0 <= component < len(diagram):
        raise ShapeError(f"component should be from 0 to {len(diagram) - 1}, but is {component}")
    return {dim: bars.astype(np.float64) for dim, bars in diagram.select(component).to_lists()[0].items()}


def _span(points: dict[int, np.ndarray[Any, np.dtype[Any]]]) -> tuple[float, float]:
    values = np.concatenate([bars[np.isfinite(bars)] for bars in points.values()] or [np.zeros(0)])
    if len(values) == 0:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _is_superlevel(points: dict[int, np.ndarray[Any, np.dtype[Any]]]) -> bool:
    return any(bool((bars[:, 1] < bars[:, 0]).any()) for bars in points.values())


def _longest_first(bars: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[Any]]:
    return bars[np.argsort(-np.abs(bars[:, 1] - bars[:, 0]), kind="stable")]


def _scatter(axes: "Axes", points: np.ndarray[Any, np.dtype[Any]], place: int, label: str) -> None:
    size = float(np.clip(2000 / max(len(points), 1), 7, 34))
    axes.scatter(
        points[:, 0], points[:, 1], s=size, marker=MARKERS[place % len(MARKERS)], color=COLOURS[place % len(COLOURS)],
        alpha=0.85, edgecolors=PAPER, linewidths=0.5, label=label, zorder=3, clip_on=False,
    )  # fmt: skip


def _legend(dim: int, bars: np.ndarray[Any, np.dtype[Any]], count: int | None = None) -> str:
    shown = len(bars)
    if count is not None and count > shown:
        return f"dimension {dim}: {shown} longest of {count}"
    return f"dimension {dim}: {shown} bar" + ("" if shown == 1 else "s")


def _label(word: str, unit: str) -> str:
    return f"{word} ({unit})" if unit else word


def _new_axes(width: float, height: float) -> "Axes":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=110, facecolor=PAPER, layout="constrained")
    axes: Axes = figure.add_subplot()
    return axes


def _finish(axes: "Axes", dimensions: int, where: Literal["upper left", "lower right", "best"]) -> None:
    axes.set_facecolor(PAPER)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=SOFT, labelsize=9)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)
    if dimensions:
        axes.legend(loc=where, frameon=False, fontsize=9, labelcolor=INK)


def _figure(axes: "Axes") -> "Figure":
    return cast("Figure", axes.get_figure())
