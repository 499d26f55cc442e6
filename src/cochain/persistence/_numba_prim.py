"""Minimum spanning trees of many clouds by Prim's algorithm, and what merges along them. Imported on first use only.

All edges are ordered by (length, smaller vertex, larger vertex), so that the tree is one, whatever the order in which
it is found. Lengths are compared by their squares, computed in float64 from differences of coordinates: the same two
points give the same number in whatever cloud, batch or order they stand. No matrix of distances is made.
"""

# mypy: disable-error-code="no-untyped-def"

import numba
import numpy as np

from cochain.kernels._numba_compile import compile_serial

# Lengths are never NaN (inputs are checked), which lets the search for a minimum run in vector registers.
_NO_NAN = {"reassoc", "contract", "nsz", "arcp", "nnan"}
FLAT = 8  # dimensions up to which coordinates are stored axis by axis, and the points fill the vector registers


@numba.njit(cache=True, nogil=True, fastmath=_NO_NAN)
def from_axes(axes, here, left, away):
    """Write the squared distances from the point `here` to the first `left`, coordinates stored axis by axis."""
    x, y, first, second = here[0], here[1], axes[0], axes[1]
    for j in range(left):
        across, up = first[j] - x, second[j] - y
        away[j] = across * across + up * up
    for k in range(2, len(here)):
        x, first = here[k], axes[k]
        for j in range(left):
            across = first[j] - x
            away[j] += across * across


@numba.njit(cache=True, nogil=True, fastmath=_NO_NAN)
def squared_length(a, b):
    """Sum of squared differences of two rows, in float64."""
    total = 0.0
    for k in range(len(a)):
        step = np.float64(a[k]) - np.float64(b[k])
        total += step * step
    return total


@numba.njit(cache=True, nogil=True, fastmath=_NO_NAN)
def _from_rows(rows, here, places, left, away):
    """Write the squared distances from the point `here` to the first `left` of `places`, points stored row by row."""
    for j in range(left):
        away[j] = squared_length(here, rows[places[j]])


@numba.njit(cache=True, nogil=True)
def _relax(away, best, nearest, newest, left):
    """Let the vertex `newest` offer its edges to the first `left` places; return the least length among their best."""
    for j in range(left):
        new, old, name = away[j], best[j], nearest[j]
        best[j] = min(new, old)
        nearest[j] = newest if new < old else (min(name, newest) if new == old else name)
    bits = best.view(np.int64)  # numbers >= 0 are ordered as their bits are, of which vector registers find the least
    low = bits[0]
    for j in range(1, left):
        low = min(low, bits[j])
    return low


@numba.njit(cache=True, nogil=True)
def _choose(best, nearest, names, left, low):
    """Find the place of the first edge of those whose length has the bits `low`."""
    bits = best.view(np.int64)
    tied = 0
    for j in range(left):
        tied += bits[j] == low
    chosen = 0
    while bits[chosen] != low:
        chosen += 1
    if tied == 1:
        return chosen
    least_low, least_high = min(names[chosen], nearest[chosen]), max(names[chosen], nearest[chosen])
    for j in range(chosen + 1, left):
        a, b = min(names[j], nearest[j]), max(names[j], nearest[j])
        if bits[j] == low and (a < least_low or (a == least_low and b < least_high)):
            chosen, least_low, least_high = j, a, b
    return chosen


@numba.njit(cache=True, nogil=True)
def _tree_of_points(points, ends, lengths):  # noqa: C901 - one loop, and two layouts of the coordinates
    """Grow the tree of one cloud from its vertex 0: write the edges, smaller vertex first, and squared lengths."""
    n, dimensions = points.shape
    flat = dimensions <= FLAT
    axes = np.zeros((max(2, dimensions), n if flat else 0), np.float64)
    names = np.empty(n, np.int64)
    if flat:
        for k in range(dimensions):
            for j in range(n - 1):
                axes[k, j] = points[j + 1, k]
    best, away = np.empty(n, np.float64), np.empty(n, np.float64)
    for j in range(n):
        names[j], best[j] = j + 1, np.inf
    nearest, here = np.zeros(n, np.int64), np.zeros(max(2, dimensions), np.float64)
    newest = 0
    for step in range(n - 1):
        left = n - 1 - step  # the vertices outside the tree stand at the first places
        for k in range(dimensions):
            here[k] = points[newest, k]
        if flat:
            from_axes(axes, here, left, away)
        else:
            _from_rows(points, here, names, left, away)
        place = _choose(best, nearest, names, left, _relax(away, best, nearest, newest, left))
        newest, last = names[place], left - 1
        ends[step, 0], ends[step, 1] = min(newest, nearest[place]), max(newest, nearest[place])
        lengths[step] = best[place]
        best[place], nearest[place], names[place] = best[last], nearest[last], names[last]
        if flat:
            for k in range(dimensions):
                axes[k, place] = axes[k, last]


@numba.njit(cache=True, nogil=True)
def _tree_of_matrix(matrix, ends, lengths):
    """Grow the tree of one matrix of lengths, which may be infinite: such edges come last."""
    n = len(matrix)
    names = np.empty(n, np.int64)
    best, away = np.empty(n, np.float64), np.empty(n, np.float64)
    for j in range(n):
        names[j], best[j] = j + 1, np.inf
    nearest = np.zeros(n, np.int64)
    newest = 0
    for step in range(n - 1):
        left = n - 1 - step
        row = matrix[newest]
        for j in range(left):
            away[j] = row[names[j]]
        place = _choose(best, nearest, names, left, _relax(away, best, nearest, newest, left))
        newest, last = names[place], left - 1
        ends[step, 0], ends[step, 1] = min(newest, nearest[place]), max(newest, nearest[place])
        lengths[step] = best[place]
        best[place], nearest[place], names[place] = best[last], nearest[last], names[last]


@numba.njit(cache=True, nogil=True)
def _follows(values, ends, e, f):
    """Whether edge e comes after edge f."""
    if values[e] != values[f]:
        return values[e] > values[f]
    return ends[e, 0] > ends[f, 0] or (ends[e, 0] == ends[f, 0] and ends[e, 1] > ends[f, 1])


@numba.njit(cache=True, nogil=True)
def edge_order(values, ends):
    """Sort edges by (value, smaller vertex, larger vertex): merges of runs, which double in length."""
    count = len(values)
    order, merged = np.empty(count, np.int64), np.empty(count, np.int64)
    for e in range(count):
        order[e] = e
    run = 1
    while run < count:
        for begin in range(0, count, 2 * run):
            a, a_end = begin, min(begin + run, count)
            b, b_end = a_end, min(begin + 2 * run, count)
            for place in range(begin, b_end):
                second = b < b_end and (a == a_end or _follows(values, ends, order[a], order[b]))
                merged[place] = order[b] if second else order[a]
                b, a = b + second, a + (not second)
        order, merged = merged, order
        run *= 2
    return order


@numba.njit(cache=True, nogil=True)
def oldest(parent, vertex):
    """Find the root of a vertex, halving the path."""
    while parent[vertex] != vertex:
        parent[vertex] = parent[parent[vertex]]
        vertex = parent[vertex]
    return vertex


@numba.njit(cache=True, nogil=True)
def merge_eldest(ends, order, births, dies):
    """Add edges in order; where two components meet, the one born later dies: by (birth, number) of its first vertex.

    `dies[e]` is the vertex whose component edge e ends, -1 where it joins what is joined.
    """
    parent = np.empty(len(births), np.int64)
    for i in range(len(parent)):
        parent[i] = i
    for e in order:
        a, b = oldest(parent, ends[e, 0]), oldest(parent, ends[e, 1])
        if a == b:
            dies[e] = -1
            continue
        if births[b] < births[a] or (births[b] == births[a] and b < a):
            a, b = b, a
        parent[b] = a
        dies[e] = b


@numba.njit(cache=True, nogil=True)
def _merge(ends, lengths, births, bars, values):
    """Write the bars of one tree, shortest edge first: the vertex born, the edge that kills, its length."""
    order = edge_order(lengths, ends)
    dies = np.empty(len(ends), np.int64)
    merge_eldest(ends, order, births, dies)
    for k in range(len(order)):
        e = order[k]
        bars[k, 0], bars[k, 1], bars[k, 2] = dies[e], ends[e, 0], ends[e, 1]
        values[k] = lengths[e]


@compile_serial
def trees_of_points(points, offsets, begin, end, bars, values):
    """Write the bars of dimension 0 of clouds `begin` to `end`.

    Args:
        points: `(points of all clouds, dimensions)`.
        offsets: where the points of each cloud begin, int64; each cloud has at least one.
        begin: the first cloud.
        end: one past the last.
        bars: `(points - clouds, 3)`, to be filled: the vertex born and the two of the edge that kills, counted within
            their cloud. Those of cloud i begin at `offsets[i] - i`, and are sorted by their deaths.
        values: squared lengths of these edges.
    """
    for cloud in range(begin, end):
        first, last = offsets[cloud], offsets[cloud + 1]
        ends, lengths = np.empty((last - first - 1, 2), np.int64), np.empty(last - first - 1, np.float64)
        _tree_of_points(points[first:last], ends, lengths)
        place = slice(first - cloud, last - cloud - 1)
        _merge(ends, lengths, np.zeros(last - first), bars[place], values[place])


@compile_serial
def trees_of_matrices(matrices, offsets, begin, end, bars, values):
    """Write the bars of dimension 0 of symmetric matrices, laid one after another in a flat array.

    As `trees_of_points`; the diagonals hold the births of the vertices, and `values` are lengths as the matrices have
    them, infinite ones included.
    """
    start = 0
    for cloud in range(end):
        first, last = offsets[cloud], offsets[cloud + 1]
        n = last - first
        if cloud >= begin:
            matrix = matrices[start : start + n * n].reshape(n, n)
            ends, lengths, births = np.empty((n - 1, 2), np.int64), np.empty(n - 1, np.float64), np.empty(n, np.float64)
            for i in range(n):
                births[i] = matrix[i, i]
            _tree_of_matrix(matrix, ends, lengths)
            place = slice(first - cloud, last - cloud - 1)
            _merge(ends, lengths, births, bars[place], values[place])
        start += n * n


@compile_serial
def mirror(matrices, offsets, births):
    """Make flat matrices symmetric in place by their upper triangles, with births on the diagonals, no zero signed."""
    start = 0
    for cloud in range(len(offsets) - 1):
        first = offsets[cloud]
        n = offsets[cloud + 1] - first
        matrix = matrices[start : start + n * n].reshape(n, n)
        for i in range(n):
            matrix[i, i] = births[first + i]
            for j in range(i):
                matrix[j, i] += 0.0
                matrix[i, j] = matrix[j, i]
        start += n * n
