"""Finding the few entries of a dense matrix that are not zero, in numba."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
import torch
from torch import Tensor

from cochain.kernels._numba_compile import compile_serial
from cochain.kernels.sparse import Pattern


@compile_serial
def _count(x, bounds, most):
    """Where each row's entries begin; -1 at the end as soon as there are too many."""
    for i in range(x.shape[0]):
        found = 0
        row = x[i]
        for c in range(row.shape[0]):
            found += row[c] != 0
        bounds[i + 1] = bounds[i] + found
        if bounds[i + 1] > most:
            bounds[-1] = -1
            return


@compile_serial
def _fill(x, columns, values):
    at = 0
    for i in range(x.shape[0]):
        row = x[i]
        for c in range(row.shape[0]):
            if row[c] != 0:
                columns[at] = c
                values[at] = row[c]
                at += 1


def compress(x: Tensor, most: int) -> tuple[Pattern, Tensor] | None:
    """Write a matrix as a pattern and its values, or None when more than `most` entries are not zero."""
    data = x.numpy()
    bounds = np.zeros(len(data) + 1, dtype=np.int32)
    _count(data, bounds, most)
    if bounds[-1] < 0:
        return None
    columns, values = np.empty(bounds[-1], dtype=np.int32), torch.empty(int(bounds[-1]), dtype=x.dtype)
    _fill(data, columns, values.numpy())
    return Pattern(torch.from_numpy(bounds), torch.from_numpy(columns), (x.shape[0], x.shape[1])), values
