"""Attention over the nonzeros of each row: scores, softmax and weighted sum without a tensor of nonzeros x channels."""

from types import ModuleType
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from cochain.errors import ShapeError
from cochain.kernels import reference
from cochain.kernels.dispatch import raw_kernels
from cochain.kernels.function import call, check_rows, common_type
from cochain.kernels.sparse import Pattern


def attention(
    pattern: Pattern,
    left: Float[Tensor, "rows heads"],
    right: Float[Tensor, "columns heads"],
    value: Float[Tensor, "columns heads channels"],
    slope: float = 0.2,
    bias: Float[Tensor, "nnz heads"] | None = None,
) -> Float[Tensor, "rows heads channels"]:
    r"""Average the values that each row reads, weighted by additive attention.

    $$y_i = \sum_{k \in \mathrm{row}(i)} p_k \, \mathrm{value}_{j_k}, \qquad
      p = \mathrm{softmax}_{\mathrm{row}(i)} \;
      \mathrm{leaky\_relu}(\mathrm{left}_i + \mathrm{right}_{j_k} + \mathrm{bias}_k)$$

    Args:
        pattern: which columns $j_k$ each row reads. A row without nonzeros gives 0.
        left: score of each row, per head.
        right: score of each column, per head.
        value: what is averaged.
        slope: of the leaky ReLU below 0.
        bias: added to the score of each nonzero; -inf masks it, and a row that is masked as a whole gives 0.

    Cost:
        In numba time $O(nnz \, H C)$; memory $O(rows \, H C)$ forward, and $O(nnz \, H)$ more during the backward,
        which recomputes the scores.

    Raises:
        ShapeError: when an argument does not fit the pattern or the others.
    """
    _check_value(pattern, value)
    heads = value.shape[1]
    _check("left", left, (pattern.shape[0], heads), "(rows, heads)")
    _check("right", right, (pattern.shape[1], heads), "(columns, heads)")
    bias = _check_bias(pattern, bias, heads)
    left, right, value, *rest = common_type(left, right, value, *([] if bias is None else [bias]))
    bias = rest[0] if rest else None
    raw = raw_kernels("attention", left, right, value, bias)
    if raw is None:
        return reference.attention(pattern, left, right, value, slope, bias)
    return call(_Attention, raw, pattern, left[..., None], right[..., None], value, bias, None, slope)


def dot_attention(
    pattern: Pattern,
    query: Float[Tensor, "rows heads width"],
    key: Float[Tensor, "columns heads width"],
    value: Float[Tensor, "columns heads channels"],
    scale: float,
    bias: Float[Tensor, "nnz heads"] | None = None,
) -> Float[Tensor, "rows heads channels"]:
    r"""Average the values that each row reads, weighted by scaled inner products.

    $$y_i = \sum_{k \in \mathrm{row}(i)} p_k \, \mathrm{value}_{j_k}, \qquad
      p = \mathrm{softmax}_{\mathrm{row}(i)} (\mathrm{scale} \; \mathrm{query}_i \cdot \mathrm{key}_{j_k}
      + \mathrm{bias}_k)$$

    Args:
        pattern: which columns $j_k$ each row reads. A row without nonzeros gives 0.
        query: what each row asks, per head.
        key: what each column answers, per head.
        value: what is averaged.
        scale: usually one over the square root of the width.
        bias: added to the score of each nonzero; -inf masks it, and a row that is masked as a whole gives 0.

    Cost:
        As `attention`, in time $O(nnz \, H (width + C))$.

    Raises:
        ShapeError: when an argument does not fit the pattern or the others.
    """
    _check_value(pattern, value)
    width = query.shape[-1] if query.ndim else 0
    _check("query", query, (pattern.shape[0], value.shape[1], width), "(rows, heads, width)")
    _check("key", key, (pattern.shape[1], value.shape[1], width), "(columns, heads, width)")
    bias = _check_bias(pattern, bias, value.shape[1])
    query, key, value, *rest = common_type(query, key, value, *([] if bias is None else [bias]))
    bias = rest[0] if rest else None
    raw = raw_kernels("attention", query, key, value, bias)
    if raw is None:
        return reference.dot_attention(pattern, query, key, value, scale, bias)
    return call(_Attention, raw, pattern, query, key, value, bias, scale, 1.0)


def _check_value(pattern: Pattern, value: Tensor) -> None:
    check_rows("value", value, pattern.shape[1], "column of the pattern")
    if value.ndim != 3:
        raise ShapeError(f"value should be (columns, heads, channels), but has shape {tuple(value.shape)}")


def _check(name: str, x: Tensor, shape: tuple[int, ...], meaning: str) -> None:
    if tuple(x.shape) != shape:
        raise ShapeError(f"{name} should be {meaning} = {shape}, but has shape {tuple(x.shape)}")


def _check_bias(pattern: Pattern, bias: Tensor | None, heads: int) -> Tensor | None:
    """Give a bias of one number per nonzero to every head."""
    if bias is not None and tuple(bias.shape) != (pattern.nnz, heads):
        raise ShapeError(f"bias should be (nnz, heads) = {(pattern.nnz, heads)}, but has shape {tuple(bias.shape)}")
    return bias


class _Attention(torch.autograd.Function):
    """Additive where `scale` is None, else by inner products. Saves no tensor of the length of the nonzeros."""

    @staticmethod
    def forward(
        ctx: Any,
        raw: ModuleType,
        pattern: Pattern,
        left: Tensor,
        right: Tensor,
        value: Tensor,
        bias: Tensor | None,
        scale: float | None,
        slope: float,
    ) -> Tensor:
        out, log_total = raw.attend(pattern, left, right, value, bias, scale, slope)
        ctx.raw, ctx.pattern, ctx.scale, ctx.slope = raw, pattern, scale, slope
        ctx.save_for_backward(left, right, value, bias, out, log_total)
        attended: Tensor = out
        return attended

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        left, right, value, bias, out, log_total = ctx.saved_tensors
        raw, pattern, scale = ctx.raw, ctx.pattern, ctx.scale
        wants_left, wants_right, wants_value, wants_bias = ctx.needs_input_grad[2:6]
        share, grad_score = raw.scores_adjoint(
            pattern, left, right, value, bias, out, log_total, grad, scale, ctx.slope
        )
        scaled = grad_score if scale is None else grad_score * scale
        grad_left = grad_right = grad_value = None
        if wants_left:
            # d score / d left is 1 where scores add, and the other side where they multiply
            grad_left = raw.multiply(pattern, scaled, torch.ones_like(right) if scale is None else right)
        if wants_right or wants_value:
            transposed, order = pattern.transposed
        if wants_right:
            grad_right = raw.multiply(transposed, scaled, torch.ones_like(left) if scale is None else left, order)
        if wants_value:
            grad_value = raw.multiply(transposed, share, grad, order)
        return None, None, grad_left, grad_right, grad_value, grad_score if wants_bias else None, None, None
