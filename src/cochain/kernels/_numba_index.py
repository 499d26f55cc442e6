"""Index kernels in numba: linear-time sorting, transposition and selection of nonzeros."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
import torch
from torch import Tensor

from cochain.kernels._numba_compile import compile_serial

INT32_MAX = 2**31 - 1


@compile_serial
def _sort(rows, columns, indptr, column_bounds, by_column, indices, order):
    """Two stable counting sorts: by column, then by row. The bounds arrive as zeros."""
    for k in range(len(rows)):
        indptr[rows[k] + 1] += 1
        column_bounds[columns[k] + 1] += 1
    for i in range(len(indptr) - 1):
        indptr[i + 1] += indptr[i]
    for j in range(len(column_bounds) - 1):
        column_bounds[j + 1] += column_bounds[j]
    for k in range(len(rows)):
        j = columns[k]
        by_column[column_bounds[j]] = k
        column_bounds[j] += 1
    # Filling moves each row's bound to its end, which is where the next row begins; shift them back afterwards.
    for m in range(len(rows)):
        k = by_column[m]
        i = rows[k]
        at = indptr[i]
        indices[at] = columns[k]
        order[at] = k
        indptr[i] = at + 1
    for i in range(len(indptr) - 1, 0, -1):
        indptr[i] = indptr[i - 1]
    indptr[0] = 0


@compile_serial
def _is_sorted(rows, columns):
    for k in range(1, len(rows)):
        if rows[k] < rows[k - 1] or (rows[k] == rows[k - 1] and columns[k] < columns[k - 1]):
            return False
    return True


def sort_coordinates(rows: Tensor, columns: Tensor, shape: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Sort coordinates by row, then column; both int32 or both int64 and inside of `shape`."""
    rows, columns = rows.contiguous(), columns.contiguous()
    indptr = torch.zeros(shape[0] + 1, dtype=rows.dtype)
    if _is_sorted(rows.numpy(), columns.numpy()):
        torch.cumsum(torch.bincount(rows, minlength=shape[0]), 0, dtype=rows.dtype, out=indptr[1:])
        return indptr, columns.clone(), torch.arange(len(rows), dtype=rows.dtype)
    column_bounds = torch.zeros(shape[1] + 1, dtype=rows.dtype)
    by_column, indices, order = torch.empty_like(rows), torch.empty_like(rows), torch.empty_like(rows)
    _sort(
        rows.numpy(), columns.numpy(), indptr.numpy(), column_bounds.numpy(), by_column.numpy(), indices.numpy(),
        order.numpy(),
    )  # fmt: skip
    return indptr, indices, order


@compile_serial
def _transpose(indptr, indices, bounds, rows, order):
    for j in indices:
        bounds[j + 1] += 1
    for j in range(len(bounds) - 1):
        bounds[j + 1] += bounds[j]
    for i in range(len(indptr) - 1):
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            at = bounds[j]
            rows[at] = i
            order[at] = k
            bounds[j] = at + 1
    for j in range(len(bounds) - 1, 0, -1):
        bounds[j] = bounds[j - 1]
    bounds[0] = 0


def transpose(indptr: Tensor, indices: Tensor, shape: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Transpose a pattern by one counting sort."""
    bounds = np.zeros(shape[1] + 1, dtype=np.int32 if indices.dtype == torch.int32 else np.int64)
    rows, order = np.empty(len(indices), dtype=bounds.dtype), np.empty(len(indices), dtype=bounds.dtype)
    _transpose(indptr.contiguous().numpy(), indices.contiguous().numpy(), bounds, rows, order)
    return torch.from_numpy(bounds), torch.from_numpy(rows), torch.from_numpy(order)


@compile_serial
def _expand_rows(indptr, rows):
    for i in range(len(indptr) - 1):
        for k in range(indptr[i], indptr[i + 1]):
            rows[k] = i


def expand_rows(indptr: Tensor, nnz: int) -> Tensor:
    """Write out the row of every nonzero."""
    rows = torch.empty(nnz, dtype=indptr.dtype)
    _expand_rows(indptr.contiguous().numpy(), rows.numpy())
    return rows


@compile_serial
def _range_bounds(offsets, ids):
    bounds = np.zeros(len(ids) + 1, dtype=np.int64)
    for at in range(len(ids)):
        if ids[at] < 0 or ids[at] >= len(offsets) - 1:
            bounds[-1] = -1
            return bounds
        bounds[at + 1] = bounds[at] + offsets[ids[at] + 1] - offsets[ids[at]]
    return bounds


@compile_serial
def _fill_ranges(offsets, ids, bounds, items):
    for b in range(len(ids)):
        first, kept = offsets[ids[b]], items[bounds[b] : bounds[b + 1]]
        for k in range(len(kept)):
            kept[k] = first + k


def gather_ranges(offsets: Tensor, ids: Tensor) -> tuple[Tensor, Tensor] | None:
    """List the items of the ranges `ids`, and where each begins among them; None when an id is out of range."""
    places = offsets.contiguous().numpy(), ids.contiguous().numpy()
    bounds = _range_bounds(*places)
    if bounds[-1] < 0:
        return None
    items = np.empty(bounds[-1], dtype=np.int64)
    _fill_ranges(*places, bounds, items)
    return torch.from_numpy(items), torch.from_numpy(bounds)


@compile_serial
def _select_sizes(indptr, row_offsets, column_offsets, ids):
    rows = columns = nnz = 0
    for b in ids:
        if b < 0 or b >= len(row_offsets) - 1:
            return -1, -1, -1
        rows += row_offsets[b + 1] - row_offsets[b]
        columns += column_offsets[b + 1] - column_offsets[b]
        nnz += indptr[row_offsets[b + 1]] - indptr[row_offsets[b]]
    return rows, columns, nnz


@compile_serial
def _select(indptr, indices, row_offsets, column_offsets, ids, out_indptr, out_indices, nonzeros):
    row = column = at = 0
    out_indptr[0] = 0
    for b in ids:
        first, last = indptr[row_offsets[b]], indptr[row_offsets[b + 1]]
        for i in range(row_offsets[b], row_offsets[b + 1]):
            row += 1
            out_indptr[row] = at + indptr[i + 1] - first
        shift = out_indices.dtype.type(column - column_offsets[b])
        # Slices of known length let the compiler use vector instructions.
        source, kept, places = (
            indices[first:last],
            out_indices[at : at + last - first],
            nonzeros[at : at + last - first],
        )
        for k in range(last - first):
            kept[k] = source[k] + shift
        for k in range(last - first):
            places[k] = first + k
        at += last - first
        column += column_offsets[b + 1] - column_offsets[b]


def select_components(
    indptr: Tensor, indices: Tensor, row_offsets: Tensor, column_offsets: Tensor, ids: Tensor
) -> tuple[Tensor, Tensor, Tensor, tuple[int, int]] | None:
    """Restrict to the blocks `ids`: indptr, indices, places of the nonzeros, shape; None when an id is no block."""
    source = indptr.contiguous().numpy(), indices.contiguous().numpy()
    places = row_offsets.contiguous().numpy(), column_offsets.contiguous().numpy(), ids.contiguous().numpy()
    rows, columns, nnz = _select_sizes(source[0], *places)
    if nnz < 0:
        return None
    dtype = np.int32 if max(rows, columns, nnz) <= INT32_MAX else np.int64
    bounds, kept, nonzeros = np.empty(rows + 1, dtype), np.empty(nnz, dtype), np.empty(nnz, np.int64)
    _select(*source, *places, bounds, kept, nonzeros)
    return torch.from_numpy(bounds), torch.from_numpy(kept), torch.from_numpy(nonzeros), (rows, columns)
