"""Persistence landscapes and silhouettes: curves made of tents over the bars."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.errors import ShapeError
from cochain.persistence.diagram import Diagram
from cochain.persistence.points import Flat, flat
from cochain.persistence.vectorise.grid import evenly, read_grid
from cochain.persistence.vectorise.segments import reduce_bars

MOST_TENTS = 1 << 24
"""Heights of tents that are held at once."""


def landscape(
    diagram: Diagram, dim: int, grid: Tensor | Sequence[float], depth: int = 5
) -> Float[Tensor, "components depth steps"]:
    r"""Give the k-th largest tent over the bars at every filtration value, for the first few k.

    $$\lambda_k(t) = \operatorname{kmax}_{(b, d)} \; \max\big(0, \min(t - b, d - t)\big)$$

    Exact on the grid: the tents that are largest are found as integers, and their heights gathered, so that gradients
    flow to the bars that shape the landscape. Each $\lambda_k$ moves by no more than the bottleneck distance.

    Args:
        diagram: a union of diagrams. Bars of a superlevel filtration are read from the lower end to the upper.
        dim: the dimension to read.
        grid: ascending filtration values.
        depth: how many levels; those beyond the number of bars are 0.
    Shape:
        `(components, depth, steps)`.
    Cost:
        O(total number of grid values within the bars, times depth).

    Raises:
        ShapeError: for a depth below 1 or a grid that does not ascend.
    Source:
        Bubenik, 2015, "Statistical Topological Data Analysis Using Persistence Landscapes".
    """
    if depth < 1:
        raise ShapeError(f"depth should be at least 1, but is {depth}")
    bars = flat(diagram, dim)
    values = read_grid(grid, bars.points)
    chosen = _largest_tents(bars, values, depth)
    low, high = _ends(bars)
    # One bar more, of length 0 below the grid, stands for none: its tent is 0 and takes no gradient.
    nothing = values[:1] - 1
    low, high = torch.cat([low, nothing]), torch.cat([high, nothing])
    return torch.minimum(values - low[chosen], high[chosen] - values).clamp(min=0.0)


def _ends(bars: Flat) -> tuple[Tensor, Tensor]:
    return bars.points.amin(dim=1), bars.points.amax(dim=1)


def _largest_tents(bars: Flat, values: Tensor, depth: int) -> Tensor:
    """Find the bars with the highest tents over every grid value, (components, depth, steps); their number for none."""
    from cochain.kernels.tents import largest_tents

    low, high = (end.detach().to("cpu", torch.float64).numpy() for end in _ends(bars))
    grid = values.detach().to("cpu", torch.float64).numpy()
    found = largest_tents(low, high, bars.bounds.cpu().numpy(), np.ascontiguousarray(grid), depth)
    return torch.from_numpy(found).to(bars.points.device)


class Landscape(nn.Module):
    """`landscape` on an even grid as a module; the output is flattened to `(components, depth * steps)`.

    Args:
        dim: the dimension to read.
        low: the first filtration value of the grid.
        high: the last.
        steps: values on the grid.
        depth: how many levels.
    """

    grid: Tensor

    def __init__(self, dim: int, low: float, high: float, steps: int = 100, depth: int = 5) -> None:
        super().__init__()
        self.dim, self.depth, self.out_channels = dim, depth, depth * steps
        self.register_buffer("grid", evenly(low, high, steps))

    def forward(self, diagram: Diagram) -> Float[Tensor, "components features"]:
        """Give the landscape of every component."""
        return landscape(diagram, self.dim, self.grid, self.depth).flatten(1)


def silhouette(
    diagram: Diagram, dim: int, grid: Tensor | Sequence[float], power: float = 1.0
) -> Float[Tensor, "components steps"]:
    r"""Give the mean of the tents over the bars, weighted by a power of their lifetimes.

    $$\phi(t) = \frac{\sum_{(b, d)} |d - b|^p \, \max\big(0, \min(t - b, d - t)\big)}{\sum_{(b, d)} |d - b|^p}$$

    Args:
        diagram: a union of diagrams.
        dim: the dimension to read.
        grid: ascending filtration values.
        power: $p$; large powers let the longest bars speak, small ones all alike.
    Shape:
        `(components, steps)`; zeros for a component without bars.
    Cost:
        O(bars * steps).

    Raises:
        ShapeError: for a grid that does not ascend.
    Source:
        Chazal, Fasy, Lecci, Rinaldo, Wasserman, 2014, "Stochastic Convergence of Persistence Landscapes and
        Silhouettes".
    """
    bars = flat(diagram, dim)
    values = read_grid(grid, bars.points)
    low, high = _ends(bars)
    weight = (high - low) ** power
    total = reduce_bars(weight[:, None], bars)
    share = weight / torch.where(total > 0, total, 1.0)[bars.component, 0]
    parts = []
    for some in torch.split(values, max(MOST_TENTS // max(len(share), 1), 1)):
        tents = torch.minimum(some - low[:, None], high[:, None] - some).clamp(min=0.0)
        parts.append(reduce_bars(tents * share[:, None], bars))
    return torch.cat(parts, dim=1)


class Silhouette(nn.Module):
    """`silhouette` on an even grid as a module.

    Args:
        dim: the dimension to read.
        low: the first filtration value of the grid.
        high: the last.
        steps: values on the grid.
        power: of the lifetimes in the weights.
    """

    grid: Tensor

    def __init__(self, dim: int, low: float, high: float, steps: int = 100, power: float = 1.0) -> None:
        super().__init__()
        self.dim, self.power, self.out_channels = dim, power, steps
        self.register_buffer("grid", evenly(low, high, steps))

    def forward(self, diagram: Diagram) -> Float[Tensor, "components steps"]:
        """Give the silhouette of every component."""
        return silhouette(diagram, self.dim, self.grid, self.power)
