"""The latest entry of every row of a sparse pattern.

This module imports numba; import it where it is used.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cochain.kernels._numba_compile import compile_serial

Index = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


def latest_entries(indptr: Index, indices: Index, items: Index, keys: Floats) -> npt.NDArray[np.int64]:
    """Find, for every row, the item of highest (key, index) that its entries name.

    Args:
        indptr: where each row begins and ends, as in CSR.
        indices: columns of the entries.
        items: the item that each column stands for.
        keys: one per item.

    Returns:
        One item per row, -1 for rows without entries.
    """
    found = np.full(len(indptr) - 1, -1, np.int64)
    _latest(indptr, indices, items, keys, found)
    return found


@compile_serial
def _latest(indptr, indices, items, keys, found):  # type: ignore[no-untyped-def]
    for row in range(len(indptr) - 1):
        best = -1
        for k in range(indptr[row], indptr[row + 1]):
            item = items[indices[k]]
            if best < 0 or keys[item] > keys[best] or (keys[item] == keys[best] and item > best):
                best = item
        found[row] = best
