"""Dense times dense, at the nonzeros of a pattern alone."""

from types import ModuleType
from typing import Any

import torch
from jaxtyping import Shaped
from torch import Tensor
from torch.autograd.function import once_differentiable

from cochain.errors import ShapeError
from cochain.kernels import reference
from cochain.kernels.dispatch import raw_kernels
from cochain.kernels.function import call, check_rows, common_type
from cochain.kernels.sparse import Pattern


def sddmm(
    pattern: Pattern, left: Shaped[Tensor, "rows ..."], right: Shaped[Tensor, "columns ..."]
) -> Shaped[Tensor, "nnz ..."]:
    r"""Score every nonzero by the inner product of its row's and its column's channels.

    $$s_k = \sum_c \mathrm{left}_{\mathrm{row}(k), c} \; \mathrm{right}_{\mathrm{column}(k), c}$$

    Args:
        pattern: the places that get a score.
        left: one row per row of the pattern.
        right: one row per column of the pattern, as wide as `left`. Two floating types give the wider of the two.

    Shape:
        left `(rows, C)`, right `(columns, C)` -> `(nnz,)`;
        left `(rows, H, C)`, right `(columns, H, C)` -> `(nnz, H)`.

    Cost:
        Time $O(nnz \, C)$, memory $O(nnz)$, forward and backward, in numba.

    Raises:
        ShapeError: when the two do not fit the pattern or each other.
    """
    check_rows("left", left, pattern.shape[0], "row of the pattern")
    check_rows("right", right, pattern.shape[1], "column of the pattern")
    if left.ndim not in (2, 3) or left.shape[1:] != right.shape[1:]:
        raise ShapeError(
            "left and right should both be (cells, C) or both (cells, H, C), but have shapes "
            f"{tuple(left.shape)} and {tuple(right.shape)}"
        )
    left, right = common_type(left, right)
    raw = raw_kernels("spmm", left, right)
    if raw is None:
        return reference.sddmm(pattern, left, right)
    return call(_Inner, raw, pattern, left, right)


class _Inner(torch.autograd.Function):
    """(rows, C) with (columns, C), or (rows, H, C) with (columns, H, C)."""

    @staticmethod
    def forward(ctx: Any, raw: ModuleType, pattern: Pattern, left: Tensor, right: Tensor) -> Tensor:
        ctx.raw, ctx.pattern = raw, pattern
        ctx.save_for_backward(left, right)
        out: Tensor = raw.inner(pattern, left, right, left.shape[1] if left.ndim == 3 else None)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, None, Tensor | None, Tensor | None]:
        left, right = ctx.saved_tensors
        grad_left = grad_right = None
        if ctx.needs_input_grad[2]:
            grad_left = ctx.raw.multiply(ctx.pattern, grad, right)
        if ctx.needs_input_grad[3]:
            transposed, order = ctx.pattern.transposed
            grad_right = ctx.raw.multiply(transposed, grad, left, order)
        return None, None, grad_left, grad_right
