"""Tropical coordinates: symmetric functions of a diagram made of maxima, minima and sums."""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.errors import ShapeError
from cochain.persistence.diagram import Diagram
from cochain.persistence.points import flat
from cochain.persistence.vectorise.segments import largest_bars, reduce_bars


def tropical_coordinates(diagram: Diagram, dim: int, scale: float = 28.0) -> Float[Tensor, "components 7"]:
    r"""Give seven tropical functions of each diagram.

    $$F_1 = \max_i l_i, \quad F_2 = \max_{i<j} (l_i + l_j), \quad F_3, F_4 = \text{the same of three and four}, \quad
      F_5 = \sum_i l_i,$$
    $$F_6 = \sum_i m_i, \quad m_i = \min(r l_i, b_i), \qquad
      F_7 = \sum_i \big(\max_j (m_j + l_j) - (m_i + l_i)\big)$$

    with lifetimes $l = |d - b|$. Each is symmetric, and Lipschitz in the bottleneck distance on diagrams of so many
    bars; together with such functions of more bars they separate diagrams.

    Args:
        diagram: a union of diagrams.
        dim: the dimension to read.
        scale: $r$, the largest birth times lifetime ratio that matters.
    Shape:
        `(components, 7)`; zeros for a component without bars.

    Raises:
        ShapeError: for a scale that is not positive.
    Source:
        Kališnik, 2019, "Tropical Coordinates on the Space of Persistence Barcodes".
    """
    if not scale > 0:
        raise ShapeError(f"scale should be positive, but is {scale!r}")
    bars = flat(diagram, dim)
    length = (bars.points[:, 1] - bars.points[:, 0]).abs()
    bounded = torch.minimum(scale * length, bars.points[:, 0])
    reach = (bounded + length)[:, None]
    furthest = reduce_bars(reach, bars, "max")
    sums = reduce_bars(torch.stack([length, bounded], dim=1), bars)
    gaps = reduce_bars(furthest[bars.component] - reach, bars)
    return torch.cat([largest_bars(length, bars, 4).cumsum(dim=1), sums, gaps], dim=1)
