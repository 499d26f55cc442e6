"""Sparse times dense and its adjoints in numba: numbers (with heads) and blocks."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
import torch
from numba import prange
from torch import Tensor

from cochain.kernels._numba_compile import Kernel, first_row
from cochain.kernels._numba_vector import AHEAD, add_scaled, dot, fetch_row, lines_of
from cochain.kernels.sparse import Pattern


@Kernel
def _multiply(
    indptr, indices, order, values, x, out, one, heads, weighted, ordered, parts,
):  # fmt: skip
    """out[i, h] = sum over nonzeros k of row i of values[k, h] x[column of k, h]; x and out are written flat."""
    width = len(out) // max(len(indptr) - 1, 1)
    channels, lines, last = width // max(heads, 1), lines_of(x, width), len(indices) - 1
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            if width == 1:  # a matrix times a vector: the sum stays in a register
                total = one - one
                for k in range(indptr[i], indptr[i + 1]):
                    weight = values[order[k] if ordered else k] if weighted else one
                    total += weight * x[indices[k]]
                out[i] = total
                continue
            to = np.int64(i) * width
            for c in range(to, to + width):
                out[c] = 0
            for k in range(indptr[i], indptr[i + 1]):
                fetch_row(x, np.int64(indices[min(k + AHEAD, last)]), width, lines)
                start = np.int64(indices[k]) * width
                place = np.int64(order[k] if ordered else k) * heads
                for h in range(heads):
                    weight = values[place + h] if weighted else one
                    add_scaled(out, to + h * channels, weight, x, start + h * channels, channels)


def multiply(pattern: Pattern, values: Tensor | None, x: Tensor, order: Tensor | None = None) -> Tensor:
    """Multiply (cols, ...) by values (nnz,), or (cols, H, C) by (nnz, H).

    With an order, nonzero k of the pattern has the values of place order[k].
    """
    out = x.new_empty((pattern.shape[0], *x.shape[1:]))
    data = x.detach().contiguous().numpy()
    heads = 1 if values is None or values.ndim == 1 else values.shape[1]
    width = x.shape[1:].numel()
    held = data[:0] if values is None else values.detach().contiguous().numpy()
    places = order.numpy() if order is not None else pattern.arrays[1]
    _multiply(
        pattern.nnz * width, *pattern.arrays, places, held.reshape(-1), data.reshape(-1), out.numpy().reshape(-1),
        data.dtype.type(1), heads, values is not None, order is not None,
    )  # fmt: skip
    return out


@Kernel
def _multiply_blocks(  # noqa: C901 - one nest of loops: parts, rows, nonzeros, entries of a block
    indptr, indices, order, values, xs, outs, flipped, parts,
):  # fmt: skip
    """out[i] = sum over nonzeros k of row i of values[k] x[column of k], or of its transpose at order[k]."""
    height, width, channels, last = outs.shape[1], xs.shape[1], xs.shape[2], len(indices) - 1
    x, out, held, size = xs.reshape(-1), outs.reshape(-1), values.reshape(-1), height * width
    lines, few = lines_of(x, width * channels), lines_of(held, size)
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for a in range(height):
                for c in range(channels):
                    outs[i, a, c] = 0
            for k in range(indptr[i], indptr[i + 1]):
                ahead = min(k + AHEAD, last)
                fetch_row(x, np.int64(indices[ahead]), width * channels, lines)
                if flipped:
                    fetch_row(held, np.int64(order[ahead]), size, few)
                place, start = order[k] if flipped else k, np.int64(indices[k]) * width * channels
                for a in range(height):
                    to = (np.int64(i) * height + a) * channels
                    for b in range(width):
                        weight = values[place, b, a] if flipped else values[place, a, b]
                        add_scaled(out, to, weight, x, start + b * channels, channels)


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
def _inner(indptr, indices, left, right, out, heads, width, parts):
    """out[k, h] = sum over channels of left[row of k, h] right[column of k, h]; all are written flat."""
    channels, lines, last = width // max(heads, 1), lines_of(right, width), len(indices) - 1
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            own = np.int64(i) * width
            for k in range(indptr[i], indptr[i + 1]):
                fetch_row(right, np.int64(indices[min(k + AHEAD, last)]), width, lines)
                start = np.int64(indices[k]) * width
                for h in range(heads):
                    out[np.int64(k) * heads + h] = dot(left, own + h * channels, right, start + h * channels, channels)


def inner(pattern: Pattern, left: Tensor, right: Tensor, heads: int | None = None) -> Tensor:
    """Multiply (rows, ...) with (cols, ...) over the channels, at the nonzeros alone: (nnz,), or (nnz, heads)."""
    out = left.new_empty((pattern.nnz,) if heads is None else (pattern.nnz, heads))
    width = left.shape[1:].numel()
    sides = left.detach().contiguous().numpy(), right.detach().contiguous().numpy()
    _inner(
        pattern.nnz * width, *pattern.arrays, sides[0].reshape(-1), sides[1].reshape(-1), out.numpy().reshape(-1),
        1 if heads is None else heads, width,
    )  # fmt: skip
    return out


@Kernel
def _outer(indptr, indices, lefts, rights, out, parts):
    """out[k] = left[row of k] right[column of k]^T, a block for every nonzero."""
    height, width, channels, last = lefts.shape[1], rights.shape[1], lefts.shape[2], len(indices) - 1
    left, right = lefts.reshape(-1), rights.reshape(-1)
    lines = lines_of(right, width * channels)
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            own = np.int64(i) * height * channels
            for k in range(indptr[i], indptr[i + 1]):
                fetch_row(right, np.int64(indices[min(k + AHEAD, last)]), width * channels, lines)
                start = np.int64(indices[k]) * width * channels
                for a in range(height):
                    for b in range(width):
                        out[k, a, b] = dot(left, own + a * channels, right, start + b * channels, channels)


def outer(pattern: Pattern, left: Tensor, right: Tensor) -> Tensor:
    """Multiply (rows, d, C) with (cols, e, C) over the channels, at the nonzeros alone: (nnz, d, e)."""
    out = left.new_empty((pattern.nnz, left.shape[1], right.shape[1]))
    _outer(
        pattern.nnz * left.shape[1] * right.shape[1] * left.shape[2], *pattern.arrays,
        left.detach().contiguous().numpy(), right.detach().contiguous().numpy(), out.numpy(),
    )  # fmt: skip
    return out


@Kernel
def _gram(indptr, order, values, out, parts):  # noqa: C901 - one nest of loops: parts, columns, nonzeros, entries
    """out[j] = sum over nonzeros k of column j of values[order[k]]^T values[order[k]]; indptr is that of columns."""
    height, width, last = values.shape[1], values.shape[2], len(order) - 1
    held, size = values.reshape(-1), values.shape[1] * values.shape[2]
    few = lines_of(held, size)
    for part in prange(parts):
        for j in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for a in range(width):
                for b in range(width):
                    out[j, a, b] = 0
            for k in range(indptr[j], indptr[j + 1]):
                fetch_row(held, np.int64(order[min(k + AHEAD, last)]), size, few)
                place = order[k]
                for a in range(width):
                    for b in range(width):
                        for c in range(height):
                            out[j, a, b] += values[place, c, a] * values[place, c, b]


def gram(pattern: Pattern, values: Tensor) -> Tensor:
    """Sum V^T V over the blocks V (nnz, d, e) of each column: (columns, e, e)."""
    transposed, order = pattern.transposed
    out = values.new_empty((pattern.shape[1], values.shape[2], values.shape[2]))
    held = values.detach().contiguous().numpy()
    _gram(values.numel() * values.shape[2], transposed.arrays[0], order.numpy(), held, out.numpy())
    return out


@Kernel
def _gram_adjoint(indptr, indices, values, grad, out, parts):
    """out[k] = values[k] grad[column of k]."""
    height, width = values.shape[1], values.shape[2]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                for a in range(height):
                    for b in range(width):
                        out[k, a, b] = 0
                        for c in range(width):
                            out[k, a, b] += values[k, a, c] * grad[j, c, b]


def gram_adjoint(pattern: Pattern, values: Tensor, grad: Tensor) -> Tensor:
    """Send the gradient of `gram` back to the blocks."""
    out = torch.empty_like(values, memory_format=torch.contiguous_format)
    both = (grad + grad.mT).contiguous().numpy()
    held = values.detach().contiguous().numpy()
    _gram_adjoint(values.numel() * values.shape[2], *pattern.arrays, held, both, out.numpy())
    return out
