"""The primitives in plain torch: what they mean, on any device and of any type. Slow, and wide in memory.

Every function here is differentiable through torch's own operations, so it is also the specification of the gradients.
`rows` and `columns` below are those of the nonzeros of the pattern.
"""

import math

import torch
from torch import Tensor

from cochain.kernels.sparse import Pattern


def sum_rows(pattern: Pattern, messages: Tensor) -> Tensor:
    """Sum (nnz, ...) over the nonzeros of each row: (rows, ...)."""
    out = messages.new_zeros((pattern.shape[0], *messages.shape[1:]))
    return out.index_add(0, pattern.rows, messages)


def spmm(pattern: Pattern, values: Tensor | None, x: Tensor) -> Tensor:
    """y[i] = sum over the nonzeros k of row i of values[k] x[column of k], for numbers, heads and blocks."""
    messages = x.index_select(0, pattern.indices)
    if values is None:
        return sum_rows(pattern, messages)
    if values.ndim == 3:
        return sum_rows(pattern, values @ messages)
    return sum_rows(pattern, messages * values.reshape(*values.shape, *[1] * (x.ndim - values.ndim)))


def sddmm(pattern: Pattern, left: Tensor, right: Tensor) -> Tensor:
    """s[k] = sum over channels of left[row of k] right[column of k]."""
    return (left.index_select(0, pattern.rows) * right.index_select(0, pattern.indices)).sum(-1)


def _over_rows(pattern: Pattern, y: Tensor) -> Tensor:
    """Give each nonzero what its row holds."""
    return y.index_select(0, pattern.rows)


def aggregate_max(pattern: Pattern, x: Tensor) -> Tensor:
    """Largest entry of each row, 0 in an empty one; the first nonzero that holds it takes the gradient."""
    return _gather_first(pattern, x, "amax")


def aggregate_min(pattern: Pattern, x: Tensor) -> Tensor:
    """Smallest entry of each row, 0 in an empty one; the first nonzero that holds it takes the gradient."""
    return _gather_first(pattern, x, "amin")


def _gather_first(pattern: Pattern, x: Tensor, reduce: str) -> Tensor:
    rows, shape = pattern.rows.long(), (pattern.shape[0], *x.shape[1:])
    with torch.no_grad():
        entries = x.index_select(0, pattern.indices)
        where = rows.reshape(-1, *[1] * (x.ndim - 1)).expand_as(entries)
        best = x.new_zeros(shape).scatter_reduce(0, where, entries, reduce, include_self=False)
        chosen = _over_rows(pattern, best)
        holds = (entries == chosen) | (entries.isnan() & chosen.isnan())
        ticks = torch.arange(pattern.nnz, device=x.device).reshape(-1, *[1] * (x.ndim - 1))
        candidates = torch.where(holds, ticks, pattern.nnz)
        first = torch.full(shape, pattern.nnz, device=x.device).scatter_reduce(0, where, candidates, "amin")
    if pattern.nnz == 0:
        return x.new_zeros(shape) + 0 * x.sum()
    empty = first == pattern.nnz
    columns = pattern.indices.long()[first.masked_fill(empty, 0)]
    return torch.gather(x, 0, columns).masked_fill(empty, 0)


def aggregate_std(pattern: Pattern, x: Tensor) -> Tensor:
    """Population standard deviation of each row, 0 in an empty one; its gradient is 0 where it is 0."""
    entries = x.index_select(0, pattern.indices)
    counts = pattern.degrees.clamp(min=1).to(x.dtype).reshape(-1, *[1] * (x.ndim - 1))
    # Distances from the row's first entry: a constant row then gives exactly 0.
    origins = entries.index_select(0, _over_rows(pattern, pattern.indptr[:-1])) if pattern.nnz else entries
    centred = entries - origins
    centred = centred - _over_rows(pattern, sum_rows(pattern, centred) / counts)
    variance = sum_rows(pattern, centred * centred) / counts
    spread = variance != 0
    return torch.where(spread, torch.where(spread, variance, 1).sqrt(), 0)


def aggregate_logsumexp(pattern: Pattern, x: Tensor) -> Tensor:
    """Log of the sum of exponentials of each row, -inf in an empty one."""
    entries = x.index_select(0, pattern.indices)
    with torch.no_grad():
        peak = aggregate_max(pattern, x)
        peak = torch.where(peak.isinf(), 0, peak)
    total = sum_rows(pattern, torch.exp(entries - _over_rows(pattern, peak)))
    present = total != 0
    return torch.where(present, torch.where(present, total, 1).log() + peak, -math.inf)


REDUCTIONS = {
    "max": aggregate_max,
    "min": aggregate_min,
    "std": aggregate_std,
    "logsumexp": aggregate_logsumexp,
}


def softmax(pattern: Pattern, scores: Tensor) -> Tensor:
    """exp(scores) divided by its sum over the row; 0 in a row whose scores are all -inf."""
    with torch.no_grad():
        peak = aggregate_max(pattern.membership, scores)
        peak = torch.where(peak == -math.inf, 0, peak)
    powers = torch.exp(scores - _over_rows(pattern, peak))
    total = sum_rows(pattern, powers)
    return powers / _over_rows(pattern, torch.where(total != 0, total, 1))


def attention(
    pattern: Pattern, left: Tensor, right: Tensor, value: Tensor, slope: float, bias: Tensor | None
) -> Tensor:
    """Softmax over each row of leaky_relu(left[row] + right[column] + bias), times value[column], summed."""
    scores = _over_rows(pattern, left) + right.index_select(0, pattern.indices)
    if bias is not None:
        scores = scores + bias
    return spmm(pattern, softmax(pattern, torch.nn.functional.leaky_relu(scores, slope)), value)


def dot_attention(
    pattern: Pattern, query: Tensor, key: Tensor, value: Tensor, scale: float, bias: Tensor | None
) -> Tensor:
    """Softmax over each row of scale query[row] . key[column] + bias, times value[column], summed."""
    scores = scale * sddmm(pattern, query, key)
    if bias is not None:
        scores = scores + bias
    return spmm(pattern, softmax(pattern, scores), value)
