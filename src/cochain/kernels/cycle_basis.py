"""The fundamental cycles of a spanning forest: a basis of a graph's cycle space.

This module imports numba; import it where it is used.
"""

import numba
import numpy as np

from cochain.kernels.cycles import Cycles, Index, ends_of, reordered, typed_csr
from cochain.kernels.limits import refuse_above


def basis_cycles(
    indptr: Index, indices: Index, max_length: int | None = None, groups: Index | None = None, limit: int | None = None
) -> Cycles:
    """List the fundamental cycles of a breadth-first spanning forest, a basis of the cycle space over Z/2.

    The trees grow from the smallest vertex of each component, neighbours in increasing order, so the result depends on
    how the vertices are numbered, although the number of cycles, m - n + (components), does not.

    Args:
        indptr: row pointers of the symmetric adjacency.
        indices: neighbours, increasing within a row, without loops.
        max_length: longer cycles are left out, and what is left spans less; None keeps the basis whole.
        groups: a number per vertex, the same throughout a connected component, that leads in the order of the result.
        limit: cycles beyond which `LimitError` is raised before their memory is taken.
    """
    indptr, indices = typed_csr(indptr, indices)
    parent, depth = spanning_forest(indptr, indices)
    low, high = _chords(indptr, indices, parent)
    lengths = _lengths(low, high, parent, depth)
    kept = np.flatnonzero(lengths <= (len(parent) if max_length is None else max_length))
    refuse_above(limit, len(kept))
    ends = ends_of(lengths[kept])
    walks = np.empty(int(ends[-1]), indices.dtype)
    _fundamental(low[kept], high[kept], parent, depth, ends, walks)
    return sorted_walks(ends, walks, groups)


def sorted_walks(ends: Index, walks: Index, groups: Index | None) -> Cycles:
    """Sort canonical walks by (group, length, sequence)."""
    lengths = np.diff(ends)
    order = np.empty(len(lengths), np.int64)
    done = 0
    for length in np.unique(lengths):  # few: the lengths that occur, not the walks
        same = np.flatnonzero(lengths == length)
        rows = walks[ends[same][:, None] + np.arange(length)]
        order[done : done + len(same)] = same[np.lexsort(rows.T[::-1])]
        done += len(same)
    if groups is not None:
        owner = np.asarray(groups)[walks[ends[:-1]]][order]
        order = order[np.argsort(owner, kind="stable")]
    return reordered(ends, walks, order)


@numba.njit(cache=True, nogil=True)
def spanning_forest(indptr: Index, indices: Index) -> tuple[Index, Index]:
    """Grow breadth-first trees from the smallest vertex of each component; a root is its own parent."""
    nodes = len(indptr) - 1
    parent = np.full(nodes, -1, indices.dtype)
    depth = np.zeros(nodes, indices.dtype)
    queue = np.empty(nodes, indices.dtype)
    for root in range(nodes):
        if parent[root] >= 0:
            continue
        parent[root] = root
        queue[0] = root
        low, high = 0, 1
        while low < high:
            vertex = queue[low]
            low += 1
            for j in range(indptr[vertex], indptr[vertex + 1]):
                if parent[indices[j]] < 0:
                    parent[indices[j]] = vertex
                    depth[indices[j]] = depth[vertex] + 1
                    queue[high] = indices[j]
                    high += 1
    return parent, depth


def _chords(indptr: Index, indices: Index, parent: Index) -> tuple[Index, Index]:
    """List the edges outside of the forest, smaller end first."""
    low = np.repeat(np.arange(len(parent), dtype=indices.dtype), np.diff(indptr))
    outside = (low < indices) & (parent[low] != indices) & (parent[indices] != low)
    return low[outside], indices[outside]


@numba.njit(cache=True, nogil=True)
def _lengths(low: Index, high: Index, parent: Index, depth: Index) -> Index:
    lengths = np.empty(len(low), np.int64)
    for k in range(len(low)):
        a, b = low[k], high[k]
        steps = 1
        while a != b:
            if depth[a] >= depth[b]:
                a = parent[a]
            else:
                b = parent[b]
            steps += 1
        lengths[k] = steps
    return lengths


@numba.njit(cache=True, nogil=True)
def _fundamental(low: Index, high: Index, parent: Index, depth: Index, ends: Index, walks: Index) -> None:
    """Write the walk from the meeting point of both branches down to each end, then turn it to its canonical form."""
    for k in range(len(low)):
        a, b = low[k], high[k]
        left, right = ends[k], ends[k + 1] - 1
        while a != b:
            if depth[a] >= depth[b]:
                walks[left] = a
                left += 1
                a = parent[a]
            else:
                walks[right] = b
                right -= 1
                b = parent[b]
        walks[left] = a
        turn(walks[ends[k] : ends[k + 1]])


@numba.njit(cache=True, nogil=True)
def turn(walk: Index) -> None:
    """Rotate and reverse a closed walk so that its smallest vertex and then the smaller neighbour of it lead."""
    length = len(walk)
    first = np.argmin(walk)
    forward = walk[(first + 1) % length] < walk[first - 1]
    old = walk.copy()
    for k in range(length):
        walk[k] = old[(first + k) % length if forward else first - k]
