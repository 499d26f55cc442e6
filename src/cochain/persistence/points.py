"""Diagrams from bare points, the flat view that distances and vectorisations read, and essential bars made finite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from cochain.errors import ShapeError
from cochain.persistence.diagram import Bars, Diagram


def from_points(components: Sequence[Any], field: int = 2) -> Diagram:
    """Make a diagram from the (birth, death) points of each component; gradients flow through.

    Args:
        components: for each, a mapping from dimension to points `(bars, 2)`, or bare points, which are dimension 0.
            Points are tensors or whatever `torch.as_tensor` reads; those with an infinite birth or death are essential.
        field: the prime p of the coefficients.

    Raises:
        ShapeError: when points are not `(bars, 2)` or are not numbers.

    Example:
        >>> from_points([{1: [[0.0, 1.0], [0.5, float("inf")]]}, {1: []}])
        Diagram(2 components; H1: 1 + 1 essential; Z/2)
    """
    named = [each if isinstance(each, Mapping) else {0: each} for each in components]
    dimensions = sorted({dim for each in named for dim in each})
    finite, essential = {}, {}
    for dim in dimensions:
        parts = [_points(each.get(dim, []), k, dim) for k, each in enumerate(named)]
        dtype = torch.float64 if any(part.dtype == torch.float64 for part in parts) else torch.float32
        joined = torch.cat([part.to(dtype) for part in parts])
        counts = torch.tensor([len(part) for part in parts], device=joined.device)
        component = torch.repeat_interleave(torch.arange(len(parts), device=joined.device), counts)
        nowhere = torch.full((len(joined), 2), -1, dtype=torch.int64, device=joined.device)
        bars = Bars(joined[:, 0], joined[:, 1], component, nowhere)
        mortal = joined.isfinite().all(dim=1)
        finite[dim], essential[dim] = bars.select(mortal), bars.select(~mortal)
    return Diagram(finite, essential, len(named), field)


def _points(given: Any, component: int, dim: int) -> Tensor:
    points = given if isinstance(given, Tensor) else torch.as_tensor(given)
    if not points.is_floating_point():
        points = points.to(torch.get_default_dtype())
    if points.numel() == 0:
        return points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ShapeError(
            f"the points of dimension {dim} of component {component} should be (bars, 2), birth and death, but have "
            f"shape {tuple(points.shape)}"
        )
    wrong = torch.nonzero(points.isnan().any(dim=1))
    if len(wrong):
        raise ShapeError(
            f"births and deaths should be numbers, but bar {int(wrong[0, 0])} of dimension {dim} of component "
            f"{component} is {tuple(points[wrong[0, 0]].tolist())}"
        )
    return points


@dataclass(frozen=True)
class Flat:
    """The finite bars of one dimension of a diagram, component after component."""

    points: Float[Tensor, "bars 2"]
    """Birth and death."""
    component: Int[Tensor, "bars"]
    """Which component each belongs to, ascending."""
    bounds: Int[Tensor, "bounds"]
    """Where the bars of each component begin, and last where they end."""

    @property
    def counts(self) -> Int[Tensor, "components"]:
        """Bars per component."""
        return self.bounds[1:] - self.bounds[:-1]

    def __len__(self) -> int:
        return len(self.bounds) - 1


def flat(diagram: Diagram, dim: int) -> Flat:
    """Take the finite bars of a dimension as points.

    Raises:
        ShapeError: when the dimension was not computed, or a finite bar is infinite or not a number.
    """
    bars = diagram[dim]
    points = bars.points
    if not bool(points.isfinite().all()):
        wrong = int(torch.nonzero(~points.isfinite().all(dim=1))[0, 0])
        raise ShapeError(
            f"finite bars should be finite numbers, but bar {wrong} of dimension {dim} is "
            f"{tuple(points[wrong].tolist())}; essential bars belong in `essential`"
        )
    return Flat(points, bars.component, bounds_of(bars.component, len(diagram)))


def bounds_of(component: Int[Tensor, "bars"], components: int) -> Int[Tensor, "bounds"]:
    """Find where the bars of each component begin, and last where they end."""
    counts = torch.bincount(component, minlength=components)
    return torch.cat([counts.new_zeros(1), counts.cumsum(0)])


def cap(diagram: Diagram, value: float) -> Diagram:
    """Let essential bars die at a filtration value, so that distances and vectorisations see them as finite bars.

    Bars that are born at the value or after it are left out.

    Args:
        diagram: any.
        value: the death to give: usually the largest filtration value, or the threshold of a Rips filtration.
    """
    finite, essential = {}, {}
    for dim in diagram.dimensions:
        own, infinite = diagram[dim], diagram.essential[dim]
        born = torch.where(infinite.deaths > 0, infinite.births < value, infinite.births > value)
        kept = infinite.select(born)
        component = torch.cat([own.component, kept.component])
        joined = Bars(
            torch.cat([own.births, kept.births]),
            torch.cat([own.deaths, torch.full_like(kept.births, value)]),
            component,
            torch.cat([own.pairs, kept.pairs]),
        )
        finite[dim] = joined.select(component.argsort(stable=True))
        essential[dim] = infinite.select(torch.zeros_like(born))
    return Diagram(finite, essential, len(diagram), diagram.field)


def padded_groups(bars: Flat) -> list[tuple[Int[Tensor, "group"], Int[Tensor, "group most"]]]:
    """Sort components into groups of similar size, each laid out as one table with little waste.

    Returns:
        For each group its components, and a table of positions of their bars, -1 where a component has fewer than the
        largest of the group. Sizes within a group differ by at most a factor of 2, so there are few groups and no table
        is more than half empty. Components without bars are in no group.
    """
    counts = bars.counts
    sizes = torch.ceil(torch.log2(counts.clamp(min=1).double())).long()
    groups = []
    for size in torch.unique(sizes[counts > 0]).tolist():
        members = torch.nonzero((sizes == size) & (counts > 0))[:, 0]
        place = torch.arange(int(counts[members].max()), device=counts.device)
        table = bars.bounds[members][:, None] + place
        groups.append((members, torch.where(place < counts[members][:, None], table, -1)))
    return groups
