"""Classes between minima and maxima of a volume: critical squares reduced by critical edges.

A square's boundary is a queue of edges, highest first, in which what stands twice is gone. An edge that is paired with
another square is replaced by the rest of that square's boundary; a critical edge is what the square ends, unless an
earlier square does, whose boundary is then added. Which square is reduced when is free, as long as later ones give way.

Source:
    Bauer, Kerber, Reininghaus, 2014, "Clear and Compress: Computing Persistent Homology in Chunks", for leaving out
    edges that join minima and squares that part maxima; Morozov, Nigmetov, 2020, "Towards Lockfree Persistent
    Homology", for reducing in any order.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
from numba import njit

from cochain.persistence._numba_cubical_stars import SQUARES, VERTEX

BITS = 6  # a queued edge is its voxel's rank, its turn (three bits) and its direction (three bits)


@njit
def _push(heap, size, key):
    i = size
    while i > 0 and heap[(i - 1) >> 1] < key:
        heap[i] = heap[(i - 1) >> 1]
        i = (i - 1) >> 1
    heap[i] = key
    return size + 1


@njit
def _pop(heap, size):
    """Take the greatest key out; it is heap[0] before."""
    size -= 1
    key, i = heap[size], 0
    while 2 * i + 1 < size:
        child = 2 * i + 1
        child += (child + 1 < size) & (
            heap[child + 1] > heap[child]
        )  # no jump to be guessed; there is room for one more
        if heap[child] <= key:
            break
        heap[i] = heap[child]
        i = child
    heap[i] = key
    return size


@njit
def _push_edge(heap, size, k, d, ranks, edges):
    """Queue the edge that leaves voxel k, its greater end, in direction d, unless no class can begin with it."""
    code = edges[6 * k + d]
    if code & 15 == VERTEX:
        return size
    return _push(heap, size, np.int64(ranks[k]) << BITS | np.int64(code >> 4) << 3 | d)


@njit
def _push_faces(heap, size, k, j, without, ranks, edges, steps):
    """Queue the edges of square j of voxel k, but for the one in a direction that is already off the queue."""
    for turn in range(2):
        a, b = SQUARES[j, turn], SQUARES[j, 1 - turn]
        if a != without:
            size = _push_edge(heap, size, k, a, ranks, edges)
        p = k + steps[a]
        q = p + steps[b]
        if ranks[p] > ranks[q]:
            size = _push_edge(heap, size, p, b, ranks, edges)
        elif ranks[q] >= 0:  # edges of the outside are nothing
            size = _push_edge(heap, size, q, b ^ 1, ranks, edges)
    return size


@njit
def _place(edges, first, k, d):
    """Where in the list of critical edges that of voxel k in direction d stands."""
    i = first[k]
    while edges[i] != 8 * k + d:
        i += 1
    return i


@njit
def with_room(array, size, more):
    """The same array, or a copy with twice the room."""
    if size + more <= len(array):
        return array
    larger = np.empty(2 * len(array) + more, array.dtype)
    larger[:size] = array[:size]
    return larger


@njit
def _take(heap, size):
    """Take the greatest edge off the queue, if it stands there an odd number of times; -1 if not."""
    key = heap[0]
    size = _pop(heap, size)
    odd = True
    while size and heap[0] == key:
        size = _pop(heap, size)
        odd = not odd
    return key if odd else -1, size


@njit
def _store(heap, size, pool, used):
    """Empty the queue into the pool, as it is: what is in it is pushed further down only if it is needed again."""
    while size:
        key, size = _take(heap, size)
        if key >= 0:
            pool[used] = key
            used += 1
    return used


@njit
def _push_all(heap, size, keys):
    for key in keys:
        size = _push(heap, size, key)
    return size


@njit
def _ages(order):
    ages = np.empty(len(order), np.int32)
    for i in range(len(order)):
        ages[order[i]] = i
    return ages


@njit
def reduce_squares(ranks, pairs, by_rank, steps, edges, first, squares, order, clear, owner):
    """Reduce the boundaries of the squares that part no maxima (not `clear`) to one edge each, the class they end.

    owner[i] is the square that ends the class of critical edge i, and is -1 before. Squares are taken in reading
    order, where neighbours share cache lines; one that comes before the owner of its edge in `order` takes its place,
    and the other is reduced further.
    """
    heap, pool = np.empty(1024, np.int64), np.empty(1024, np.int64)
    start, end = np.zeros(len(squares), np.int64), np.zeros(len(squares), np.int64)
    ages = _ages(order)
    used = 0
    for next_square in np.flatnonzero(~clear):
        c = next_square
        size = _push_faces(heap, 0, squares[c] >> 4, squares[c] & 15, -1, ranks, pairs, steps)
        while size:
            key, size = _take(heap, size)
            if key < 0:
                continue
            k, d = by_rank[key >> BITS], key & 7
            partner = pairs[6 * k + d] & 15
            if partner < VERTEX:
                heap = with_room(heap, size, 4)
                size = _push_faces(heap, size, k, partner, d, ranks, pairs, steps)
                continue
            i = _place(edges, first, k, d)
            other = owner[i]
            if other < 0 or ages[c] < ages[other]:
                pool = with_room(pool, used, size)
                owner[i], start[c] = c, used
                used = end[c] = _store(heap, size, pool, used)
                if other < 0:
                    break
                size = end[c] - start[c]
                heap[:size] = pool[start[c] : end[c]]  # falling numbers are a queue
                c = other
            keys = pool[start[other] : end[other]]
            heap = with_room(heap, size, len(keys))
            size = _push_all(heap, size, keys)
