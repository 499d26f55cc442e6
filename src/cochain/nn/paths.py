"""The paths of a complex's graph from every node, and sums over them."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from cochain.complexes import Complex, upper
from cochain.errors import ComplexError
from cochain.kernels import Pattern, segment
from cochain.kernels.limits import LimitError
from cochain.kernels.membership import has_nonzero
from cochain.kernels.rooted_paths import RootedPaths, rooted_paths

MOST_PATHS = 20_000_000
"""Paths of one length that are made at most: some gigabytes, before any channel."""


@dataclass(frozen=True)
class PathLevel:
    """The paths of one length that start from each node, or some of them drawn."""

    nodes: Int[Tensor, "paths length"]
    """The nodes along each path."""
    distances: Int[Tensor, "paths length"]
    """How far each node is from the first."""
    starts: Pattern
    """Rows are nodes, nonzeros the paths that start there."""
    counts: Int[Tensor, "nodes"]
    """How many start there, those that are not drawn among them."""

    def read(self, x: Float[Tensor, "nodes channels"]) -> Float[Tensor, "paths length channels"]:
        """Give the features along each path."""
        return x.index_select(0, self.nodes.flatten()).view(*self.nodes.shape, x.shape[1])

    def sum(self, x: Float[Tensor, "paths channels"]) -> Float[Tensor, "nodes channels"]:
        """Add up over the paths from each node; where some are drawn, the unbiased estimate of that sum."""
        if len(self.nodes) == int(self.counts.sum()):
            return segment(self.starts, x, "sum")
        return segment(self.starts, x, "mean") * self.counts[:, None].to(x.dtype)

    def draw(self, most: int) -> "PathLevel":
        """Keep at most so many paths from each node, drawn from torch's generator."""
        first = self.nodes[:, 0]
        order = torch.rand(len(first), device=first.device).argsort()
        order = order[first[order].argsort(stable=True)]
        place = torch.arange(len(first), device=first.device) - self.starts.indptr[first]
        kept = order[place < most]
        return _level(RootedPaths(self.nodes[kept], self.distances[kept]), self.counts)


def path_levels(complex_: Complex, longest: int, choice: str = "simple") -> list[PathLevel]:
    """Give the paths of 1, 2, ..., `longest` edges from every node.

    Found anew in every call, from the adjacency that is kept with the complex: to encode a path takes far longer.

    Args:
        complex_: a complex with edges; nodes that share a cell of rank 1 are neighbours.
        longest: edges of the longest paths.
        choice: "simple", "shortest" or "one shortest", as in `cochain.kernels.rooted_paths`.

    Raises:
        ComplexError: when there are more than `MOST_PATHS` of one length.
    """
    adjacency = complex_.resolve(upper(0)).matrix.pattern
    try:
        found = rooted_paths(adjacency, longest, choice, MOST_PATHS)
    except LimitError as refusal:
        raise ComplexError(
            f"a graph should have at most {refusal.limit} paths of {refusal.size - 1} edges from all its nodes, but "
            f"has about {refusal.count}; take shorter paths, smaller batches, or thin out the edges"
        ) from None
    return [_level(each, torch.bincount(each.nodes[:, 0], minlength=adjacency.shape[0])) for each in found]


def _level(paths: RootedPaths, counts: Tensor) -> PathLevel:
    first = paths.nodes[:, 0]
    bounds = torch.cat([counts.new_zeros(1), torch.bincount(first, minlength=len(counts)).cumsum(0)])
    ticks = torch.arange(len(first), device=first.device)
    return PathLevel(paths.nodes, paths.distances, Pattern(bounds, ticks, (len(counts), len(first))), counts)


def chords(complex_: Complex, nodes: Int[Tensor, "paths length"]) -> Bool[Tensor, "paths chords"]:
    """Say which two nodes of a path that do not follow each other are neighbours: (0, 2), (0, 3), ..., (1, 3), ..."""
    first, second = torch.triu_indices(nodes.shape[1], nodes.shape[1], 2, device=nodes.device)
    return has_nonzero(complex_.resolve(upper(0)).matrix.pattern, nodes[:, first], nodes[:, second])
