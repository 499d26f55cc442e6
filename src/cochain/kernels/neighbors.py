"""Who is near whom: balls in a graph or hypergraph, and the nearest points or all points within a radius in space.

Points may come in groups that know nothing of each other. They are searched in one tree all the same: one more
coordinate keeps the groups further apart than any two points of a group, and adds exactly nothing to distances within.

This module imports numba and scipy; import it where it is used.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from cochain.kernels.limits import refuse_above
from cochain.kernels.threads import threads_for

Index = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]
_ENTRIES = 2**22  # candidates that are looked at together, to bound the memory
_FLAT = 16  # dimensions above which a tree visits nearly every point, and matrix products are faster


def symmetric_adjacency(starts: Index, ends: Index, nodes: int) -> tuple[Index, Index]:
    """Give the adjacency, both triangles, of edges that stand in lexicographic order with starts < ends.

    Returns:
        indptr (int64) and indices, increasing within a row, in the smallest index type.
    """
    kind = np.int32 if max(nodes, 2 * len(starts)) < 2**31 else np.int64
    return _symmetric(np.ascontiguousarray(starts, kind), np.ascontiguousarray(ends, kind), nodes)


def balls(
    indptr: Index, indices: Index, edge_indptr: Index, edge_indices: Index, hops: int, limit: int | None = None
) -> tuple[Index, Index]:
    """List, for every vertex, the vertices at most `hops` steps away, itself included; a step crosses one (hyper)edge.

    Args:
        indptr: row pointers of the edges around each vertex.
        indices: those edges.
        edge_indptr: row pointers of the vertices in each edge.
        edge_indices: those vertices.
        hops: radius of the balls, at least 0.
        limit: entries of all balls together beyond which `LimitError` is raised before their memory is taken.

    Returns:
        indptr and indices of the balls, members increasing within a row.

    Cost:
        A breadth-first search per vertex, twice, that enters every edge once: O(sizes of the edges in the ball).
    """
    small = max(len(indptr), len(indices), len(edge_indptr)) < 2**31
    kind: Any = np.int32 if small else np.int64
    around = np.ascontiguousarray(indptr, np.int64), np.ascontiguousarray(indices, kind)
    inside = np.ascontiguousarray(edge_indptr, np.int64), np.ascontiguousarray(edge_indices, kind)
    nodes = len(indptr) - 1
    ends = np.zeros(nodes + 1, np.int64)
    with threads_for(nodes * max(1.0, len(indices) / max(1, nodes)) ** min(hops, 20)) as threads:
        strands = min(4 * threads, max(1, nodes))  # shares of the vertices, interleaved
        _grow(*around, *inside, hops, strands, ends, np.zeros(0, kind))
        np.cumsum(ends, out=ends)
        refuse_above(limit, int(ends[-1]))
        members = np.empty(int(ends[-1]), kind)
        if len(members):
            _grow(*around, *inside, hops, strands, ends, members)
    return ends, members


def nearest(points: Floats, neighbors: int, groups: Index | None = None, limit: int | None = None) -> Index:
    """Join every point to the points of its group that are nearest to it.

    Points exactly as near as the last of the `neighbors` count too, so that the result does not hang on the order of
    the points; a group of fewer points is joined throughout.

    Args:
        points: `(points, dimensions)`.
        neighbors: how many others, at least 1.
        groups: group of each point.
        limit: pairs beyond which `LimitError` is raised.

    Returns:
        `(pairs, 2)` in lexicographic order, smaller number first, each pair once: joined from either end.
    """
    if len(points) < 2:
        return np.empty((0, 2), np.int64)
    sizes = np.bincount(groups) if groups is not None else np.array([len(points)])
    refuse_above(
        limit, int((sizes * np.minimum(sizes - 1, neighbors)).sum()) // 2, 2
    )  # each pair is named twice at most
    neighbors = min(neighbors, int(sizes.max()) - 1)
    search = _Search(points, groups)
    asked = np.arange(len(points))
    width = neighbors + 2
    pairs = []
    while len(asked):  # again, and wider, for the points whose last neighbour ties with the first that was left out
        refuse_above(limit, len(asked) * (width - neighbors - 2) // 2, 2)
        share = max(1, _ENTRIES // width)
        more = []
        for begin in range(0, len(asked), share):
            found, tied = _near(search, asked[begin : begin + share], neighbors, min(width, len(points)))
            pairs.append(found)
            more.append(tied)
        asked = np.concatenate(more)
        width *= 2
    return _once(np.concatenate(pairs), len(points))


def _near(search: "_Search", asked: Index, neighbors: int, width: int) -> tuple[Index, Index]:
    """Give the pairs of the points `asked`, except of those whose ties may go on beyond `width`, and these."""
    distance, found, inside = search(asked, width)
    reach = distance[:, neighbors]
    more = inside[:, -1] & (distance[:, -1] ** 2 <= reach**2 + search.blur) & (width < len(search.points))
    near = inside & (distance <= reach[:, None]) & (found != asked[:, None]) & ~more[:, None]
    row, column = np.nonzero(near)
    return np.stack((asked[row], found[row, column]), 1), asked[more]


def within(points: Floats, radius: float, groups: Index | None = None, limit: int | None = None) -> Index:
    """Join all points of a group whose distance is at most `radius`.

    Args:
        points: `(points, dimensions)`.
        radius: largest distance of a pair, in the unit of the points.
        groups: group of each point.
        limit: pairs beyond which `LimitError` is raised before their memory is taken.

    Returns:
        `(pairs, 2)` in lexicographic order, smaller number first.
    """
    if len(points) < 2:
        return np.empty((0, 2), np.int64)
    tree = cKDTree(points if groups is None else _apart(points, np.asarray(groups), radius))
    if limit is not None:
        refuse_above(limit, (int(tree.count_neighbors(tree, radius)) - len(points)) // 2, 2)
    return _once(tree.query_pairs(radius, output_type="ndarray"), len(points))


class _Search:
    """Nearest points of the same group with their exact distances: a tree where space is small, else matrix products.

    Attributes:
        blur: difference of squared distances below which the search may have taken either for the nearer.
    """

    def __init__(self, points: Floats, groups: Index | None) -> None:
        self.groups = np.zeros(len(points), np.int64) if groups is None else np.asarray(groups)
        self.points = np.asarray(points, np.float64)
        self.tree: Any = None
        self.blur = 0.0
        if points.shape[1] <= _FLAT or self.groups.min() < self.groups.max():
            self.tree = cKDTree(_apart(self.points, self.groups))
            return
        from sklearn.neighbors import NearestNeighbors

        centred = self.points - self.points.mean(axis=0)
        self.brute = NearestNeighbors(algorithm="brute").fit(centred)
        self.centred = centred
        self.blur = 1e-12 * float(np.square(centred).sum(axis=1).max())

    def __call__(self, asked: Index, width: int) -> tuple[Floats, Index, npt.NDArray[np.bool_]]:
        """Give distance, number and sameness of group of the `width` nearest, by distance, itself included."""
        if self.tree is not None:
            distance, found = self.tree.query(self.tree.data[asked], k=width, workers=-1)
        else:
            found = self.brute.kneighbors(self.centred[asked], width, return_distance=False)
            distance = _distances(self.points, asked, found)
            order = np.argsort(distance, axis=1, kind="stable")
            distance = np.take_along_axis(distance, order, 1)
            found = np.take_along_axis(found, order, 1)
        return distance, found, self.groups[found] == self.groups[asked][:, None]


def _apart(points: Floats, groups: Index, radius: float = 0.0) -> Floats:
    """Add a coordinate that keeps groups further apart than `radius` and than any two points of one group."""
    points = np.asarray(points, np.float64)
    spread = float(np.linalg.norm(np.ptp(points, axis=0))) if points.shape[1] else 0.0
    step = 2.0 ** np.ceil(np.log2(4 * max(spread, radius, 1e-100)))  # a power of two: multiples of it are exact
    return np.concatenate((groups[:, None] * step, points), 1)


def _once(pairs: Index, points: int) -> Index:
    """Sort pairs, smaller number first, each pair once."""
    pairs = np.sort(pairs, axis=1).astype(np.int64)
    key = np.unique(pairs[:, 0] * points + pairs[:, 1])
    return np.stack((key // points, key % points), 1)


@numba.njit(cache=True, nogil=True, parallel=True)
def _distances(points: Floats, asked: Index, found: Index) -> Floats:
    """Measure from the points themselves, term by term in one order, so that equal distances come out equal."""
    distances = np.empty(found.shape, np.float64)
    for row in numba.prange(len(asked)):
        for column in range(found.shape[1]):
            total = 0.0
            for k in range(points.shape[1]):
                step = points[asked[row], k] - points[found[row, column], k]
                total += step * step
            distances[row, column] = np.sqrt(total)
    return distances


@numba.njit(cache=True, nogil=True)
def _symmetric(starts: Index, ends: Index, nodes: int) -> tuple[Index, Index]:
    indptr = np.zeros(nodes + 1, np.int64)
    for k in range(len(starts)):
        indptr[starts[k] + 1] += 1
        indptr[ends[k] + 1] += 1
    for row in range(nodes):
        indptr[row + 1] += indptr[row]
    place = indptr[:-1].copy()
    indices = np.empty(2 * len(starts), starts.dtype)
    for k in range(len(starts)):  # sorted by start, so every row meets its smaller neighbours in order
        indices[place[ends[k]]] = starts[k]
        place[ends[k]] += 1
    for k in range(len(starts)):
        indices[place[starts[k]]] = ends[k]
        place[starts[k]] += 1
    return indptr, indices


@numba.njit(cache=True, nogil=True, parallel=True)
def _grow(
    indptr: Index,
    indices: Index,
    edge_indptr: Index,
    edge_indices: Index,
    hops: int,
    strands: int,
    ends: Index,
    members: Index,
) -> None:
    """Search from every vertex: write the sizes of the balls behind `ends[0]`, or the members."""
    nodes = len(indptr) - 1
    for strand in numba.prange(strands):
        seen = np.full(nodes, -1, indices.dtype)
        crossed = np.full(len(edge_indptr) - 1, -1, indices.dtype)
        ball = np.empty(nodes, indices.dtype)
        for start in range(strand, nodes, strands):
            size = _ball(start, indptr, indices, edge_indptr, edge_indices, hops, seen, crossed, ball)
            if len(members):
                members[ends[start] : ends[start + 1]] = np.sort(ball[:size])
            else:
                ends[start + 1] = size


@numba.njit(cache=True, nogil=True)
def _ball(
    start: int,
    indptr: Index,
    indices: Index,
    edge_indptr: Index,
    edge_indices: Index,
    hops: int,
    seen: Index,
    crossed: Index,
    ball: Index,
) -> int:
    """Fill `ball` breadth first and give its size; marks carry the start's number, so that they need no clearing."""
    ball[0] = start
    seen[start] = start
    low, high = 0, 1
    for _ in range(hops):
        rim = high
        for k in range(low, rim):
            for j in range(indptr[ball[k]], indptr[ball[k] + 1]):
                edge = indices[j]
                if crossed[edge] == start:
                    continue
                crossed[edge] = start
                for i in range(edge_indptr[edge], edge_indptr[edge + 1]):
                    if seen[edge_indices[i]] != start:
                        seen[edge_indices[i]] = start
                        ball[high] = edge_indices[i]
                        high += 1
        low = rim
        if low == high:  # the whole connected component is in the ball
            break
    return high
