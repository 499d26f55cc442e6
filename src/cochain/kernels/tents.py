"""The highest tents over intervals, at every value of a grid.

This module imports numba; import it where it is used.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
import numpy.typing as npt
from numba import prange

from cochain.kernels._numba_compile import Kernel

Index = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@Kernel
def _largest_tents(low, high, bounds, grid, highest, found, parts):
    """Insert every tent into the short descending list of every grid value under it."""
    depth = found.shape[1]
    for part in prange(parts):
        for group in range(part, len(bounds) - 1, parts):
            for bar in range(bounds[group], bounds[group + 1]):
                at = np.searchsorted(grid, low[bar])
                while at < len(grid) and grid[at] < high[bar]:
                    height = min(grid[at] - low[bar], high[bar] - grid[at])
                    level = depth
                    while level > 0 and highest[group, at, level - 1] < height:
                        level -= 1
                    for k in range(depth - 1, level, -1):
                        highest[group, at, k] = highest[group, at, k - 1]
                        found[group, k, at] = found[group, k - 1, at]
                    if level < depth:
                        highest[group, at, level] = height
                        found[group, level, at] = bar
                    at += 1


def largest_tents(low: Floats, high: Floats, bounds: Index, grid: Floats, depth: int) -> Index:
    """Find the intervals with the highest tents max(0, min(t - low, high - t)) at every grid value t.

    Args:
        low: where each interval begins, group after group.
        high: where it ends.
        bounds: where each group begins, and last where they end.
        grid: ascending.
        depth: how many to find; of equally high ones those that come first.

    Returns:
        `(groups, depth, len(grid))` intervals, the highest first; their number where no further tent is above 0.
    """
    groups = len(bounds) - 1
    highest = np.zeros((groups, len(grid), depth))
    found = np.full((groups, depth, len(grid)), len(low), np.int64)
    _largest_tents(len(low) * len(grid), low, high, bounds, grid, highest, found)
    return found
