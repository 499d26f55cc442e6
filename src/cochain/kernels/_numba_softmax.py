"""Softmax over the nonzeros of each row, in numba."""

# mypy: disable-error-code="no-untyped-def"

from typing import Any

import numpy as np
import torch
from numba import prange
from torch import Tensor

from cochain.kernels._numba_compile import Kernel, first_row
from cochain.kernels.sparse import Pattern


@Kernel
def _softmax(indptr, scores, out, parts):  # noqa: C901 - one nest of loops: parts, rows, nonzeros, channels
    heads = scores.shape[1]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            begin, end = indptr[i], indptr[i + 1]
            for h in range(heads):
                peak = scores.dtype.type(-np.inf)
                for k in range(begin, end):
                    if scores[k, h] > peak:
                        peak = scores[k, h]
                if peak == -np.inf:  # nothing, or nothing but masked scores and NaN
                    for k in range(begin, end):
                        out[k, h] = 0 if scores[k, h] == -np.inf else np.nan
                    continue
                total = scores.dtype.type(0)
                for k in range(begin, end):
                    power = np.exp(scores[k, h] - peak)
                    out[k, h] = power
                    total += power
                for k in range(begin, end):
                    out[k, h] /= total


def _columns(pattern: Pattern, tensor: Tensor) -> Any:
    """View (nnz,) or (nnz, H) as an array (nnz, H)."""
    heads = 1 if tensor.ndim == 1 else tensor.shape[1]
    return tensor.detach().contiguous().numpy().reshape(pattern.nnz, heads)


def softmax(pattern: Pattern, scores: Tensor) -> Tensor:
    """Normalise exp(scores), (nnz,) or (nnz, H), over each row."""
    out = torch.empty_like(scores, memory_format=torch.contiguous_format)
    _softmax(8 * scores.numel(), pattern.arrays[0], _columns(pattern, scores), _columns(pattern, out))
    return out


@Kernel
def _softmax_adjoint(indptr, share, grad, out, parts):
    heads = share.shape[1]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for h in range(heads):
                mean = share.dtype.type(0)
                for k in range(indptr[i], indptr[i + 1]):
                    mean += share[k, h] * grad[k, h]
                for k in range(indptr[i], indptr[i + 1]):
                    out[k, h] = share[k, h] * (grad[k, h] - mean)


def softmax_adjoint(pattern: Pattern, share: Tensor, grad: Tensor) -> Tensor:
    """Send the gradient of the shares back to the scores, all (nnz,) or (nnz, H)."""
    out = torch.empty_like(share)
    arrays = _columns(pattern, share), _columns(pattern, grad), _columns(pattern, out)
    _softmax_adjoint(2 * share.numel(), pattern.arrays[0], *arrays)
    return out
