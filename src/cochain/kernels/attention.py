"""Attention over the nonzeros of each row: scores, softmax and weighted sum without a tensor of nonzeros x channels.

The three steps are not one loop over the nonzeros. Rows are short, so that a running softmax would rescale its sums at
every other nonzero; three loops with vector instructions took half the time of one without, and of their (nnz, heads)
tensors none outlives the call.
"""

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
        In numba time $O(nnz \, H C)$. What is kept for the backward, which recomputes the scores, is the arguments;
        during a call another $O(nnz \, H)$.

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
    return call(_Additive, raw, pattern, left, right, value, bias, slope)


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
    return call(_Dot, raw, pattern, query, key, value, bias, scale)


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


class _Additive(torch.autograd.Function):
    """Attention by leaky_relu(left + right + bias)."""

    @staticmethod
    def forward(
        ctx: Any,
        raw: ModuleType,
        pattern: Pattern,
        left: Tensor,
        right: Tensor,
        value: Tensor,
        bias: Tensor | None,
        slope: float,
    ) -> Tensor:
        out, upper, level = raw.attend(pattern, left, right, value, bias, slope, any(ctx.needs_input_grad))
        ctx.raw, ctx.pattern, ctx.slope = raw, pattern, slope
        ctx.save_for_backward(left, right, value, bias, out, upper, level)
        averaged: Tensor = out
        return averaged

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        left, right, value, bias, out, upper, level = ctx.saved_tensors
        grads = ctx.raw.attend_adjoint(
            ctx.pattern, left, right, value, bias, ctx.slope, grad, out, upper, level, ctx.needs_input_grad[5]
        )
        return None, None, *grads, None


class _Dot(torch.autograd.Function):
    """Attention by scale query . key + bias."""

    @staticmethod
    def forward(
        ctx: Any,
        raw: ModuleType,
        pattern: Pattern,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        bias: Tensor | None,
        scale: float,
    ) -> Tensor:
        ctx.raw, ctx.pattern, ctx.scale = raw, pattern, scale
        ctx.save_for_backward(query, key, value, bias)
        scores = _biased(raw.inner(pattern, query, key, query.shape[1]).mul_(scale), bias)
        out: Tensor = raw.multiply(pattern, raw.softmax(pattern, scores), value)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        query, key, value, bias = ctx.saved_tensors
        raw, pattern = ctx.raw, ctx.pattern
        wants_query, wants_key, wants_value, wants_bias = ctx.needs_input_grad[2:6]
        share = raw.softmax(pattern, _biased(raw.inner(pattern, query, key, query.shape[1]).mul_(ctx.scale), bias))
        grad_value = _transposed_product(raw, pattern, share, grad) if wants_value else None
        grad_scores = _scores_adjoint(raw, pattern, share, value, grad)
        scaled = grad_scores * ctx.scale
        grad_query = raw.multiply(pattern, scaled, key) if wants_query else None
        grad_key = _transposed_product(raw, pattern, scaled, query) if wants_key else None
        return None, None, grad_query, grad_key, grad_value, grad_scores if wants_bias else None, None


def _biased(scores: Tensor, bias: Tensor | None) -> Tensor:
    """Add the bias in place; the scores are ours."""
    return scores if bias is None else scores.add_(bias)


def _transposed_product(raw: ModuleType, pattern: Pattern, values: Tensor, x: Tensor) -> Tensor:
    """Multiply the transpose of (pattern, values (nnz, H)) with x (rows, H, C)."""
    transposed, order = pattern.transposed
    out: Tensor = raw.multiply(transposed, values, x, order)
    return out


def _scores_adjoint(raw: ModuleType, pattern: Pattern, share: Tensor, value: Tensor, grad: Tensor) -> Tensor:
    """Send the gradient of the output back through the weighted sum and the softmax: (nnz, H)."""
    out: Tensor = raw.softmax_adjoint(pattern, share, raw.inner(pattern, grad, value, value.shape[1]))
    return out
