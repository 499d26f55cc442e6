"""Distances in the plane of births and deaths, to a power, with gradients that are finite where points coincide."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.errors import ShapeError


def read_ground(ground: str | float) -> float:
    """Read which p-norm measures the plane: a number from 1, or "inf".

    Raises:
        ShapeError: for anything else.
    """
    value = math.inf if ground == "inf" else ground
    if not isinstance(value, int | float) or not value >= 1:
        raise ShapeError(f'ground should be a number from 1, or "inf" for the maximum norm, but is {ground!r}')
    return float(value)


def check_order(order: float) -> None:
    """Check that an order of a Wasserstein distance is a number from 1 below infinity."""
    if not 1 <= order < math.inf:
        remedy = "; the bottleneck distance is the limit" if order == math.inf else ""
        raise ShapeError(f"order should be from 1 to below infinity, but is {order!r}{remedy}")


def norm_power(difference: Float[Tensor, "*places 2"], ground: float, order: float) -> Float[Tensor, "*places"]:
    """Give the p-norm of the differences to a power; where a difference is 0 so is its gradient."""
    size = difference.abs()
    if ground == math.inf:
        return _power(size.amax(dim=-1), order)
    if ground == order:
        return _power(size, order).sum(dim=-1)
    if ground == 1:
        return _power(size.sum(dim=-1), order)
    total = _power(size, ground).sum(dim=-1)
    return _root(total, ground / order)


def alone_power(points: Float[Tensor, "*places 2"], ground: float, order: float) -> Float[Tensor, "*places"]:
    """Give the distance of each point from the diagonal, to a power."""
    scale = 1.0 if ground == math.inf else 2.0 ** (1.0 / ground)
    return _power((points[..., 1] - points[..., 0]).abs() * (0.5 * scale), order)


def root(total: Float[Tensor, "*places"], order: float) -> Float[Tensor, "*places"]:
    """Take the root of a sum of powers; 0 has the root 0 and the gradient 0."""
    return _root(total, order)


def _power(size: Tensor, order: float) -> Tensor:
    if order == 1:
        return size
    return size.square() if order == 2 else size.pow(order)


def _root(total: Tensor, order: float) -> Tensor:
    if order == 1:
        return total
    positive = total > 0
    return torch.where(positive, torch.where(positive, total, 1.0).pow(1.0 / order), 0.0)
