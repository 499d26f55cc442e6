"""Attention over the nonzeros of each row, in numba: scores, softmax and weighted sum in one pass."""

# mypy: disable-error-code="no-untyped-def"

from typing import Any

import numba
import numpy as np
import torch
from numba import prange
from torch import Tensor

from cochain.kernels._numba_compile import FAST_MATH, Kernel, first_row
from cochain.kernels._numba_spmm import multiply as multiply  # the backward calls it
from cochain.kernels.sparse import Pattern


@numba.njit(fastmath=FAST_MATH, error_model="numpy")
def _raw_score(left, right, bias, i, j, h, k, scale, additive, biased):
    """Add left and right, or multiply them; then add the bias."""
    score = left.dtype.type(0)
    if additive:
        score = left[i, h, 0] + right[j, h, 0]
    else:
        for c in range(left.shape[2]):
            score += left[i, h, c] * right[j, h, c]
        score *= scale
    if biased:
        score += bias[k, h]
    return score


@Kernel
def _attend(  # noqa: C901 - one nest of loops: parts, rows, nonzeros, channels
    indptr, indices, left, right, value, bias, out, log_total, scale, slope, additive, biased, parts,
):  # fmt: skip
    """Online softmax: when a larger score comes, what was summed so far shrinks."""
    heads, channels = value.shape[1], value.shape[2]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for h in range(heads):
                for c in range(channels):
                    out[i, h, c] = 0
                peak, total = value.dtype.type(-np.inf), value.dtype.type(0)
                for k in range(indptr[i], indptr[i + 1]):
                    j = indices[k]
                    score = _raw_score(left, right, bias, i, j, h, k, scale, additive, biased)
                    if score < 0:
                        score *= slope
                    if score == -np.inf:
                        continue
                    if score > peak:
                        shrink = np.exp(peak - score)
                        peak = score
                        total *= shrink
                        for c in range(channels):
                            out[i, h, c] *= shrink
                    power = np.exp(score - peak)
                    total += power
                    for c in range(channels):
                        out[i, h, c] += power * value[j, h, c]
                log_total[i, h] = peak + np.log(total) if total != 0 else -np.inf
                if total != 0:
                    for c in range(channels):
                        out[i, h, c] /= total


@Kernel
def _scores_adjoint(  # noqa: C901 - one nest of loops: parts, rows, nonzeros, channels
    indptr, indices, left, right, value, bias, out, log_total, grad, share, grad_score, scale, slope, additive, biased,
    parts,
):  # fmt: skip
    """Recompute the share of each nonzero, and the gradient of its score before the nonlinearity: (nnz, H) both."""
    heads, channels = value.shape[1], value.shape[2]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for h in range(heads):
                mean = value.dtype.type(0)
                for c in range(channels):
                    mean += grad[i, h, c] * out[i, h, c]
                for k in range(indptr[i], indptr[i + 1]):
                    j = indices[k]
                    score = _raw_score(left, right, bias, i, j, h, k, scale, additive, biased)
                    factor = slope if score <= 0 else value.dtype.type(1)
                    if score < 0:
                        score *= slope
                    if score == -np.inf:
                        share[k, h] = 0
                        grad_score[k, h] = 0
                        continue
                    here = np.exp(score - log_total[i, h])
                    gain = value.dtype.type(0)
                    for c in range(channels):
                        gain += grad[i, h, c] * value[j, h, c]
                    share[k, h] = here
                    grad_score[k, h] = here * (gain - mean) * factor


def _arguments(pattern: Pattern, left: Tensor, right: Tensor, value: Tensor, bias: Tensor | None) -> list[Any]:
    held = left.new_empty((0, left.shape[1])) if bias is None else bias
    return [*pattern.arrays, *(tensor.detach().contiguous().numpy() for tensor in (left, right, value, held))]


def _options(data: Any, scale: float | None, slope: float, bias: Tensor | None) -> tuple[Any, Any, bool, bool]:
    number = data.dtype.type
    return number(1 if scale is None else scale), number(slope), scale is None, bias is not None


def attend(
    pattern: Pattern, left: Tensor, right: Tensor, value: Tensor, bias: Tensor | None, scale: float | None, slope: float
) -> tuple[Tensor, Tensor]:
    """Attend; the scores are left + right where `scale` is None, else scale left . right, then leaky with `slope`.

    Returns:
        The weighted sums (rows, H, C) and the log of the sum of the exponentials of the scores (rows, H).
    """
    out = value.new_empty((pattern.shape[0], *value.shape[1:]))
    log_total = value.new_empty(out.shape[:2])
    arguments = _arguments(pattern, left, right, value, bias)
    options = _options(arguments[4], scale, slope, bias)
    work = pattern.nnz * value.shape[1] * (value.shape[2] + left.shape[2] + 16)
    _attend(work, *arguments, out.numpy(), log_total.numpy(), *options)
    return out, log_total


def scores_adjoint(
    pattern: Pattern, left: Tensor, right: Tensor, value: Tensor, bias: Tensor | None, out: Tensor, log_total: Tensor,
    grad: Tensor, scale: float | None, slope: float,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Recompute the shares (nnz, H), and the gradients of the scores before scale and nonlinearity (nnz, H)."""
    share, grad_score = (torch.empty((pattern.nnz, value.shape[1]), dtype=value.dtype) for _ in range(2))
    arguments = _arguments(pattern, left, right, value, bias)
    saved = out.detach().numpy(), log_total.numpy(), grad.detach().contiguous().numpy()
    options = _options(arguments[4], scale, slope, bias)
    work = pattern.nnz * value.shape[1] * (value.shape[2] + left.shape[2] + 16)
    _scores_adjoint(work, *arguments, *saved, share.numpy(), grad_score.numpy(), *options)
    return share, grad_score
