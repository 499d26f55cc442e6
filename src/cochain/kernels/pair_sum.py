"""Sums of rectified sums over the nonzeros of each row: messages of pairs without a tensor of nonzeros x channels."""

from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from cochain.kernels.dispatch import raw_kernels
from cochain.kernels.function import call, check_rows, common_type
from cochain.kernels.segment import segment
from cochain.kernels.sparse import Pattern

# What the backward reads, derived once per pattern: the shared things of the transposed nonzeros, and the pattern
# whose rows are shared things and whose nonzeros are rows and columns of this one.
_orders: "WeakKeyDictionary[Pattern, tuple[Tensor, Pattern, Tensor]]" = WeakKeyDictionary()


def rectified_sum(
    pattern: Pattern,
    left: Float[Tensor, "rows channels"],
    right: Float[Tensor, "columns channels"],
    shared: Float[Tensor, "things channels"] | None = None,
    place: Int[Tensor, "nnz"] | None = None,
) -> Float[Tensor, "rows channels"]:
    r"""Sum, over the nonzeros of each row, what its row, its column and a third thing say together, rectified.

    $$y_i = \sum_{k \in \mathrm{row}(i)} \max\big(0,\ \mathrm{left}_i + \mathrm{right}_{j_k} +
      \mathrm{shared}_{u_k}\big)$$

    This is a message network of one linear map and a rectifier, reduced by a sum: the map, applied to the cells, gives
    the three summands.

    Args:
        pattern: the pairs (i, j).
        left: of each row.
        right: of each column.
        shared: of each third thing, or None for 0.
        place: the third thing $u_k$ of each nonzero; the same for a pattern in every call.

    Cost:
        Time $O(nnz \, C)$ and memory $O((rows + columns + things) C)$, forward and backward, in numba; the backward
        computes the sums again. The first backward sorts the nonzeros twice, once.

    Raises:
        ShapeError: when an argument does not fit the pattern.
    """
    check_rows("left", left, pattern.shape[0], "row of the pattern")
    check_rows("right", right, pattern.shape[1], "column of the pattern")
    left, right, *rest = common_type(left, right, *([] if shared is None else [shared]))
    shared = rest[0] if rest else None
    if shared is not None:
        assert place is not None
        check_rows("place", place, pattern.nnz, "nonzero of the pattern")
        place = place.to(pattern.dtype)
    raw = raw_kernels("pair_sum", left, right, shared)
    if raw is None:
        return _reference(pattern, left, right, shared, place)
    return call(_RectifiedSum, raw, pattern, left, right, shared, place)


def _reference(pattern: Pattern, left: Tensor, right: Tensor, shared: Tensor | None, place: Tensor | None) -> Tensor:
    total = left.index_select(0, pattern.rows) + right.index_select(0, pattern.indices)
    if shared is not None and place is not None:
        total = total + shared.index_select(0, place)
    return segment(pattern, torch.relu(total), "sum")


class _RectifiedSum(torch.autograd.Function):
    """All (cells, C)."""

    @staticmethod
    def forward(
        ctx: Any,
        raw: ModuleType,
        pattern: Pattern,
        left: Tensor,
        right: Tensor,
        shared: Tensor | None,
        place: Tensor | None,
    ) -> Tensor:
        ctx.raw, ctx.pattern, ctx.place = raw, pattern, place
        ctx.save_for_backward(left, right, shared)
        out: Tensor = raw.rectified_sum(pattern, left, (right, pattern.indices), (shared, place))
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        left, right, shared = ctx.saved_tensors
        raw, pattern, place = ctx.raw, ctx.pattern, ctx.place
        grads: list[Tensor | None] = [None, None, None]
        transposed, _ = pattern.transposed
        back = by_shared = columns = None
        if shared is not None:
            back, by_shared, columns = _orders_of(pattern, place, len(shared))
        if ctx.needs_input_grad[2]:
            grads[0] = raw.rectified_adjoint(
                pattern, left, (right, pattern.indices), (shared, place), grad, inside=True
            )
        if ctx.needs_input_grad[3]:
            grads[1] = raw.rectified_adjoint(transposed, right, (left, transposed.indices), (shared, back), grad)
        if ctx.needs_input_grad[4]:
            assert by_shared is not None
            grads[2] = raw.rectified_adjoint(by_shared, shared, (left, by_shared.indices), (right, columns), grad)
        return None, None, *grads, None


def _orders_of(pattern: Pattern, place: Tensor, things: int) -> tuple[Tensor, Pattern, Tensor]:
    found = _orders.get(pattern)
    if found is None:
        with torch.inference_mode(mode=False):  # what is cached must serve training too
            by_nonzero, order = Pattern.from_coo(place, torch.arange(pattern.nnz), (things, pattern.nnz))
            inner = order.long()
            by_shared = Pattern(by_nonzero.indptr, pattern.rows[inner].to(by_nonzero.dtype), (things, pattern.shape[0]))
            back = place.index_select(0, pattern.transposed[1])
            found = _orders[pattern] = back, by_shared, pattern.indices[inner]
    return found
