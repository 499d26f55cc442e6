"""The cheapest partial matching between two sets of points of the plane, for many pairs of sets at once.

Every point is matched with a point of the other set, or alone with the nearest point of the diagonal. This module
imports numba; import it where it is used.
"""

# mypy: disable-error-code="no-untyped-def"

import numba
import numpy as np
import numpy.typing as npt
from numba import prange

from cochain.kernels._numba_compile import Kernel

Index = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@numba.njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _power_costs(x, y, points, order, ground, out):  # noqa: C901 - one short loop for each norm
    """Fill out[j] with the ground distance from (x, y) to point j, to the power `order`. ground 0 stands for infinity.

    No value here is infinite, so that fast arithmetic is safe; one loop for each common case, so that it runs in
    vector registers.
    """
    if ground == 0.0:
        for j in range(len(points)):
            out[j] = max(abs(points[j, 0] - x), abs(points[j, 1] - y))
    elif ground == 1.0:
        for j in range(len(points)):
            out[j] = abs(points[j, 0] - x) + abs(points[j, 1] - y)
    elif ground == 2.0:
        for j in range(len(points)):
            one, other = points[j, 0] - x, points[j, 1] - y
            out[j] = one * one + other * other
        if order == 2.0:
            return
        for j in range(len(points)):
            out[j] = np.sqrt(out[j])
    else:
        for j in range(len(points)):
            out[j] = (abs(points[j, 0] - x) ** ground + abs(points[j, 1] - y) ** ground) ** (1.0 / ground)
    if order == 2.0:
        for j in range(len(points)):
            out[j] = out[j] * out[j]
    elif order != 1.0:
        for j in range(len(points)):
            out[j] = out[j] ** order


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _alone(points, order, ground):
    """The cost of matching each point with the diagonal: half its lifetime in both coordinates."""
    scale = 1.0 if ground == 0.0 else 2.0 ** (1.0 / ground)
    out = np.empty(len(points), np.float64)
    for i in range(len(points)):
        out[i] = (0.5 * abs(points[i, 1] - points[i, 0]) * scale) ** order
    return out


@numba.njit(cache=True, nogil=True, fastmath={"nnan", "nsz", "reassoc"}, error_model="numpy")
def _smallest(key):
    """Find the least value and its place, in vector registers; infinities keep their meaning."""
    least = np.inf
    for j in range(len(key)):
        least = min(least, key[j])
    for j in range(len(key)):
        if key[j] == least:
            return j, least
    return -1, np.inf


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _begin(rows, columns, order, ground, row_alone, column_alone, u, partner, owner, cost):
    """Give every row the dual value of its cheapest choice, and the choice itself where it is still free.

    partner[i] is a column, -1 for the diagonal, or -2 while the row waits.
    """
    for i in range(len(rows)):
        _power_costs(rows[i, 0], rows[i, 1], columns, order, ground, cost)
        for j in range(len(columns)):
            cost[j] -= column_alone[j]
        best, least = _smallest(cost)
        partner[i] = -2
        if row_alone[i] <= least:
            u[i], partner[i] = row_alone[i], -1
        else:
            u[i] = least
            if owner[best] < 0:
                owner[best], partner[i] = i, best


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _relax(h, cost, blocked, key, before, i):
    for j in range(len(key)):
        through = h + cost[j] - blocked[j]
        if through < key[j]:
            key[j] = through
            before[j] = i


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _augment(  # noqa: C901 - one search: relax, take the nearest, or leave by the diagonal
    free, rows, columns, order, ground, row_alone, column_alone, u, v, partner, owner, work
):
    """Find the shortest augmenting path from one free row (Dijkstra on reduced costs), and turn it over."""
    cost, key, reached, before, blocked, scanned = work
    key[:] = np.inf
    blocked[:] = column_alone + v
    i, base, last, count = free, 0.0, -1, 0
    exit_row, exit_cost = -1, np.inf
    while True:
        leaving = base + row_alone[i] - u[i]
        if leaving < exit_cost:
            exit_row, exit_cost = i, leaving
        _power_costs(rows[i, 0], rows[i, 1], columns, order, ground, cost)
        _relax(base - u[i], cost, blocked, key, before, i)
        nearest, least = _smallest(key)
        if exit_cost <= least:
            base = exit_cost
            break
        base, last = least, nearest
        if owner[nearest] < 0:
            exit_row = -1
            break
        # A column that was taken is at distance infinity from now on, whatever is added.
        key[nearest], blocked[nearest], reached[nearest] = np.inf, -np.inf, least
        scanned[count] = nearest
        count += 1
        i = owner[nearest]
    u[free] += base
    for k in range(count):
        j = scanned[k]
        v[j] += reached[j] - base
        u[owner[j]] += base - reached[j]
    row, column = exit_row, -1
    if exit_row < 0:
        row, column = before[last], last
    while True:
        column, partner[row] = partner[row], column
        if partner[row] >= 0:
            owner[partner[row]] = row
        if row == free:
            return
        row = before[column]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _match(rows, columns, order, ground):
    """Match the rows of one pair; there are at most as many rows as columns."""
    n, m = len(rows), len(columns)
    row_alone, column_alone = _alone(rows, order, ground), _alone(columns, order, ground)
    u, v = np.zeros(n), np.zeros(m)
    partner, owner = np.full(n, -2, np.int64), np.full(m, -1, np.int64)
    work = (np.empty(m), np.empty(m), np.empty(m), np.zeros(m, np.int64), np.empty(m), np.empty(m, np.int64))
    _begin(rows, columns, order, ground, row_alone, column_alone, u, partner, owner, work[0])
    for i in range(n):
        if partner[i] == -2:
            _augment(i, rows, columns, order, ground, row_alone, column_alone, u, v, partner, owner, work)
    return partner


@Kernel
def _match_pairs(a, a_bounds, b, b_bounds, first, second, order, ground, starts, out, parts):
    for part in prange(parts):
        for k in range(part, len(first), parts):
            one = a[a_bounds[first[k]] : a_bounds[first[k] + 1]]
            other = b[b_bounds[second[k]] : b_bounds[second[k] + 1]]
            if len(one) <= len(other):
                out[starts[k] : starts[k + 1]] = _match(one, other, order, ground)
            else:
                found = _match(other, one, order, ground)
                out[starts[k] : starts[k + 1]] = -1
                for j in range(len(found)):
                    if found[j] >= 0:
                        out[starts[k] + found[j]] = j


def match_points(
    a: Floats,
    a_bounds: Index,
    b: Floats,
    b_bounds: Index,
    first: Index,
    second: Index,
    order: float = 1.0,
    ground: float = np.inf,
) -> tuple[Index, Index]:
    """Match the points of sets of a with points of sets of b, or with the diagonal, at the least sum of costs.

    A cost is the distance of two points, or of a point and the nearest one of the diagonal, to the power `order`.

    Args:
        a: `(points, 2)`, set after set.
        a_bounds: where each set begins, and last where they end.
        b: as a.
        b_bounds: as for a.
        first: which set of a each pair compares.
        second: which set of b.
        order: the power, at least 1.
        ground: which p-norm of the plane measures distances, from 1 to infinity.

    Returns:
        For every pair, for every point of its set of a: the partner's place within the set of b, or -1 for the
        diagonal; and where each pair begins among them.

    Cost:
        Shortest augmenting paths with dual values (Jonker and Volgenant, 1987, "A Shortest Augmenting Path Algorithm
        for Dense and Sparse Linear Assignment Problems"), where each row has an exit of its own, the diagonal: the
        problem is n by m, not n + m by n + m. Time O(n^2 m) at worst, memory O(n + m).
    """
    counts = (a_bounds[1:] - a_bounds[:-1])[first]
    others = (b_bounds[1:] - b_bounds[:-1])[second]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    out = np.empty(starts[-1], np.int64)
    code = 0.0 if np.isinf(ground) else float(ground)
    work = 8 * int((counts * others).sum())
    _match_pairs(work, a, a_bounds, b, b_bounds, first, second, float(order), code, starts, out)
    return out, starts
