"""A minimum cycle basis of a graph: independent cycles over Z/2 whose lengths add up to the least possible.

Every vertex is the root of a breadth-first tree; an edge that joins two different branches closes a cycle with them.
The cycles so found, up to a length, span all cycles up to that length, so taking them by length, each that is no sum of
those before, gives a minimum basis. A cycle is told from the sums by its edges outside of one spanning forest.

This module imports numba; import it where it is used.
"""

import numba
import numpy as np
import numpy.typing as npt

from cochain.kernels.cycle_basis import sorted_walks, spanning_forest, turn
from cochain.kernels.cycles import Cycles, Index, ends_of, reordered, typed_csr
from cochain.kernels.limits import refuse_above

Words = npt.NDArray[np.uint64]


def minimum_cycles(
    indptr: Index, indices: Index, max_length: int | None = None, groups: Index | None = None, limit: int | None = None
) -> Cycles:
    """List the cycles of a minimum cycle basis over Z/2, or those of them up to a length.

    How many cycles of each length there are does not depend on how vertices are numbered. Which ones may, where
    several of one length could stand for each other: the first in (length, sequence) is taken.

    Args:
        indptr: row pointers of the symmetric adjacency.
        indices: neighbours, increasing within a row, without loops.
        max_length: longer cycles are left out, and what is left spans less; None keeps the basis whole.
        groups: a number per vertex, the same throughout a connected component, that leads in the order of the result.
        limit: candidates, or words of the elimination's largest matrix, beyond which `LimitError` is raised before
            their memory is taken.

    Cost:
        A breadth-first search per vertex to half the length; then, per connected component with $n$ candidates and
        $d$ independent cycles, O(n d^2 / 64).

    Source:
        Horton, 1987, "A polynomial-time algorithm to find the shortest cycle basis of a graph".
    """
    indptr, indices = typed_csr(indptr, indices)
    nodes = len(indptr) - 1
    root, chord, dimensions = _chords(indptr, indices)
    widest = int(dimensions.max(initial=0))
    refuse_above(limit, widest * (widest // 64 + 1))
    longest = min(max_length or nodes, nodes)
    counts = np.zeros((nodes, 2), np.int64)
    nothing = np.zeros(0, indices.dtype)
    _candidates(indptr, indices, longest, counts, nothing, nothing)
    refuse_above(limit, int(counts[:, 0].sum()))
    begins = np.cumsum(counts, axis=0) - counts
    lengths = np.empty(int(counts[:, 0].sum()), indices.dtype)
    walks = np.empty(int(counts[:, 1].sum()), indices.dtype)
    if len(lengths):
        _candidates(indptr, indices, longest, begins, lengths, walks)
    found = sorted_walks(ends_of(lengths), walks, root)
    kept = np.flatnonzero(_independent(indptr, indices, found.indptr, found.vertices, root, chord, dimensions))
    basis = reordered(found.indptr, found.vertices, kept)
    return sorted_walks(basis.indptr, basis.vertices, groups)


def _chords(indptr: Index, indices: Index) -> tuple[Index, Index, Index]:
    """Number the edges outside of a spanning forest within each connected component.

    Returns:
        The smallest vertex of each vertex's component, the number of each nonzero (-1 on the forest), and how many
        such edges the component of each smallest vertex has.
    """
    parent = spanning_forest(indptr, indices)[0]
    root = _roots(parent)
    rows = np.repeat(np.arange(len(parent), dtype=indices.dtype), np.diff(indptr))
    outside = (parent[rows] != indices) & (parent[indices] != rows)
    upper = np.flatnonzero(outside & (rows < indices))
    owner = root[rows[upper]]
    dimensions = np.bincount(owner, minlength=len(parent))
    order = np.argsort(owner, kind="stable")
    number = np.empty(len(upper), np.int64)
    number[order] = np.arange(len(upper)) - (np.cumsum(dimensions) - dimensions)[owner[order]]
    chord = np.full(len(indices), -1, np.int64)
    chord[upper] = number
    lower = np.flatnonzero(outside & (rows > indices))
    back = np.lexsort((rows[lower], indices[lower]))  # the same edges, seen from their larger ends
    chord[lower[back]] = number
    return root, chord, dimensions


@numba.njit(cache=True, nogil=True)
def _roots(parent: Index) -> Index:
    root = np.empty(len(parent), parent.dtype)
    for vertex in range(len(parent)):
        top = vertex
        while parent[top] != top and top >= vertex:
            top = parent[top]
        root[vertex] = top if top >= vertex else root[top]
    return root


@numba.njit(cache=True, nogil=True)
def _grow(
    start: int, indptr: Index, indices: Index, depth: int, distance: Index, parent: Index, branch: Index, queue: Index
) -> int:
    """Grow a tree from `start` to a depth; give its size. A branch is named by its vertex next to the root."""
    queue[0] = start
    distance[start] = 0
    parent[start] = start
    branch[start] = start
    low, high = 0, 1
    for step in range(1, depth + 1):
        rim = high
        for k in range(low, rim):
            for j in range(indptr[queue[k]], indptr[queue[k] + 1]):
                vertex = indices[j]
                if distance[vertex] < 0:
                    distance[vertex] = step
                    parent[vertex] = queue[k]
                    branch[vertex] = vertex if step == 1 else branch[queue[k]]
                    queue[high] = vertex
                    high += 1
        if high == rim:
            break
        low = rim
    return high


@numba.njit(cache=True, nogil=True)
def _write(one: int, other: int, start: int, distance: Index, parent: Index, walk: Index) -> None:
    """Write the walk from the root to one end, over the edge, and from the other end back."""
    place = distance[one]
    while one != start:
        walk[place] = one
        one = parent[one]
        place -= 1
    walk[0] = start
    place = len(walk) - distance[other]
    while other != start:
        walk[place] = other
        other = parent[other]
        place += 1
    turn(walk)


@numba.njit(cache=True, nogil=True)
def _candidates(indptr: Index, indices: Index, longest: int, places: Index, lengths: Index, walks: Index) -> None:
    """Count the candidates of every root into `places`, or write them where `places` says."""
    nodes = len(indptr) - 1
    distance = np.full(nodes, -1, np.int64)
    parent, branch, queue = np.empty(nodes, np.int64), np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    for start in range(nodes):
        size = _grow(start, indptr, indices, longest // 2, distance, parent, branch, queue)
        found, total = 0, 0
        for k in range(1, size):
            one = queue[k]
            for j in range(indptr[one], indptr[one + 1]):
                other = indices[j]
                length = distance[one] + distance[other] + 1
                if other > one and distance[other] > 0 and branch[one] != branch[other] and length <= longest:
                    if len(lengths):
                        at = places[start, 1] + total
                        lengths[places[start, 0] + found] = length
                        _write(one, other, start, distance, parent, walks[at : at + length])
                    found += 1
                    total += length
        if not len(lengths):
            places[start, 0] = found
            places[start, 1] = total
        for k in range(size):
            distance[queue[k]] = -1


@numba.njit(cache=True, nogil=True)
def _reduced(bits: Words, rows: Words, pivoted: npt.NDArray[np.bool_]) -> bool:
    """Subtract rows from `bits` until its highest bit is new, store it there, and say whether it was."""
    for word in range(len(bits) - 1, -1, -1):
        while bits[word]:
            high = 63
            while not (bits[word] >> np.uint64(high)) & np.uint64(1):
                high -= 1
            pivot = 64 * word + high
            if not pivoted[pivot]:
                pivoted[pivot] = True
                rows[pivot] = bits
                return True
            for k in range(word + 1):
                bits[k] ^= rows[pivot, k]
    return False


@numba.njit(cache=True, nogil=True)
def _independent(
    indptr: Index, indices: Index, ends: Index, walks: Index, root: Index, chord: Index, dimensions: Index
) -> npt.NDArray[np.bool_]:
    """Mark the walks that are no sum of those before; the walks of a connected component stand together."""
    kept = np.zeros(len(ends) - 1, np.bool_)
    here, rank, dimension = -1, 0, 0
    bits, rows, pivoted = np.empty(0, np.uint64), np.empty((0, 0), np.uint64), np.empty(0, np.bool_)
    for cycle in range(len(ends) - 1):
        if root[walks[ends[cycle]]] != here:
            here = root[walks[ends[cycle]]]
            rank, dimension = 0, dimensions[here]
            bits = np.empty(dimension // 64 + 1, np.uint64)
            rows = np.empty((dimension, dimension // 64 + 1), np.uint64)
            pivoted = np.zeros(dimension, np.bool_)
        if rank == dimension:
            continue
        bits[:] = 0
        for k in range(ends[cycle], ends[cycle + 1]):
            one, other = walks[k], walks[k + 1] if k + 1 < ends[cycle + 1] else walks[ends[cycle]]
            number = chord[indptr[one] + np.searchsorted(indices[indptr[one] : indptr[one + 1]], other)]
            if number >= 0:
                bits[number // 64] ^= np.uint64(1) << np.uint64(number % 64)
        kept[cycle] = _reduced(bits, rows, pivoted)
        rank += kept[cycle]
    return kept
