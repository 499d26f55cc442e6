"""From cells to whole components, and from nodes to the cells that they make up."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from cochain.complexes import Complex, Operator
from cochain.complexes.neighborhood import incident
from cochain.kernels import Pattern, SparseMatrix, aggregate


def pool(
    complex_: Complex, rank: int, x: Float[Tensor, "cells channels"], reduce: str = "sum"
) -> Float[Tensor, "components channels"]:
    """Reduce the features of a rank over every component; a component without cells of that rank gets zeros."""
    return aggregate(complex_.members(rank), x, reduce)


def spread(complex_: Complex, rank: int, x: Float[Tensor, "components channels"]) -> Float[Tensor, "cells channels"]:
    """Give every cell of a rank the features of its component."""
    return x.index_select(0, complex_.component_of(rank))


def pool_nodes(
    complex_: Complex, rank: int, x: Float[Tensor, "nodes channels"], reduce: str = "mean"
) -> Float[Tensor, "cells channels"]:
    """Reduce the features of the nodes of every cell of a rank."""
    return aggregate(complex_.resolve(incident(rank, 0)).matrix.pattern, x, reduce)


def strongest(
    complex_: Complex, rank: int, score: Float[Tensor, "cells"], share: float, among: Bool[Tensor, "cells"]
) -> Bool[Tensor, "cells"]:
    """Mark the cells with the highest scores of every component: `share` of those in `among`, rounded up.

    Equal scores keep the order of the cells. Sorts, so in time O(n log n); nothing differentiable.
    """
    component = complex_.component_of(rank)
    order = torch.where(among, -score.detach(), torch.inf).argsort(stable=True)
    order = order[component[order].argsort(stable=True)]
    place = torch.arange(len(order), device=order.device) - complex_.offsets(rank)[component]
    counts = torch.zeros(len(complex_), dtype=score.dtype, device=score.device)
    counts = counts.index_add(0, component, among.to(score.dtype))
    marked = torch.empty_like(among)
    marked[order] = place < (share * counts).ceil()[component]
    return marked


def among(operator: Operator, kept: Bool[Tensor, "cells"]) -> Operator:
    """Leave out the nonzeros of a neighbourhood of one rank that do not join two of the cells that are kept."""
    pattern = operator.matrix.pattern
    both = kept[pattern.rows] & kept[pattern.indices]
    before = torch.cat([both.new_zeros(1, dtype=pattern.dtype), both.cumsum(0, dtype=pattern.dtype)])
    values = None if operator.matrix.values is None else operator.matrix.values[both]
    inner = Pattern(before[pattern.indptr], pattern.indices[both], pattern.shape)
    return Operator(SparseMatrix(inner, values), operator.target, operator.source)
