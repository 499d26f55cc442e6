"""Additive attention in numba: scores, softmax and weighted sum together, and their adjoint.

The first takes one pass over the rows, the second one over the columns. Of the nonzeros nothing is written but the
gradient of a bias.
"""

# mypy: disable-error-code="no-untyped-def"

from typing import Any

import numpy as np
import torch
from numba import prange
from torch import Tensor

from cochain.kernels._numba_compile import Kernel, first_row

# The autograd functions of attention find all their kernels in this one module.
from cochain.kernels._numba_softmax import softmax as softmax
from cochain.kernels._numba_softmax import softmax_adjoint as softmax_adjoint
from cochain.kernels._numba_spmm import inner as inner
from cochain.kernels._numba_spmm import multiply as multiply
from cochain.kernels._numba_vector import AHEAD, LANES, add_scaled, dot, exponentials, fetch_row, lines_of, longest_row
from cochain.kernels.sparse import Pattern


def _arrays(*tensors: Tensor) -> list[Any]:
    return [tensor.detach().contiguous().numpy() for tensor in tensors]


@Kernel
def _attend(  # noqa: C901 - one nest of loops: parts, rows, nonzeros, heads
    indptr, indices, left, right, values, bias, outs, upper, level, slope, parts,
):  # fmt: skip
    """out[i] = sum over nonzeros k of row i of softmax(leaky_relu(left + right + bias))[k] value[column of k].

    `upper` gets the part of that sum, and of 1, that comes from scores above 0; `level` the logarithm of the sum of
    exponentials, and inf where nothing counts, so that exp(score - level) is the share in any case.
    """
    heads, channels, last = outs.shape[1], outs.shape[2], len(indices) - 1
    width, one, to_read, value = heads * channels, outs.dtype.type(1), right.reshape(-1), values.reshape(-1)
    lines, few = lines_of(value, width), lines_of(to_read, heads)
    for part in prange(parts):
        first, final = first_row(indptr, part, parts), first_row(indptr, part + 1, parts)
        size = longest_row(indptr, first, final) + LANES
        raw, powers = np.zeros((size, heads), outs.dtype), np.zeros((size, heads), outs.dtype)  # of one row
        sums, power = np.empty((2, width), outs.dtype), powers.reshape(-1)  # for scores up to 0, and above
        peak, totals, flat = np.empty(heads, outs.dtype), np.empty((2, heads), outs.dtype), sums.reshape(-1)
        for i in range(first, final):
            begin, end = indptr[i], indptr[i + 1]
            peak[:], totals[:], sums[:] = -np.inf, 0, 0
            for k in range(begin, end):
                j = indices[k]
                fetch_row(to_read, np.int64(indices[min(k + AHEAD, last)]), heads, few)
                for h in range(heads):
                    score = left[i, h] + right[j, h]
                    if len(bias):
                        score += bias[k, h]
                    raw[k - begin, h] = score
                    score *= one if score > 0 else slope
                    powers[k - begin, h] = score
                    peak[h] = max(peak[h], score)
            for h in range(heads):
                if peak[h] == -np.inf:  # a row that is masked as a whole, or none
                    peak[h] = 0
            for at in range(end - begin):
                for h in range(heads):
                    powers[at, h] -= peak[h]
            exponentials(power, np.int64(end - begin) * heads)
            for k in range(begin, end):
                fetch_row(value, np.int64(indices[min(k + AHEAD, last)]), width, lines)
                start = np.int64(indices[k]) * width
                for h in range(heads):
                    above = np.int64(raw[k - begin, h] > 0)
                    totals[above, h] += powers[k - begin, h]
                    to = above * width + h * channels
                    add_scaled(flat, to, powers[k - begin, h], value, start + h * channels, channels)
            for h in range(heads):
                total = totals[0, h] + totals[1, h]
                share = one / total if total != 0 else one - one
                level[i, h] = peak[h] + np.log(total) if total != 0 else one * np.inf
                for c in range(channels):
                    outs[i, h, c] = (sums[0, h * channels + c] + sums[1, h * channels + c]) * share
                if len(upper):
                    upper[i, width + h] = totals[1, h] * share
                    for c in range(channels):
                        upper[i, h * channels + c] = sums[1, h * channels + c] * share


def attend(
    pattern: Pattern, left: Tensor, right: Tensor, value: Tensor, bias: Tensor | None, slope: float, keep: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Average the values (columns, H, C): out (rows, H, C), and what `attend_adjoint` needs where `keep` says so."""
    rows, heads, width = pattern.shape[0], value.shape[1], value.shape[1:].numel()
    out, level = value.new_empty((rows, *value.shape[1:])), value.new_empty((rows, heads))
    upper = value.new_empty((rows if keep else 0, width + heads))
    _attend(
        4 * pattern.nnz * (width + heads), *pattern.arrays, *_arrays(left, right, value),
        *_arrays(left[:0] if bias is None else bias, out, upper, level), out.numpy().dtype.type(slope),
    )  # fmt: skip
    return out, upper, level


@Kernel
def _look_back(indptr, left, level, grads, outs, upper, rows, to_left, slope, parts):
    """Write what the columns need of each row, (rows, 3, H): left, level and mean gradient; and the gradient of left.

    Of a row, the shares times (gradient of a share - its mean) sum to 0. What reaches `left` is that sum with the slope
    below 0, so (1 - slope) times the part above 0, which the forward pass has kept: no second pass over the nonzeros.
    """
    heads, channels, one = outs.shape[1], outs.shape[2], outs.dtype.type(1)
    grad, out, flat, width = grads.reshape(-1), outs.reshape(-1), upper.reshape(-1), heads * channels
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for h in range(heads):
                at, kept = np.int64(i) * width + h * channels, np.int64(i) * (width + heads) + h * channels
                mean = dot(grad, at, out, at, channels)
                above = dot(grad, at, flat, kept, channels)
                rows[i, 0, h], rows[i, 1, h], rows[i, 2, h] = left[i, h], level[i, h], mean
                to_left[i, h] = (one - slope) * (above - upper[i, width + h] * mean)


@Kernel
def _attend_adjoint(  # noqa: C901 - one nest of loops: parts, columns, nonzeros, heads
    indptr, indices, order, rows, right, values, bias, grads, to_right, to_values, to_bias, slope, parts,
):  # fmt: skip
    """Send grad to the columns: the pattern is the transposed one, rows (rows, 3, H) hold left, level and mean."""
    heads, channels, last = values.shape[1], values.shape[2], len(indices) - 1
    width, one = heads * channels, to_values.dtype.type(1)
    to_read, value, grad, to_value = rows.reshape(-1), values.reshape(-1), grads.reshape(-1), to_values.reshape(-1)
    lines, few = lines_of(grad, width), lines_of(to_read, 3 * heads)
    for part in prange(parts):
        first, final = first_row(indptr, part, parts), first_row(indptr, part + 1, parts)
        size = longest_row(indptr, first, final) + LANES
        factor, shares = np.zeros((size, heads), values.dtype), np.zeros((size, heads), values.dtype)  # of one column
        share = shares.reshape(-1)
        for j in range(first, final):
            begin, end, own = indptr[j], indptr[j + 1], np.int64(j) * width
            for h in range(heads):
                to_right[j, h] = 0
                for c in range(channels):
                    to_values[j, h, c] = 0
            for k in range(begin, end):
                i = indices[k]
                fetch_row(to_read, np.int64(indices[min(k + AHEAD, last)]), 3 * heads, few)
                for h in range(heads):
                    score = rows[i, 0, h] + right[j, h]
                    if len(bias):
                        score += bias[order[k], h]
                    factor[k - begin, h] = one if score > 0 else slope
                    shares[k - begin, h] = score * factor[k - begin, h] - rows[i, 1, h]
            exponentials(share, np.int64(end - begin) * heads)
            for k in range(begin, end):
                i, start = indices[k], np.int64(indices[k]) * width
                fetch_row(grad, np.int64(indices[min(k + AHEAD, last)]), width, lines)
                for h in range(heads):
                    gain = dot(grad, start + h * channels, value, own + h * channels, channels)
                    change = shares[k - begin, h] * (gain - rows[i, 2, h]) * factor[k - begin, h]
                    to_right[j, h] += change
                    if len(to_bias):
                        to_bias[order[k], h] = change
                    weight = shares[k - begin, h]
                    add_scaled(to_value, own + h * channels, weight, grad, start + h * channels, channels)


def attend_adjoint(
    pattern: Pattern, left: Tensor, right: Tensor, value: Tensor, bias: Tensor | None, slope: float,
    grad: Tensor, out: Tensor, upper: Tensor, level: Tensor, wants_bias: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:  # fmt: skip
    """Send the gradient of the output to left, right, value and bias."""
    transposed, order = pattern.transposed
    heads, width = value.shape[1], value.shape[1:].numel()
    rows, to_left = value.new_empty((pattern.shape[0], 3, heads)), value.new_empty((pattern.shape[0], heads))
    factor, none = value.detach().numpy().dtype.type(slope), right[:0]
    _look_back(
        3 * pattern.shape[0] * width, pattern.arrays[0],
        *_arrays(left, level, grad, out, upper, rows, to_left), factor,
    )  # fmt: skip
    to_right, to_value = torch.empty_like(right, memory_format=torch.contiguous_format), value.new_empty(value.shape)
    to_bias = torch.empty_like(bias, memory_format=torch.contiguous_format) if wants_bias and bias is not None else None
    _attend_adjoint(
        6 * pattern.nnz * (width + heads), *transposed.arrays, order.numpy(),
        *_arrays(rows, right, value, none if bias is None else bias, grad),
        *_arrays(to_right, to_value, none if to_bias is None else to_bias), factor,
    )  # fmt: skip
    return to_left, to_right, to_value, to_bias
