"""Integer kernels: sort, transpose, expand and select nonzeros. Each is vectorised torch, and numba on the CPU."""

from typing import TYPE_CHECKING

import torch
from jaxtyping import Int
from torch import Tensor

from cochain.errors import ShapeError
from cochain.kernels.dispatch import raw_kernels

if TYPE_CHECKING:
    from cochain.kernels.sparse import Pattern

INT32_MAX = 2**31 - 1


def index_dtype(shape: tuple[int, int], nnz: int) -> torch.dtype:
    """Choose int32 when rows, columns and nonzeros all fit in it, else int64."""
    return torch.int32 if max(shape[0], shape[1], nnz) <= INT32_MAX else torch.int64


def expand_rows(indptr: Int[Tensor, "bounds"], nnz: int) -> Int[Tensor, "nnz"]:
    """Write out the row of every nonzero."""
    raw = raw_kernels("index", indptr)
    if raw is not None:
        expanded: Tensor = raw.expand_rows(indptr, nnz)
        return expanded
    counts = indptr[1:] - indptr[:-1]
    rows = torch.arange(len(counts), dtype=indptr.dtype, device=indptr.device)
    return torch.repeat_interleave(rows, counts, output_size=nnz)


def bounds_from_counts(counts: Int[Tensor, "rows"], dtype: torch.dtype) -> Int[Tensor, "bounds"]:
    """Turn the number of items per row into where each row begins, with the total at the end."""
    bounds = torch.zeros(len(counts) + 1, dtype=dtype, device=counts.device)
    torch.cumsum(counts, 0, dtype=dtype, out=bounds[1:])
    return bounds


def sort_coordinates(
    rows: Int[Tensor, "nnz"], columns: Int[Tensor, "nnz"], shape: tuple[int, int]
) -> tuple[Int[Tensor, "bounds"], Int[Tensor, "nnz"], Int[Tensor, "nnz"]]:
    """Sort coordinates by row, then column, then position in the input.

    Returns:
        indptr and indices of the pattern, and the position in the input of each nonzero.

    Raises:
        ShapeError: when rows and columns differ in length, or an index lies outside of `shape`.
    """
    if rows.ndim != 1 or rows.shape != columns.shape:
        raise ShapeError(
            "rows and columns should be two index tensors of one length, but have shapes "
            f"{tuple(rows.shape)} and {tuple(columns.shape)}"
        )
    _check_range("rows", rows, shape[0])
    _check_range("columns", columns, shape[1])
    dtype = index_dtype(shape, len(rows))
    rows, columns = rows.to(dtype), columns.to(dtype)
    raw = raw_kernels("index", rows)
    if raw is not None:
        indptr, indices, order = raw.sort_coordinates(rows, columns, shape)
        return indptr, indices, order
    order = torch.argsort(columns, stable=True)
    order = order[torch.argsort(rows[order], stable=True)]
    indptr = bounds_from_counts(torch.bincount(rows, minlength=shape[0]), dtype)
    return indptr, columns[order], order.to(dtype)


def _check_range(name: str, indices: Tensor, size: int) -> None:
    if len(indices) == 0:
        return
    low, high = (int(v) for v in torch.aminmax(indices))
    if low < 0 or high >= size:
        where = int(torch.nonzero((indices < 0) | (indices >= size))[0, 0])
        raise ShapeError(
            f"{name} should lie in 0..{size - 1}, but entry {where} is {int(indices[where])}; "
            "is the shape too small, or does the numbering begin at 1?"
        )


def transpose(
    indptr: Int[Tensor, "bounds"], indices: Int[Tensor, "nnz"], shape: tuple[int, int]
) -> tuple[Int[Tensor, "transposed_bounds"], Int[Tensor, "nnz"], Int[Tensor, "nnz"]]:
    """Transpose a pattern; nonzero k of the result is nonzero order[k] of the input.

    Returns:
        indptr, indices and order, of the type of the input.
    """
    raw = raw_kernels("index", indices)
    if raw is not None:
        bounds, rows, order = raw.transpose(indptr, indices, shape)
        return bounds, rows, order
    order = torch.argsort(indices, stable=True)
    bounds = bounds_from_counts(torch.bincount(indices, minlength=shape[1]), indptr.dtype)
    return bounds, expand_rows(indptr, len(indices))[order], order.to(indptr.dtype)


def validate(indptr: Int[Tensor, "bounds"], indices: Int[Tensor, "nnz"], shape: tuple[int, int]) -> None:
    """Check that three parts make a pattern.

    Raises:
        ShapeError: with the first thing that is wrong and where it is.
    """
    if indptr.ndim != 1 or len(indptr) != shape[0] + 1:
        raise ShapeError(
            f"indptr should have {shape[0] + 1} entries (one more than the rows), but has shape {tuple(indptr.shape)}"
        )
    if indptr.dtype != indices.dtype or indptr.dtype not in (torch.int32, torch.int64):
        raise ShapeError(
            f"indptr and indices should both be int32 or both int64, but are {indptr.dtype} and {indices.dtype}"
        )
    first, last = int(indptr[0]), int(indptr[-1])
    if indices.ndim != 1 or first != 0 or last != len(indices):
        raise ShapeError(
            f"indptr should run from 0 to {tuple(indices.shape)}, the nonzeros, but runs from {first} to {last}"
        )
    falls = torch.nonzero(indptr[1:] < indptr[:-1])
    if len(falls):
        raise ShapeError(f"indptr should never fall, but falls after row {int(falls[0, 0])}")
    _check_range("columns", indices, shape[1])
    rows = expand_rows(indptr, len(indices))
    unsorted = torch.nonzero((rows[1:] == rows[:-1]) & (indices[1:] < indices[:-1]))
    if len(unsorted):
        at = int(unsorted[0, 0])
        raise ShapeError(
            f"columns should be sorted within each row, but in row {int(rows[at])} column {int(indices[at])} comes "
            f"before {int(indices[at + 1])}; build with from_coo, which sorts"
        )


def gather_ranges(
    offsets: Int[Tensor, "bounds"], ids: Int[Tensor, "selected"]
) -> tuple[Int[Tensor, "items"], Int[Tensor, "selected_bounds"]]:
    """List the items of some ranges: range b holds the items offsets[b] to offsets[b + 1] - 1.

    Args:
        offsets: where each range begins, the total at the end.
        ids: which ranges, in any order, repeats allowed.

    Returns:
        The items, range after range (int64), and where each chosen range begins among them (int64).

    Raises:
        ShapeError: when an id names no range.
    """
    raw = raw_kernels("index", offsets, ids)
    if raw is not None:
        found: tuple[Tensor, Tensor] | None = raw.gather_ranges(offsets, ids)
        if found is None:
            _check_range("ids", ids, len(offsets) - 1)
        return found  # type: ignore[return-value]  # the line above has raised when there is none
    _check_range("ids", ids, len(offsets) - 1)
    ids = ids.long()
    starts = offsets.long()[ids]
    counts = offsets.long()[ids + 1] - starts
    bounds = bounds_from_counts(counts, torch.int64)
    items = torch.arange(int(bounds[-1]), device=offsets.device)
    return items + torch.repeat_interleave(starts - bounds[:-1], counts, output_size=len(items)), bounds


def select_components(
    pattern: "Pattern",
    row_offsets: Int[Tensor, "bounds"],
    column_offsets: Int[Tensor, "bounds"],
    ids: Int[Tensor, "selected"],
) -> tuple["Pattern", Int[Tensor, "selected_nnz"]]:
    """Restrict a block-diagonal pattern to some of its blocks.

    Args:
        pattern: block b has its nonzeros in rows row_offsets[b] to row_offsets[b + 1] - 1 and in the columns that
            `column_offsets` gives likewise.
        row_offsets: (blocks + 1,).
        column_offsets: (blocks + 1,).
        ids: which blocks, in the order wanted, repeats allowed.

    Returns:
        The block-diagonal pattern of the chosen blocks, and for each of its nonzeros the position in `pattern` (int64).

    Raises:
        ShapeError: when an id names no block.
    """
    from cochain.kernels.sparse import Pattern

    raw = raw_kernels("index", pattern.indices, ids)
    if raw is not None:
        found = raw.select_components(pattern.indptr, pattern.indices, row_offsets, column_offsets, ids)
        if found is None:
            _check_range("ids", ids, len(row_offsets) - 1)
        indptr, indices, nonzeros, shape = found
        return Pattern(indptr, indices, shape), nonzeros
    ids = ids.long()
    rows, _ = gather_ranges(row_offsets, ids)
    nonzeros, nonzero_bounds = gather_ranges(pattern.indptr.long()[row_offsets.long()], ids)
    starts = column_offsets.long()[ids]
    column_bounds = bounds_from_counts(column_offsets.long()[ids + 1] - starts, torch.int64)
    shape = (len(rows), int(column_bounds[-1]))
    dtype = index_dtype(shape, len(nonzeros))
    counts = (pattern.indptr[1:] - pattern.indptr[:-1])[rows]
    shift = torch.repeat_interleave(
        column_bounds[:-1] - starts, nonzero_bounds[1:] - nonzero_bounds[:-1], output_size=len(nonzeros)
    )
    indices = (pattern.indices[nonzeros] + shift).to(dtype)
    return Pattern(bounds_from_counts(counts, dtype), indices, shape), nonzeros
