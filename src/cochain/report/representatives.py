"""Where a bar of persistence lies: the cells that bring it and end it, drawn on the data."""

import base64
import math
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from cochain.report import words
from cochain.report.layout import layout
from cochain.report.markup import Html, fill, join
from cochain.report.sketch import sketch

if TYPE_CHECKING:
    from cochain.complexes import Complex
    from cochain.experiments.persisting import Persisted

Index = npt.NDArray[np.int64]
Float = npt.NDArray[np.float64]
_SIZE, _MARGIN = 320.0, 18.0
MOST_NODES, MOST_EDGES = 4000, 6000
"""Larger components are not drawn; of more edges only those that matter."""
UNPLACED_NODES = 400
"""Nodes without positions are laid out by distances of all pairs, which grows fast."""


@dataclass(frozen=True)
class Bar:
    """A bar that is to be drawn."""

    dim: int
    """Dimension of its class."""
    component: int
    """Component it belongs to."""
    birth: float
    """Value at which it comes."""
    death: float
    """Value at which it goes; infinite for never."""
    pair: tuple[int, ...]
    """As in `Bars.pairs`, numbered within the component."""

    @property
    def length(self) -> float:
        """How long it lives."""
        return abs(self.death - self.birth)


@dataclass(frozen=True)
class Skeleton:
    """Nodes and edges of one component, with the value at which each comes (lowest first)."""

    edges: Index
    """(edges, 2), numbered within the component."""
    keys: Float
    """When each edge comes."""
    nodes: int
    """Nodes."""


def of_bar(persisted: "Persisted", bar: Bar) -> tuple[Html, str]:
    """Draw the data of a bar's component with what makes the bar; empty where it cannot be drawn.

    A piece (dimension 0) is shown by its nodes just before it joins an older one. A loop (dimension 1) is the shortest
    way around that uses the edge of its birth and edges that came before. A void shows the cell that fills it.
    """
    from cochain.experiments.persisting import OF_POINTS

    part = persisted.complex_.select([bar.component])
    name = persisted.filtration.partition(":")[0]
    if name == "pixels":
        return _on_image(persisted, bar, part), "the ring is where it is born, the violet one where it ends"
    if not 0 < part.sizes[0] <= (MOST_NODES if "pos" in part[0] else UNPLACED_NODES):
        return Html(""), ""
    begin = int((persisted.complex_.component_of(0) < bar.component).sum())
    if name in OF_POINTS:
        ends, kill = (tuple(node for node in half if node >= 0) for half in (bar.pair[:2], bar.pair[2:]))
        skeleton = _near(part, max(bar.birth, bar.death if bar.dim == 0 and math.isfinite(bar.death) else bar.birth))
    elif persisted.values is not None:
        skeleton = _of_complex(persisted, part, begin)
        ends, kill = _of_cells(part, bar)
    else:
        return Html(""), ""
    return _drawn(part, skeleton, bar, ends, kill, persisted.superlevel)


def _near(part: "Complex", length: float) -> Skeleton:
    points = np.asarray(part[0].pos.cpu().numpy(), np.float64)
    pairs = cKDTree(points).query_pairs(length * (1 + 1e-6), output_type="ndarray").astype(np.int64).reshape(-1, 2)
    return Skeleton(pairs, np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1), len(points))


def _of_complex(persisted: "Persisted", part: "Complex", begin: int) -> Skeleton:
    assert persisted.values is not None
    values = np.asarray(persisted.values[begin : begin + part.sizes[0]].cpu().numpy(), np.float64)
    values = -values if persisted.superlevel else values
    if part.rank < 1:
        return Skeleton(np.zeros((0, 2), np.int64), np.zeros(0), part.sizes[0])
    edges = np.asarray(part.cells(1).pattern.indices.cpu().numpy(), np.int64).reshape(-1, 2)
    return Skeleton(edges, values[edges].max(axis=1, initial=-np.inf), part.sizes[0])


def _of_cells(part: "Complex", bar: Bar) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give the nodes of the cells that begin and end a bar."""
    found: list[tuple[int, ...]] = []
    for rank, cell in zip((bar.dim, bar.dim + 1), bar.pair, strict=True):
        if cell < 0 or rank > part.rank:
            found.append(())
        elif rank == 0:
            found.append((cell,))
        else:
            pattern = part.cells(rank).pattern
            found.append(tuple(pattern.indices[int(pattern.indptr[cell]) : int(pattern.indptr[cell + 1])].tolist()))
    return found[0], found[1]


def way_around(skeleton: Skeleton, ends: tuple[int, int], key: float) -> list[int]:
    """Give the nodes of the shortest loop through an edge, along edges that came no later; empty for none."""
    u, v = ends
    other = ~(((skeleton.edges == [u, v]) | (skeleton.edges == [v, u])).all(axis=1))
    used = skeleton.edges[(skeleton.keys <= key + 1e-6 * abs(key)) & other]
    graph = coo_array((np.ones(len(used)), (used[:, 0], used[:, 1])), shape=(skeleton.nodes, skeleton.nodes)).tocsr()
    _, before = dijkstra(graph, directed=False, indices=u, return_predecessors=True)
    walk, here = [v], v
    while here != u:
        here = int(before[here])
        if here < 0:
            return []
        walk.append(here)
    return walk


def piece(skeleton: Skeleton, node: int, key: float) -> Index:
    """Give the nodes that edges before a value join to a node."""
    used = skeleton.edges[skeleton.keys < key]
    graph = coo_array((np.ones(len(used)), (used[:, 0], used[:, 1])), shape=(skeleton.nodes, skeleton.nodes))
    _, label = connected_components(graph, directed=False)
    return np.nonzero(label == label[node])[0]


def _drawn(
    part: "Complex", skeleton: Skeleton, bar: Bar, ends: tuple[int, ...], kill: tuple[int, ...], down: bool
) -> tuple[Html, str]:
    sign = -1.0 if down else 1.0
    places = _MARGIN + (_SIZE - 2 * _MARGIN) * layout(sketch(part, 0, MOST_NODES))[:, :2]
    inside: Index = np.zeros(0, np.int64)
    way: list[int] = []
    what = "the cells that begin and end it"
    if bar.dim == 0 and ends:
        inside = piece(skeleton, ends[0], sign * bar.death)
        what = f"a piece of {words.plural(len(inside), 'node')}" + (", joined by the dashed edge" if kill else "")
    elif bar.dim == 1 and len(ends) == 2:
        way = way_around(skeleton, (ends[0], ends[1]), sign * bar.birth)
        what = f"a loop of {words.plural(len(way), 'edge')}" + (", filled along the dashed cell" if kill else "")
    body = [_thin(part, places), _dots(places, inside, way)]
    if way:
        body.append(fill('<path class="way" d="{}Z"/>', _walk(places[way])))
    elif bar.dim >= 2:
        body.append(fill('<path class="way" d="{}Z"/>', _walk(places[list(ends)])))
    if kill:
        body.append(fill('<path class="way ending" d="{}Z"/>', _walk(places[list(kill)])))
    return _svg(f"{what} on the data", join(body)), what


def _thin(part: "Complex", places: Float) -> Html:
    if part.rank < 1 or part.sizes[1] > MOST_EDGES or part.domain == "hypergraph":
        return Html("")
    edges = part.cells(1).pattern.indices.cpu().numpy().reshape(-1, 2)
    return fill('<path class="thin" d="{}"/>', join(_walk(places[edge]) for edge in edges))


def _dots(places: Float, inside: Index, way: list[int]) -> Html:
    radius = float(np.clip(40.0 / math.sqrt(len(places)), 0.9, 4.5))
    chosen = set(inside.tolist()) | set(way)
    return join(
        fill('<circle class="{}" cx="{}" cy="{}" r="{}"/>', "piece" if i in chosen else "rest", x, y, radius)
        for i, (x, y) in enumerate(places.tolist())
    )


def _walk(points: Float) -> Html:
    return fill("M{}", join((fill("{} {}", x, y) for x, y in points.tolist()), "L"))


def _svg(label: str, body: Html) -> Html:
    return fill('<svg role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>', label, _SIZE, _SIZE, body)


def _on_image(persisted: "Persisted", bar: Bar, part: "Complex") -> Html:
    """Draw the image in grey with the pixels of birth and death."""
    assert persisted.values is not None
    begin = int((persisted.complex_.component_of(0) < bar.component).sum())
    width = int(part[0].pos[:, 0].max()) + 1
    grey = np.asarray(persisted.values[begin : begin + part.sizes[0]].cpu().numpy(), np.float64).reshape(-1, width)
    scale = _SIZE / max(grey.shape)
    template = '<image href="{}" width="{}" height="{}" preserveAspectRatio="none"/>'
    body = [fill(template, png(grey), width * scale, len(grey) * scale)]
    for kind, pixel in zip(("spot", "spot ending"), bar.pair, strict=True):
        if pixel >= 0:
            row, column = divmod(pixel, width)
            at = (column + 0.5) * scale, (row + 0.5) * scale
            body.append(fill('<circle class="{}" cx="{}" cy="{}" r="{}"/>', kind, *at, max(4.0, 0.8 * scale)))
    return _svg("the image with the pixels of birth and death", join(body))


def png(grey: Float) -> str:
    """Write numbers as a grey picture, the smallest black, as a data address."""
    low, high = float(grey.min()), float(grey.max())
    level = ((grey - low) / ((high - low) or 1.0) * 255).round().astype(np.uint8)
    lines = b"".join(b"\0" + row.tobytes() for row in level)
    header = struct.pack(">IIBBBBB", level.shape[1], level.shape[0], 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    packed = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + packed).decode()
