"""What a sheaf needs of its coboundary beside products: the adjoint product and the degrees.

Both read the transposed pattern, and none writes the transposed values.
"""

from types import ModuleType
from typing import Any

import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch.autograd.function import once_differentiable

from cochain.kernels.dispatch import raw_kernels
from cochain.kernels.function import call, check_rows
from cochain.kernels.sparse import Pattern, SparseMatrix
from cochain.kernels.spmm import spmm


def adjoint(matrix: SparseMatrix, x: Shaped[Tensor, "rows ..."]) -> Shaped[Tensor, "columns ..."]:
    r"""Multiply the transpose of a sparse matrix with a dense tensor: `spmm(matrix.T, x)`, for values that learn.

    $$y_j = \sum_{k \in \mathrm{column}(j)} a_k^T \, x_{\mathrm{row}(k)}$$

    Args:
        matrix: its values are numbers per head or blocks.
        x: one row per row of the matrix.

    Cost:
        As `spmm`; the values are read in place, where `matrix.T` would write them in another order.
    """
    values = matrix.values
    raw = None if values is None or values.ndim < 2 or values.dtype != x.dtype else raw_kernels("spmm", x, values)
    if raw is None or x.ndim != 3 or x.shape[:2] != (matrix.shape[0], values.shape[1]):  # type: ignore[union-attr]
        return spmm(matrix.T, x)
    return call(_Adjoint, raw, matrix.pattern, values, x)


class _Adjoint(torch.autograd.Function):
    """Numbers per head (nnz, H) times (rows, H, C), or transposed blocks (nnz, d, e) times (rows, d, C)."""

    @staticmethod
    def forward(ctx: Any, raw: ModuleType, pattern: Pattern, values: Tensor, x: Tensor) -> Tensor:
        ctx.raw, ctx.pattern = raw, pattern
        ctx.save_for_backward(values, x if ctx.needs_input_grad[2] else None)
        transposed, order = pattern.transposed
        multiply = raw.multiply if values.ndim == 2 else raw.multiply_blocks
        out: Tensor = multiply(transposed, values, x, order)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, None, Tensor | None, Tensor | None]:
        values, x = ctx.saved_tensors
        heads = values.ndim == 2
        grad_values = grad_x = None
        if ctx.needs_input_grad[3]:
            grad_x = (ctx.raw.multiply if heads else ctx.raw.multiply_blocks)(ctx.pattern, values, grad)
        if ctx.needs_input_grad[2] and heads:
            grad_values = ctx.raw.inner(ctx.pattern, x, grad, values.shape[1])
        elif ctx.needs_input_grad[2]:
            grad_values = ctx.raw.outer(ctx.pattern, x, grad)
        return None, None, grad_values, grad_x


def gram(pattern: Pattern, blocks: Float[Tensor, "nnz d e"]) -> Float[Tensor, "columns e e"]:
    r"""Sum $V_k^T V_k$ over the nonzeros of each column: the block diagonal of $A^T A$, if rows repeat no column."""
    check_rows("blocks", blocks, pattern.nnz, "nonzero of the pattern")
    raw = raw_kernels("spmm", blocks)
    if raw is None:
        squares = blocks.mT @ blocks
        return squares.new_zeros(pattern.shape[1], *squares.shape[1:]).index_add(0, pattern.indices, squares)
    return call(_Gram, raw, pattern, blocks)


class _Gram(torch.autograd.Function):
    """Blocks (nnz, d, e) to (columns, e, e)."""

    @staticmethod
    def forward(ctx: Any, raw: ModuleType, pattern: Pattern, blocks: Tensor) -> Tensor:
        ctx.raw, ctx.pattern = raw, pattern
        ctx.save_for_backward(blocks)
        out: Tensor = raw.gram(pattern, blocks)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, None, Tensor]:
        (blocks,) = ctx.saved_tensors
        return None, None, ctx.raw.gram_adjoint(ctx.pattern, blocks, grad)
