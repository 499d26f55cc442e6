"""All ordered pairs of the members of many groups: dense squares of different sizes, one below the other."""

from collections.abc import Callable
from functools import cached_property

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from cochain.complexes import Complex
from cochain.errors import ComplexError
from cochain.kernels import Pattern, gather_ranges, segment
from cochain.kernels.membership import has_nonzero

MOST_PAIRS = 20_000_000
"""Pairs that are made at most: with 32 channels, some gigabytes for every step of a network."""


class Pairs:
    """The ordered pairs of members of each group, a row of numbers for every one of them.

    A group of m members has a square of m x m pairs, row by row; squares of all groups stand one below the other, so
    that maps of channels and reductions take one operation for groups of all sizes, without padding.

    Args:
        groups: rows are groups, nonzeros their members.

    Raises:
        ComplexError: when there are more than `MOST_PAIRS`.
    """

    def __init__(self, groups: Pattern) -> None:
        self.groups = groups
        each = groups.degrees.long()
        count = int(each.square().sum())
        if count > MOST_PAIRS:
            raise ComplexError(
                f"groups should have at most {MOST_PAIRS} pairs of members together, but {len(each)} groups of up to "
                f"{int(each.max())} members have {count}; take smaller batches or neighbourhoods, or another model"
            )
        self.begin = groups.indptr.long()[groups.rows.long()]
        """Where the group of each member begins."""
        self.size = each[groups.rows.long()]
        """Members of the group of each member."""
        second, self.bounds = gather_ranges(groups.indptr, groups.rows)
        self.second = second
        """The second member of each pair; members are counted as nonzeros of the groups."""
        self.first = torch.repeat_interleave(self.size, output_size=len(second))
        """The first member of each pair."""

    @cached_property
    def rows(self) -> Pattern:
        """Rows are members, nonzeros the pairs that they come first in."""
        return Pattern(self.bounds, torch.arange(len(self.first), device=self.first.device), self._shape)

    @property
    def _shape(self) -> tuple[int, int]:
        return (len(self.size), len(self.first))

    @cached_property
    def diagonal(self) -> Int[Tensor, "members"]:
        """The pair of each member with itself."""
        return self.bounds[:-1] + torch.arange(len(self.size), device=self.size.device) - self.begin

    @cached_property
    def swapped(self) -> Int[Tensor, "pairs"]:
        """For the pair (i, j), the pair (j, i)."""
        return self.bounds[self.second] + self.first - self.begin[self.first]

    @cached_property
    def _by_size(self) -> tuple[Tensor, Tensor, list[tuple[int, int]]]:
        """The pairs in the order of the sizes of their groups, the way back, and how many groups there are by size."""
        order = torch.argsort(self.size[self.first], stable=True)
        back = torch.empty_like(order)
        back[order] = torch.arange(len(order), device=order.device)
        sizes, counts = torch.unique(self.groups.degrees, return_counts=True)
        shapes = zip(counts.tolist(), sizes.tolist(), strict=True)
        return order, back, [(count, size) for count, size in shapes if size]

    def joined(self, adjacency: Pattern) -> Bool[Tensor, "pairs"]:
        """Say which pairs of nodes are neighbours, where the members are nodes."""
        node = self.groups.indices
        return has_nonzero(adjacency, node[self.first], node[self.second])

    def sum_rows(self, x: Float[Tensor, "pairs channels"], reduce: str = "sum") -> Float[Tensor, "members channels"]:
        """Reduce over the second member."""
        return segment(self.rows, x, reduce)

    def on_diagonal(self, x: Float[Tensor, "members channels"]) -> Float[Tensor, "pairs channels"]:
        """Give the numbers of a member to its pair with itself, and 0 to all other pairs."""
        return x.new_zeros(len(self.first), x.shape[1]).index_copy(0, self.diagonal, x)

    def multiply(
        self, x: Float[Tensor, "pairs channels"], y: Float[Tensor, "pairs channels"]
    ) -> Float[Tensor, "pairs channels"]:
        """Multiply the squares of every channel as matrices."""
        return self.map_squares(lambda a, b: a @ b, x, y)

    def map_squares(
        self, function: Callable[..., Tensor], *xs: Float[Tensor, "pairs channels"]
    ) -> Float[Tensor, "pairs channels"]:
        """Apply a function of squares, `(groups, channels, size, size)` each, to all groups, by size."""
        order, back, shapes = self._by_size
        lengths = [count * size**2 for count, size in shapes]
        blocks = [torch.split(x.index_select(0, order), lengths) for x in xs]
        parts = []
        for (count, size), *squares in zip(shapes, *blocks, strict=True):  # different sizes, not groups: few
            square = function(*(each.view(count, size, size, each.shape[1]).movedim(3, 1) for each in squares))
            parts.append(square.movedim(1, 3).flatten(0, 2))
        return torch.cat(parts).index_select(0, back) if parts else xs[0]


def component_pairs(complex_: Complex, max_nodes: int) -> Pairs:
    """Give the pairs of nodes of each component.

    Raises:
        ComplexError: when a component has more than `max_nodes` nodes.
    """
    offsets = complex_.offsets(0)
    most = int(offsets.diff().max()) if len(complex_) else 0
    if most > max_nodes:
        raise ComplexError(
            f"a component should have at most max_nodes = {max_nodes} nodes, since all pairs of them have features, "
            f"but one has {most}; take another model, or raise max_nodes if the memory is there"
        )
    nodes = torch.arange(complex_.sizes[0], device=offsets.device)
    return Pairs(Pattern(offsets, nodes, (len(complex_), len(nodes))))
