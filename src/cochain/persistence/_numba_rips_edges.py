"""The edges of a Rips filtration in the order in which they enter.

This module imports numba; import it where it is used.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cochain.persistence._numba_bits import Words

Floats = npt.NDArray[np.floating[Any]]
Index = npt.NDArray[np.int32]

MOST_MOVES = 64
"""Places that an edge is moved by hand; where rounding has made more lengths equal, all are sorted anew."""


class Edges(NamedTuple):
    """Edges in the order of (length, smaller vertex, larger vertex); an edge's place in it is its rank.

    Attributes:
        ends: `(edges, 2)`, the smaller vertex and the larger one.
        length: how long each is, as it was given.
    """

    ends: Index
    length: Floats


def sorted_edges(distances: Floats, longest: float) -> Edges:
    """List the edges of at most a length in their order; the matrix is symmetric and read above its diagonal."""
    counts = count_edges(distances, longest)
    keys = np.empty(int(counts.sum()), np.uint64)
    _fill_keys(distances, longest, np.cumsum(counts) - counts, keys)
    keys.sort()
    ends, length = np.empty((len(keys), 2), np.int32), np.empty(len(keys), distances.dtype)
    if not _read_keys(distances, keys, ends, length):
        order = np.lexsort((ends[:, 1], ends[:, 0], length))
        ends, length = ends[order], length[order]
    return Edges(ends, length)


def rank_matrix(edges: Edges, nodes: int) -> Index:
    """Give the rank of the edge between every two vertices: -1 on the diagonal, the number of edges where none is."""
    ranks = np.full((nodes, nodes), len(edges.ends), np.int32)
    np.fill_diagonal(ranks, -1)
    _enter(edges.ends, ranks)
    return ranks


@numba.njit(cache=True, nogil=True)
def reaches(distances: Floats) -> Floats:
    """Give the greatest distance from each vertex, read above the diagonal; -1 where a distance is NaN or negative."""
    farthest = np.zeros(len(distances), distances.dtype)
    for u in range(len(distances)):
        right = True
        for v in range(u + 1, len(distances)):
            here = distances[u, v]
            right &= here >= 0
            farthest[u] = max(farthest[u], here)
            farthest[v] = max(farthest[v], here)
        if not right:
            farthest[:] = -1
            break
    return farthest


@numba.njit(cache=True, nogil=True)
def count_edges(distances: Floats, longest: float) -> npt.NDArray[np.int64]:
    """Count the edges from each vertex to larger ones."""
    counts = np.zeros(len(distances), np.int64)
    for u in range(len(distances)):
        number = 0
        for v in range(u + 1, len(distances)):
            number += distances[u, v] <= longest
        counts[u] = number
    return counts


@numba.njit(cache=True, nogil=True)
def _fill_keys(distances: Floats, longest: float, places: npt.NDArray[np.int64], keys: Words) -> None:
    """Write the length, rounded to float32, and both vertices into one whole number each, which sorts fast."""
    nodes = len(distances)
    rounded = np.empty(1, np.float32)
    bits = rounded.view(np.uint32)
    for u in range(nodes):
        place = places[u]
        for v in range(u + 1, nodes):
            if distances[u, v] <= longest:
                rounded[0] = distances[u, v] + 0.0  # -0.0 would come last
                keys[place] = (np.uint64(bits[0]) << np.uint64(32)) | np.uint64((u << 16) | v)
                place += 1


@numba.njit(cache=True, nogil=True)
def _read_keys(distances: Floats, keys: Words, ends: Index, length: Floats) -> bool:
    """Read the vertices back, and sort by exact length what rounding has made equal; False where that is too much."""
    most, begin = 0, 0
    for k in range(len(keys)):
        u, v = (keys[k] >> np.uint64(16)) & np.uint64(0xFFFF), keys[k] & np.uint64(0xFFFF)
        ends[k, 0], ends[k, 1] = u, v
        here = distances[np.int64(u), np.int64(v)]
        length[k] = here
        if k and keys[k] >> np.uint64(32) != keys[k - 1] >> np.uint64(32):
            begin = k
        place = k
        while place > begin and most <= MOST_MOVES and length[place - 1] > here:
            length[place] = length[place - 1]
            ends[place, 0], ends[place, 1] = ends[place - 1, 0], ends[place - 1, 1]
            place -= 1
            most = max(most, k - place)
        length[place] = here
        ends[place, 0], ends[place, 1] = u, v
    return most <= MOST_MOVES


@numba.njit(cache=True, nogil=True)
def _enter(ends: Index, ranks: Index) -> None:
    for rank in range(len(ends)):
        ranks[ends[rank, 0], ends[rank, 1]] = rank
        ranks[ends[rank, 1], ends[rank, 0]] = rank
