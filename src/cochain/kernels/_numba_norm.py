"""Batch normalisation in numba: statistics, scaling and rectifier over blocks of rows that stay in the cache."""

# mypy: disable-error-code="no-untyped-def"

import numba
import numpy as np
import torch
from numba import prange
from torch import Tensor

from cochain.kernels._numba_compile import Kernel, compile_serial

_BLOCK = 512  # rows whose sums are taken in the type of the numbers, before they are added in double precision


@numba.njit
def _sums(x, first, last, low, high, mean, power, out):
    """Add up x - mean over a block of rows, or its square, channel by channel."""
    block = np.zeros(high - low, x.dtype)
    for i in range(first, last):
        row, middle = x[i, low:high], mean[low:high]
        if power == 1:
            for c in range(high - low):
                block[c] += row[c]
        else:
            for c in range(high - low):
                block[c] += (row[c] - middle[c]) * (row[c] - middle[c])
    for c in range(high - low):
        out[low + c] += block[c]


@numba.njit
def _scale(x, low, high, mean, scale, shift, rectified, zero, out):
    for i in range(len(x)):
        source, target = x[i, low:high], out[i, low:high]
        if rectified:
            for c in range(high - low):
                target[c] = max((source[c] - mean[c]) * scale[c] + shift[c], zero)
        else:
            for c in range(high - low):
                target[c] = (source[c] - mean[c]) * scale[c] + shift[c]


@Kernel
def _forward(x, weight, bias, eps, rectified, zero, mean, variance, out, parts):
    """A part owns some channels in all rows, so its sums need no other part."""
    rows, channels = x.shape
    for part in prange(parts):
        low, high = channels * part // parts, channels * (part + 1) // parts
        totals = np.zeros((2, channels), np.float64)
        for first in range(0, rows, _BLOCK):
            _sums(x, first, min(rows, first + _BLOCK), low, high, mean, 1, totals[0])
        for c in range(low, high):
            mean[c] = totals[0, c] / rows
        for first in range(0, rows, _BLOCK):
            _sums(x, first, min(rows, first + _BLOCK), low, high, mean, 2, totals[1])
        for c in range(low, high):
            variance[c] = totals[1, c] / rows
        scale = np.empty(high - low, x.dtype)
        for c in range(high - low):
            scale[c] = weight[low + c] / np.sqrt(totals[1, low + c] / rows + eps)
        _scale(x, low, high, mean[low:high], scale, bias[low:high], rectified, zero, out)


@numba.njit
def _adjoint_sums(x, grad, first, last, low, high, mean, scale, shift, rectified, totals):
    """Add up, over a block of rows, the gradient and its product with x - mean."""
    plain, along = np.zeros(high - low, x.dtype), np.zeros(high - low, x.dtype)
    zero = x.dtype.type(0)
    for i in range(first, last):
        source, given = x[i, low:high], grad[i, low:high]
        for c in range(high - low):
            centred = source[c] - mean[c]
            passed = given[c] if not rectified or centred * scale[c] + shift[c] > zero else zero
            plain[c] += passed
            along[c] += passed * centred
    for c in range(high - low):
        totals[0, c] += plain[c]
        totals[1, c] += along[c]


@Kernel
def _backward(x, grad, weight, bias, eps, rectified, zero, mean, variance, grad_x, grad_weight, grad_bias, parts):
    rows, channels = x.shape
    for part in prange(parts):
        low, high = channels * part // parts, channels * (part + 1) // parts
        width = high - low
        middle, shift = mean[low:high], bias[low:high]
        scale, totals = np.empty(width, x.dtype), np.zeros((2, width), np.float64)
        for c in range(width):
            scale[c] = weight[low + c] / np.sqrt(np.float64(variance[low + c]) + eps)
        for first in range(0, rows, _BLOCK):
            last = min(rows, first + _BLOCK)
            _adjoint_sums(x, grad, first, last, low, high, middle, scale, shift, rectified, totals)
        flat, slope = np.empty(width, x.dtype), np.empty(width, x.dtype)
        for c in range(width):
            inverse = 1 / (np.float64(variance[low + c]) + eps)
            grad_weight[low + c] = totals[1, c] * np.sqrt(inverse)
            grad_bias[low + c] = totals[0, c]
            flat[c] = totals[0, c] / rows
            slope[c] = totals[1, c] / rows * inverse
        for i in range(rows):
            source, given, target = x[i, low:high], grad[i, low:high], grad_x[i, low:high]
            for c in range(width):
                centred = source[c] - middle[c]
                passed = given[c] if not rectified or centred * scale[c] + shift[c] > zero else zero
                target[c] = scale[c] * (passed - flat[c] - centred * slope[c])


@compile_serial
def _track(mean, variance, rows, share, still, running_mean, running_variance):
    for c in range(len(mean)):
        spread = variance[c] * rows / (rows - 1)
        if spread <= still * still * mean[c] * mean[c]:
            running_mean[c] = mean[c]
            running_variance[c] = 1 + share * (spread - 1)
        else:
            running_mean[c] += share * (mean[c] - running_mean[c])
            running_variance[c] += share * (spread - running_variance[c])


def track(
    mean: Tensor, variance: Tensor, rows: int, share: float, still: float, running_mean: Tensor, running_var: Tensor
) -> None:
    """Move running statistics, in place, a share of the way to those of a batch."""
    _track(mean.numpy(), variance.numpy(), rows, share, still, running_mean.numpy(), running_var.numpy())


def normalize(x: Tensor, weight: Tensor, bias: Tensor, eps: float, rectified: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Normalise every channel over the rows: the result, and mean and (biased) variance."""
    data = x.detach().contiguous()
    out, mean, variance = torch.empty_like(data), data.new_empty(x.shape[1]), data.new_empty(x.shape[1])
    array = data.numpy()
    _forward(
        4 * x.numel(), array, weight.detach().contiguous().numpy(), bias.detach().contiguous().numpy(), eps, rectified,
        array.dtype.type(0), mean.numpy(), variance.numpy(), out.numpy(),
    )  # fmt: skip
    return out, mean, variance


def normalize_adjoint(
    x: Tensor, grad: Tensor, weight: Tensor, bias: Tensor, eps: float, rectified: bool, mean: Tensor, variance: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Give the gradients of x, weight and bias."""
    data = x.detach().contiguous()
    grad_x, grad_weight, grad_bias = torch.empty_like(data), torch.empty_like(mean), torch.empty_like(mean)
    array = data.numpy()
    _backward(
        6 * x.numel(), array, grad.contiguous().numpy(), weight.detach().contiguous().numpy(),
        bias.detach().contiguous().numpy(), eps, rectified, array.dtype.type(0), mean.numpy(), variance.numpy(),
        grad_x.numpy(), grad_weight.numpy(), grad_bias.numpy(),
    )  # fmt: skip
    return grad_x, grad_weight, grad_bias
