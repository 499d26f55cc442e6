"""Tensor diagrams as SVG."""

from html import escape
from typing import TYPE_CHECKING

from cochain.nn.layer import Layer, Route

if TYPE_CHECKING:
    from cochain.nn.network import Network

_COLUMN, _ROW, _MARGIN, _BEND = 210, 78, 26, 20
_COLORS = ("#3b6fb6", "#c2552d", "#3c8d5a", "#8a5bb0", "#a67c1a")
# A pale seam around a label keeps it apart from the arrows that pass behind.
_HALO = 'text-anchor="middle" fill="#334" paint-order="stroke" stroke="#fff" stroke-width="3"'


def draw(network: "Network") -> str:
    """Draw ranks as rows and layers as columns; a route is an arrow with its neighbourhood's symbol."""
    columns: list[tuple[list[tuple[int, int, str]], int]] = []
    ranks = {cochain.rank for cochain in network.reads}
    for layer in network.layers:
        arrows = arrows_of(layer, sorted(ranks))
        ranks |= {target for _, target, _ in arrows}
        if columns and columns[-1][0] == arrows:
            columns[-1] = (arrows, columns[-1][1] + 1)
        else:
            columns.append((arrows, 1))
    top = _room_above(columns, max(ranks))
    rows = {rank: top + _ROW * place for place, rank in enumerate(sorted(ranks, reverse=True))}
    width = 2 * _MARGIN + _COLUMN * len(columns)
    height = top + _ROW * (len(rows) - 1) + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(type(network).__name__)}" font-family="sans-serif" font-size="12">',
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#667"/></marker></defs>',
    ]
    for place, (arrows, times) in enumerate(columns):
        parts += _column(place, arrows, times, rows)
    for rank, y in rows.items():
        parts += [_node(column, y, rank) for column in range(len(columns) + 1)]
    return "\n".join([*parts, "</svg>"])


def arrows_of(layer: object, ranks: list[int]) -> list[tuple[int, int, str]]:
    """Give what a layer moves: from rank, to rank, along what; ranks that stay as they are with an empty name."""
    if not isinstance(layer, Layer):
        named = getattr(layer, "arrows", None)  # a layer that is no list of routes may name its own
        return named() if named is not None else [(rank, rank, "W") for rank in ranks]
    arrows = [arrow for each in layer.routes if isinstance(each, Route) for arrow in _arrows_of_route(each)]
    idle = [rank for rank in ranks if rank not in {target for _, target, _ in arrows}]
    return arrows + [(rank, rank, "") for rank in idle]


def _arrows_of_route(route: Route) -> list[tuple[int, int, str]]:
    symbol = route.neighborhood
    arrows = [(symbol.source, symbol.target, str(symbol))]
    if route.message.there_and_back:
        arrows.append((symbol.target, symbol.target, f"{symbol} {symbol}ᵀ"))
    return arrows


def _room_above(columns: list[tuple[list[tuple[int, int, str]], int]], highest: int) -> int:
    """Give the height of the highest rank below the edge: its circle, its bent arrows, and a line that counts layers.

    Arrows between the same two ranks lie above one another.
    """
    bent = max((sum(arrow[:2] == (highest, highest) for arrow in arrows) for arrows, _ in columns), default=0)
    counted = any(times > 1 for _, times in columns)
    return max(_MARGIN, _BEND * bent + 6) + 14 * counted


def _column(place: int, arrows: list[tuple[int, int, str]], times: int, rows: dict[int, int]) -> list[str]:
    left, right = _MARGIN + place * _COLUMN + 17, _MARGIN + (place + 1) * _COLUMN - 19
    middle = (left + right) / 2
    parts, labels = [], []
    if times > 1:
        labels.append(f'<text x="{middle}" y="13" text-anchor="middle" fill="#667">× {times}</text>')  # noqa: RUF001
    seen: dict[tuple[int, int], int] = {}
    for source, target, label in arrows:
        repeat = seen[(source, target)] = seen.get((source, target), -1) + 1
        y0, y1 = rows[source], rows[target]
        bend = _BEND * repeat
        dash = "" if label else ' stroke-dasharray="3 3"'
        parts.append(
            f'<path d="M{left},{y0} C{middle},{y0 - bend} {middle},{y1 - bend} {right},{y1}" fill="none" '
            f'stroke="#667"{dash} marker-end="url(#head)"/>'
        )
        if label:
            # Within a rank left of the middle, between ranks near the target: so labels of crossing arrows stay apart.
            x = left + (0.38 if source == target else 0.74) * (right - left)
            y = y1 + 0.2 * (y0 - y1) - bend * 0.75 - 4
            labels.append(f'<text x="{x:g}" y="{y:g}" {_HALO}>{escape(label)}</text>')
    return parts + labels


def _node(column: int, y: int, rank: int) -> str:
    x = _MARGIN + column * _COLUMN
    color = _COLORS[rank % len(_COLORS)]
    return (
        f'<circle cx="{x}" cy="{y}" r="16" fill="{color}"/>'
        f'<text x="{x}" y="{y + 4}" text-anchor="middle" fill="white">h{rank}</text>'
    )
