"""Reductions over each row of what its columns hold."""

from types import ModuleType
from typing import Any, Literal, get_args

import torch
from jaxtyping import Shaped
from torch import Tensor
from torch.autograd.function import once_differentiable

from cochain.errors import unknown_name
from cochain.kernels import reference
from cochain.kernels.dispatch import raw_kernels
from cochain.kernels.function import call, check_rows
from cochain.kernels.sparse import Pattern, SparseMatrix
from cochain.kernels.spmm import spmm

Reduce = Literal["sum", "mean", "max", "min", "std", "logsumexp"]
REDUCTIONS = frozenset(get_args(Reduce))


def aggregate(pattern: Pattern, x: Shaped[Tensor, "columns ..."], reduce: str) -> Shaped[Tensor, "rows ..."]:
    r"""Reduce, for each row, the entries of `x` that the row's nonzeros point to.

    $$y_i = \mathrm{reduce}_{k \in \mathrm{row}(i)} \; x_{\mathrm{column}(k)}$$

    Args:
        pattern: which columns each row reads. A column that a row holds twice counts twice.
        x: one row per column of the pattern.
        reduce: sum, mean, max, min, std (of the population) or logsumexp. A row without nonzeros gives 0, under
            logsumexp -inf. Where several entries are the largest or smallest, the first takes the gradient. Where std
            is 0 its gradient is 0.

    Shape:
        x `(columns, ...)` -> `(rows, ...)`.

    Cost:
        In numba time $O(nnz \, C)$, memory $O((rows + columns) C)$, forward and backward.

    Raises:
        ShapeError: when `x` does not fit the pattern.
        UnknownNameError: when no reduction has this name.
    """
    check_rows("x", x, pattern.shape[1], "column of the pattern")
    return reduce_rows(pattern, x, reduce)


def reduce_rows(pattern: Pattern, x: Tensor, reduce: str) -> Tensor:
    """Reduce without checking the shape of `x`, which fits."""
    if reduce not in REDUCTIONS:
        raise unknown_name("reduction", reduce, REDUCTIONS)
    if reduce == "sum":
        return spmm(SparseMatrix(pattern), x)
    if reduce == "mean":
        # Dividing the sums keeps the kernel that needs no values.
        counts = pattern.degrees.clamp(min=1).to(x.dtype)
        return spmm(SparseMatrix(pattern), x) / counts.reshape(-1, *[1] * (x.ndim - 1))
    raw = raw_kernels("aggregate", x)
    if raw is None:
        return reference.REDUCTIONS[reduce](pattern, x)
    flat = x.reshape(len(x), x.shape[1:].numel())
    function = {"max": _Max, "min": _Min, "std": _Deviation, "logsumexp": _LogSumExp}[reduce]
    return call(function, raw, pattern, flat).reshape(pattern.shape[0], *x.shape[1:])


class _Max(torch.autograd.Function):
    """The largest entry; its gradient goes to the first nonzero that holds it."""

    @staticmethod
    def forward(ctx: Any, raw: ModuleType, pattern: Pattern, x: Tensor) -> Tensor:
        out, first = raw.extreme(pattern, x, largest=True)
        ctx.raw, ctx.pattern, ctx.first = raw, pattern, first
        largest: Tensor = out
        return largest

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, None, Tensor]:
        return None, None, ctx.raw.extreme_adjoint(ctx.pattern, grad, ctx.first)


class _Min(torch.autograd.Function):
    """The smallest entry; its gradient goes to the first nonzero that holds it."""

    @staticmethod
    def forward(ctx: Any, raw: ModuleType, pattern: Pattern, x: Tensor) -> Tensor:
        out, first = raw.extreme(pattern, x, largest=False)
        ctx.raw, ctx.pattern, ctx.first = raw, pattern, first
        smallest: Tensor = out
        return smallest

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, None, Tensor]:
        return None, None, ctx.raw.extreme_adjoint(ctx.pattern, grad, ctx.first)


class _Deviation(torch.autograd.Function):
    """std; d std / d x_k = (x_k - mean) / (count std), and 0 where std is 0."""

    @staticmethod
    def forward(ctx: Any, raw: ModuleType, pattern: Pattern, x: Tensor) -> Tensor:
        mean, out = raw.deviation(pattern, x)
        ctx.raw, ctx.pattern = raw, pattern
        ctx.save_for_backward(x, mean, out)
        deviation: Tensor = out
        return deviation

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, None, Tensor]:
        x, mean, out = ctx.saved_tensors
        counts = ctx.pattern.degrees[:, None].to(x.dtype)
        scaled = torch.where(out != 0, grad / (counts * out), 0)
        return None, None, ctx.raw.deviation_adjoint(ctx.pattern, x, mean, scaled)


class _LogSumExp(torch.autograd.Function):
    """log sum exp; its gradient is the softmax."""

    @staticmethod
    def forward(ctx: Any, raw: ModuleType, pattern: Pattern, x: Tensor) -> Tensor:
        out: Tensor = raw.logsumexp(pattern, x)
        ctx.raw, ctx.pattern = raw, pattern
        ctx.save_for_backward(x, out)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, None, Tensor]:
        x, out = ctx.saved_tensors
        return None, None, ctx.raw.logsumexp_adjoint(ctx.pattern, x, out, grad)
