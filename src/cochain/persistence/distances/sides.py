"""Two unions of diagrams side by side: which component is compared with which, and their essential classes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from cochain.errors import ShapeError, unknown_name
from cochain.persistence.diagram import Diagram
from cochain.persistence.points import Flat, bounds_of, flat

Table = tuple[Tensor, Tensor]
"""Points (rows, most, 2), and where one stands (rows, most)."""


@dataclass(frozen=True)
class Pairs:
    """Which components are compared."""

    first: Int[Tensor, "pairs"]
    """Components of the one."""
    second: Int[Tensor, "pairs"]
    """Components of the other."""
    shape: tuple[int, ...]
    """Of the answer: (components,) or (components of the one, components of the other)."""
    mirrored: bool
    """Whether these are the pairs above the diagonal of a symmetric answer that is 0 on it."""

    def __len__(self) -> int:
        return len(self.first)

    def arrange(self, values: Float[Tensor, "pairs"]) -> Float[Tensor, "..."]:
        """Put one value per pair where it belongs."""
        if not self.mirrored:
            return values.reshape(self.shape)
        above = values.new_zeros(self.shape).index_put((self.first, self.second), values)
        return above + above.T

    def blocks(self, cost: Int[Tensor, "pairs"], most: int) -> Iterator["Pairs"]:
        """Cut into runs of pairs whose costs add up to about `most`, at least one pair each."""
        block = (cost.cumsum(0) - cost) // max(most, 1)
        lengths = torch.unique_consecutive(block, return_counts=True)[1].tolist()
        for one, other in zip(torch.split(self.first, lengths), torch.split(self.second, lengths), strict=True):
            yield Pairs(one, other, (len(one),), False)


def pair_up(a: Diagram, b: Diagram, pairs: str, mirror: bool = True) -> Pairs:
    """Choose the pairs of components.

    Args:
        a: the one union.
        b: the other. A union of one component is compared with every component of the other.
        pairs: aligned or all.
        mirror: when a is b itself, take each pair once and leave out those of a component with itself.

    Raises:
        ShapeError: when components should be aligned and are not as many.
        UnknownNameError: for another word than these two.
    """
    device = _device(a)
    if pairs == "aligned":
        if len(a) != len(b) and 1 not in (len(a), len(b)):
            raise ShapeError(
                f"diagrams that are compared one with one should have as many components, but have {len(a)} and "
                f"{len(b)}; pairs='all' compares all with all"
            )
        count = len(b) if len(a) == 1 else len(a)
        each = torch.arange(count, device=device)
        nought = torch.zeros_like(each)
        return Pairs(each if len(a) == count else nought, each if len(b) == count else nought, (count,), False)
    if pairs != "all":
        raise unknown_name("way to pair components", pairs, ["aligned", "all"])
    shape = (len(a), len(b))
    if mirror and a is b:
        above = torch.triu_indices(*shape, offset=1, device=device)
        return Pairs(above[0], above[1], shape, True)
    every = torch.cartesian_prod(torch.arange(len(a), device=device), torch.arange(len(b), device=device))
    return Pairs(every[:, 0], every[:, 1], shape, False)


def _device(diagram: Diagram) -> torch.device:
    dims = diagram.dimensions
    return diagram[dims[0]].births.device if dims else torch.device("cpu")


def both_flat(a: Diagram, b: Diagram, dim: int) -> tuple[Flat, Flat]:
    """Take the finite bars of a dimension of both, in the wider of their types."""
    one, other = flat(a, dim), flat(b, dim)
    wider = torch.promote_types(one.points.dtype, other.points.dtype)
    return replace(one, points=one.points.to(wider)), replace(other, points=other.points.to(wider))


def both_padded(a: Diagram, b: Diagram, dim: int) -> tuple[Table, Table]:
    """Lay the finite bars of a dimension of both out as tables with masks, in the wider of their types."""
    one, other = both_flat(a, b, dim)
    return _table(one), _table(other)


def _table(bars: Flat) -> Table:
    counts = bars.counts
    mask = torch.arange(int(counts.max()) if len(counts) else 0, device=counts.device) < counts[:, None]
    rows, places = mask.nonzero().unbind(dim=1)
    return bars.points.new_zeros(*mask.shape, 2).index_put((rows, places), bars.points), mask


def arrays(bars: Flat) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.int64]]]:
    """Give points and bounds as the kernels read them."""
    points = bars.points.detach().to("cpu", torch.float64).contiguous().numpy()
    return points, bars.bounds.cpu().numpy()


def host(pairs: Pairs) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.int64]]]:
    """Give the pairs as the kernels read them."""
    return pairs.first.cpu().numpy(), pairs.second.cpu().numpy()


def members(bars: Flat, chosen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """List the bars of chosen components: which of those chosen, and which bar; and where each component begins."""
    counts = bars.counts[chosen]
    begin = counts.cumsum(0) - counts
    owner = torch.repeat_interleave(torch.arange(len(chosen), device=counts.device), counts)
    position = torch.arange(len(owner), device=counts.device) - begin[owner] + bars.bounds[chosen][owner]
    return owner, position, begin


def essential_gaps(
    a: Diagram, b: Diagram, dim: int, pairs: Pairs
) -> tuple[Float[Tensor, "gaps"], Int[Tensor, "gaps"], Int[Tensor, "differing"]]:
    """Match the essential classes of each pair in the order of their births, which is best for every distance here.

    Returns:
        The differences of births, the pair that each belongs to, and the pairs whose counts differ: they are infinitely
        far apart. Classes that die at infinity and at minus infinity are counted apart.
    """
    one, one_bounds = _births(a, dim)
    other, other_bounds = _births(b, dim)
    counts = (one_bounds[1:] - one_bounds[:-1]).reshape(-1, 2)[pairs.first]
    others = (other_bounds[1:] - other_bounds[:-1]).reshape(-1, 2)[pairs.second]
    same = (counts == others).all(dim=1)
    total = torch.where(same, counts.sum(dim=1), 0)
    owner = torch.repeat_interleave(torch.arange(len(total), device=total.device), total)
    place = torch.arange(len(owner), device=total.device) - (total.cumsum(0) - total)[owner]
    left = one[one_bounds[2 * pairs.first][owner] + place]
    right = other[other_bounds[2 * pairs.second][owner] + place]
    return (left - right).abs(), owner, torch.nonzero(~same)[:, 0]


def _births(diagram: Diagram, dim: int) -> tuple[Tensor, Tensor]:
    """Sort essential births by component, then by the sign of the infinity, then by value; with two bounds each."""
    bars = diagram.essential[dim]
    values = torch.where(bars.births.isfinite(), bars.births, bars.deaths)  # born at minus infinity: its death counts
    key = 2 * bars.component + (bars.deaths > 0).long()
    order = values.detach().argsort(stable=True)
    order = order[key[order].argsort(stable=True)]
    return values[order], bounds_of(key, 2 * len(diagram))
