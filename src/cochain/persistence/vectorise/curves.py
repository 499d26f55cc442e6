"""Curves over the filtration: Betti numbers, Euler characteristic and entropy of the classes that are alive."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.errors import unknown_name
from cochain.persistence.diagram import Bars, Diagram
from cochain.persistence.points import Flat, bounds_of, flat
from cochain.persistence.vectorise.entropy import shares
from cochain.persistence.vectorise.grid import evenly, read_grid
from cochain.persistence.vectorise.segments import reduce_bars


def betti_curve(
    diagram: Diagram, dim: int, grid: Tensor | Sequence[float], averaged: bool = False
) -> Float[Tensor, "components steps"]:
    r"""Count the classes that are alive at every filtration value, essential ones too.

    $$\beta(t) = \#\{(b, d) : b \le t < d\}$$

    A count has no gradient. With `averaged`, step i is the mean of $\beta$ over $[t_i, t_{i+1})$, which is exact,
    piecewise linear in births and deaths, and has one.

    Args:
        diagram: a union of diagrams; of a superlevel filtration, $b \ge t > d$ counts.
        dim: the dimension to read.
        grid: ascending filtration values.
        averaged: give means between neighbouring grid values, one fewer than the grid has.
    Shape:
        `(components, steps)`, or `(components, steps - 1)` when averaged.
    Cost:
        O(bars log steps + components * steps), or O(bars * steps) when averaged.

    Raises:
        ShapeError: for a grid that does not ascend.
    Source:
        Chung, Lawson, 2022, "Persistence Curves: A Canonical Framework for Summarizing Persistence Diagrams".
    """
    finite, essential = flat(diagram, dim), diagram.essential[dim]
    values = read_grid(grid, finite.points)
    if averaged:
        return _mean_alive(finite, essential, values, len(diagram))
    return _alive(diagram[dim], values, len(diagram)) + _alive(essential, values, len(diagram))


def _alive(bars: Bars, values: Tensor, components: int) -> Tensor:
    """Count by steps: +1 where a bar begins on the grid, -1 where it has ended."""
    births, deaths = bars.births.detach(), bars.deaths.detach()
    down = births > deaths
    # b <= t < d counts from the first t at b or after it to the last before d; downwards, d < t <= b.
    begin = torch.where(down, torch.searchsorted(values, deaths, right=True), torch.searchsorted(values, births))
    end = torch.where(down, torch.searchsorted(values, births, right=True), torch.searchsorted(values, deaths))
    steps = values.new_zeros(components * (len(values) + 1))
    row = bars.component * (len(values) + 1)
    one = torch.ones_like(births, dtype=values.dtype)
    steps = steps.index_add(0, row + begin, one).index_add(0, row + end, -one)
    return steps.reshape(components, -1).cumsum(dim=1)[:, :-1]


def _mean_alive(finite: Flat, essential: Bars, values: Tensor, components: int) -> Tensor:
    total = _overlap(finite.points, values, finite)
    points = essential.points.clamp(min=float(values[0]), max=float(values[-1]))
    lasting = Flat(points, essential.component, bounds_of(essential.component, components))
    return (total + _overlap(points, values, lasting)) / (values[1:] - values[:-1])


def _overlap(points: Tensor, values: Tensor, bars: Flat) -> Tensor:
    """Give how much of each step of the grid the bars of a component cover together."""
    low, high = points.amin(dim=1)[:, None], points.amax(dim=1)[:, None]
    covered = torch.minimum(high, values[1:]) - torch.maximum(low, values[:-1])
    return reduce_bars(covered.clamp(min=0.0), bars)


def euler_curve(
    diagram: Diagram, grid: Tensor | Sequence[float], averaged: bool = False
) -> Float[Tensor, "components steps"]:
    r"""Give the Euler characteristic at every filtration value: the alternating sum of the Betti curves.

    $$\chi(t) = \sum_k (-1)^k \beta_k(t)$$

    True of the filtration when the diagram has all of its dimensions, and otherwise of those it has.

    Args:
        diagram: a union of diagrams.
        grid: ascending filtration values.
        averaged: give means between neighbouring grid values, which have a gradient; one fewer than the grid has.
    Shape:
        `(components, steps)`, or `(components, steps - 1)` when averaged.

    Raises:
        ShapeError: for a grid that does not ascend.
    Source:
        Turner, Mukherjee, Boyer, 2014, "Persistent Homology Transform for Modeling Shapes and Surfaces".
    """
    curves = [(-1) ** dim * betti_curve(diagram, dim, grid, averaged) for dim in diagram.dimensions]
    return torch.stack(curves).sum(dim=0)


def entropy_curve(
    diagram: Diagram, dim: int, grid: Tensor | Sequence[float], averaged: bool = False
) -> Float[Tensor, "components steps"]:
    r"""Give the share of the persistent entropy that the classes alive at every filtration value hold.

    $$S(t) = - \sum_{(b, d) : \, b \le t < d} \frac{l}{L} \log \frac{l}{L}, \qquad l = |d - b|, \quad L = \sum l$$

    Args:
        diagram: a union of diagrams.
        dim: the dimension to read.
        grid: ascending filtration values.
        averaged: give means between neighbouring grid values, which are continuous in births and deaths; one fewer than
            the grid has.
    Shape:
        `(components, steps)`, or `(components, steps - 1)` when averaged.
    Cost:
        O(bars * steps).

    Raises:
        ShapeError: for a grid that does not ascend.
    Source:
        Atienza, González-Díaz, Soriano-Trigueros, 2020, "On the Stability of Persistent Entropy and New Summary
        Functions for Topological Data Analysis".
    """
    bars = flat(diagram, dim)
    values = read_grid(grid, bars.points)
    share = shares(bars)
    part = torch.where(share > 0, -share * torch.where(share > 0, share, 1.0).log(), 0.0)[:, None]
    low, high = bars.points.amin(dim=1)[:, None], bars.points.amax(dim=1)[:, None]
    if averaged:
        covered = (torch.minimum(high, values[1:]) - torch.maximum(low, values[:-1])).clamp(min=0.0)
        return reduce_bars(part * covered / (values[1:] - values[:-1]), bars)
    down = (bars.points[:, 0] > bars.points[:, 1])[:, None]
    inside = torch.where(down, (low < values) & (values <= high), (low <= values) & (values < high))
    return reduce_bars(part * inside, bars)


class PersistenceCurve(nn.Module):
    """`betti_curve`, `euler_curve` or `entropy_curve` on an even grid as a module, averaged between grid values.

    Args:
        curve: betti, euler or entropy.
        low: the first filtration value of the grid.
        high: the last.
        steps: numbers in the output; the grid has one more.
        dim: the dimension to read; of no meaning to euler, which reads all.
    """

    grid: Tensor

    def __init__(self, curve: str, low: float, high: float, steps: int = 100, dim: int = 0) -> None:
        super().__init__()
        if curve not in ("betti", "euler", "entropy"):
            raise unknown_name("persistence curve", curve, ["betti", "euler", "entropy"])
        self.curve, self.dim, self.out_channels = curve, dim, steps
        self.register_buffer("grid", evenly(low, high, steps + 1))

    def forward(self, diagram: Diagram) -> Float[Tensor, "components steps"]:
        """Give the curve of every component."""
        if self.curve == "euler":
            return euler_curve(diagram, self.grid, averaged=True)
        if self.curve == "betti":
            return betti_curve(diagram, self.dim, self.grid, averaged=True)
        return entropy_curve(diagram, self.dim, self.grid, averaged=True)
