"""Paths from every vertex of a graph, in both directions, as tensors grown by one edge at a time, on any device.

`cochain.kernels.paths` lists every simple path once, for cells; here a path belongs to the vertex it starts from, and
shortest paths grow from shortest paths alone, so that the others are never made.
"""

from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from cochain.kernels.index import gather_ranges
from cochain.kernels.limits import refuse_above
from cochain.kernels.sparse import Pattern

CHOICES = ("simple", "shortest", "one shortest")


class RootedPaths(NamedTuple):
    """The paths of one length, sorted by the vertex they start from.

    Attributes:
        nodes: the vertices along each path.
        distances: how far each of them is from the first one, in steps of the graph.
    """

    nodes: Int[Tensor, "paths length"]
    distances: Int[Tensor, "paths length"]


class _Reached(NamedTuple):
    """Pairs (start, vertex) that some path has joined, as sorted keys, with their distances."""

    keys: Tensor
    steps: Tensor

    def find(self, keys: Tensor) -> tuple[Tensor, Tensor]:
        """Say of each key whether it is known, and how far apart the pair is (anything where it is not)."""
        place = torch.searchsorted(self.keys, keys).clamp(max=len(self.keys) - 1)
        return self.keys[place] == keys, self.steps[place]

    def and_at(self, distance: int, keys: Tensor) -> "_Reached":
        """Add new pairs at a distance."""
        fresh = torch.unique(keys)
        steps = torch.cat([self.steps, torch.full_like(fresh, distance)])
        merged, order = torch.sort(torch.cat([self.keys, fresh]))
        return _Reached(merged, steps[order])


def rooted_paths(
    adjacency: Pattern, longest: int, choice: str = "simple", limit: int | None = None
) -> list[RootedPaths]:
    """List the paths of 1 to `longest` edges from every vertex.

    Args:
        adjacency: of a simple graph, both triangles.
        longest: edges of the longest paths wanted.
        choice: "simple" (no vertex twice), "shortest" (all shortest paths between two vertices) or "one shortest" (the
            first of them in the order of the vertices, which depends on how they are numbered).
        limit: steps of one length beyond which `LimitError` is raised before their memory is taken.

    Returns:
        One `RootedPaths` per length, empty ones too, within a start vertex in lexicographic order.

    Cost:
        O(steps from the paths one edge shorter) time and memory for each length.
    """
    count = adjacency.shape[0]
    start = torch.arange(count, device=adjacency.device)
    nodes, distances = start[:, None], torch.zeros_like(start)[:, None]
    reached = _Reached(start * (count + 1), torch.zeros_like(start))
    found = []
    for length in range(1, longest + 1):
        refuse_above(limit, int(adjacency.degrees[nodes[:, -1]].sum()), length + 1)
        steps, bounds = gather_ranges(adjacency.indptr, nodes[:, -1])
        parent = torch.repeat_interleave(bounds.diff(), output_size=len(steps))
        tip = adjacency.indices[steps].long()
        keys = nodes[parent, 0] * count + tip
        known, distance = reached.find(keys) if count else (keys > 0, keys)
        if choice == "simple":
            kept = (nodes[parent] != tip[:, None]).all(dim=1)
        else:
            kept = ~known if choice == "shortest" else ~known & _first(keys)
        reached = reached.and_at(length, keys[~known])
        distance = torch.where(known, distance, length)
        nodes = torch.cat([nodes[parent[kept]], tip[kept, None]], dim=1)
        distances = torch.cat([distances[parent[kept]], distance[kept, None]], dim=1)
        found.append(RootedPaths(nodes, distances))
    return found


def _first(keys: Tensor) -> Tensor:
    """Mark the first place of every value."""
    values, order = torch.sort(keys, stable=True)
    new = torch.ones_like(keys, dtype=torch.bool)
    new[1:] = values[1:] != values[:-1]
    marked = torch.empty_like(new)
    marked[order] = new
    return marked
