"""Pictures of complexes: nodes, edges, 2-cells filled, hyperedges as coloured hulls."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cochain.report.layout import layout
from cochain.report.markup import Html, fill, join
from cochain.report.sketch import Sketch, sketch

if TYPE_CHECKING:
    from cochain.complexes import Complex

Float = npt.NDArray[np.float64]
# Tones that keep their distance from one another under the common colour blindnesses, and show on white and on black.
TONES = ("#3f7fc4", "#e0803a", "#3fa37a", "#b45fa8", "#c9a227", "#6a6fd1", "#3aa6b9", "#d1605e", "#8a9a3b", "#9c7560")
_CELL, _NODE, _LINE = "#3f7fc4", "#5b6472", "#8b93a1"
_SIZE, _MARGIN = 320.0, 26.0
CROWDED, FEW = 4.0, 16
"""Hulls hide one another where a node is in more than four on average, and they are more than sixteen."""


def draw_complex(complex_: "Complex", component: int = 0, limit: int = 150) -> str:
    """Draw one component as SVG that stands alone, on a light or a dark ground.

    Nodes have the colour of their class where `c[0].y` holds classes. Polygons and triangles are filled, with their
    boundary; a closed surface is drawn as a body, shaded by where it faces. Hyperedges are hulls around their nodes.
    Cells of rank 3 and above show by their faces alone. The same complex always gives the same picture.

    Args:
        complex_: what to draw; `c[0].pos` says where nodes are, if it is there (two or three numbers each).
        component: which component.
        limit: nodes that are drawn at most; of a larger component one sees the surroundings of its node of most
            neighbours.

    Raises:
        ComplexError: when there is no such component, or the limit is below 1.
    """
    part = sketch(complex_, component, limit)
    places = _MARGIN + (_SIZE - 2 * _MARGIN) * layout(part) if part.nodes else np.full((1, 2), _MARGIN)
    height = float(np.clip(np.ptp(places[:, 1]) + 2 * _MARGIN, _SIZE / 4, _SIZE))
    places[:, 1] += (height - _SIZE) / 2 if part.nodes else 0.0
    name = f"{complex_.domain} complex: {part.nodes} nodes, {len(part.edges)} edges, {_shapes(part)}"
    if not part.whole:
        name += ", a part of a larger one"
    start = fill(
        '<svg xmlns="http://www.w3.org/2000/svg" class="complex" role="img" aria-label="{}" viewBox="0 0 {} {}">',
        name, _SIZE, height,
    )  # fmt: skip
    if part.nodes == 0:
        return join([start, fill("</svg>")])
    body = _body(part, places) if places.shape[1] == 3 else _flat(part, places)
    return join([start, *body, fill("</svg>")], "\n")


def _shapes(part: Sketch) -> str:
    return f"{len(part.groups)} hyperedges" if part.groups else f"{len(part.polygons)} polygons"


def _radius(part: Sketch) -> float:
    return float(np.clip(34.0 / np.sqrt(part.nodes), 2.2, 6.5))


def _flat(part: Sketch, places: Float) -> list[Html]:
    """Lay hulls below polygons below edges below nodes."""
    order = _drawn_groups(part)
    pads = {i: 9.0 + 2.2 * (place % 5) for place, i in enumerate(reversed(order))}
    hulls = [_hull(places[part.groups[i]], pads[i], TONES[i % len(TONES)]) for i in order]
    opacity = float(np.clip(1.4 / np.sqrt(max(len(part.polygons), 1)), 0.07, 0.26))  # many lie above one another
    polygons = [_polygon(places[walk], opacity) for walk in part.polygons]
    note = Html("")
    if len(order) < len(part.groups):
        text = f"the {len(order)} smallest hyperedges with two nodes or more"
        note = fill('<text x="6" y="12" font-size="11" fill="{}" font-family="sans-serif">{}</text>', _LINE, text)
    return [*hulls, *polygons, _edges(part, places), *_nodes(part, places), note]


def _drawn_groups(part: Sketch) -> list[int]:
    """Choose the groups that are drawn, largest first: all, or the smallest where they would hide one another."""
    order = sorted(range(len(part.groups)), key=lambda i: -len(part.groups[i]))
    if sum(map(len, part.groups)) <= CROWDED * part.nodes or len(order) <= FEW:
        return order
    small = [i for i in reversed(order) if len(part.groups[i]) > 1]
    room = np.cumsum([len(part.groups[i]) for i in small]) <= CROWDED / 2 * part.nodes
    return small[: max(FEW // 2, int(room.sum()))][::-1]


def _hull(points: Float, pad: float, tone: str) -> Html:
    """Draw the convex hull of discs around the points."""
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    disc = pad * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    around = convex_hull((points[:, None] + disc[None]).reshape(-1, 2))
    return fill(
        '<path class="hull" d="{}" fill="{}" fill-opacity="0.1" stroke="{}" stroke-opacity="0.75" stroke-width="1.1"/>',
        _walk(around), tone, tone,
    )  # fmt: skip


def convex_hull(points: Float) -> Float:
    """Give the corners of the convex hull of points in the plane, in the order of a walk around it.

    >>> convex_hull(np.array([[0.0, 0], [2, 0], [1, 1], [2, 2], [0, 2]])).tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]
    """
    ordered = points[np.lexsort((points[:, 1], points[:, 0]))]
    return np.array(_chain(ordered)[:-1] + _chain(ordered[::-1])[:-1])


def _chain(points: Float) -> list[list[float]]:
    """Walk along one side of the hull (Andrew's monotone chain)."""
    chain: list[list[float]] = []
    for x, y in points.tolist():
        while len(chain) > 1:
            (ax, ay), (bx, by) = chain[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            chain.pop()
        chain.append([x, y])
    return chain


def _walk(points: Float) -> Html:
    return fill("M{}Z", join((fill("{} {}", float(x), float(y)) for x, y in points[:, :2].tolist()), "L"))


def _polygon(points: Float, opacity: float) -> Html:
    return fill('<path class="cell" d="{}" fill="{}" fill-opacity="{}"/>', _walk(points), _CELL, opacity)


def _edges(part: Sketch, places: Float) -> Html:
    if not len(part.edges):
        return Html("")
    radius = _radius(part)
    wide = 1.5 if part.nodes < 60 else 1.0
    heads = []
    ends = []
    for u, v in part.edges.tolist():
        ends.append(_segment(places[u], places[v]))
        if part.directed:
            heads.append(_head(places[u], places[v], radius))
    lines = fill('<path class="edges" d="{}" stroke="{}" stroke-width="{}" fill="none"/>', join(ends), _LINE, wide)
    return join([lines, *heads])


def _segment(a: Float, b: Float) -> Html:
    return fill("M{} {}L{} {}", float(a[0]), float(a[1]), float(b[0]), float(b[1]))


def _head(a: Float, b: Float, radius: float) -> Html:
    along = b[:2] - a[:2]
    along = along / (np.linalg.norm(along) + 1e-12)
    across = np.array([-along[1], along[0]])
    tip = b[:2] - along * (radius + 1)
    corners = np.stack([tip, tip - 6 * along + 2.6 * across, tip - 6 * along - 2.6 * across])
    return fill('<path d="{}" fill="{}"/>', _walk(corners), _LINE)


def _tone(part: Sketch, node: int) -> str:
    if part.labels is None or part.labels[node] < 0:
        return _NODE
    return TONES[int(part.labels[node]) % len(TONES)]


def _nodes(part: Sketch, places: Float) -> list[Html]:
    return [_node(part, places, i, _radius(part)) for i in range(part.nodes)]


def _node(part: Sketch, places: Float, i: int, radius: float) -> Html:
    return fill(
        '<circle class="node" cx="{}" cy="{}" r="{}" fill="{}" stroke="#fff" stroke-opacity="0.85" '
        'stroke-width="0.8"/>',
        float(places[i, 0]), float(places[i, 1]), radius, _tone(part, i),
    )  # fmt: skip


def _body(part: Sketch, places: Float) -> list[Html]:
    """Draw polygons, edges and nodes of a body from back to front, the far ones paler by their tone."""
    depth = places[:, 2]
    items = [(float(depth[walk].mean()), _shaded(places[walk])) for walk in part.polygons]
    sides = (zip(walk.tolist(), np.roll(walk, -1).tolist(), strict=True) for walk in part.polygons)
    covered = {frozenset(pair) for walk in sides for pair in walk}
    for u, v in part.edges.tolist():
        if frozenset((u, v)) not in covered:
            line = fill('<path d="{}" stroke="{}" stroke-width="1.2"/>', _segment(places[u], places[v]), _LINE)
            items.append((float(depth[[u, v]].mean()), line))
    if not part.polygons or part.labels is not None:
        radius = _radius(part) * 0.8
        items += [(float(depth[i]) + 2.0, _node(part, places, i, radius)) for i in range(part.nodes)]
    start = fill('<g fill-opacity="0.93" stroke="#1c3a63" stroke-opacity="0.6" stroke-width="0.6">')
    return [start, *(item for _, item in sorted(items, key=lambda item: item[0])), fill("</g>")]


def _shaded(points: Float) -> Html:
    """Fill a polygon by how far it faces the light; both sides alike, as a surface may have only one."""
    normal = np.cross(points[1] - points[0], points[2] - points[0])
    normal = normal / (np.linalg.norm(normal) + 1e-12)
    light = abs(float(normal @ np.array([-0.35, -0.55, 0.76])))
    dark, pale = np.array([0x24, 0x4F, 0x8A]), np.array([0xB9, 0xD6, 0xF4])
    tone = "#" + "".join(f"{round(c):02x}" for c in dark + (pale - dark) * light)
    return fill('<path class="cell" d="{}" fill="{}"/>', _walk(points), tone)
