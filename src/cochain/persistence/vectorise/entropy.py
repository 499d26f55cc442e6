"""Persistent entropy: how evenly the lifetimes of a diagram are spread."""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.persistence.diagram import Diagram
from cochain.persistence.points import Flat, flat
from cochain.persistence.vectorise.segments import reduce_bars


def persistent_entropy(diagram: Diagram, dim: int, normalised: bool = False) -> Float[Tensor, "components 1"]:
    r"""Give the entropy of the lifetimes of each diagram.

    $$E = - \sum_{(b, d)} \frac{l}{L} \log \frac{l}{L}, \qquad l = |d - b|, \quad L = \sum l$$

    Args:
        diagram: a union of diagrams.
        dim: the dimension to read.
        normalised: divide by the logarithm of the number of bars, so that equal lifetimes give 1.
    Shape:
        `(components, 1)`; 0 for a component of one bar or none.
    Source:
        Chintakunta, Gentimis, González-Díaz, Jiménez, Krim, 2015, "An Entropy-Based Persistence Barcode".
    """
    bars = flat(diagram, dim)
    share = shares(bars)
    positive = share > 0
    part = torch.where(positive, -share * torch.where(positive, share, 1.0).log(), 0.0)
    total = reduce_bars(part[:, None], bars)
    if not normalised:
        return total
    most = bars.counts.clamp(min=2).to(total.dtype).log()
    return total / most[:, None]


def shares(bars: Flat) -> Float[Tensor, "bars"]:
    """Give each bar's share in the lifetimes of its component; 0 where all are 0."""
    length = (bars.points[:, 1] - bars.points[:, 0]).abs()
    total = reduce_bars(length[:, None], bars)[:, 0]
    return length / torch.where(total > 0, total, 1.0)[bars.component]
