"""Persistence of volumes from their critical cells: union-find below and above, a reduction for what is between.

Critical edges that join minima end classes of dimension 0, critical squares that part maxima begin classes of
dimension 2; both are cleared from the reduction of squares to edges, which is all that is left.

Source:
    Kaji, Sudo, Ahara, 2020, "Cubical Ripser: Software for Computing Persistent Homology of Image and Volume Data", for
    the division of the work.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
from numba import njit

from cochain.kernels._numba_compile import compile_serial
from cochain.kernels._numba_radix import rank_values, sort_by_digits
from cochain.persistence._numba_cubical_reduce import reduce_squares
from cochain.persistence._numba_cubical_stars import MAXIMUM, MINIMUM, SQUARES, VERTEX, collapse_rows
from cochain.persistence._numba_cubical_ways import fall, label_extremes, label_frame, rise, spread


@njit
def _root(parent, k):
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


@njit
def _order(ranks, cells, bits):
    """Places of critical cells in the order in which they enter."""
    keys = np.empty(len(cells), np.uint64)
    for i in range(len(cells)):
        keys[i] = ranks[cells[i] >> bits]
    return sort_by_digits(keys, np.arange(len(cells)).astype(np.int32), len(cells))[1]


@njit
def _join(ends, order, age, joins, into):
    """Union-find along the edges `ends` in an order: of two trees the one of the greater age ends, marked in `joins`.

    into[i] is the label of what edge i ends.
    """
    parent = np.arange(len(age)).astype(np.int32)
    for i in order:
        a, b = _root(parent, ends[i, 0]), _root(parent, ends[i, 1])
        joins[i] = a != b
        if a != b:
            if age[a] > age[b]:
                a, b = b, a
            parent[b] = a
            into[i] = b


@njit
def _join_below(ranks, words, lows, steps, edges, order, minima, joins, bars):
    """Join minima along critical edges; writes bars (minimum, voxel of the edge)."""
    ends, into = np.empty((len(edges), 2), np.int32), np.empty(len(edges), np.int32)
    for i in range(len(edges)):
        k = edges[i] >> 3
        ends[i, 0] = fall(k, words, lows, steps)
        ends[i, 1] = fall(k + steps[edges[i] & 7], words, lows, steps)
    _join(ends, order, ranks[minima], joins, into)
    count = 0
    for i in order:
        if joins[i]:
            bars[count, 0], bars[count, 1] = minima[into[i]], edges[i] >> 3
            count += 1
    return count


@njit
def _join_above(ranks, upward, highs, steps, squares, order, maxima, joins, bars):
    """Join maxima across critical squares, downwards; writes bars (voxel of the square, maximum)."""
    ends, into = np.empty((len(squares), 2), np.int32), np.empty(len(squares), np.int32)
    for i in range(len(squares)):
        k, a, b = squares[i] >> 4, SQUARES[squares[i] & 15, 0], SQUARES[squares[i] & 15, 1]
        k += (steps[a] if a & 1 else 0) + (steps[b] if b & 1 else 0)
        ends[i, 0] = rise(k, upward, highs, steps)
        ends[i, 1] = rise(k + steps[7 - 2 * (a // 2 + b // 2)], upward, highs, steps)
    _join(ends, order[::-1], -ranks[maxima], joins, into)
    count = 0
    for i in order[::-1]:
        if joins[i]:
            bars[count, 0], bars[count, 1] = squares[i] >> 4, maxima[into[i]]
            count += 1
    return count


@njit
def _in_volume(k, shape):
    """The number of a framed voxel within its volume."""
    H, W = shape[1] + 2, shape[2] + 2
    return ((k // (H * W) - 1) * shape[1] + k // W % H - 1) * shape[2] + k % W - 1


@njit
def _keep(values, bars, count, shape, top, keep_zero):
    """Rewrite bars as voxels of the volume, in place, and count those that stay; as for images in the plane."""
    stay = 0
    for i in range(count):
        birth, death = _in_volume(bars[i, 0], shape), _in_volume(bars[i, 1], shape)
        if top:
            birth, death = death, birth
        x, y = values[birth], values[death]
        bars[stay, 0], bars[stay, 1] = birth, -1 if np.isinf(y) else death
        stay += birth != death and not np.isinf(x) and (x != y or keep_zero)
    return stay


@njit
def _add_essential(values, essential, dim, k, shape, top):
    """Note the voxel of a class without end, unless it is absent; upside down, dimensions are counted from above."""
    voxel = _in_volume(k, shape)
    if not np.isinf(values[voxel]):
        count = essential[0, 0]
        essential[count + 1, 0], essential[count + 1, 1] = 3 - dim if top else dim, voxel
        essential[0, 0] = count + 1


@njit
def _voxels(ranks, shape):
    """The framed numbers of all voxels in reading order, and by rank."""
    H, W = shape[1] + 2, shape[2] + 2
    voxels = np.empty(shape[0] * shape[1] * shape[2], np.int32)
    by_rank = np.empty_like(voxels)
    i = 0
    for z in range(1, shape[0] + 1):
        for y in range(1, shape[1] + 1):
            for k in range((z * H + y) * W + 1, (z * H + y) * W + 1 + shape[2]):
                voxels[i] = k
                by_rank[ranks[k]] = k
                i += 1
    return voxels, by_rank


@njit
def _pair(values, ranks, shape, wraps, top, keep_zero, words, pairs, upward, low, middle, high, essential):
    """All bars of one volume whose stars are collapsed: of minima, of what is between, of maxima, and the endless."""
    H, W = shape[1] + 2, shape[2] + 2
    steps = np.array([1, -1, W, -W, W * H, -W * H, 0])
    voxels, by_rank = _voxels(ranks, shape)
    lows, highs = np.empty(len(ranks), np.int32), np.empty(len(ranks), np.int32)
    label_frame(lows, highs, shape, wraps, top)
    edges, squares = spread(words, voxels, 0, 6, 8), spread(words, voxels, 6, 12, 16)
    minima, maxima = label_extremes(words, voxels, MINIMUM, lows), label_extremes(words, voxels, MAXIMUM, highs)
    joins_below, joins_above = np.empty(len(edges), np.bool_), np.empty(len(squares), np.bool_)
    order = _order(ranks, edges, 3)
    count = _join_below(ranks, words, lows, steps, edges, order, minima, joins_below, low)
    lows_kept = _keep(values, low, count, shape, top, keep_zero)
    order = _order(ranks, squares, 4)
    count = _join_above(ranks, upward, highs, steps, squares, order, maxima, joins_above, high)
    highs_kept = _keep(values, high, count, shape, top, keep_zero)
    owner, idle = _between(ranks, pairs, by_rank, steps, edges, lows, squares, order, joins_below, joins_above)
    essential[0, 0] = 0
    count = 0
    for i in range(len(edges)):
        if owner[i] >= 0:
            middle[count, 0], middle[count, 1] = edges[i] >> 3, squares[owner[i]] >> 4
            count += 1
        elif not joins_below[i]:
            _add_essential(values, essential, 1, edges[i] >> 3, shape, top)
    for c in range(len(squares)):
        if idle[c]:
            _add_essential(values, essential, 2, squares[c] >> 4, shape, top)
    _add_ends(values, by_rank, essential, shape, wraps, top)
    return lows_kept, _keep(values, middle, count, shape, top, keep_zero), highs_kept


@njit
def _between(ranks, pairs, by_rank, steps, edges, lows, squares, order, joins_below, joins_above):
    """Which square ends the class of each critical edge, and which squares end nothing. Overwrites pairs and lows."""
    for edge in edges[joins_below]:  # no class of dimension 1 begins with it: cleared from all boundaries
        pairs[6 * (edge >> 3) + (edge & 7)] = VERTEX
    for k in range(len(lows)):
        if lows[k] < 0:  # in the frame, a repeated voxel
            pairs[6 * k : 6 * k + 6] = pairs[-6 * lows[k] : 6 - 6 * lows[k]]
    first = lows
    for i in range(len(edges) - 1, -1, -1):
        first[edges[i] >> 3] = i
    owner = np.full(len(edges), -1, np.int32)
    reduce_squares(ranks, pairs, by_rank, steps, edges, first, squares, order, joins_above, owner)
    idle = ~joins_above
    idle[owner[owner >= 0]] = False
    return owner, idle


@njit
def _add_ends(values, by_rank, essential, shape, wraps, top):
    """The class of the whole volume, and that of its interior where there is no outside."""
    if not top or wraps.all():
        _add_essential(values, essential, 0, by_rank[0], shape, top)
    if top or wraps.all():
        _add_essential(values, essential, 3, by_rank[-1], shape, top)


@njit
def _frame(ranks, shape, wraps, top):
    """Ranks within their frame: upside down where voxels are cubes, and then the frame is lower than all."""
    n = len(ranks)
    H, W = shape[1] + 2, shape[2] + 2
    framed = np.full((shape[0] + 2) * H * W, -1 if top else n, np.int32)
    for z in range(0 if wraps[0] else 1, shape[0] + (2 if wraps[0] else 1)):
        for y in range(0 if wraps[1] else 1, shape[1] + (2 if wraps[1] else 1)):
            line = (((z - 1) % shape[0]) * shape[1] + (y - 1) % shape[1]) * shape[2]
            at = (z * H + y) * W
            for x in range(shape[2]):
                framed[at + x + 1] = n - 1 - ranks[line + x] if top else ranks[line + x]
            if wraps[2]:
                framed[at], framed[at + W - 1] = framed[at + shape[2]], framed[at + 1]
    return framed


@compile_serial
def pair_volumes(
    values, starts, shapes, sign, wraps, top, keep_zero, low, middle, high, counts, essential, first, step
):
    """Bars of each `step`-th volume from the `first` on, one after the other in `values`, ordered by sign * value.

    Volume i writes from row starts[i] + 4 i of low, middle and high, and to counts[i] how many bars each has;
    essential[i] has the number of its classes without end in the first row, then (dimension, voxel) of each.
    """
    for i in range(first, len(shapes), step):
        shape, own = shapes[i], values[starts[i] : starts[i + 1]]
        framed = _frame(rank_values(own, sign), shape, wraps, top)
        words, pairs = np.empty(len(framed), np.int32), np.empty(6 * len(framed), np.uint8)
        upward = np.empty(len(framed), np.uint8)
        collapse_rows(framed, shape, wraps, 0, shape[0] * shape[1], words, pairs, upward)
        at, end = starts[i] + 4 * i, starts[i + 1] + 4 * i + 4
        counts[i] = _pair(
            own, framed, shape, wraps, top, keep_zero, words, pairs, upward, low[at:end], middle[at:end],
            high[at:end], essential[i],
        )  # fmt: skip
