r"""Bars of dimension 0 and 1 of Vietoris-Rips filtrations, edge by edge. Imported on first use only.

Edges come in the order of (length, smaller vertex, larger vertex), and with each edge all triangles in which it is the
last. What an edge changes is told by its lune, the vertices joined to both its ends by earlier edges:

* an empty lune: the edge joins two components, or gives birth to a cycle;
* a lune in one piece: the edge gives birth to a cycle, which its first triangle fills at once, and no more happens;
* a lune in k pieces (two vertices of it belong together when an earlier edge joins them): the same, and k - 1 more
  cycles are filled, each of which goes from one end to the other through one piece and back through the next.

Few edges are of the first and third kind, and only these are kept. A cycle is written in edges of the first kind alone,
its other edges replaced by the two sides of their first triangle until none is left, and reduced against the cycles
filled before it; what remains is filled, and its last edge gave it birth. The search ends when no empty lune is to come
and no cycle is left. No list of all edges or triangles is ever made.

Lengths may be any numbers >= 0 in a symmetric matrix whose diagonal holds the births of the vertices, at most the
lengths of their edges: the triangle inequality is not used. Homology has coefficients in Z/p.
"""

# mypy: disable-error-code="no-untyped-def"

import numba
import numpy as np

from cochain.kernels._numba_compile import compile_serial
from cochain.kernels._numba_elimination import inverse
from cochain.persistence._numba_lunes import (
    enclosing,
    first_in_lune,
    grown,
    next_limit,
    pieces_of_lune,
    with_empty_lune,
    with_lune_in_pieces,
)
from cochain.persistence._numba_prim import FLAT, from_axes, merge_eldest, squared_length


@numba.njit(cache=True, nogil=True)
def _comes_after(matrix, a, b, c, d):
    """Whether the edge a < b comes after the edge c < d."""
    if matrix[a, b] != matrix[c, d]:
        return matrix[a, b] > matrix[c, d]
    return a > c or (a == c and b > d)


@numba.njit(cache=True, nogil=True)
def _copy_row(heap, source, target):
    heap[target, 0], heap[target, 1], heap[target, 2] = heap[source, 0], heap[source, 1], heap[source, 2]


@numba.njit(cache=True, nogil=True)
def _push(matrix, heap, size, a, b, coefficient):
    """Put the path from a to b, times a coefficient, on a heap of edges with the last on top."""
    heap = grown(heap, size)
    place = size
    low, high = min(a, b), max(a, b)
    while place:
        above = (place - 1) // 2
        if not _comes_after(matrix, low, high, heap[above, 0], heap[above, 1]):
            break
        _copy_row(heap, above, place)
        place = above
    heap[place, 0], heap[place, 1], heap[place, 2] = low, high, coefficient if a < b else -coefficient
    return heap, size + 1


@numba.njit(cache=True, nogil=True)
def _pop(matrix, heap, size):
    """Take the top off the heap; return its new size."""
    size -= 1
    a, b = heap[size, 0], heap[size, 1]
    place = 0
    while 2 * place + 1 < size:
        below = 2 * place + 1
        if below + 1 < size and _comes_after(
            matrix, heap[below + 1, 0], heap[below + 1, 1], heap[below, 0], heap[below, 1]
        ):
            below += 1
        if not _comes_after(matrix, heap[below, 0], heap[below, 1], a, b):
            break
        _copy_row(heap, below, place)
        place = below
    _copy_row(heap, size, place)
    return size


@numba.njit(cache=True, nogil=True)
def _place_of(matrix, edges, values, a, b):
    """Find an edge a < b among edges in order; -1 if it is not there."""
    value = matrix[a, b]
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        c, d = edges[middle, 0], edges[middle, 1]
        if values[middle] < value or (values[middle] == value and (c < a or (c == a and d < b))):
            low = middle + 1
        else:
            high = middle
    return low if low < len(values) and edges[low, 0] == a and edges[low, 1] == b else -1


@numba.njit(cache=True, nogil=True)
def _write_cycle(matrix, heap, size, edges, values, places, p, column):
    """Write the heap's cycle as a dense column of edges that give birth to cycles; return the last of them, -1 if none.

    Edges that join components are the last of no cycle, and are left out of all.
    """
    last = -1
    while size:
        a, b, coefficient = heap[0, 0], heap[0, 1], heap[0, 2]
        size = _pop(matrix, heap, size)
        while size and heap[0, 0] == a and heap[0, 1] == b:
            coefficient += heap[0, 2]
            size = _pop(matrix, heap, size)
        coefficient %= p
        if coefficient == 0:
            continue
        through = first_in_lune(matrix, matrix[a, b], a, b)
        if through >= 0:
            heap, size = _push(matrix, heap, size, a, through, coefficient)
            heap, size = _push(matrix, heap, size, through, b, coefficient)
            continue
        place = places[_place_of(matrix, edges, values, a, b)]
        if place >= 0:
            column[place] = coefficient
            last = max(last, place)
    return heap, last


@numba.njit(cache=True, nogil=True)
def _reduce(column, last, owner, starts, rows, p):
    """Subtract filled cycles from a column until its last edge is that of none; return that edge, or -1."""
    while last >= 0:
        if column[last] != 0:
            k = owner[last]
            if k < 0:
                return last
            factor = p - column[last]
            for i in range(starts[k], starts[k + 1]):
                column[rows[i, 0]] = (column[rows[i, 0]] + factor * rows[i, 1]) % p
        last -= 1
    return last


@numba.njit(cache=True, nogil=True)
def _store(column, last, p, rows, filled):
    """Append a column, divided by its last coefficient, to the filled cycles, and clear it."""
    scale = inverse(column[last], p)
    for i in range(last + 1):
        if column[i] != 0:
            rows = grown(rows, filled)
            rows[filled, 0], rows[filled, 1] = i, column[i] * scale % p
            filled += 1
            column[i] = 0
    return rows, filled


@numba.njit(cache=True, nogil=True)
def _fill(matrix, limit, edges, values, dies, p):
    """Give, for every edge, the ends of the edge that fills the cycle born with it, or -1 where none does."""
    n, births, latest = len(matrix), 0, 0.0
    places, closing = np.full(len(edges), -1, np.int64), np.empty(len(edges), np.int64)
    killers = np.full((len(edges), 2), -1, np.int64)
    for e in range(len(edges)):
        if dies[e] < 0:
            places[e], closing[births] = births, e
            births += 1
            latest = values[e]
    owner, starts, done = np.full(births, -1, np.int64), np.zeros(births + 1, np.int64), 0
    rows, heap = np.empty((4 * n + 16, 2), np.int64), np.empty((64, 3), np.int64)
    column, members, found = np.zeros(births, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    above, upto, most = -1.0, latest, 4 * n
    while done < births:
        candidates, lengths = with_lune_in_pieces(matrix, above, upto)
        for e in range(len(candidates)):
            u, v = candidates[e, 0], candidates[e, 1]
            for k in range(1, pieces_of_lune(matrix, lengths[e], u, v, members, found)):
                heap, size = _push(matrix, heap, 0, u, found[0], 1)
                heap, size = _push(matrix, heap, size, found[0], v, 1)
                heap, size = _push(matrix, heap, size, u, found[k], -1)
                heap, size = _push(matrix, heap, size, found[k], v, -1)
                heap, last = _write_cycle(matrix, heap, size, edges, values, places, p, column)
                last = _reduce(column, last, owner, starts, rows, p)
                if last >= 0:
                    rows, starts[done + 1] = _store(column, last, p, rows, starts[done])
                    owner[last] = done
                    killers[closing[last], 0], killers[closing[last], 1] = u, v
                    done += 1
        if upto >= limit:
            break
        above, upto, most = upto, next_limit(matrix, upto, limit, most), 2 * most
    return killers


@numba.njit(cache=True, nogil=True)
def _bars(matrix, threshold, p, cloud, merged, merges, cycles, count):
    """Append the bars of one matrix to two tables; return these and how many rows of them are filled."""
    n = len(matrix)
    births = np.empty(n, np.float64)
    for i in range(n):
        births[i] = matrix[i, i]
    limit = min(threshold, enclosing(matrix))
    edges, values = with_empty_lune(matrix, limit)
    dies, in_order = np.empty(len(edges), np.int64), np.empty(len(edges), np.int64)
    for e in range(len(edges)):
        in_order[e] = e
    merge_eldest(edges, in_order, births, dies)
    killers = _fill(matrix, limit, edges, values, dies, p)
    for e in range(len(edges)):
        u, v, a, b = edges[e, 0], edges[e, 1], killers[e, 0], killers[e, 1]
        if dies[e] >= 0:
            merged[merges, 0], merged[merges, 1], merged[merges, 2], merged[merges, 3] = cloud, dies[e], u, v
            merges += 1
        elif a < 0 or matrix[a, b] > values[e]:
            cycles = grown(cycles, count)
            cycles[count, 0], cycles[count, 1], cycles[count, 2] = cloud, u, v
            cycles[count, 3], cycles[count, 4] = a, b
            count += 1
    return merges, cycles, count


@numba.njit(cache=True, nogil=True)
def squares(points, matrix):
    """Fill a matrix with squared distances."""
    n, dimensions = points.shape
    if dimensions <= FLAT:
        axes, here = np.zeros((max(2, dimensions), n), np.float64), np.zeros(max(2, dimensions), np.float64)
        for k in range(dimensions):
            for i in range(n):
                axes[k, i] = points[i, k]
        for i in range(n):
            for k in range(dimensions):
                here[k] = points[i, k]
            from_axes(axes, here, n, matrix[i])
        return
    for i in range(n):
        matrix[i, i] = 0.0
        for j in range(i):
            matrix[i, j] = squared_length(points[i], points[j])
            matrix[j, i] = matrix[i, j]


@compile_serial
def bars_of_points(points, offsets, begin, end, threshold, p):
    """Give the bars of dimensions 0 and 1 of clouds `begin` to `end`, each with a point at least.

    Args:
        points: `(points of all clouds, dimensions)`.
        offsets: where the points of each cloud begin, int64.
        begin: the first cloud.
        end: one past the last.
        threshold: the largest square of a length that is looked at.
        p: the prime of the field.

    Returns:
        Rows (cloud, vertex born, ends of the edge that kills), one per point of the clouds but the last of each
        component; and rows (cloud, ends of the edge born, ends of the edge that kills, or -1), of different lengths.
        Vertices are counted within their cloud, a cloud's rows are in the order of the edges born in dimension 1, and
        of those that kill in dimension 0.
    """
    most = 0
    for cloud in range(begin, end):
        most = max(most, offsets[cloud + 1] - offsets[cloud])
    room = np.empty(most * most, np.float64)
    merged, merges = np.empty((offsets[end] - offsets[begin], 4), np.int64), 0
    cycles, count = np.empty((16, 5), np.int64), 0
    for cloud in range(begin, end):
        first, last = offsets[cloud], offsets[cloud + 1]
        matrix = room[: (last - first) ** 2].reshape(last - first, last - first)
        squares(points[first:last], matrix)
        merges, cycles, count = _bars(matrix, threshold, p, cloud, merged, merges, cycles, count)
    return merged[:merges], cycles[:count]


@compile_serial
def bars_of_matrices(lengths, offsets, begin, end, threshold, p):
    """Give the bars of symmetric matrices of lengths, as `bars_of_points` does; infinite ones are never looked at.

    Args:
        lengths: the matrices one after another, flat; their diagonals hold the births of the points.
        offsets: where the points of each matrix begin, int64.
        begin: the first matrix.
        end: one past the last.
        threshold: the largest length that is looked at.
        p: the prime of the field.
    """
    merged, merges = np.empty((offsets[end] - offsets[begin], 4), np.int64), 0
    cycles, count = np.empty((16, 5), np.int64), 0
    place = 0
    for cloud in range(end):
        size = offsets[cloud + 1] - offsets[cloud]
        if cloud >= begin:
            matrix = lengths[place : place + size * size].reshape(size, size)
            merges, cycles, count = _bars(matrix, threshold, p, cloud, merged, merges, cycles, count)
        place += size * size
    return merged[:merges], cycles[:count]
