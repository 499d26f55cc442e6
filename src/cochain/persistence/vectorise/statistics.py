"""Descriptive statistics of births, deaths, midpoints and lifetimes."""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.persistence.diagram import Diagram
from cochain.persistence.points import Flat, flat
from cochain.persistence.vectorise.entropy import persistent_entropy
from cochain.persistence.vectorise.segments import reduce_bars, sort_bars

QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)
OF = ("birth", "death", "midpoint", "lifetime")
STATISTICS = ("mean", "deviation", "range", "interquartile", "q10", "q25", "median", "q75", "q90")
NAMES = (*(f"{what} {name}" for what in OF for name in STATISTICS), "bars", "entropy")
"""What each of the 38 features is."""


def persistence_statistics(diagram: Diagram, dim: int) -> Float[Tensor, "components 38"]:
    r"""Give mean, standard deviation, range, interquartile range and five quantiles of what bars have.

    Of births, deaths, midpoints $(b + d)/2$ and lifetimes $|d - b|$, in this order; then the number of bars and their
    persistent entropy. `NAMES` says which feature is which. Quantiles lie linearly between order statistics; the
    deviation divides by the number of bars.

    Args:
        diagram: a union of diagrams.
        dim: the dimension to read.
    Shape:
        `(components, 38)`; zeros for a component without bars.
    Source:
        Ali, Asaad, Jimenez, Nanda, Paluzo-Hidalgo, Soriano-Trigueros, 2023, "A Survey of Vectorization Methods in
        Topological Data Analysis".
    """
    bars = flat(diagram, dim)
    births, deaths = bars.points.unbind(dim=1)
    kinds = (births, deaths, 0.5 * (births + deaths), (deaths - births).abs())
    parts = [_of(kind, bars) for kind in kinds]
    return torch.cat([*parts, bars.counts[:, None].to(births.dtype), persistent_entropy(diagram, dim)], dim=1)


def _of(values: Float[Tensor, "bars"], bars: Flat) -> Float[Tensor, "components 9"]:
    mean = reduce_bars(values[:, None], bars, "mean")
    variance = reduce_bars((values[:, None] - mean[bars.component]).square(), bars, "mean")
    # Where all values are one, the deviation is 0 and so is its gradient.
    deviation = torch.where(variance > 0, torch.where(variance > 0, variance, 1.0).sqrt(), 0.0)
    ordered = torch.cat([sort_bars(values, bars), values.new_zeros(1)])
    found = [_quantile(ordered, bars, share) for share in (0.0, *QUANTILES, 1.0)]
    least, quantiles, most = found[0], found[1:-1], found[-1]
    columns = [mean[:, 0], deviation[:, 0], most - least, quantiles[3] - quantiles[1], *quantiles]
    return torch.stack(columns, dim=1)


def _quantile(ordered: Float[Tensor, "bars_and_zero"], bars: Flat, share: float) -> Float[Tensor, "components"]:
    place = (bars.counts - 1).clamp(min=0).to(ordered.dtype) * share
    below = place.floor()
    none, last = len(ordered) - 1, bars.bounds[1:] - 1
    first = torch.where(bars.counts > 0, bars.bounds[:-1] + below.long(), none)
    second = torch.where(bars.counts > 0, torch.minimum(first + 1, last), none)
    return torch.lerp(ordered[first], ordered[second], place - below)
