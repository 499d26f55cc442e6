"""Simple paths of a graph up to a length: walks that meet no vertex twice.

A path is written once, from the smaller of its two ends. The searches from the vertices are independent of one
another, so they run in parallel, once to count and once to fill.

This module imports numba; import it where it is used.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cochain.kernels.cycles import ends_of, reordered, typed_csr
from cochain.kernels.limits import refuse_above
from cochain.kernels.threads import threads_for

Index = npt.NDArray[np.integer[Any]]


class Paths(NamedTuple):
    """Walks, in the order of (group, length, sequence of vertices).

    Attributes:
        indptr: `(paths + 1,)`, where each walk begins.
        vertices: the walks one after another, each from its smaller end.
    """

    indptr: Index
    vertices: Index


def simple_paths(
    indptr: Index, indices: Index, max_edges: int, groups: Index | None = None, limit: int | None = None
) -> Paths:
    """List the simple paths of 1 to `max_edges` edges.

    Args:
        indptr: row pointers of the symmetric adjacency.
        indices: neighbours, increasing within a row, without loops.
        max_edges: edges of the longest paths wanted, at least 1.
        groups: a number per vertex, the same throughout a connected component, that leads in the order of the result.
        limit: paths beyond which `LimitError` is raised before their memory is taken; the counting stops there too.

    Cost:
        O(simple paths of up to `max_edges` edges, both directions), one array of the graph's vertices per thread.
    """
    indptr, indices = typed_csr(indptr, indices)
    nodes = len(indptr) - 1
    longest = max(min(max_edges, nodes - 1), 1)
    counts = np.zeros((nodes, 2), np.int64)
    nothing = np.zeros(0, indices.dtype)
    stop = np.iinfo(np.int64).max if limit is None else int(limit)
    with threads_for(nodes * max(1.0, len(indices) / max(1, nodes)) ** min(longest, 20)) as threads:
        strands = min(4 * threads, max(1, nodes))
        _walk_all(indptr, indices, longest, strands, stop, counts, counts, nothing, nothing)
        total = int(counts[:, 0].sum())
        refuse_above(limit, total, exact=False)
        lengths, walks = np.empty(total, indices.dtype), np.empty(int(counts[:, 1].sum()), indices.dtype)
        if total:
            begins = np.cumsum(counts, axis=0) - counts
            _walk_all(indptr, indices, longest, strands, stop, counts, begins, lengths, walks)
    ends = ends_of(lengths)
    key = lengths.astype(np.int64)
    if groups is not None:
        key += np.asarray(groups, np.int64)[walks[ends[:-1]]] * (longest + 2)
    return Paths(*reordered(ends, walks, np.argsort(key, kind="stable")))


@numba.njit(cache=True, nogil=True)
def _walk_from(
    start: int,
    indptr: Index,
    indices: Index,
    longest: int,
    stop: int,
    path: Index,
    cursor: Index,
    begin: int,
    end: int,
    lengths: Index,
    walks: Index,
) -> tuple[int, int]:
    """Search depth first for the paths whose smaller end is `start`; count them, and write them where asked."""
    found, total, depth = 0, 0, 0
    path[0] = start
    cursor[0] = indptr[start]
    while depth >= 0 and found <= stop:
        if cursor[depth] == indptr[path[depth] + 1]:
            depth -= 1
            continue
        vertex = indices[cursor[depth]]
        cursor[depth] += 1
        met = False
        for k in range(depth + 1):
            met |= path[k] == vertex
        if met:
            continue
        if vertex > start:
            if len(lengths):
                lengths[begin + found] = depth + 2
                walks[end + total : end + total + depth + 1] = path[: depth + 1]
                walks[end + total + depth + 1] = vertex
            found += 1
            total += depth + 2
        if depth + 1 < longest:
            depth += 1
            path[depth] = vertex
            cursor[depth] = indptr[vertex]
    return found, total


@numba.njit(cache=True, nogil=True, parallel=True)
def _walk_all(
    indptr: Index,
    indices: Index,
    longest: int,
    strands: int,
    stop: int,
    counts: Index,
    begins: Index,
    lengths: Index,
    walks: Index,
) -> None:
    nodes = len(indptr) - 1
    for strand in numba.prange(strands):
        path = np.empty(longest + 1, indices.dtype)
        cursor = np.empty(longest + 1, np.int64)
        seen = 0
        for start in range(strand, nodes, strands):
            if seen > stop:
                break
            found, total = _walk_from(
                start, indptr, indices, longest, stop - seen, path, cursor,
                begins[start, 0], begins[start, 1], lengths, walks,
            )  # fmt: skip
            seen += found
            if not len(lengths):
                counts[start, 0] = found
                counts[start, 1] = total
