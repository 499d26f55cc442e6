"""Tensor diagrams as SVG."""

from html import escape
from typing import TYPE_CHECKING

from cochain.nn.layer import Layer, Route

if TYPE_CHECKING:
    from cochain.nn.network import Network

_COLUMN, _ROW, _MARGIN = 210, 76, 54
_COLORS = ("#3b6fb6", "#c2552d", "#3c8d5a", "#8a5bb0", "#a67c1a")


def draw(network: "Network") -> str:
    """Draw ranks as rows and layers as columns; a route is an arrow with its neighbourhood's symbol."""
    columns: list[tuple[list[tuple[int, int, str]], int]] = []
    ranks = {cochain.rank for cochain in network.reads}
    for layer in network.layers:
        arrows = _arrows(layer, sorted(ranks))
        ranks |= {target for _, target, _ in arrows}
        if columns and columns[-1][0] == arrows:
            columns[-1] = (arrows, columns[-1][1] + 1)
        else:
            columns.append((arrows, 1))
    rows = {rank: place for place, rank in enumerate(sorted(ranks, reverse=True))}
    width = 2 * _MARGIN + _COLUMN * len(columns)
    height = 2 * _MARGIN + _ROW * (len(rows) - 1) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(type(network).__name__)}" font-family="sans-serif" font-size="12">',
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#667"/></marker></defs>',
    ]
    for place, (arrows, times) in enumerate(columns):
        parts += _column(place, arrows, times, rows)
    for rank, row in rows.items():
        parts += [_node(column, row, rank) for column in range(len(columns) + 1)]
    return "\n".join([*parts, "</svg>"])


def _arrows(layer: object, ranks: list[int]) -> list[tuple[int, int, str]]:
    if not isinstance(layer, Layer):
        named = getattr(layer, "arrows", None)  # a layer that is no list of routes may name its own
        return named() if named is not None else [(rank, rank, "W") for rank in ranks]
    arrows = [
        (each.neighborhood.source, each.neighborhood.target, str(each.neighborhood))
        for each in layer.routes
        if isinstance(each, Route)
    ]
    idle = [rank for rank in ranks if rank not in {target for _, target, _ in arrows}]
    return arrows + [(rank, rank, "") for rank in idle]


def _column(place: int, arrows: list[tuple[int, int, str]], times: int, rows: dict[int, int]) -> list[str]:
    left, right = _MARGIN + place * _COLUMN + 17, _MARGIN + (place + 1) * _COLUMN - 19
    parts = []
    if times > 1:
        parts.append(f'<text x="{(left + right) / 2}" y="18" text-anchor="middle" fill="#667">× {times}</text>')  # noqa: RUF001
    seen: dict[tuple[int, int], int] = {}
    for source, target, label in arrows:
        repeat = seen[(source, target)] = seen.get((source, target), -1) + 1
        y0, y1 = (_MARGIN + _ROW * rows[k] for k in (source, target))
        bend = 16 * repeat
        middle = (left + right) / 2
        dash = "" if label else ' stroke-dasharray="3 3"'
        parts.append(
            f'<path d="M{left},{y0} C{middle},{y0 - bend} {middle},{y1 - bend} {right},{y1}" fill="none" '
            f'stroke="#667"{dash} marker-end="url(#head)"/>'
        )
        # A quarter of the way from the target, so that labels of crossing arrows stay apart.
        y = y1 + 0.28 * (y0 - y1) - bend * 0.75 - 4
        parts.append(
            f'<text x="{right - 0.3 * (right - left)}" y="{y}" text-anchor="middle" fill="#334">{escape(label)}</text>'
        )
    return parts


def _node(column: int, row: int, rank: int) -> str:
    x, y = _MARGIN + column * _COLUMN, _MARGIN + _ROW * row
    color = _COLORS[rank % len(_COLORS)]
    return (
        f'<circle cx="{x}" cy="{y}" r="16" fill="{color}"/>'
        f'<text x="{x}" y="{y + 4}" text-anchor="middle" fill="white">h{rank}</text>'
    )
