"""The filtration values at which a curve is sampled."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.errors import ShapeError


def evenly(low: float, high: float, steps: int) -> Float[Tensor, "steps"]:
    """Give evenly spaced filtration values, both ends included, in double precision.

    Raises:
        ShapeError: when there is no step, or when high is not above low.
    """
    if steps < 1 or not low < high:
        raise ShapeError(
            f"a grid should have at least 1 step from low to a higher value, but has {steps} from {low} to {high}"
        )
    return torch.linspace(low, high, steps, dtype=torch.float64)


def read_grid(grid: Tensor | Sequence[float], like: Tensor) -> Float[Tensor, "steps"]:
    """Take a grid in the type and on the device of the diagram.

    Raises:
        ShapeError: when it is not one row of ascending numbers.
    """
    values = torch.as_tensor(grid, dtype=like.dtype, device=like.device)
    if values.ndim != 1 or len(values) == 0:
        raise ShapeError(f"a grid should be one row of filtration values, but has shape {tuple(values.shape)}")
    if not bool((values[1:] > values[:-1]).all()) or not bool(values.isfinite().all()):
        raise ShapeError("a grid should be finite and ascending, but is not; sort it and leave out repeats")
    return values
