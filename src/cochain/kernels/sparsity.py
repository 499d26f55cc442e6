"""Dense features that are mostly zeros, such as bags of words: products and dropout that pay for the rest alone.

Both functions are what torch's are, for any tensor. Where a large matrix on the CPU takes no gradient and is mostly
zeros, they read it once and then work on its other entries.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.kernels.dispatch import raw_kernels
from cochain.kernels.sparse import Pattern, SparseMatrix
from cochain.kernels.spmm import spmm

LEAST_ENTRIES = 1 << 17
"""A smaller matrix costs less than finding out."""
MOST_FILLED = 0.1
"""Above this part of entries that are not zero, a dense product is as fast."""
SAMPLE = 2048


def matmul(x: Float[Tensor, "rows channels"], weight: Float[Tensor, "channels out"]) -> Float[Tensor, "rows out"]:
    r"""Multiply two matrices; where the first is mostly zeros, which then stay zero whatever they meet, sparsely.

    Cost:
        Time $O(rows \, channels + nnz \, out)$ for an x that is mostly zeros, not $O(rows \, channels \, out)$.
    """
    compressed = _compress(x)
    if compressed is None or x.dtype != weight.dtype:
        return x @ weight
    return spmm(SparseMatrix(*compressed), weight)


def dropout(x: Float[Tensor, "*shape"], p: float, training: bool) -> Float[Tensor, "*shape"]:
    """Drop entries with probability p while training and scale the rest; zeros, which nothing changes, get no draw."""
    if not training or p == 0:
        return x
    compressed = _compress(x) if 0 < p < 1 else None
    if compressed is None:
        return torch.nn.functional.dropout(x, p, training)
    pattern, values = compressed
    kept = torch.nn.functional.dropout(values, p, training)
    places = pattern.rows.long().mul_(x.shape[1]).add_(pattern.indices)
    return torch.zeros_like(x).view(-1).index_copy_(0, places, kept).view(x.shape)


def _compress(x: Tensor) -> tuple[Pattern, Tensor] | None:
    if x.requires_grad or x.ndim != 2 or not LEAST_ENTRIES <= x.numel() < 2**31 or not x.is_contiguous():
        return None
    raw = raw_kernels("sparsity", x)
    if raw is None:
        return None
    sample = x.view(-1)[:: max(x.numel() // SAMPLE, 1)]
    # Twice the bound: a sample that lies above it by chance is next to impossible.
    if int(torch.count_nonzero(sample)) > 2 * MOST_FILLED * len(sample):
        return None
    found: tuple[Pattern, Tensor] | None = raw.compress(x, int(MOST_FILLED * x.numel()))
    return found
