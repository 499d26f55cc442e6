"""The topological vector: how far the points of a diagram are from one another."""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.errors import ShapeError
from cochain.persistence.diagram import Diagram
from cochain.persistence.points import flat, padded_groups


def topological_vector(diagram: Diagram, dim: int, size: int = 10) -> Float[Tensor, "components size"]:
    r"""Give the largest of the distances between points, each cut at their distances to the diagonal.

    $$v = \operatorname{sort}_{\downarrow} \big\{ \min\big(\|x - y\|_\infty, \, \tfrac12 l_x, \, \tfrac12 l_y\big)
      : x \ne y \big\}$$

    Every entry moves by at most twice the bottleneck distance.

    Args:
        diagram: a union of diagrams.
        dim: the dimension to read.
        size: how many entries; those beyond the number of pairs are 0.
    Shape:
        `(components, size)`.
    Cost:
        $O(n^2)$ time and memory for a component of n bars.

    Raises:
        ShapeError: for a size below 1.
    Source:
        Carrière, Oudot, Ovsjanikov, 2015, "Stable Topological Signatures for Points on 3D Shapes".
    """
    if size < 1:
        raise ShapeError(f"size should be at least 1, but is {size}")
    bars = flat(diagram, dim)
    half = 0.5 * (bars.points[:, 1] - bars.points[:, 0]).abs()
    total = bars.points.new_zeros(len(bars), size)
    for members, table in padded_groups(bars):
        points, depth = bars.points[table], torch.where(table >= 0, half[table], 0.0)
        above = torch.triu_indices(table.shape[1], table.shape[1], offset=1, device=table.device)
        apart = (points[:, above[0]] - points[:, above[1]]).abs().amax(dim=2)
        cut = torch.minimum(apart, torch.minimum(depth[:, above[0]], depth[:, above[1]]))
        found = cut.topk(min(size, cut.shape[1]), dim=1).values
        total = total.index_add(0, members, torch.nn.functional.pad(found, (0, size - found.shape[1])))
    return total
