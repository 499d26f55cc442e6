"""Some entries of the inverse of a sparse matrix: those where the matrix itself has nonzeros.

The inverse of a sparse matrix is dense, but its entries on the pattern of a factor L D L^T of the matrix follow from
one another without the rest (Takahashi, Fagan, Chin, 1973, "Formation of a Sparse Bus Impedance Matrix"):

    Z_ij = - sum_{k > j} Z_ik L_kj   (i > j),        Z_jj = 1 / D_j - sum_{k > j} Z_jk L_kj

since the rows of one column of L are, pairwise, in the pattern of L. The factor is computed row by row along the
elimination tree (Davis, 2006, "Direct Methods for Sparse Linear Systems"). Rows are first ordered by
Cuthill and McKee, which keeps the factor of what is long and narrow short.

This module imports numba; import it where it is used.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from cochain.kernels.limits import refuse_above

Index = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


def inverse_entries(matrix: sp.csr_array, limit: int | None = None) -> sp.csr_array:
    """Give the entries of the inverse of a symmetric positive definite matrix where it has nonzeros.

    Args:
        matrix: symmetric and positive definite, in both triangles; zeros that are stored count as nonzeros.
        limit: nonzeros of the factor beyond which `LimitError` is raised before their memory is taken.

    Returns:
        A matrix of the same pattern.

    Cost:
        the sum of the squared lengths of the factor's columns in time, their sum in memory: near linear for what is
        long and narrow, n^1.5 for surfaces, and n^3 where the factor is dense, as for complete graphs.
    """
    matrix = sp.csr_array(matrix, dtype=np.float64, copy=True)
    if not matrix.shape[0]:
        return matrix
    matrix.sort_indices()
    order = sp.csgraph.reverse_cuthill_mckee(matrix, symmetric_mode=True).astype(np.int64)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    rows = place[np.repeat(np.arange(len(order)), np.diff(matrix.indptr))]
    columns = place[matrix.indices]
    lower = np.flatnonzero(columns <= rows)
    by_row = lower[np.lexsort((columns[lower], rows[lower]))]
    starts = np.zeros(len(order) + 1, np.int64)
    np.cumsum(np.bincount(rows[by_row], minlength=len(order)), out=starts[1:])
    parent, counts = _tree(starts, columns[by_row])
    ends = np.zeros(len(order) + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    refuse_above(limit, int(ends[-1]))
    found = _inverse(*_factor(starts, columns[by_row], matrix.data[by_row], parent, ends), ends)
    values = _picked(*found, ends, np.maximum(rows, columns), np.minimum(rows, columns))
    return sp.csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)


@numba.njit(cache=True, nogil=True)
def _tree(starts: Index, columns: Index) -> tuple[Index, Index]:
    """Give the parent of each column in the elimination tree, and how many rows the factor has below its diagonal."""
    size = len(starts) - 1
    parent, seen, counts = np.full(size, -1, np.int64), np.full(size, -1, np.int64), np.zeros(size, np.int64)
    for row in range(size):
        seen[row] = row
        for at in range(starts[row], starts[row + 1]):
            column = columns[at]
            while seen[column] != row:
                seen[column] = row
                counts[column] += 1
                if parent[column] < 0:
                    parent[column] = row
                column = parent[column]
    return parent, counts


@numba.njit(cache=True, nogil=True)
def _factor(starts: Index, columns: Index, data: Floats, parent: Index, ends: Index) -> tuple[Index, Floats, Floats]:
    """Give rows and values of the columns of L, below its unit diagonal, and D."""
    size = len(parent)
    rows, values, diagonal = np.empty(ends[-1], np.int64), np.empty(ends[-1]), np.empty(size)
    free, seen = ends[:-1].copy(), np.full(size, -1, np.int64)
    path, work = np.empty(size, np.int64), np.zeros(size)
    for row in range(size):
        seen[row] = row
        pivot, first = 0.0, size  # path[first:] lists the nonzeros of the row, each before its ancestors
        for at in range(starts[row], starts[row + 1]):
            column = columns[at]
            if column == row:
                pivot += data[at]
                continue
            work[column] += data[at]
            climbed = 0
            while seen[column] != row:
                seen[column] = row
                path[climbed] = column
                climbed += 1
                column = parent[column]
            for back in range(climbed):
                first -= 1
                path[first] = path[climbed - 1 - back]
        for at in range(first, size):
            column = path[at]
            value = work[column]
            work[column] = 0.0
            for below in range(ends[column], free[column]):
                work[rows[below]] -= values[below] * value
            rows[free[column]], values[free[column]] = row, value / diagonal[column]
            pivot -= value * value / diagonal[column]
            free[column] += 1
        diagonal[row] = pivot
    return rows, values, diagonal


@numba.njit(cache=True, nogil=True)
def _inverse(rows: Index, values: Floats, diagonal: Floats, ends: Index) -> tuple[Index, Floats, Floats]:
    """Give the entries of the inverse on the pattern of L, and on the diagonal, from the last column to the first."""
    size = len(diagonal)
    found, own = np.zeros(len(rows)), np.zeros(size)
    where = np.full(size, -1, np.int64)
    for column in range(size - 1, -1, -1):
        begin, end = ends[column], ends[column + 1]
        for at in range(begin, end):
            where[rows[at]] = at
        for at in range(begin, end):
            row = rows[at]
            found[at] -= values[at] * own[row]
            for other in range(ends[row], ends[row + 1]):
                met = where[rows[other]]
                if met >= 0:
                    found[met] -= values[at] * found[other]
                    found[at] -= values[met] * found[other]
        own[column] = 1.0 / diagonal[column]
        for at in range(begin, end):
            own[column] -= values[at] * found[at]
            where[rows[at]] = -1
    return rows, found, own


@numba.njit(cache=True, nogil=True)
def _picked(rows: Index, found: Floats, own: Floats, ends: Index, low: Index, high: Index) -> Floats:
    """Look up entries (low, high), low the row of the lower triangle: rows stand in order within a column."""
    out = np.empty(len(low))
    for entry in range(len(low)):
        row, column = low[entry], high[entry]
        if row == column:
            out[entry] = own[row]
        else:
            begin, end = ends[column], ends[column + 1]
            out[entry] = found[begin + np.searchsorted(rows[begin:end], row)]
    return out
