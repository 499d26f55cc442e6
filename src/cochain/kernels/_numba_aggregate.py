"""Reductions over rows other than sums, in numba: extremes, standard deviation, log of the sum of exponentials.

All read x (columns, C) through a pattern and write (rows, C); nothing of nonzeros x C exists.
"""

# mypy: disable-error-code="no-untyped-def"

from typing import Any

import numpy as np
import torch
from numba import prange
from torch import Tensor

from cochain.kernels._numba_compile import Kernel, first_row
from cochain.kernels.sparse import Pattern

# Parts of the channels narrower than this would share cache lines between threads.
CHANNELS_PER_PART = 16


def _arrays(*tensors: Tensor) -> list[Any]:
    return [tensor.detach().contiguous().numpy() for tensor in tensors]


@Kernel
def _extreme(indptr, indices, x, out, first, sign, parts):
    """The largest of sign * x in each row, and the first nonzero that holds it (-1 in an empty row). NaN wins."""
    channels = x.shape[1]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            begin, end = indptr[i], indptr[i + 1]
            for c in range(channels):
                out[i, c] = x[indices[begin], c] if begin < end else 0
                first[i, c] = begin if begin < end else -1
            for k in range(begin + 1, end):
                j = indices[k]
                for c in range(channels):
                    value, best = x[j, c], out[i, c]
                    if sign * value > sign * best or (value != value and best == best):
                        out[i, c] = value
                        first[i, c] = k


def extreme(pattern: Pattern, x: Tensor, largest: bool) -> tuple[Tensor, Tensor]:
    """Take the largest or smallest of each row: (rows, C), and which nonzero it is (rows, C)."""
    out = x.new_empty((pattern.shape[0], x.shape[1]))
    first = torch.empty(out.shape, dtype=pattern.dtype)
    indptr, indices = pattern.arrays
    (data,) = _arrays(x)
    sign = data.dtype.type(1 if largest else -1)
    _extreme(pattern.nnz * x.shape[1], indptr, indices, data, out.numpy(), first.numpy(), sign)
    return out, first


@Kernel
def _extreme_adjoint(indices, grad, first, out, parts):
    """Each row sends its gradient to the column it chose; parts are ranges of channels, so none write to one place."""
    rows, channels = grad.shape
    for part in prange(parts):
        for i in range(rows):
            for c in range(channels * part // parts, channels * (part + 1) // parts):
                if first[i, c] >= 0:
                    out[indices[first[i, c]], c] += grad[i, c]


def extreme_adjoint(pattern: Pattern, grad: Tensor, first: Tensor) -> Tensor:
    """Send the gradient (rows, C) to the columns that were chosen: (columns, C)."""
    out = grad.new_zeros((pattern.shape[1], grad.shape[1]))
    work = grad.numel() if grad.shape[1] >= 2 * CHANNELS_PER_PART else 0
    _extreme_adjoint(work, pattern.arrays[1], *_arrays(grad), first.numpy(), out.numpy())
    return out


@Kernel
def _deviation(indptr, indices, x, mean, out, parts):  # noqa: C901 - one nest of loops: parts, rows, nonzeros, channels
    """Population mean and standard deviation of each row, both relative to its first entry, so constants give 0."""
    channels = x.shape[1]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            begin, end = indptr[i], indptr[i + 1]
            for c in range(channels):
                mean[i, c] = 0
                out[i, c] = 0
            if begin == end:
                continue
            origin, count = indices[begin], end - begin
            for k in range(begin + 1, end):
                j = indices[k]
                for c in range(channels):
                    mean[i, c] += x[j, c] - x[origin, c]
            for c in range(channels):
                mean[i, c] = x[origin, c] + mean[i, c] / x.dtype.type(count)
            for k in range(begin, end):
                j = indices[k]
                for c in range(channels):
                    out[i, c] += (x[j, c] - mean[i, c]) ** 2
            for c in range(channels):
                out[i, c] = np.sqrt(out[i, c] / x.dtype.type(count))


def deviation(pattern: Pattern, x: Tensor) -> tuple[Tensor, Tensor]:
    """Take the mean and the standard deviation of each row: (rows, C) both."""
    mean, out = x.new_empty((pattern.shape[0], x.shape[1])), x.new_empty((pattern.shape[0], x.shape[1]))
    _deviation(3 * pattern.nnz * x.shape[1], *pattern.arrays, *_arrays(x), mean.numpy(), out.numpy())
    return mean, out


@Kernel
def _deviation_adjoint(indptr, indices, x, mean, scaled, out, parts):
    """out[j] = sum over the rows i that read j of scaled[i] (x[j] - mean[i]); the pattern is the transposed one."""
    channels = x.shape[1]
    for part in prange(parts):
        for j in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for c in range(channels):
                out[j, c] = 0
            for k in range(indptr[j], indptr[j + 1]):
                i = indices[k]
                for c in range(channels):
                    out[j, c] += scaled[i, c] * (x[j, c] - mean[i, c])


def deviation_adjoint(pattern: Pattern, x: Tensor, mean: Tensor, scaled: Tensor) -> Tensor:
    """Send scaled (rows, C) times the distance from the mean to the columns: (columns, C)."""
    transposed, _ = pattern.transposed
    out = torch.empty_like(x, memory_format=torch.contiguous_format)
    arrays = *transposed.arrays, *_arrays(x, mean, scaled)
    _deviation_adjoint(pattern.nnz * x.shape[1], *arrays, out.numpy())
    return out


@Kernel
def _logsumexp(indptr, indices, x, peak, out, parts):  # noqa: C901 - one nest of loops: parts, rows, nonzeros, channels
    """Take the log of the sum of exponentials of each row, relative to its largest entry; -inf in an empty row."""
    channels = x.shape[1]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for c in range(channels):
                peak[i, c] = -np.inf
                out[i, c] = 0
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                for c in range(channels):
                    if x[j, c] > peak[i, c] or x[j, c] != x[j, c]:
                        peak[i, c] = x[j, c]
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                for c in range(channels):
                    # equal entries add 1 even where both are infinite and their difference is not a number
                    out[i, c] += x.dtype.type(1) if x[j, c] == peak[i, c] else np.exp(x[j, c] - peak[i, c])
            for c in range(channels):
                out[i, c] = peak[i, c] + np.log(out[i, c]) if out[i, c] != 0 else peak[i, c]


def logsumexp(pattern: Pattern, x: Tensor) -> Tensor:
    """Take the log of the sum of exponentials of each row: (rows, C)."""
    peak, out = x.new_empty((pattern.shape[0], x.shape[1])), x.new_empty((pattern.shape[0], x.shape[1]))
    arrays = *pattern.arrays, *_arrays(x)
    _logsumexp(8 * pattern.nnz * x.shape[1], *arrays, peak.numpy(), out.numpy())
    return out


@Kernel
def _logsumexp_adjoint(indptr, indices, x, total, grad, out, parts):
    """out[j] = sum over the rows i that read j of grad[i] exp(x[j] - total[i]); the pattern is the transposed one."""
    channels = x.shape[1]
    for part in prange(parts):
        for j in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for c in range(channels):
                out[j, c] = 0
            for k in range(indptr[j], indptr[j + 1]):
                i = indices[k]
                for c in range(channels):
                    if x[j, c] != -np.inf:
                        out[j, c] += grad[i, c] * np.exp(x[j, c] - total[i, c])


def logsumexp_adjoint(pattern: Pattern, x: Tensor, total: Tensor, grad: Tensor) -> Tensor:
    """Send the gradient (rows, C) to the columns by their share in the sum: (columns, C)."""
    transposed, _ = pattern.transposed
    out = torch.empty_like(x, memory_format=torch.contiguous_format)
    arrays = *transposed.arrays, *_arrays(x, total, grad)
    _logsumexp_adjoint(8 * pattern.nnz * x.shape[1], *arrays, out.numpy())
    return out
