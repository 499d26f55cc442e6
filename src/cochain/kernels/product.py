"""Sums of products of small integer matrices: what Laplacians, adjacencies and containment are made of."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from cochain.kernels.dispatch import raw_kernels
from cochain.kernels.index import INT32_MAX
from cochain.kernels.sparse import Pattern, SparseMatrix


def product(
    terms: Sequence[tuple[SparseMatrix, SparseMatrix]],
    dtype: torch.dtype | None,
    needed: Int[Tensor, "columns"] | None = None,
    loops: bool = True,
    counts: Int[Tensor, "rows"] | None = None,
) -> SparseMatrix:
    r"""Add up products of sparse matrices on the CPU that hold small integers, in one pass over the rows.

    $$P = \sum_t A_t B_t, \qquad \text{kept where } P_{ij} \ne 0 \text{ (or } P_{ij} = n_j \text{, where } n
      \text{ is given)}$$

    Entries are summed as integers, so they are exact, and those that cancel are left out.

    Args:
        terms: one or two pairs (A, B), all products of one shape; values are integers of 8 bits, or none (ones).
        dtype: type of the values, a floating type; None gives the pattern alone.
        needed: $n$, the entry that column j must reach to be kept.
        loops: whether the diagonal is kept.
        counts: entries per row, where something is known of the matrices that gives them: half of the work is then
            spared. They are checked, and rows counted where they are wrong.

    Returns:
        The matrix, columns increasing within each row.

    Cost:
        time $O(\sum_k |row_k(B)|)$ over the nonzeros k of A, twice (rows are counted, then filled), and sorting
        within rows; memory the result, and one integer per column for each thread.
    """
    shape = terms[0][0].shape[0], terms[0][1].shape[1]
    fits = all(m.pattern.dtype == torch.int32 for pair in terms for m in pair)
    if raw_kernels("index", terms[0][0].pattern.indices) is None or not fits:
        return reference_product(terms, dtype, needed, loops)
    from cochain.kernels import _numba_product as raw  # numba is imported where it is used

    kind = {torch.float32: np.float32, torch.float64: np.float64}.get(dtype or torch.float32)
    if kind is None:  # half precision has no numpy kernel, and integers are rare
        found = product(terms, torch.float64, needed, loops, counts)
        return found.astype(dtype or torch.float64)
    arrays = [(_triple(one), _triple(two)) for one, two in terms]
    wanted = np.zeros(0, np.int64) if needed is None else needed.long().numpy()
    known = None if counts is None else counts.numpy()
    indptr, indices, values = raw.product(arrays, shape[1], wanted, loops, None if dtype is None else kind, known)
    integer = np.int32 if len(indices) <= INT32_MAX else np.int64
    bounds, columns = (torch.from_numpy(a.astype(integer, copy=False)) for a in (indptr, indices))
    return SparseMatrix(Pattern(bounds, columns, shape), None if values is None else torch.from_numpy(values))


def reference_product(
    terms: Sequence[tuple[SparseMatrix, SparseMatrix]], dtype: torch.dtype | None, needed: Tensor | None, loops: bool
) -> SparseMatrix:
    """Give what `product` gives, by way of scipy and whole intermediate matrices."""
    import scipy.sparse as sp

    one, *more = (sp.csr_array(a.astype(torch.int64).to_scipy() @ b.astype(torch.int64).to_scipy()) for a, b in terms)
    total = sp.coo_array(sum(more, one))
    keep = total.data != 0 if needed is None else total.data == needed.numpy()[total.col]
    keep &= loops | (total.row != total.col)
    rows, columns = (torch.from_numpy(axis[keep].astype(np.int64)) for axis in (total.row, total.col))
    values = None if dtype is None else torch.from_numpy(total.data[keep]).to(dtype)
    return SparseMatrix.from_coo(rows, columns, values, (int(total.shape[0]), int(total.shape[1])))


def _triple(matrix: SparseMatrix) -> tuple[Any, Any, Any]:
    indptr, indices = matrix.pattern.arrays
    values = np.ones(matrix.nnz, np.int8) if matrix.values is None else matrix.values.contiguous().numpy()
    return indptr, indices, values
