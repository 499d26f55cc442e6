"""All subsets of one size of many sets: the pairs that share a cell, the faces that a closure adds.

This module imports numba; import it where it is used.
"""

from math import comb
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from cochain.kernels.limits import refuse_above
from cochain.kernels.threads import threads_for

Index = npt.NDArray[np.integer[Any]]


def count_subsets(lengths: Index, size: int) -> int:
    """Count the subsets of `size` elements of sets of the given lengths, exactly, however many there are."""
    different, times = np.unique(lengths, return_counts=True)  # few: the lengths that occur, not the sets
    return sum(comb(int(n), size) * int(k) for n, k in zip(different, times, strict=True))


def subsets(indptr: Index, indices: Index, size: int, limit: int | None = None) -> tuple[Index, Index]:
    """List the subsets of `size` elements of every set, those of the first set first.

    Args:
        indptr: where each set begins, and last where they end.
        indices: the elements, increasing within a set.
        size: elements of a subset, at least 1.
        limit: subsets beyond which `LimitError` is raised before their memory is taken.

    Returns:
        The subsets, `(subsets, size)`, elements increasing and subsets of one set in lexicographic order, and the set
        of each.

    Cost:
        O(size) for each subset; two sets that share a subset list it twice.
    """
    indptr = np.ascontiguousarray(indptr, np.int64)
    lengths = np.diff(indptr)
    total = count_subsets(lengths, size)
    refuse_above(limit, total, size)
    ends = np.zeros(len(indptr), np.int64)
    different, inverse = np.unique(lengths, return_inverse=True)
    np.cumsum(np.array([comb(int(n), size) for n in different], np.int64)[inverse], out=ends[1:])
    small = total < 2**31 and (not len(indices) or int(indices.max()) < 2**31)
    kind: Any = np.int32 if small else np.int64
    rows, owner = np.empty((total, size), kind), np.empty(total, kind)
    with threads_for(total * size):
        _fill(indptr, np.ascontiguousarray(indices, kind), ends, rows, owner)
    return rows, owner


@numba.njit(cache=True, nogil=True, parallel=True)
def _fill(indptr: Index, indices: Index, ends: Index, rows: Index, owner: Index) -> None:
    size = rows.shape[1]
    for which in numba.prange(len(indptr) - 1):
        begin, count = indptr[which], indptr[which + 1] - indptr[which]
        if ends[which] == ends[which + 1]:
            continue
        chosen = np.arange(size)
        for row in range(ends[which], ends[which + 1]):
            owner[row] = which
            for k in range(size):
                rows[row, k] = indices[begin + chosen[k]]
            place = size - 1  # the last position that can still move on
            while place >= 0 and chosen[place] == count - size + place:
                place -= 1
            if place >= 0:
                chosen[place] += 1
                for k in range(place + 1, size):
                    chosen[k] = chosen[k - 1] + 1
