"""Reductions over the bars of each component."""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.kernels import Pattern, segment
from cochain.persistence.points import Flat


def reduce_bars(
    values: Float[Tensor, "bars channels"], bars: Flat, reduce: str = "sum"
) -> Float[Tensor, "components channels"]:
    """Reduce the channels of all bars of each component; one without bars gets zeros."""
    positions = torch.arange(len(values), device=values.device)
    return segment(Pattern(bars.bounds, positions, (len(bars), len(values))), values, reduce)


def sort_bars(values: Float[Tensor, "bars"], bars: Flat) -> Float[Tensor, "bars"]:
    """Sort values within each component, ascending."""
    order = values.detach().argsort(stable=True)
    return values[order[bars.component[order].argsort(stable=True)]]


def largest_bars(values: Float[Tensor, "bars"], bars: Flat, count: int) -> Float[Tensor, "components count"]:
    """Give the largest values of each component, descending, and 0 where it has fewer bars."""
    ordered = torch.cat([values.new_zeros(1), sort_bars(values, bars)])
    place = torch.arange(count, device=values.device)
    rows = bars.bounds[1:, None] - place
    return ordered[torch.where(place < bars.counts[:, None], rows, 0)]
