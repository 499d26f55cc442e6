"""Points far from one another: the farthest of a cloud, one after another.

This module imports numba; import it where it is used.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Index = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]


@numba.njit(cache=True, nogil=True)
def farthest_points(points: Floats, offsets: Index, counts: Index) -> Index:
    """Choose points of every group, each farthest from those chosen before; the first is farthest from the centre.

    Among points that are equally far the first in order is taken, so the choice depends on the order where distances
    tie, and not otherwise.

    Args:
        points: `(points, dimensions)`.
        offsets: where each group begins, and last where they end.
        counts: points to choose of each group, at most as many as it has.

    Returns:
        The chosen points, group by group, in the order in which they were chosen.

    Cost:
        O(points of a group times points chosen of it).
    """
    chosen = np.empty(counts.sum(), np.int64)
    done = 0
    for group in range(len(counts)):
        begin, end = offsets[group], offsets[group + 1]
        away = np.empty(end - begin, np.float64)
        if counts[group] == 0:
            continue
        centre = np.zeros(points.shape[1], np.float64)
        for point in range(begin, end):
            centre += points[point]
        centre /= end - begin
        for point in range(begin, end):
            away[point - begin] = np.square(points[point] - centre).sum()
        for step in range(counts[group]):
            newest = begin + np.argmax(away)
            chosen[done] = newest
            done += 1
            for point in range(begin, end):
                distance = np.square(points[point] - points[newest]).sum()
                away[point - begin] = distance if step == 0 else min(away[point - begin], distance)
            away[newest - begin] = -1.0  # not twice, even where points coincide
    return chosen
