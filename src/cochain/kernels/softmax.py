"""Softmax over the nonzeros of each row."""

from types import ModuleType
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from cochain.errors import ShapeError
from cochain.kernels import reference
from cochain.kernels.dispatch import raw_kernels
from cochain.kernels.function import call, check_rows
from cochain.kernels.sparse import Pattern


def softmax(pattern: Pattern, scores: Float[Tensor, "nnz ..."]) -> Float[Tensor, "nnz ..."]:
    r"""Turn the scores of each row's nonzeros into shares that sum to 1.

    $$p_k = e^{s_k} \Big/ \sum_{l \in \mathrm{row}(k)} e^{s_l}$$

    Stable: the largest score of a row is taken off first. A score of -inf masks its nonzero, and a row that is masked
    as a whole gets shares of 0.

    Args:
        pattern: which nonzeros each row has.
        scores: one score per nonzero, or one per nonzero and head.

    Shape:
        `(nnz,)` -> `(nnz,)`; `(nnz, H)` -> `(nnz, H)`.

    Raises:
        ShapeError: when `scores` does not fit the pattern.
    """
    check_rows("scores", scores, pattern.nnz, "nonzero of the pattern")
    if scores.ndim > 2:
        raise ShapeError(f"scores should be (nnz,) or (nnz, H), but have shape {tuple(scores.shape)}")
    raw = raw_kernels("softmax", scores)
    if raw is None:
        return reference.softmax(pattern, scores)
    return call(_Softmax, raw, pattern, scores)


class _Softmax(torch.autograd.Function):
    """Scores to shares, both (nnz,) or (nnz, H)."""

    @staticmethod
    def forward(ctx: Any, raw: ModuleType, pattern: Pattern, scores: Tensor) -> Tensor:
        out: Tensor = raw.softmax(pattern, scores)
        ctx.raw, ctx.pattern = raw, pattern
        ctx.save_for_backward(out)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, None, Tensor]:
        (share,) = ctx.saved_tensors
        return None, None, ctx.raw.softmax_adjoint(ctx.pattern, share, grad)
