"""What of a complex is drawn: its nodes, edges, polygons and groups as plain arrays."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cochain.errors import ComplexError

if TYPE_CHECKING:
    from cochain.complexes import Complex

Index = npt.NDArray[np.int64]
Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sketch:
    """The part of a component that is drawn, its nodes numbered from 0."""

    nodes: int
    """Nodes."""
    edges: Index
    """(edges, 2), smaller end first unless they are directed."""
    directed: bool
    """Whether edges have a direction."""
    polygons: tuple[Index, ...]
    """Closed walk of every 2-cell."""
    groups: tuple[Index, ...]
    """Nodes of every hyperedge, or of every cell above the edges without a boundary walk."""
    labels: Index | None
    """Class of every node, -1 for none."""
    position: Float | None
    """(nodes, 2 or 3), where the complex says where its nodes are."""
    whole: bool
    """Whether it is all of the component."""


def sketch(complex_: "Complex", component: int, limit: int) -> Sketch:
    """Read one component, or the surroundings of its node of most neighbours where it has more nodes than `limit`.

    Raises:
        ComplexError: when there is no such component, or the limit is below 1.
    """
    if not 0 <= component < len(complex_):
        raise ComplexError(f"component should be one of 0 to {len(complex_) - 1}, but is {component}")
    if limit < 1:
        raise ComplexError(f"limit should be at least 1 node, but is {limit}")
    one = (complex_.select([component]) if len(complex_) > 1 else complex_).to("cpu")
    all_ = _read(one)
    if all_.nodes <= limit:
        return all_
    return _keep(all_, _surroundings(all_, limit))


def _read(one: "Complex") -> Sketch:
    hyper = one.domain == "hypergraph"
    edges = np.zeros((0, 2), np.int64)
    polygons: tuple[Index, ...] = ()
    groups: tuple[Index, ...] = ()
    if one.rank >= 1 and one.domain in ("graph", "digraph", "simplicial", "cell"):
        edges = _edges(one)
    if one.rank >= 2 and one.domain in ("simplicial", "cell"):
        polygons = _walks(one, edges)
    if hyper:
        groups = _sets(one, 1)
    if one.domain == "combinatorial":
        pairs = [cell for cell in _sets(one, 1) if len(cell) == 2] if one.rank >= 1 else []
        edges = np.array(pairs, np.int64).reshape(-1, 2)
        groups = tuple(cell for rank in range(1, one.rank + 1) for cell in _sets(one, rank) if len(cell) != 2)
    return Sketch(one.sizes[0], edges, one.domain == "digraph", polygons, groups, _labels(one), _position(one), True)


def _edges(one: "Complex") -> Index:
    matrix = one.faces(1, 0)
    ends = np.asarray(matrix.pattern.indices.numpy(), np.int64).reshape(-1, 2)
    if one.domain == "digraph" and matrix.values is not None:
        tail_second = matrix.values.numpy()[::2] > 0  # an edge leaves the node where its sign is -1
        ends = np.where(tail_second[:, None], ends[:, ::-1], ends)
    return ends


def _sets(one: "Complex", rank: int) -> tuple[Index, ...]:
    pattern = one.cells(rank).pattern
    parts = np.split(np.asarray(pattern.indices.numpy(), np.int64), pattern.indptr.numpy()[1:-1])
    return tuple(np.unique(part) for part in parts) if one.sizes[rank] else ()


def _walks(one: "Complex", edges: Index) -> tuple[Index, ...]:
    """Put the edges of each 2-cell in a row, head to tail."""
    if not one.sizes[2]:
        return ()
    pattern = one.faces(2, 1).pattern
    cells = np.split(np.asarray(pattern.indices.numpy(), np.int64), pattern.indptr.numpy()[1:-1])
    walks = []
    for cell in cells:
        beside: dict[int, list[int]] = defaultdict(list)
        for u, v in edges[cell].tolist():
            beside[u].append(v)
            beside[v].append(u)
        start = min(beside)
        walk, before, here = [start], start, min(beside[start])
        while here != start and len(walk) <= len(cell):
            walk.append(here)
            before, here = here, next((v for v in beside[here] if v != before), start)
        walks.append(np.array(walk, np.int64))
    return tuple(walks)


def _labels(one: "Complex") -> Index | None:
    if "y" not in one[0]:
        return None
    y: npt.NDArray[Any] = one[0].y.numpy()
    return y.astype(np.int64) if y.ndim == 1 and np.issubdtype(y.dtype, np.integer) else None


def _position(one: "Complex") -> Float | None:
    if "pos" not in one[0]:
        return None
    position = np.asarray(one[0].pos.numpy(), np.float64)
    if position.shape[1] == 1:
        position = np.column_stack([position, np.zeros(len(position))])
    if position.shape[1] > 3:
        centred = position - position.mean(axis=0)
        position = centred @ np.linalg.svd(centred, full_matrices=False)[2][:3].T
    return position


def neighbours(part: Sketch) -> list[set[int]]:
    """Give the nodes that share an edge, or a group, with each node."""
    found: list[set[int]] = [set() for _ in range(part.nodes)]
    for u, v in part.edges.tolist():
        found[u].add(v)
        found[v].add(u)
    for group in part.groups:
        members = set(group.tolist())
        for u in members:
            found[u] |= members
    return found


def _surroundings(part: Sketch, limit: int) -> Index:
    """Walk breadth first from the node of most neighbours; where nothing is joined, take the first nodes.

    Of the neighbours that a node brings in, ten are followed: with all of them, one hub would fill the picture.
    """
    beside = neighbours(part)
    start = max(range(part.nodes), key=lambda u: len(beside[u]))
    seen, queue = {start}, [start]
    for u in queue:
        for v in sorted(beside[u] - seen)[: min(10, limit - len(queue))]:
            seen.add(v)
            queue.append(v)
    return np.array(sorted(queue) if len(queue) > 1 else range(limit), np.int64)


def _keep(part: Sketch, nodes: Index) -> Sketch:
    place = np.full(part.nodes, -1, np.int64)
    place[nodes] = np.arange(len(nodes))
    inside = (place[part.edges] >= 0).all(axis=1)
    return Sketch(
        len(nodes),
        place[part.edges[inside]],
        part.directed,
        tuple(place[walk] for walk in part.polygons if (place[walk] >= 0).all()),
        tuple(place[group] for group in part.groups if (place[group] >= 0).all()),
        None if part.labels is None else part.labels[nodes],
        None if part.position is None else part.position[nodes],
        False,
    )
