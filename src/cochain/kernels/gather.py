"""Rows gathered by number, from several tensors at once, and added up."""

from types import ModuleType
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from cochain.errors import ShapeError
from cochain.kernels.dispatch import raw_kernels


def gather_sum(
    *parts: tuple[Float[Tensor, "_ channels"], Int[Tensor, "pairs"]],
) -> Float[Tensor, "pairs channels"]:
    r"""Give $y_k = \sum_p x^{(p)}_{i^{(p)}_k}$, a row for every k.

    Args:
        parts: at least one pair of rows x and their numbers i, all of one width and one length. Numbers are taken on
            trust.

    Cost:
        In numba one reading and writing of y for each part, and as much backward; the reference adds up gradients by
        torch's `index_add_`, which takes several times as long on the CPU.

    Raises:
        ShapeError: when widths or lengths differ.
    """
    widths, lengths = {x.shape[1] for x, _ in parts}, {len(places) for _, places in parts}
    if len(widths) != 1 or len(lengths) != 1:
        raise ShapeError(
            f"rows that are added up should have one width and one number for each sum, but have widths "
            f"{sorted(widths)} and {sorted(lengths)} numbers"
        )
    raw = raw_kernels("gather", *(x for x, _ in parts)) if len({x.dtype for x, _ in parts}) == 1 else None
    if raw is None:
        first, *more = (x.index_select(0, places) for x, places in parts)
        return sum(more, first)
    places = [each for _, each in parts]
    out: Tensor = _GatherSum.apply(raw, places, *(x for x, _ in parts))  # type: ignore[no-untyped-call]
    return out


class _GatherSum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, raw: ModuleType, places: list[Tensor], *rows: Tensor) -> Tensor:
        ctx.raw, ctx.places, ctx.counts = raw, places, [len(x) for x in rows]
        out: Tensor = raw.gather_sum(list(zip(rows, places, strict=True)))
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        needed = ctx.needs_input_grad[2:]
        each = zip(ctx.places, ctx.counts, needed, strict=True)
        return None, None, *(ctx.raw.scatter_sum(grad, places, n) if needs else None for places, n, needs in each)
