"""Lunes of the edges of a filtered clique complex: which are empty, which are in pieces. Imported on first use only.

The lune of an edge holds the vertices joined to both its ends by earlier edges, where edges come in the order of
(length, smaller vertex, larger vertex). Lengths stand in a symmetric matrix; the triangle inequality is not used.
"""

# mypy: disable-error-code="no-untyped-def"

import numba
import numpy as np

from cochain.persistence._numba_prim import edge_order

_BLOCK = 16  # vertices that are looked at together, in vector registers
_NEAR = 8  # vertices nearest to an end, which are looked for in its lunes first


@numba.njit(cache=True, nogil=True)
def _before(matrix, a, b, value, u, v):
    """Whether the edge of a and b comes before that of u < v, which has a length `value`."""
    other = matrix[a, b]
    if other != value:
        return other < value
    low, high = min(a, b), max(a, b)
    return low < u or (low == u and high < v)


@numba.njit(cache=True, nogil=True)
def _in_lune(matrix, w, value, u, v):
    return w != u and w != v and _before(matrix, u, w, value, u, v) and _before(matrix, v, w, value, u, v)


@numba.njit(cache=True, nogil=True)
def first_in_lune(matrix, value, u, v):
    """Find a vertex in the lune of the edge u < v: the first inside, else the first on the border; -1 if none."""
    n = len(matrix)
    row, other = matrix[u], matrix[v]
    for begin in range(0, n - _BLOCK + 1, _BLOCK):
        inside = 0
        for w in range(begin, begin + _BLOCK):
            inside += (row[w] < value) & (other[w] < value)
        if inside:
            for w in range(begin, begin + _BLOCK):
                if row[w] < value and other[w] < value:
                    return w
    for w in range(n - n % _BLOCK, n):
        if row[w] < value and other[w] < value:
            return w
    return _first_on_border(matrix, value, u, v)


@numba.njit(cache=True, nogil=True)
def _first_on_border(matrix, value, u, v):
    """Find the first vertex of a lune in which none is inside; -1 if there is none."""
    row, other = matrix[u], matrix[v]
    touching = 0
    for w in range(len(matrix)):
        touching += (row[w] <= value) & (other[w] <= value)
    if touching > 2:  # the ends themselves touch the border
        for w in range(len(matrix)):
            if _in_lune(matrix, w, value, u, v):
                return w
    return -1


@numba.njit(cache=True, nogil=True)
def _coarse(matrix, limit, coarse):
    """Write lengths as whole numbers of 16 bits that keep the order where they differ; what is above a limit is equal.

    Four times as many of them go through a vector register.
    """
    scale = 65534.0 / limit if limit > 0.0 else 0.0
    for u in range(len(matrix)):
        row, short = matrix[u], coarse[u]
        for w in range(len(matrix)):
            short[w] = np.uint16(row[w] * scale) if row[w] <= limit else np.uint16(65535)


@numba.njit(cache=True, nogil=True)
def _is_star(coarse, u, v, names):
    """Whether some vertex is surely in the lune of u and v, and surely joined to all others by earlier edges.

    Tried is the vertex whose farther end is nearest.
    """
    row, other, value = coarse[u], coarse[v], coarse[u, v]
    least = np.uint32(0xFFFFFFFF)
    for w in range(len(coarse)):
        least = min(least, (np.uint32(max(row[w], other[w])) << np.uint32(16)) | names[w])
    if (least >> np.uint32(16)) >= value:
        return False
    middle = coarse[least & np.uint32(0xFFFF)]
    outside = np.uint16(0)
    for w in range(len(coarse)):
        outside |= np.uint16((row[w] <= value) & (other[w] <= value) & (middle[w] >= value))
    return outside == 0


@numba.njit(cache=True, nogil=True)
def _members(matrix, value, u, v, members):
    """Write the vertices of a lune, without a branch that depends on lengths; return how many there are."""
    row, other = matrix[u], matrix[v]
    count, touching = 0, 0
    for w in range(len(matrix)):
        members[count] = w
        count += (row[w] < value) & (other[w] < value)
        touching += (row[w] <= value) & (other[w] <= value)
    if touching == count + 2:  # nothing but the ends is on the border
        return count
    count = 0
    for w in range(len(matrix)):
        if _in_lune(matrix, w, value, u, v):
            members[count] = w
            count += 1
    return count


@numba.njit(cache=True, nogil=True)
def pieces_of_lune(matrix, value, u, v, members, found):
    """Write one vertex of each piece of a lune to `found` and return their number: a search over earlier edges."""
    left, pieces = _members(matrix, value, u, v, members), 0
    while left:
        _least_first(members, left)
        found[pieces] = members[0]
        pieces += 1
        done, reached = 0, 1
        while done < reached < left:
            row = matrix[members[done]]
            for k in range(reached, left):
                w = members[k]
                joined = row[w] < value
                if row[w] == value:
                    joined = _before(matrix, members[done], w, value, u, v)
                members[k] = members[reached]
                members[reached] = w
                reached += joined
                if reached == left:
                    break
            done += 1
        left -= reached
        for k in range(left):
            members[k] = members[reached + k]
    return pieces


@numba.njit(cache=True, nogil=True)
def _least_first(members, left):
    for k in range(1, left):
        if members[k] < members[0]:
            members[0], members[k] = members[k], members[0]


@numba.njit(cache=True, nogil=True)
def grown(rows, size):
    if size < len(rows):
        return rows
    larger = np.empty((2 * len(rows) + 16, rows.shape[1]), np.int64)
    for i in range(len(rows)):
        for k in range(rows.shape[1]):
            larger[i, k] = rows[i, k]
    return larger


@numba.njit(cache=True, nogil=True)
def _nearest(row, u, near):
    """Write the vertices nearest to u, from near to far; return how many there are."""
    count = 0
    for w in range(len(row)):
        if w == u or (count == len(near) and row[w] >= row[near[count - 1]]):
            continue
        place = count if count < len(near) else count - 1
        while place and row[near[place - 1]] > row[w]:
            near[place] = near[place - 1]
            place -= 1
        near[place] = w
        count = min(count + 1, len(near))
    return count


@numba.njit(cache=True, nogil=True)
def with_empty_lune(matrix, limit):
    """List the edges with an empty lune and a length of at most `limit`, in order, with their lengths.

    Most lunes hold one of the vertices nearest to an end, and these are looked for in all edges of a vertex at once.
    """
    n = len(matrix)
    found, count = np.empty((2 * n + 16, 2), np.int64), 0
    full, near = np.empty(n, np.uint8), np.empty(_NEAR, np.int64)
    for u in range(n):
        row = matrix[u]
        for v in range(n):
            full[v] = row[v] > limit
        for k in range(_nearest(row, u, near)):
            other, close = matrix[near[k]], row[near[k]]
            for v in range(n):
                full[v] |= (close < row[v]) & (other[v] < row[v])
        for v in range(u + 1, n):
            if full[v] == 0 and first_in_lune(matrix, row[v], u, v) < 0:
                found = grown(found, count)
                found[count, 0], found[count, 1] = u, v
                count += 1
    return _sorted(matrix, found, count)


@numba.njit(cache=True, nogil=True)
def _sorted(matrix, edges, count):
    """Give the first `count` edges in order, and their lengths."""
    values = np.empty(count, np.float64)
    for k in range(count):
        values[k] = matrix[edges[k, 0], edges[k, 1]]
    order = edge_order(values, edges)
    ordered, lengths = np.empty((count, 2), np.int64), np.empty(count, np.float64)
    for k in range(count):
        e = order[k]
        ordered[k, 0], ordered[k, 1], lengths[k] = edges[e, 0], edges[e, 1], values[e]
    return ordered, lengths


@numba.njit(cache=True, nogil=True)
def with_lune_in_pieces(matrix, above, limit):
    """List, in order, the edges longer than `above` and at most `limit` whose lune may be in several pieces."""
    n = len(matrix)
    found, count = np.empty((n + 16, 2), np.int64), 0
    coarse, names = np.empty((n, n), np.uint16), np.empty(n, np.uint32)
    _coarse(matrix, limit, coarse)
    for w in range(n):
        names[w] = w
    for u in range(n):
        for v in range(u + 1, n):
            if not above < matrix[u, v] <= limit or _is_star(coarse, u, v, names):
                continue
            found = grown(found, count)
            found[count, 0], found[count, 1] = u, v
            count += 1
    return _sorted(matrix, found, count)


@numba.njit(cache=True, nogil=True)
def enclosing(matrix):
    """Give the least length at which some vertex is joined to all, from where on the complex is a cone.

    Where there is none, give the largest finite length.
    """
    radius, largest = np.inf, 0.0
    for u in range(len(matrix)):
        far = 0.0
        for w in range(len(matrix)):
            far = max(far, matrix[u, w])
        radius = min(radius, far)
    if radius < np.inf:
        return radius
    for u in range(len(matrix)):
        for w in range(len(matrix)):
            if matrix[u, w] < np.inf:
                largest = max(largest, matrix[u, w])
    return largest


@numba.njit(cache=True, nogil=True)
def next_limit(matrix, above, limit, most):
    """Give a length such that about `most` edges, or all, are longer than `above` and not longer than it."""
    bins = np.zeros(1024, np.int64)
    width = (limit - above) / len(bins)
    if not width > 0:
        return limit
    n = len(matrix)
    for u in range(n):
        for v in range(u + 1, n):
            value = matrix[u, v]
            if above < value <= limit:
                bins[min(len(bins) - 1, int((value - above) / width))] += 1
    count = 0
    for k in range(len(bins)):
        count += bins[k]
        if count >= most:
            return min(limit, above + (k + 1) * width) if k + 1 < len(bins) else limit
    return limit
