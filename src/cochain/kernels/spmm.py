"""Sparse matrix times dense tensor."""

from types import ModuleType
from typing import Any

import torch
from jaxtyping import Shaped
from torch import Tensor
from torch.autograd.function import once_differentiable

from cochain.errors import ShapeError
from cochain.kernels import reference
from cochain.kernels.dispatch import raw_kernels
from cochain.kernels.function import call, check_rows
from cochain.kernels.sparse import Pattern, SparseMatrix


def spmm(matrix: SparseMatrix, x: Shaped[Tensor, "columns ..."]) -> Shaped[Tensor, "rows ..."]:
    r"""Multiply a sparse matrix with a dense tensor.

    $$y_i = \sum_{k \in \mathrm{row}(i)} a_k \, x_{\mathrm{column}(k)}$$

    Args:
        matrix: $a_k$ is 1, a number, a number per head or a block. Cast to the type of `x`.
        x: one row per column of the matrix.

    Shape:
        numbers or none: x `(columns, ...)` -> `(rows, ...)`;
        heads `(nnz, H)`: x `(columns, H, C)` -> `(rows, H, C)`;
        blocks `(nnz, d, e)`: x `(columns, e, C)` -> `(rows, d, C)`.

    Cost:
        Time $O(nnz \, C)$ and memory $O(rows \, C)$, forward and backward, in numba; the reference takes memory
        $O(nnz \, C)$. The first backward transposes the pattern, once.

    Raises:
        ShapeError: when `x` does not fit the matrix.
    """
    values = matrix.values
    if values is not None and values.dtype != x.dtype:
        values = values.to(x.dtype)
    _check(matrix, values, x)
    raw = raw_kernels("spmm", x, values)
    if raw is None:
        return reference.spmm(matrix.pattern, values, x)
    if values is not None and values.ndim == 3:
        return call(_BlockProduct, raw, matrix.pattern, values, x)
    # Values that stay are put in the order of the transpose once, not at every backward.
    lasting = matrix if values is not None and values is matrix.values and not values.requires_grad else None
    return call(_Product, raw, matrix.pattern, values, x, lasting)


def _check(matrix: SparseMatrix, values: Tensor | None, x: Tensor) -> None:
    check_rows("x", x, matrix.shape[1], "column of the matrix")
    if values is None or values.ndim == 1:
        return
    wanted = values.shape[-1]
    what = "heads" if values.ndim == 2 else "entries per cell (the width of a block)"
    if x.ndim != 3 or x.shape[1] != wanted:
        raise ShapeError(
            f"x should be ({matrix.shape[1]}, {wanted}, channels), {wanted} {what}, but has shape {tuple(x.shape)}"
        )


class _Product(torch.autograd.Function):
    """None or numbers (nnz,) times (columns, ...), or numbers per head (nnz, H) times (columns, H, C)."""

    @staticmethod
    def forward(
        ctx: Any, raw: ModuleType, pattern: Pattern, values: Tensor | None, x: Tensor, lasting: SparseMatrix | None
    ) -> Tensor:
        ctx.raw, ctx.pattern, ctx.lasting = raw, pattern, lasting
        ctx.save_for_backward(values, x if ctx.needs_input_grad[2] else None)
        out: Tensor = raw.multiply(pattern, values, x)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, None, Tensor | None, Tensor | None, None]:
        values, x = ctx.saved_tensors
        grad_values = grad_x = None
        if ctx.needs_input_grad[3] and ctx.lasting is not None:
            grad_x = ctx.raw.multiply(ctx.lasting.T.pattern, ctx.lasting.T.values, grad)
        elif ctx.needs_input_grad[3]:
            transposed, order = ctx.pattern.transposed
            grad_x = ctx.raw.multiply(transposed, values, grad, None if values is None else order)
        if ctx.needs_input_grad[2]:
            grad_values = ctx.raw.inner(ctx.pattern, grad, x, None if values.ndim == 1 else values.shape[1])
        return None, None, grad_values, grad_x, None


class _BlockProduct(torch.autograd.Function):
    """Blocks (nnz, d, e) times (columns, e, C)."""

    @staticmethod
    def forward(ctx: Any, raw: ModuleType, pattern: Pattern, values: Tensor, x: Tensor) -> Tensor:
        ctx.raw, ctx.pattern = raw, pattern
        ctx.save_for_backward(values, x if ctx.needs_input_grad[2] else None)
        out: Tensor = raw.multiply_blocks(pattern, values, x)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, None, Tensor | None, Tensor | None]:
        values, x = ctx.saved_tensors
        grad_values = grad_x = None
        if ctx.needs_input_grad[3]:
            transposed, order = ctx.pattern.transposed
            grad_x = ctx.raw.multiply_blocks(transposed, values, grad, order)
        if ctx.needs_input_grad[2]:
            grad_values = ctx.raw.outer(ctx.pattern, grad, x)
        return None, None, grad_values, grad_x
