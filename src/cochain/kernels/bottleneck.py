"""The bottleneck of a partial matching between two sets of points of the plane, for many pairs of sets at once.

Every point is matched with a point of the other set, or alone with the nearest point of the diagonal; the bottleneck is
the longest distance in the matching where it is shortest. This module imports numba; import it where it is used.
"""

# mypy: disable-error-code="no-untyped-def"

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import prange

from cochain.kernels._numba_compile import Kernel

Index = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _far(points, others, i, j):
    return max(abs(points[i, 0] - others[j, 0]), abs(points[i, 1] - others[j, 1]))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _place(others, axis, value):
    """Find the first of the other points, sorted along the axis, whose coordinate is not below the value."""
    low, high = 0, len(others)
    while low < high:
        middle = (low + high) // 2
        if others[middle, axis] < value:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _nearest(points, others, axis, i, limit):
    """Find the other point that is nearest to point i, and its distance, when it is below the limit (else -1)."""
    best, least = -1, limit
    middle = _place(others, axis, points[i, axis])
    for j in range(middle, len(others)):
        if others[j, axis] - points[i, axis] >= least:
            break
        away = _far(points, others, i, j)
        if away < least:
            best, least = j, away
    for j in range(middle - 1, -1, -1):
        if points[i, axis] - others[j, axis] >= least:
            break
        away = _far(points, others, i, j)
        if away < least:
            best, least = j, away
    return best, least


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _turn(start, row, column, before, partner, owner):
    """Turn over the path that ends in (row, column), or in the diagonal for column -1, and began in `start`."""
    while True:
        following = partner[row]
        partner[row] = column
        if column >= 0:
            owner[column] = row
        if row == start:
            return
        column = following
        row = before[column]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _within(points, others, axis, alone, radius, start, partner, owner, before, queue):
    """Look for an augmenting path whose steps are all at most the radius, breadth first. Say whether there was one."""
    before[:] = -1
    queue[0] = start
    head, tail = 0, 1
    while head < tail:
        i = queue[head]
        head += 1
        if alone[i] <= radius:
            _turn(start, i, -1, before, partner, owner)
            return True
        j = _place(others, axis, points[i, axis] - radius)
        while j < len(others) and others[j, axis] - points[i, axis] <= radius:
            if before[j] < 0 and _far(points, others, i, j) <= radius:
                before[j] = i
                if owner[j] < 0:
                    _turn(start, i, j, before, partner, owner)
                    return True
                queue[tail] = owner[j]
                tail += 1
            j += 1
    return False


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _widen(points, others, alone, radius, start, partner, owner, before, reach):  # noqa: C901 - one search
    """Find the augmenting path whose longest step is shortest, turn it over, and return the length of that step."""
    reach[:] = np.inf
    before[:] = -1
    i, base = start, radius
    exit_row, exit_reach = -1, np.inf
    while True:
        leaving = max(base, alone[i])
        if leaving < exit_reach:
            exit_row, exit_reach = i, leaving
        least, nearest = np.inf, -1
        for j in range(len(others)):
            if reach[j] < 0.0:  # taken
                continue
            through = max(base, _far(points, others, i, j))
            if through < reach[j]:
                reach[j] = through
                before[j] = i
            if reach[j] < least or (reach[j] == least and owner[j] < 0 and owner[nearest] >= 0):
                least, nearest = reach[j], j
        if exit_reach <= least:
            _turn(start, exit_row, -1, before, partner, owner)
            return exit_reach
        base = least
        if owner[nearest] < 0:
            _turn(start, before[nearest], nearest, before, partner, owner)
            return base
        reach[nearest] = -1.0
        i = owner[nearest]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _lonely(points):
    """Give half the lifetime of each point, its distance to the diagonal; and the points, the farthest first."""
    alone = np.empty(len(points))
    for i in range(len(points)):
        alone[i] = 0.5 * abs(points[i, 1] - points[i, 0])
    return alone, np.argsort(-alone, kind="mergesort")


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _bound(points, others, axis, alone, descending, radius):
    """Raise the radius to the distance from every point to the nearest of its partners; with the step that does."""
    row, column = -1, -1
    for i in descending:
        if alone[i] <= radius:
            break
        partner, least = _nearest(points, others, axis, i, alone[i])
        if least > radius:
            radius, row, column = least, i, partner
    return radius, row, column


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _cover(points, others, axis, alone, descending, radius):
    """Find the least radius, at least the given one, at which the points can be matched; others may stay unmatched.

    Returns the radius, and the step that forces it: a point and its partner (-1 for the diagonal), or (-1, -1) when the
    given radius is enough.
    """
    given = radius
    partner, owner = np.full(len(points), -1, np.int64), np.full(len(others), -1, np.int64)
    before, queue, reach = np.empty(len(others), np.int64), np.empty(len(points) + 1, np.int64), np.empty(len(others))
    for i in descending:
        if alone[i] <= radius:
            break
        if not _within(points, others, axis, alone, radius, i, partner, owner, before, queue):
            radius = _widen(points, others, alone, radius, i, partner, owner, before, reach)
    if radius == given:
        return radius, -1, -1
    row, column = _longest(points, others, alone, radius, partner)
    return radius, row, column


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _longest(points, others, alone, radius, partner):
    """Find the step of a matching that is as long as the radius."""
    for i in range(len(points)):
        if partner[i] < 0:
            if alone[i] == radius:
                return i, -1
        elif _far(points, others, i, partner[i]) == radius:
            return i, partner[i]
    return -1, -1


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _step(one, other, axis):
    """Find the step that decides the bottleneck of one pair."""
    alone, descending = _lonely(one)
    others_alone, others_descending = _lonely(other)
    radius, first_i, first_j = _bound(one, other, axis, alone, descending, 0.0)
    radius, j, i = _bound(other, one, axis, others_alone, others_descending, radius)
    if j >= 0:
        first_i, first_j = i, j
    radius, i, j = _cover(one, other, axis, alone, descending, radius)
    if i >= 0:
        first_i, first_j = i, j
    radius, j, i = _cover(other, one, axis, others_alone, others_descending, radius)
    if j >= 0:
        first_i, first_j = i, j
    return first_i, first_j


@Kernel
def _steps(a, a_bounds, b, b_bounds, first, second, axis, steps, parts):
    for part in prange(parts):
        for k in range(part, len(first), parts):
            one = a[a_bounds[first[k]] : a_bounds[first[k] + 1]]
            other = b[b_bounds[second[k]] : b_bounds[second[k] + 1]]
            steps[k, 0], steps[k, 1] = _step(one, other, axis)


def bottleneck_steps(
    a: Floats, a_bounds: Index, b: Floats, b_bounds: Index, first: Index, second: Index, axis: int
) -> Index:
    """Find the step that decides the bottleneck of every pair of sets, in the maximum norm.

    A matching of both sets within a radius exists as soon as one exists that covers the first set and one that covers
    the second (Mendelsohn and Dulmage, 1958, "Some Generalizations of the Problem of Distinct Representatives"). Each
    is found alone, and only points farther from the diagonal than the radius take part.

    Args:
        a: `(points, 2)`, set after set, each sorted along the axis.
        a_bounds: where each set begins, and last where they end.
        b: as a.
        b_bounds: as for a.
        first: which set of a each pair compares.
        second: which set of b.
        axis: the coordinate, 0 or 1, along which near points are looked for; the more spread, the faster.

    Returns:
        `(pairs, 2)`: the place of a point within its set of a and of its partner within the set of b; -1 for the
        diagonal; twice -1 when no step has any length.

    Cost:
        O(k m) for k points that lie farther from the diagonal than the bottleneck, when few paths have to be searched
        for; O(k^2 m) at worst. Memory O(n + m).
    """
    steps = np.full((len(first), 2), -1, np.int64)
    counts = (a_bounds[1:] - a_bounds[:-1])[first] + (b_bounds[1:] - b_bounds[:-1])[second]
    _steps(16 * int(counts.sum()), a, a_bounds, b, b_bounds, first, second, axis, steps)
    return steps
