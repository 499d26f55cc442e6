"""The critical cells of a volume, and the ways from them down to minima and up to maxima."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
from numba import njit

from cochain.persistence._numba_cubical_masks import OUTSIDE
from cochain.persistence._numba_cubical_stars import PARTNER


@njit
def _bits(word):
    count = 0
    while word:
        word &= word - 1
        count += 1
    return count


@njit
def spread(words, voxels, shift, most, wide):
    """List the critical cells that words hold from bit `shift` on, `most` directions each, as wide * voxel + cell."""
    count = 0
    for k in voxels:
        count += _bits(words[k] >> shift & (1 << most) - 1)
    cells = np.empty(count, np.int64)
    count = 0
    for k in voxels:
        here = words[k] >> shift & (1 << most) - 1
        for d in range(most if here else 0):
            if here >> d & 1:
                cells[count] = wide * k + d
                count += 1
    return cells


@njit
def label_extremes(words, voxels, bit, labels):
    """List the minima or maxima, from place 2 on, and label each with its place."""
    count = 2
    for k in voxels:
        count += words[k] >> bit & 1
    extremes = np.zeros(count, np.int32)
    count = 2
    for k in voxels:
        if words[k] >> bit & 1:
            extremes[count] = k
            labels[k] = count
            count += 1
    return extremes


@njit
def label_frame(lows, highs, shape, wraps, top):
    """Label the voxels and cubes that touch the frame: outside, or sent on to the one that they repeat.

    A cube has the number of its least corner.
    """
    H, W = shape[1] + 2, shape[2] + 2
    place, real = np.empty(3, np.int64), np.empty(3, np.int64)
    for k in range((shape[0] + 2) * H * W):
        place[0], place[1], place[2] = k // (H * W), k // W % H, k % W
        no_voxel = no_cube = False
        for axis in range(3):
            i, n = place[axis], shape[axis]
            real[axis] = (i - 1) % n + 1 if wraps[axis] else i
            no_voxel |= not wraps[axis] and (i == 0 or i == n + 1)
            no_cube |= not wraps[axis] and not top and (i == 0 or i == n)
        repeated = (real[0] * H + real[1]) * W + real[2]
        lows[k] = OUTSIDE if no_voxel else 0 if repeated == k else -repeated
        highs[k] = OUTSIDE if no_cube else 0 if repeated == k else -repeated


@njit
def fall(k, words, lows, steps):
    """The label of the minimum below a voxel; the voxels on the way get it too."""
    start = k
    while lows[k] <= 0:
        k = -lows[k] if lows[k] < 0 else k + steps[words[k] >> PARTNER]
    label = lows[k]
    k = start
    while lows[k] <= 0:
        if lows[k] < 0:
            k = -lows[k]
        else:
            lows[k] = label
            k += steps[words[k] >> PARTNER]
    return label


@njit
def rise(k, upward, highs, steps):
    """The label of the maximum above a cube; the cubes on the way get it too."""
    start = k
    while highs[k] <= 0:
        k = -highs[k] if highs[k] < 0 else k + steps[upward[k]]
    label = highs[k]
    k = start
    while highs[k] <= 0:
        if highs[k] < 0:
            k = -highs[k]
        else:
            highs[k] = label
            k += steps[upward[k]]
    return label
