"""Cycles of a graph up to a length: the chordless ones, or all simple ones.

A cycle is written once, as the closed walk that begins at its smallest vertex and goes on to the smaller of that
vertex's two neighbours in it. The search from s walks over vertices above s alone, and never so far that the way back
(measured beforehand by breadth-first search over the same vertices) would be longer than what is left of the length.
Start vertices are independent of one another, so the search runs in parallel, once to count and once to fill.

This module imports numba; import it where it is used.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cochain.kernels.limits import refuse_above
from cochain.kernels.threads import threads_for

Index = npt.NDArray[np.integer[Any]]


class Cycles(NamedTuple):
    """Closed walks, in the order of (group, length, sequence of vertices).

    Attributes:
        indptr: `(cycles + 1,)`, where each walk begins.
        vertices: the walks one after another, each from its smallest vertex in the direction of the smaller neighbour.
    """

    indptr: Index
    vertices: Index


def chordless_cycles(
    indptr: Index, indices: Index, max_length: int, groups: Index | None = None, limit: int | None = None
) -> Cycles:
    """List the cycles of 3 to `max_length` vertices that have no chord (the induced cycles; triangles are among them).

    Args:
        indptr: row pointers of the symmetric adjacency.
        indices: neighbours, increasing within a row, without loops.
        max_length: vertices of the longest cycles wanted.
        groups: a number per vertex, the same throughout a connected component, that leads in the order of the result.
        limit: cycles beyond which `LimitError` is raised before their memory is taken; the counting stops there too.
    Cost:
        O(paths of up to `max_length` vertices that the way back does not rule out), one array of the graph's vertices
        per thread, and the result.
    """
    return _search(indptr, indices, max_length, True, groups, limit)


def simple_cycles(
    indptr: Index, indices: Index, max_length: int, groups: Index | None = None, limit: int | None = None
) -> Cycles:
    """List all cycles of 3 to `max_length` vertices that meet no vertex twice; arguments as in `chordless_cycles`."""
    return _search(indptr, indices, max_length, False, groups, limit)


def walk_edges(indptr: Index, indices: Index, cycles: Cycles) -> tuple[Index, npt.NDArray[np.int8]]:
    """Find the edges under the steps of closed walks.

    Args:
        indptr: row pointers of the adjacency's upper triangle; edge e is its e-th nonzero.
        indices: larger end of every edge, increasing within a row.
        cycles: the walks; step k goes from the k-th vertex to the next one of its walk.

    Returns:
        The edges of each walk, increasing within it (-1 first, where the adjacency has none), and for each of them 1
        where the walk goes from its smaller to its larger end, else -1.
    """
    indptr, indices = typed_csr(indptr, indices)
    edges = np.empty(len(cycles.vertices), indices.dtype)
    signs = np.empty(len(cycles.vertices), np.int8)
    _steps(indptr, indices, np.asarray(cycles.indptr, np.int64), cycles.vertices, edges, signs)
    return edges, signs


def typed_csr(indptr: Index, indices: Index) -> tuple[Index, Index]:
    """Give pointers as int64 and indices in the smallest type: each kernel is compiled for two types at most."""
    small = max(len(indptr), len(indices)) < 2**31
    return np.ascontiguousarray(indptr, np.int64), np.ascontiguousarray(indices, np.int32 if small else np.int64)


def ends_of(counts: Index) -> Index:
    """Give where things of the given sizes begin, and last where they end."""
    ends = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    return ends


def _search(
    indptr: Index, indices: Index, max_length: int, induced: bool, groups: Index | None, limit: int | None
) -> Cycles:
    indptr, indices = typed_csr(indptr, indices)
    nodes = len(indptr) - 1
    longest = min(max_length, nodes)
    # half of a cycle is walked freely, the other half on the way back
    with threads_for(nodes * max(1.0, len(indices) / max(1, nodes) - 1.0) ** min(longest // 2, 20)) as threads:
        lengths, walks = _searched(indptr, indices, longest, induced, min(4 * threads, max(1, nodes)), limit)
    # found in the order of the sequences; a stable sort by (group, length) keeps that order within each length
    ends = ends_of(lengths)
    key = lengths.astype(np.int64)
    if groups is not None:
        key += np.asarray(groups, np.int64)[walks[ends[:-1]]] * (longest + 1)
    return reordered(ends, walks, np.argsort(key, kind="stable"))


def _searched(
    indptr: Index, indices: Index, longest: int, induced: bool, strands: int, limit: int | None
) -> tuple[Index, Index]:
    """Count, then fill: the lengths and the walks, by start vertex and then by sequence."""
    counts = np.zeros((len(indptr) - 1, 2), np.int64)
    nothing = np.zeros(0, indices.dtype)
    stop = np.iinfo(np.int64).max if limit is None else limit
    _walk_all(indptr, indices, longest, induced, strands, stop, counts, counts, nothing, nothing)
    total = int(counts[:, 0].sum())
    refuse_above(limit, total, exact=False)
    lengths = np.empty(total, indices.dtype)
    walks = np.empty(int(counts[:, 1].sum()), indices.dtype)
    if total:
        begins = np.cumsum(counts, axis=0) - counts
        _walk_all(indptr, indices, longest, induced, strands, stop, counts, begins, lengths, walks)
    return lengths, walks


def reordered(ends: Index, walks: Index, order: Index) -> Cycles:
    """Copy walks, or some of them, into another order."""
    new_ends = ends_of(np.diff(ends)[order])
    out = np.empty(int(new_ends[-1]), walks.dtype)
    _copy_walks(ends, walks, order, new_ends, out)
    return Cycles(new_ends, out)


@numba.njit(cache=True, nogil=True)
def _copy_walks(ends: Index, walks: Index, order: Index, new_ends: Index, out: Index) -> None:
    for new in range(len(order)):
        start = ends[order[new]] - new_ends[new]
        for k in range(new_ends[new], new_ends[new + 1]):
            out[k] = walks[start + k]


@numba.njit(cache=True, nogil=True)
def _reach(
    start: int, indptr: Index, indices: Index, depth: int, distance: Index, touched: Index, ball: list[int]
) -> None:
    """Write the distance to `start` over vertices above it, up to `depth`; undo what the last start wrote."""
    for vertex in ball:
        distance[vertex] = 0
        touched[vertex] = 0
    ball.clear()
    ball.append(start)
    low = 0
    for step in range(1, depth + 1):
        high = len(ball)
        for k in range(low, high):
            for j in range(indptr[ball[k]], indptr[ball[k] + 1]):
                vertex = indices[j]
                if vertex > start and distance[vertex] == 0:
                    distance[vertex] = step
                    ball.append(vertex)
        low = high


@numba.njit(cache=True, nogil=True)
def _touch(vertex: int, indptr: Index, indices: Index, induced: bool, touched: Index, change: int) -> None:
    """Mark what a vertex on the path closes to the rest of it: its neighbours if induced, else only itself."""
    if not induced:
        touched[vertex] += change
        return
    for j in range(indptr[vertex], indptr[vertex + 1]):
        touched[indices[j]] += change


@numba.njit(cache=True, nogil=True)
def _walk_from(
    start: int,
    indptr: Index,
    indices: Index,
    longest: int,
    induced: bool,
    stop: int,
    distance: Index,
    touched: Index,
    path: Index,
    cursor: Index,
    begin: int,
    end: int,
    lengths: Index,
    walks: Index,
) -> tuple[int, int]:
    """Search depth first for the cycles whose smallest vertex is `start`; count them, and write them where asked."""
    found, total, depth = 0, 0, 0
    path[0] = start
    cursor[0] = indptr[start]
    while depth >= 0 and found <= stop:
        tip = path[depth]
        if cursor[depth] == indptr[tip + 1]:
            if depth:
                _touch(tip, indptr, indices, induced, touched, -1)
            depth -= 1
            continue
        vertex = indices[cursor[depth]]
        cursor[depth] += 1
        away = distance[vertex]
        # touched by the tip alone where chords are refused, by nothing where they are not
        if away == 0 or away > longest - depth - 1 or touched[vertex] != (induced and depth > 0):
            continue
        if depth and away == 1 and vertex > path[1]:
            if len(lengths):
                lengths[begin + found] = depth + 2
                walks[end + total : end + total + depth + 1] = path[: depth + 1]
                walks[end + total + depth + 1] = vertex
            found += 1
            total += depth + 2
        if depth + 2 < longest and not (induced and depth and away == 1):
            depth += 1
            path[depth] = vertex
            cursor[depth] = indptr[vertex]
            _touch(vertex, indptr, indices, induced, touched, 1)
    return found, total  # after a stop the marks stay, because nothing is searched any more


@numba.njit(cache=True, nogil=True, parallel=True)
def _walk_all(
    indptr: Index,
    indices: Index,
    longest: int,
    induced: bool,
    strands: int,
    stop: int,
    counts: Index,
    begins: Index,
    lengths: Index,
    walks: Index,
) -> None:
    nodes = len(indptr) - 1
    for strand in numba.prange(strands):
        distance = np.zeros(nodes, np.int32)
        touched = np.zeros(nodes, np.int32)
        path = np.empty(longest + 1, indices.dtype)
        cursor = np.empty(longest + 1, np.int64)
        ball = [0]
        seen = 0
        for start in range(strand, nodes, strands):
            if seen > stop:
                break
            # a cycle needs two neighbours above its smallest vertex, and what was counted as none is not filled
            if indptr[start + 1] - indptr[start] < 2 or indices[indptr[start + 1] - 2] < start:
                continue
            if len(lengths) and counts[start, 0] == 0:
                continue
            _reach(start, indptr, indices, longest // 2, distance, touched, ball)
            found, total = _walk_from(
                start, indptr, indices, longest, induced, stop - seen, distance, touched, path, cursor,
                begins[start, 0], begins[start, 1], lengths, walks,
            )  # fmt: skip
            seen += found
            if not len(lengths):
                counts[start, 0] = found
                counts[start, 1] = total


@numba.njit(cache=True, nogil=True)
def _steps(indptr: Index, indices: Index, ends: Index, walks: Index, edges: Index, signs: npt.NDArray[np.int8]) -> None:
    for cycle in range(len(ends) - 1):
        for k in range(ends[cycle], ends[cycle + 1]):
            here = walks[k]
            there = walks[k + 1] if k + 1 < ends[cycle + 1] else walks[ends[cycle]]
            low, high = min(here, there), max(here, there)
            row = indices[indptr[low] : indptr[low + 1]]
            place = np.searchsorted(row, high)
            edge = indptr[low] + place if place < len(row) and row[place] == high else -1
            slot = k
            while slot > ends[cycle] and edges[slot - 1] > edge:
                edges[slot] = edges[slot - 1]
                signs[slot] = signs[slot - 1]
                slot -= 1
            edges[slot] = edge
            signs[slot] = 1 if here < there else -1
