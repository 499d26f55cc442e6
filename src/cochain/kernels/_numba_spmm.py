"""Sparse times dense and its adjoints in numba: numbers (with heads) and blocks."""

# mypy: disable-error-code="no-untyped-def"

from numba import prange
from torch import Tensor

from cochain.kernels._numba_compile import Kernel, first_row
from cochain.kernels.sparse import Pattern


@Kernel
def _multiply(  # noqa: C901 - one nest of loops: parts, rows, nonzeros, channels
    indptr, indices, order, values, x, out, one, weighted, ordered, parts,
):  # fmt: skip
    """out[i, h] = sum over nonzeros k of row i of values[k, h] x[column of k, h]."""
    heads, channels = x.shape[1], x.shape[2]
    zero = one - one
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            if heads * channels == 1:  # a matrix times a vector: the sum stays in a register
                total = zero
                for k in range(indptr[i], indptr[i + 1]):
                    weight = values[order[k] if ordered else k, 0] if weighted else one
                    total += weight * x[indices[k], 0, 0]
                out[i, 0, 0] = total
                continue
            for h in range(heads):
                for c in range(channels):
                    out[i, h, c] = zero
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                place = order[k] if ordered else k
                for h in range(heads):
                    weight = values[place, h] if weighted else one
                    for c in range(channels):
                        out[i, h, c] += weight * x[j, h, c]


def multiply(pattern: Pattern, values: Tensor | None, x: Tensor, order: Tensor | None = None) -> Tensor:
    """Multiply (cols, ...) by values (nnz,), or (cols, H, C) by (nnz, H).

    With an order, nonzero k of the pattern has the values of place order[k].
    """
    out = x.new_empty((pattern.shape[0], *x.shape[1:]))
    data = x.detach().contiguous().numpy()
    heads = 1 if values is None or values.ndim == 1 else values.shape[1]
    width = x.shape[1:].numel()
    each = heads, width // heads if heads else 0
    data = data.reshape(len(data), *each)
    held = data.reshape(-1)[:0] if values is None else values.detach().contiguous().numpy()
    places = order.numpy() if order is not None else pattern.arrays[1]
    _multiply(
        pattern.nnz * width, *pattern.arrays, places, held.reshape(len(held), heads), data,
        out.numpy().reshape(len(out), *each), data.dtype.type(1), values is not None, order is not None,
    )  # fmt: skip
    return out


@Kernel
def _multiply_blocks(indptr, indices, order, values, x, out, flipped, parts):  # noqa: C901 - one nest of loops: parts, rows, nonzeros, channels
    """out[i] = sum over nonzeros k of row i of values[k] x[column of k], or of its transpose at order[k]."""
    height, width, channels = out.shape[1], x.shape[1], x.shape[2]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for a in range(height):
                for c in range(channels):
                    out[i, a, c] = 0
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                place = order[k] if flipped else k
                for a in range(height):
                    for b in range(width):
                        weight = values[place, b, a] if flipped else values[place, a, b]
                        for c in range(channels):
                            out[i, a, c] += weight * x[j, b, c]


def multiply_blocks(pattern: Pattern, values: Tensor, x: Tensor, order: Tensor | None = None) -> Tensor:
    """Multiply (cols, e, C) by blocks (nnz, d, e). With an order: by the transposed block order[k] at nonzero k."""
    height = values.shape[1 if order is None else 2]
    out = x.new_empty((pattern.shape[0], height, x.shape[2]))
    indptr, indices = pattern.arrays
    _multiply_blocks(
        len(indices) * height * x.shape[1] * x.shape[2], indptr, indices,
        indices if order is None else order.numpy(), values.detach().contiguous().numpy(),
        x.detach().contiguous().numpy(), out.numpy(), order is not None,
    )  # fmt: skip
    return out


@Kernel
def _inner(indptr, indices, left, right, out, zero, parts):
    """out[k, h] = sum over channels of left[row of k, h] right[column of k, h]."""
    heads, channels = left.shape[1], left.shape[2]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                for h in range(heads):
                    total = zero
                    for c in range(channels):
                        total += left[i, h, c] * right[j, h, c]
                    out[k, h] = total


def inner(pattern: Pattern, left: Tensor, right: Tensor, heads: int | None = None) -> Tensor:
    """Multiply (rows, ...) with (cols, ...) over the channels, at the nonzeros alone: (nnz,), or (nnz, heads)."""
    out = left.new_empty((pattern.nnz,) if heads is None else (pattern.nnz, heads))
    width = left.shape[1:].numel()
    each = 1 if heads is None else heads, width // (heads or 1)
    sides = left.detach().contiguous().numpy(), right.detach().contiguous().numpy()
    sides = sides[0].reshape(len(left), *each), sides[1].reshape(len(right), *each)
    _inner(
        pattern.nnz * width, *pattern.arrays, *sides, out.numpy().reshape(pattern.nnz, each[0]),
        sides[0].dtype.type(0),
    )  # fmt: skip
    return out


@Kernel
def _outer(indptr, indices, left, right, out, zero, parts):
    """out[k] = left[row of k] right[column of k]^T, a block for every nonzero."""
    height, width, channels = left.shape[1], right.shape[1], left.shape[2]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                for a in range(height):
                    for b in range(width):
                        total = zero
                        for c in range(channels):
                            total += left[i, a, c] * right[j, b, c]
                        out[k, a, b] = total


def outer(pattern: Pattern, left: Tensor, right: Tensor) -> Tensor:
    """Multiply (rows, d, C) with (cols, e, C) over the channels, at the nonzeros alone: (nnz, d, e)."""
    out = left.new_empty((pattern.nnz, left.shape[1], right.shape[1]))
    data = left.detach().contiguous().numpy()
    _outer(
        pattern.nnz * left.shape[1] * right.shape[1] * left.shape[2], *pattern.arrays, data,
        right.detach().contiguous().numpy(), out.numpy(), data.dtype.type(0),
    )  # fmt: skip
    return out
