"""All cliques of a graph, size by size, with the place of every face: a prefix tree grown level by level.

The cliques of one size, vertices increasing, stand in lexicographic order. Those that share all but their last vertex
are neighbours in that order (siblings), and

    children(p v) = { p v w : p w a sibling after p v, w a neighbour of v }

so a level follows from the one before by intersecting two sorted lists per clique. Both lists are sought through with
doubling steps, which costs O(shorter log longer): a hub does not make its neighbours expensive, whatever its number.
Cliques are independent of one another, so a level is counted and then filled in parallel, and the order of the result
does not depend on the number of threads.

This module imports numba; import it where it is used.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cochain.kernels.limits import refuse_above
from cochain.kernels.threads import threads_for

Index = npt.NDArray[np.integer[Any]]
_BLOCK = 512  # cliques that one thread takes at a time: small enough to balance hubs, large enough to cost nothing


class Cliques(NamedTuple):
    """The cliques of one size, in lexicographic order of their vertices, which increase.

    Attributes:
        starts: `(cliques one smaller + 1,)`, where those begin that add a last vertex to each of the smaller ones.
        last: `(cliques,)`, the last vertex.
        faces: `(cliques, size)`, increasing along a row; column d is the row, among the cliques one smaller, of this
            one without its vertex `size - 1 - d`, so column 0 leaves out the last. No columns for single vertices.
    """

    starts: Index
    last: Index
    faces: Index


def cliques(indptr: Index, indices: Index, max_size: int, limit: int | None = None) -> list[Cliques]:
    """List all cliques of 1 to `max_size` vertices; `clique_vertices` writes their vertices out.

    Args:
        indptr: row pointers of the adjacency.
        indices: neighbours, increasing within a row. Only those above the row's own number are read, so the upper
            triangle alone will do, and loops are ignored.
        max_size: vertices of the largest cliques wanted, at least 1.
        limit: cliques of one size beyond which `LimitError` is raised before their memory is taken.

    Returns:
        One `Cliques` per size from 1 to `max_size`, empty where there are none. int32 where everything fits.

    Cost:
        O(sum over cliques of their siblings) time, the result and one counter per clique in memory.
    """
    nodes = len(indptr) - 1
    starts, last = _upper(indptr, indices)
    kind = last.dtype
    refuse_above(limit, nodes, 1)
    levels = [Cliques(np.array([0, nodes]), np.arange(nodes, dtype=kind), np.empty((nodes, 0), kind))]
    if max_size > 1:
        refuse_above(limit, len(last), 2)
        first = np.repeat(levels[0].last, np.diff(starts))
        levels.append(Cliques(starts, last, np.stack((first, last), 1)))
    while len(levels) < max_size:
        with threads_for(len(levels[-1].last)):
            levels.append(_grown(levels[-1], starts, last, limit))
    return levels


def _grown(below: Cliques, starts: Index, last: Index, limit: int | None) -> Cliques:
    """Give the cliques one larger."""
    ends = np.zeros(len(below.last) + 1, np.int64)
    _count(below.faces, below.starts, below.last, starts, last, ends[1:])
    np.cumsum(ends, out=ends)
    size, count = below.faces.shape[1] + 1, int(ends[-1])
    refuse_above(limit, count, size)
    faces = np.empty((count, size), last.dtype if count < 2**31 else np.int64)
    tails = np.empty(count, last.dtype)
    if count:
        _fill(below.faces, below.starts, below.last, starts, last, ends, faces, tails)
    return Cliques(ends, tails, faces)


def clique_vertices(levels: list[Cliques], size: int) -> Index:
    """Write out the vertices, `(cliques, size)`, of the cliques of one size."""
    columns = [levels[size - 1].last]
    rows: Index | slice = slice(None)
    for level in range(size - 1, 0, -1):
        rows = levels[level].faces[rows, 0]
        columns.append(levels[level - 1].last[rows])
    return np.stack(columns[::-1], axis=1)


def _upper(indptr: Index, indices: Index) -> tuple[Index, Index]:
    """Keep the neighbours above each row, in the smallest index type."""
    nodes = len(indptr) - 1
    small = max(nodes, len(indices)) < 2**31
    indptr = np.ascontiguousarray(indptr, np.int64)
    indices = np.ascontiguousarray(indices, np.int32 if small else np.int64)
    starts = _count_above(indptr, indices)
    if starts[-1] == len(indices):
        return indptr, indices
    last = np.empty(int(starts[-1]), indices.dtype)
    _fill_above(indptr, indices, starts, last)
    return starts, last


@numba.njit(cache=True, nogil=True)
def _count_above(indptr: Index, indices: Index) -> Index:
    starts = np.zeros(len(indptr), np.int64)
    for row in range(len(indptr) - 1):
        above = 0
        for k in range(indptr[row], indptr[row + 1]):
            above += indices[k] > row
        starts[row + 1] = starts[row] + above
    return starts


@numba.njit(cache=True, nogil=True)
def _fill_above(indptr: Index, indices: Index, starts: Index, last: Index) -> None:
    for row in range(len(indptr) - 1):
        above = starts[row + 1] - starts[row]
        last[starts[row] : starts[row + 1]] = indices[indptr[row + 1] - above : indptr[row + 1]]


@numba.njit(cache=True, nogil=True, inline="always")
def _seek(array: Index, low: int, high: int, value: int) -> int:
    """First place in array[low:high] that is not below value: steps double, then halve."""
    step = 1
    while low < high and array[low] < value:
        if low + step < high and array[low + step] < value:
            low += step
            step *= 2
        elif step > 1:
            high = min(high, low + step)
            low += 1
            step = 1
            while low < high:
                middle = (low + high) >> 1
                if array[middle] < value:
                    low = middle + 1
                else:
                    high = middle
            return low
        else:
            return low + 1
    return low


@numba.njit(cache=True, nogil=True, parallel=True)
def _count(faces: Index, parents: Index, tails: Index, starts: Index, last: Index, counts: Index) -> None:
    cells = len(tails)
    for block in numba.prange((cells + _BLOCK - 1) // _BLOCK):
        for cell in range(block * _BLOCK, min(cells, (block + 1) * _BLOCK)):
            one, one_end = cell + 1, parents[faces[cell, 0] + 1]
            two, two_end = starts[tails[cell]], starts[tails[cell] + 1]
            found = 0
            while one < one_end and two < two_end:
                if tails[one] < last[two]:
                    one = _seek(tails, one, one_end, last[two])
                elif last[two] < tails[one]:
                    two = _seek(last, two, two_end, tails[one])
                else:
                    found += 1
                    one += 1
                    two += 1
            counts[cell] = found


@numba.njit(cache=True, nogil=True, parallel=True)
def _fill(
    faces: Index,
    parents: Index,
    tails: Index,
    starts: Index,
    last: Index,
    ends: Index,
    new_faces: Index,
    new_tails: Index,
) -> None:
    cells, size = faces.shape
    for block in numba.prange((cells + _BLOCK - 1) // _BLOCK):
        for cell in range(block * _BLOCK, min(cells, (block + 1) * _BLOCK)):
            one, one_end = cell + 1, parents[faces[cell, 0] + 1]
            two, two_end = starts[tails[cell]], starts[tails[cell] + 1]
            for new in range(ends[cell], ends[cell + 1]):
                while tails[one] != last[two]:
                    if tails[one] < last[two]:
                        one = _seek(tails, one, one_end, last[two])
                    else:
                        two = _seek(last, two, two_end, tails[one])
                new_tails[new] = tails[one]
                new_faces[new, 0] = cell
                new_faces[new, 1] = one
                # without an earlier vertex: the child, by the same last vertex, of the face without that vertex
                for d in range(1, size):
                    face = faces[cell, d]
                    new_faces[new, d + 1] = _seek(tails, parents[face], parents[face + 1], tails[one])
                one += 1
                two += 1
