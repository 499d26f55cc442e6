"""Lengths of chosen edges between points, differentiable: gathered after the pairing, so no matrix keeps a gradient."""

from typing import Any

import numpy as np
import torch
from torch import Tensor


class _Lengths(torch.autograd.Function):
    """Distances of pairs of rows. The gradient at distance 0 is 0, one of the subgradients."""

    @staticmethod
    def forward(ctx: Any, points: Tensor, ends: Tensor) -> Tensor:
        if points.device.type == "cpu":
            from cochain.persistence._numba_lengths import measure  # compiles

            lengths = torch.empty(len(ends), dtype=points.dtype)
            measure(_array(points), _array(ends), lengths.numpy())
        else:
            lengths = (points[ends[:, 0]].double() - points[ends[:, 1]].double()).norm(dim=1).to(points.dtype)
        ctx.save_for_backward(points, ends, lengths)
        return lengths

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, None]:
        points, ends, lengths = ctx.saved_tensors
        if points.device.type == "cpu" and not torch.is_grad_enabled():
            from cochain.persistence._numba_lengths import pull  # compiles

            gradient = torch.zeros(points.shape, dtype=points.dtype)
            pull(_array(points), _array(ends), _array(lengths), _array(slopes[0]), gradient.numpy())
            return gradient, None
        # in torch's own operations, through which a second derivative can be taken
        some = lengths > 0
        share = torch.where(some, slopes[0] / torch.where(some, lengths, 1), 0)
        step = share[:, None] * (points[ends[:, 0]] - points[ends[:, 1]])
        gradient = torch.zeros_like(points).index_add(0, ends[:, 0], step)
        return gradient.index_add(0, ends[:, 1], -step), None


def lengths_of(points: Tensor, ends: Tensor) -> Tensor:
    """Give the distance of every pair of points, in the type of the points.

    Args:
        points: `(points, dimensions)`, float32 or float64.
        ends: `(edges, 2)`, int64, on the device of the points.

    Cost:
        O(edges times dimensions), forwards and backwards; nothing of that size is kept.
    """
    out: Tensor = _Lengths.apply(points, ends)  # type: ignore[no-untyped-call]
    return out


def _array(tensor: Tensor) -> np.ndarray[Any, np.dtype[Any]]:
    array: np.ndarray[Any, np.dtype[Any]] = tensor.detach().contiguous().numpy()
    return array
