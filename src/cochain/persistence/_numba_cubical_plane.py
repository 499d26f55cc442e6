"""Persistence of images in the plane: a discrete gradient by a table, then union-find along the critical edges alone.

Pixels are vertices, and an edge or square enters with its greatest pixel. Which of the eight neighbours are lower (one
byte per pixel) tells how the cells that enter with it collapse onto one another: a way down from every pixel to a
minimum, a way up from every square to a maximum, and a few critical edges, which join minima or part maxima. Only
these are sorted, and only the ways from them are walked.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
from numba import njit

from cochain.kernels._numba_compile import compile_serial
from cochain.kernels._numba_radix import sort_by_digits, sortable
from cochain.persistence._numba_cubical_masks import (
    COLLAPSES,
    MAXIMUM,
    NONE,
    label_frame,
    load,
    lower_neighbours,
)


@njit
def _find_critical(masks, lows, highs, height, width, minima, maxima, edges):
    """List the critical pixels in reading order and label minima and maxima by their place in the lists.

    Critical edges are 4 * pixel + direction.
    """
    W = width + 2
    n_low = n_high = 2
    found = 0
    for r in range(1, height + 1):
        for k in range(r * W + 1, r * W + 1 + width):
            mask = masks[k]
            kind = COLLAPSES[mask, 1]
            edges[found] = 4 * k + COLLAPSES[mask, 2]
            found += kind & 3 != 0
            for d in range(1, kind & 3):
                edges[found] = 4 * k + COLLAPSES[mask, 2 + d]
                found += 1
            if COLLAPSES[mask, 0] == NONE:
                lows[k] = n_low
                minima[n_low] = k
                n_low += 1
            if kind == MAXIMUM:  # its critical square is the north-eastern one
                square = -highs[k - W] if highs[k - W] < 0 else k - W
                highs[square] = n_high
                maxima[n_high] = k
                n_high += 1
    return n_low, n_high, found


@njit
def _fall(k, masks, lows, steps):
    """The label of the minimum below a pixel; the pixels on the way get it too."""
    start = k
    while lows[k] <= 0:
        k = -lows[k] if lows[k] < 0 else k + steps[masks[k]]
    label = lows[k]
    k = start
    while lows[k] <= 0:
        if lows[k] < 0:
            k = -lows[k]
        else:
            lows[k] = label
            k += steps[masks[k]]
    return label


@njit
def _square(k, d, W):
    """Square d of a pixel: south-east, south-west, north-west, north-east."""
    return k - (W if d > 1 else 0) - (1 if d == 1 or d == 2 else 0)


@njit
def _up(k, masks, W):
    """The square behind the partner of a square: of its greatest pixel, the next one round."""
    if masks[k] & 7 == 7:
        return k - 1
    if masks[k + 1] & 28 == 28:
        return k - W
    if masks[k + W + 1] & 112 == 112:
        return k + 1
    return k + W


@njit
def _rise(k, masks, highs, W):
    """The label of the maximum above a square; the squares on the way get it too."""
    start = k
    while highs[k] <= 0:
        k = -highs[k] if highs[k] < 0 else _up(k, masks, W)
    label = highs[k]
    k = start
    while highs[k] <= 0:
        if highs[k] < 0:
            k = -highs[k]
        else:
            highs[k] = label
            k = _up(k, masks, W)
    return label


@njit
def _order(f, edges, found):
    """Places of the critical edges in the order in which they enter."""
    bits = f.view(np.uint64)
    keys = np.empty(found, np.uint64)
    places = np.empty(found, np.int32)
    for i in range(found):
        keys[i] = sortable(bits[edges[i] >> 2])
        places[i] = i
    return sort_by_digits(keys, places, found)[1]


@njit
def _root(parent, k):
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


@njit
def _join_below(f, masks, lows, W, edges, order, minima, joins, bars):
    """Join minima along the critical edges, lowest first: the younger minimum ends (the elder rule).

    Writes bars (minimum, pixel of the edge), and marks in `joins` the edges that join. The labels are looked up in
    reading order first, where neighbours share cache lines.
    """
    shift = np.array([1, W, -1, -W, 0], np.int32)
    steps = np.empty(256, np.int32)
    for mask in range(256):
        steps[mask] = shift[COLLAPSES[mask, 0]]
    found = len(order)
    ends = np.empty((found, 2), np.int32)
    for i in range(found):
        k = edges[i] >> 2
        ends[i, 0] = _fall(k, masks, lows, steps)
        ends[i, 1] = _fall(k + shift[edges[i] & 3], masks, lows, steps)
    parent = np.arange(len(minima), dtype=np.int32)
    age = f[minima]
    count = 0
    for i in order:
        a, b = _root(parent, ends[i, 0]), _root(parent, ends[i, 1])
        joins[i] = a != b
        if a == b:
            continue
        if age[a] > age[b] or (age[a] == age[b] and a > b):
            a, b = b, a
        parent[b] = a
        bars[count, 0], bars[count, 1] = minima[b], edges[i] >> 2
        count += 1
    return count


@njit
def _join_above(f, masks, highs, W, edges, order, maxima, joins, bars):
    """Join maxima across the edges that joined no minima, highest first: the lower maximum ends.

    Writes bars (pixel of the edge, maximum), and marks these edges in `joins` too.
    """
    found = len(order)
    ends = np.empty((found, 2), np.int32)
    for i in range(found):
        if not joins[i]:
            k, d = edges[i] >> 2, edges[i] & 3
            ends[i, 0] = _rise(_square(k, d, W), masks, highs, W)
            ends[i, 1] = _rise(_square(k, (d + 3) & 3, W), masks, highs, W)
    parent = np.arange(len(maxima), dtype=np.int32)
    age = f[maxima]
    count = 0
    for i in order[::-1]:
        if joins[i]:
            continue
        a, b = _root(parent, ends[i, 0]), _root(parent, ends[i, 1])
        joins[i] = a != b
        if a == b:
            continue
        if age[a] < age[b] or (age[a] == age[b] and a < b):
            a, b = b, a
        parent[b] = a
        bars[count, 0], bars[count, 1] = edges[i] >> 2, maxima[b]
        count += 1
    return count


@njit
def _in_image(k, height, width, top):
    """The number of a framed pixel within its image."""
    row = int((k + 0.5) / (width + 2))  # exact: k is below 2^31
    flat = (row - 1) * width + k - row * (width + 2) - 1
    return height * width - 1 - flat if top else flat


@njit
def _keep(values, bars, count, height, width, top, keep_zero):
    """Rewrite bars as pixels of the image, in place, and count those that stay.

    Left out are bars of no length, unless they are kept, and bars of absent pixels; what an absent pixel would end
    never ends (-1). Upside down, what ends there begins here.
    """
    stay = 0
    for i in range(count):
        birth, death = _in_image(bars[i, 0], height, width, top), _in_image(bars[i, 1], height, width, top)
        if top:
            birth, death = death, birth
        x, y = values[birth], values[death]
        bars[stay, 0], bars[stay, 1] = birth, -1 if np.isinf(y) else death
        stay += not np.isinf(x) and (x != y or keep_zero)
    return stay


@njit
def _add_essential(values, bars, count, pixel):
    """Add a bar without end, unless its pixel is absent."""
    if np.isinf(values[pixel]):
        return count
    bars[count, 0], bars[count, 1] = pixel, -1
    return count + 1


@njit
def _highest(f, pixels, sign):
    """The greatest of some pixels, or with a negative sign the lowest; 0 if there are none."""
    best = 0
    for k in pixels:
        if best == 0 or sign * f[k] > sign * f[best] or (f[k] == f[best] and sign > 0):
            best = k
    return best


@njit
def _pair(values, keys, height, width, sign, top, rows_wrap, columns_wrap, keep_zero, space, low, high):
    """All bars of one image: minima joined (into `low`), maxima parted (into `high`), and the last pixel of a torus."""
    f, masks, lows, highs, minima, maxima, edges = space
    W = width + 2
    f = f[: W * (height + 2)]
    load(keys, f, height, width, sign, top, rows_wrap, columns_wrap)
    lower_neighbours(f, masks, height, width, rows_wrap, columns_wrap)
    label_frame(lows, highs, height, width, top, rows_wrap, columns_wrap)
    n_low, n_high, found = _find_critical(masks, lows, highs, height, width, minima, maxima, edges)
    order = _order(f, edges, found)
    joins = np.empty(found, np.bool_)
    minima[:2], maxima[:2] = 0, 0  # a pixel of the frame: older than all where it is the outside
    count = _join_below(f, masks, lows, W, edges, order, minima[:n_low], joins, low)
    lows_kept = _keep(values, low, count, height, width, top, keep_zero)
    count = _join_above(f, masks, highs, W, edges, order, maxima[:n_high], joins, high)
    highs_kept = _keep(values, high, count, height, width, top, keep_zero)
    for i in range(found):
        if not joins[i]:  # a loop of a torus or cylinder
            pixel = _in_image(edges[i] >> 2, height, width, top)
            if top:
                lows_kept = _add_essential(values, low, lows_kept, pixel)
            else:
                highs_kept = _add_essential(values, high, highs_kept, pixel)
    first = _highest(f, maxima[2:n_high], 1.0) if top else _highest(f, minima[2:n_low], -1.0)
    last = _highest(f, minima[2:n_low], -1.0) if top else _highest(f, maxima[2:n_high], 1.0)
    first = _in_image(first, height, width, top)
    last = _in_image(last, height, width, top) if rows_wrap and columns_wrap else -1
    if top:
        return lows_kept, _add_essential(values, high, highs_kept, first), last
    return _add_essential(values, low, lows_kept, first), highs_kept, last


@compile_serial
def pair_images(
    values, keys, offsets, shapes, sign, top, rows_wrap, columns_wrap, keep_zero, low, high, counts, first, step
):
    """Bars of each `step`-th image from the `first` on; image i writes from row offsets[i] + 4 i of low and high.

    The images stand one after the other in `values`. `keys` order the pixels as sign * values do; where images wrap,
    they have no ties. counts[i] is the number of bars in low and in high, and the last pixel of a torus, else -1.
    """
    room = 0
    for i in range(first, len(shapes), step):
        room = max(room, (shapes[i, 0] + 2) * (shapes[i, 1] + 2))
    whole = np.empty((5, room), np.int32)
    space = np.empty(room), np.empty(room, np.uint8), whole[0], whole[1], whole[2], whole[3], whole[4]
    for i in range(first, len(shapes), step):
        start, end = offsets[i], offsets[i + 1]
        counts[i] = _pair(
            values[start:end], keys[start:end], shapes[i, 0], shapes[i, 1], sign, top, rows_wrap, columns_wrap,
            keep_zero, space, low[start + 4 * i : end + 4 * i + 4], high[start + 4 * i : end + 4 * i + 4],
        )  # fmt: skip
