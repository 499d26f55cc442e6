"""From cells to whole components, and from nodes to the cells that they make up."""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.neighborhood import incident
from cochain.kernels import Pattern, aggregate, segment


def pool(
    complex_: Complex, rank: int, x: Float[Tensor, "cells channels"], reduce: str = "sum"
) -> Float[Tensor, "components channels"]:
    """Reduce the features of a rank over every component; a component without cells of that rank gets zeros."""
    offsets = complex_.offsets(rank)
    positions = torch.arange(x.shape[0], device=x.device)
    return segment(Pattern(offsets, positions, (len(complex_), x.shape[0])), x, reduce)


def spread(complex_: Complex, rank: int, x: Float[Tensor, "components channels"]) -> Float[Tensor, "cells channels"]:
    """Give every cell of a rank the features of its component."""
    return x.index_select(0, complex_.component_of(rank))


def pool_nodes(
    complex_: Complex, rank: int, x: Float[Tensor, "nodes channels"], reduce: str = "mean"
) -> Float[Tensor, "cells channels"]:
    """Reduce the features of the nodes of every cell of a rank."""
    return aggregate(complex_.resolve(incident(rank, 0)).matrix.pattern, x, reduce)
