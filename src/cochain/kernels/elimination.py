"""Ranks of sparse integer matrices over a prime field, by sparse elimination."""

from math import isqrt

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from cochain.errors import ShapeError

Array = npt.NDArray[np.int64]
LARGEST_PRIME = 2**31 - 1


def rank_mod_p(
    indptr: npt.ArrayLike, indices: npt.ArrayLike, values: npt.ArrayLike | None, shape: tuple[int, int], p: int
) -> int:
    r"""Rank of a sparse integer matrix over the field $\mathbb{Z}/p$.

    Exact: the arithmetic is in integers modulo $p$, never in floating point. Pivots are chosen after Markowitz, the
    shortest row or the emptiest column first: boundary matrices are collapsed and contracted before anything fills in.

    Args:
        indptr: where each row begins and ends, as in CSR. `(rows + 1,)`.
        indices: column of each nonzero, in any order within a row; entries of the same place are added. `(nnz,)`.
        values: whole numbers, of any integer or floating type; None for all ones. `(nnz,)`.
        shape: rows and columns.
        p: a prime up to $2^{31} - 1$.

    Returns:
        The rank.

    Raises:
        ShapeError: arrays that make no matrix of this shape, values that are not whole, or a $p$ that is not prime.

    Cost:
        One step per unit of rank, each the product of the pivot's column count and the lengths of the rows in it.
        A million edges or the triangles of a closed surface take a second or two.

    Example:
        >>> rank_mod_p([0, 2, 4], [0, 1, 0, 1], [1, 1, 1, -1], (2, 2), p=3)
        2
        >>> rank_mod_p([0, 2, 4], [0, 1, 0, 1], [1, 1, 1, -1], (2, 2), p=2)
        1

    Source:
        Markowitz, 1957, "The Elimination Form of the Inverse and Its Application to Linear Programming".
    """
    height, width = shape
    return int(ranks_mod_p(indptr, indices, values, shape, p, [0, height], [0, width])[0])


def ranks_mod_p(
    indptr: npt.ArrayLike,
    indices: npt.ArrayLike,
    values: npt.ArrayLike | None,
    shape: tuple[int, int],
    p: int,
    row_offsets: npt.ArrayLike,
    column_offsets: npt.ArrayLike,
) -> Array:
    r"""Rank over $\mathbb{Z}/p$ of each block of a block-diagonal matrix, in one elimination.

    A row operation never leaves its block, so the pivots of one elimination, counted by block, are the blocks' ranks.

    Args:
        indptr: as for `rank_mod_p`.
        indices: as for `rank_mod_p`.
        values: as for `rank_mod_p`.
        shape: as for `rank_mod_p`.
        p: as for `rank_mod_p`.
        row_offsets: block b has the rows `row_offsets[b]` up to `row_offsets[b + 1]`. `(blocks + 1,)`.
        column_offsets: the same for columns. `(blocks + 1,)`.

    Returns:
        One rank per block. `(blocks,)`.

    Raises:
        ShapeError: as `rank_mod_p`, and for a nonzero outside the blocks.
    """
    check_prime(p)
    matrix = _canonical(indptr, indices, values, shape, p)
    row_block, column_block = _blocks(row_offsets, shape[0], "row"), _blocks(column_offsets, shape[1], "column")
    blocks, others = np.size(row_offsets) - 1, np.size(column_offsets) - 1
    if blocks != others:
        raise ShapeError(f"row_offsets and column_offsets should name as many blocks, but name {blocks} and {others}")
    _check_block_diagonal(matrix, row_block, column_block)
    # The orientation with the shorter vectors, weighted by length: a merge costs the length of both its rows.
    if _square_sum(np.bincount(matrix.indices, minlength=shape[1])) < _square_sum(np.diff(matrix.indptr)):
        matrix, row_block = matrix.T.tocsr(), column_block
        matrix.sort_indices()
    if not matrix.nnz:
        return np.zeros(blocks, np.int64)
    from cochain.kernels._numba_elimination import pivot_rows  # compiles: only where it is needed

    starts, columns = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64)
    pivots = pivot_rows(starts, columns, matrix.data, int(matrix.shape[1]), int(p))
    return np.bincount(row_block[pivots], minlength=blocks).astype(np.int64)


def check_prime(p: int) -> None:
    """Refuse a characteristic that is not a prime up to $2^{31} - 1$, where products of two residues fit 64 bits."""
    if isinstance(p, bool) or not isinstance(p, int | np.integer) or not 2 <= p <= LARGEST_PRIME:
        raise ShapeError(f"p should be a prime from 2 to {LARGEST_PRIME}, but is {p!r}; Betti numbers need a field")
    candidates = np.arange(2, isqrt(int(p)) + 1)
    divisors = candidates[int(p) % candidates == 0]
    if divisors.size:
        divisor = int(divisors[0])
        raise ShapeError(f"p should be prime, but {p} is {divisor} * {p // divisor}; Z/{p} is not a field")


def _canonical(
    indptr: npt.ArrayLike, indices: npt.ArrayLike, values: npt.ArrayLike | None, shape: tuple[int, int], p: int
) -> csr_array:
    """CSR with sorted rows, no two entries of one place, and values in 1 ... p - 1."""
    starts, columns = np.asarray(indptr), np.asarray(indices)
    data = np.ones(columns.shape, np.int64) if values is None else _residues(np.asarray(values), p)
    height, width = shape
    if starts.shape != (height + 1,) or starts[0] != 0 or starts[-1] != columns.size or (np.diff(starts) < 0).any():
        raise ShapeError(
            f"indptr should rise from 0 to {columns.size}, the number of nonzeros, in {height} steps, but has shape "
            f"{starts.shape} and begins {starts.ravel()[:8].tolist()}"
        )
    if data.shape != columns.shape or columns.ndim != 1 or (columns.size and columns.dtype.kind not in "iu"):
        raise ShapeError(
            f"values and integer indices should have one entry per nonzero, but have shapes {data.shape} and "
            f"{columns.shape}, indices of type {columns.dtype}"
        )
    if columns.size and not 0 <= columns.min() <= columns.max() < width:
        raise ShapeError(
            f"indices should lie in 0 ... {width - 1}, but reach from {columns.min()} to {columns.max()}; "
            f"is the matrix given transposed?"
        )
    matrix = csr_array((data, columns.astype(np.int64), starts.astype(np.int64)), shape=shape)
    matrix.sum_duplicates()
    matrix.data %= p
    matrix.eliminate_zeros()
    return matrix


def _residues(values: npt.NDArray[np.generic], p: int) -> Array:
    if values.dtype.kind in "iub":
        return values.astype(np.int64) % p
    if values.dtype.kind != "f" or not ((values == np.rint(values)) & (np.abs(values) < 2**53)).all():
        raise ShapeError(
            f"values should be whole numbers below 2^53, but are of type {values.dtype} with others among "
            f"them; the rank over a prime field is defined for integer matrices only"
        )
    return values.astype(np.int64) % p


def _blocks(offsets: npt.ArrayLike, size: int, what: str) -> Array:
    """The block of each row or column."""
    bounds = np.asarray(offsets, np.int64)
    if bounds.ndim != 1 or not bounds.size or bounds[0] != 0 or bounds[-1] != size or (np.diff(bounds) < 0).any():
        raise ShapeError(
            f"{what}_offsets should rise from 0 to {size}, the number of {what}s, but begins {bounds.tolist()[:8]}"
        )
    return np.repeat(np.arange(bounds.size - 1), np.diff(bounds))


def _check_block_diagonal(matrix: csr_array, row_block: Array, column_block: Array) -> None:
    if not matrix.nnz or not max(row_block[-1], column_block[-1]):
        return  # empty, or all of it in the first block
    of_row = np.repeat(row_block, np.diff(matrix.indptr))
    outside = np.flatnonzero(of_row != column_block[matrix.indices])
    if outside.size:
        k = outside[0]
        raise ShapeError(
            f"every nonzero should lie in its row's block, but one in column {matrix.indices[k]} (block "
            f"{column_block[matrix.indices[k]]}) is in a row of block {of_row[k]}; the offsets belong to another matrix"
        )


def _square_sum(lengths: npt.NDArray[np.integer]) -> int:
    return int(np.square(lengths.astype(np.int64)).sum())
