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
    """When each edge comes; of equal ones the first in the list comes first."""
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
        return _on_image(persisted, bar, part), "the orange ring is where it is born, the violet one where it ends"
    if not 0 < part.sizes[0] <= (MOST_NODES if "pos" in part[0] else UNPLACED_NODES):
        return Html(""), ""
    begin = int((persisted.complex_.component_of(0) < bar.component).sum())
    half = len(bar.pair) // 2
    ends, kill = (tuple(node for node in each if node >= 0) for each in (bar.pair[:half], bar.pair[half:]))
    if name == "rips":
        decided = kill if bar.dim == 0 else ends
        skeleton = _near(part, decided)
        ends = tuple(dict.fromkeys(ends))
    elif name in OF_POINTS:
        skeleton = Skeleton(np.zeros((0, 2), np.int64), np.zeros(0), part.sizes[0])
        return _drawn(part, skeleton, bar, (), tuple(dict.fromkeys(ends)), tuple(dict.fromkeys(kill)))
    elif persisted.values is not None:
        first = int((persisted.complex_.component_of(1) < bar.component).sum()) if part.rank else 0
        skeleton = _of_complex(persisted, part, begin, first)
        decided = bar.pair[1:] if bar.dim == 0 else bar.pair[:1]
        ends, kill = _of_cells(part, bar)
    else:
        return Html(""), ""
    return _drawn(part, skeleton, bar, decided, ends, kill)


def _near(part: "Complex", decided: tuple[int, ...]) -> Skeleton:
    """Give the edges up to the one that decides, by (length, smaller vertex, larger vertex)."""
    points = np.asarray(part[0].pos.cpu().numpy(), np.float64)
    u, v = (decided * 2)[:2] if decided else (0, 0)
    reach = float(np.linalg.norm(points[u] - points[v])) if decided else np.inf
    pairs = cKDTree(points).query_pairs(reach * (1 + 1e-12), output_type="ndarray").astype(np.int64).reshape(-1, 2)
    keys = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], keys))
    return Skeleton(pairs[order], keys[order], len(points))


def _of_complex(persisted: "Persisted", part: "Complex", begin: int, first: int) -> Skeleton:
    assert persisted.values is not None
    sign = -1.0 if persisted.superlevel else 1.0
    values = sign * np.asarray(persisted.values[begin : begin + part.sizes[0]].cpu().numpy(), np.float64)
    if part.rank < 1:
        return Skeleton(np.zeros((0, 2), np.int64), np.zeros(0), part.sizes[0])
    edges = np.asarray(part.cells(1).pattern.indices.cpu().numpy(), np.int64).reshape(-1, 2)
    keys = values[edges].max(axis=1, initial=-np.inf)
    if persisted.edge_values is not None:
        keys = sign * np.asarray(persisted.edge_values[first : first + part.sizes[1]].cpu().numpy(), np.float64)
    return Skeleton(edges, keys, part.sizes[0])


def _before(skeleton: Skeleton, decided: tuple[int, ...]) -> Index:
    """Give the edges that come before the one that decides: its place in the list, or its two ends; all for none."""
    if len(decided) == 2:
        found = np.flatnonzero((skeleton.edges == sorted(decided)).all(axis=1))
    else:
        found = np.array([place for place in decided if 0 <= place < len(skeleton.edges)], np.int64)
    if not len(found):
        return skeleton.edges
    place = int(found[0])
    key, row = skeleton.keys[place], np.arange(len(skeleton.edges))
    earlier: Index = skeleton.edges[(skeleton.keys < key) | ((skeleton.keys == key) & (row < place))]
    return earlier


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


def way_around(edges: Index, nodes: int, ends: tuple[int, int]) -> list[int]:
    """Give the nodes of the shortest loop that closes with an edge, along other edges; empty for none."""
    u, v = ends
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(nodes, nodes)).tocsr()
    _, before = dijkstra(graph, directed=False, indices=u, return_predecessors=True)
    walk, here = [v], v
    while here != u:
        here = int(before[here])
        if here < 0:
            return []
        walk.append(here)
    return walk


def piece(edges: Index, nodes: int, node: int) -> Index:
    """Give the nodes that edges join to a node."""
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(nodes, nodes))
    _, label = connected_components(graph, directed=False)
    return np.nonzero(label == label[node])[0]


def _drawn(
    part: "Complex",
    skeleton: Skeleton,
    bar: Bar,
    decided: tuple[int, ...],
    ends: tuple[int, ...],
    kill: tuple[int, ...],
) -> tuple[Html, str]:
    places = _MARGIN + (_SIZE - 2 * _MARGIN) * layout(sketch(part, 0, MOST_NODES))[:, :2]
    edges = _before(skeleton, decided)
    inside: Index = np.zeros(0, np.int64)
    way: list[int] = []
    what = "the cells that begin and end it" if kill else "the cell that begins it"
    if bar.dim == 0 and decided:
        inside = piece(edges, skeleton.nodes, ends[0])
        what = f"a piece of {words.plural(len(inside), 'node')}" + (", joined by the dashed edge" if kill else "")
    elif bar.dim == 1 and len(ends) == 2 and decided:
        way = way_around(edges, skeleton.nodes, (ends[0], ends[1]))
        what = f"a loop of {words.plural(len(way), 'edge')}" + (", filled along the dashed cell" if kill else "")
    body = [_thin(part, places), _dots(places, inside, way)]
    if way or bar.dim > 0:
        body.append(fill('<path class="way" d="{}"/>', _walk(places[way or list(ends)], len(way or ends) > 2)))
    if kill:
        body.append(fill('<path class="way ending" d="{}"/>', _walk(places[list(kill)], len(kill) > 2)))
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


def _walk(points: Float, closed: bool = False) -> Html:
    line = fill("M{}", join((fill("{} {}", x, y) for x, y in points.tolist()), "L"))
    return fill("{}Z", line) if closed else line


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
