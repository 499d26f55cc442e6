"""Selecting blocks in numba: one pass over what is chosen, copied in whole ranges."""

# mypy: disable-error-code="no-untyped-def"

from typing import Any

import numpy as np
import torch
from torch import Tensor

from cochain.kernels._numba_compile import compile_serial

INT32_MAX = 2**31 - 1


@compile_serial
def _offsets(offsets, ids, out):
    """Fill out, (groups, ids + 1); False where an id names no block."""
    for at in range(len(ids)):
        if ids[at] < 0 or ids[at] >= offsets.shape[1] - 1:
            return False
    for group in range(len(offsets)):
        out[group, 0] = 0
        for at in range(len(ids)):
            out[group, at + 1] = out[group, at] + offsets[group, ids[at] + 1] - offsets[group, ids[at]]
    return True


def block_offsets(offsets: Tensor, ids: Tensor) -> Tensor | None:
    """Give where the chosen blocks begin, for each group of offsets; None when an id is out of range."""
    out = np.empty((len(offsets), len(ids) + 1), np.int64)
    fits = _offsets(offsets.contiguous().numpy(), ids.contiguous().numpy(), out)
    return torch.from_numpy(out) if fits else None


@compile_serial
def _copy(data, width, offsets, ids, out):
    at = 0
    for b in ids:
        first, last = offsets[b] * width, offsets[b + 1] * width
        source, target = data[first:last], out[at : at + last - first]
        for k in range(len(source)):
            target[k] = source[k]
        at += last - first


def take_ranges(x: Tensor, offsets: Tensor, ids: Tensor, total: int) -> Tensor:
    """Copy the rows of the ranges `ids`, `total` in all, byte by byte, so that one kernel serves all types."""
    out = x.new_empty((total, *x.shape[1:]))
    width = x.element_size() * x.shape[1:].numel()
    if width and total:
        data, target = (each.contiguous().view(torch.uint8).numpy().reshape(-1) for each in (x.detach(), out))
        _copy(data, width, offsets.contiguous().numpy(), ids.contiguous().numpy(), target)
    return out


@compile_serial
def _cut(indptr, indices, via, offsets, ids, chosen, row, column, passed, out_indptr, out_indices, out_via):
    """Copy the blocks one after another; row, column and passed say which offsets are theirs."""
    at = i = 0
    out_indptr[0] = 0
    for block in range(len(ids)):
        b = ids[block]
        first = indptr[offsets[row, b]]
        count = indptr[offsets[row, b + 1]] - first
        for old in range(offsets[row, b], offsets[row, b + 1]):
            i += 1
            out_indptr[i] = at + indptr[old + 1] - first
        # Slices of known length let the compiler use vector instructions.
        shift = out_indices.dtype.type(chosen[column, block] - offsets[column, b])
        source, target = indices[first : first + count], out_indices[at : at + count]
        for k in range(count):
            target[k] = source[k] + shift
        if len(out_via):
            shift_via = out_via.dtype.type(chosen[passed, block] - offsets[passed, b])
            source_via, target_via = via[first : first + count], out_via[at : at + count]
            for k in range(count):
                target_via[k] = source_via[k] + shift_via
        at += count


@compile_serial
def _nonzeros(indptr, offsets, ids, row):
    total = 0
    for b in ids:
        total += indptr[offsets[row, b + 1]] - indptr[offsets[row, b]]
    return total


def cut_blocks(
    arrays: tuple[Any, Any], via: Tensor | None, offsets: Tensor, ids: Tensor, chosen: Tensor,
    groups: tuple[int, int, int],
) -> tuple[Tensor, Tensor, Tensor | None, tuple[int, int]]:  # fmt: skip
    """Cut the blocks `ids` out of a block-diagonal pattern: indptr, indices, passed cells renumbered, shape."""
    indptr, indices = arrays
    places, which, new = offsets.numpy(), ids.contiguous().numpy(), chosen.numpy()
    nnz = _nonzeros(indptr, places, which, groups[0])
    rows, columns = int(new[groups[0], -1]), int(new[groups[1], -1])
    kind = np.int32 if max(rows, columns, nnz) <= INT32_MAX else np.int64
    bounds, kept = np.empty(rows + 1, kind), np.empty(nnz, kind)
    passed = indices[:0] if via is None else via.contiguous().numpy()
    out_via = np.empty(0 if via is None else nnz, passed.dtype)
    _cut(indptr, indices, passed, places, which, new, *groups, bounds, kept, out_via)
    found = None if via is None else torch.from_numpy(out_via)
    return torch.from_numpy(bounds), torch.from_numpy(kept), found, (rows, columns)
