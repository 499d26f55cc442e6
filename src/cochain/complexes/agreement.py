"""How often the nodes of an edge are of one class: homophily, counted."""

import torch
from jaxtyping import Shaped
from torch import Tensor

from cochain.complexes.complex import Complex

PAIR_MEMBERS = 2_000_000
"""Members of edges whose classes are compared; of more, an even sample is."""


def agreement(
    complex_: Complex, classes: Shaped[Tensor, "nodes"]
) -> tuple[float | None, float | None, tuple[str, ...]]:
    """Give the share of pairs within edges that are of one class, what chance would give, and what was left out.

    Of n nodes in an edge with n_c of class c, sum over c of n_c (n_c - 1) / 2 pairs agree out of n (n - 1) / 2. By
    chance, pairs whose ends are drawn independently agree: the sum over c of the squared share of pair ends in c. Nodes
    without a class (below 0) are left out.

    Args:
        complex_: edges or hyperedges.
        classes: of the nodes.
    """
    if complex_.rank == 0 or not complex_.sizes[1]:
        return None, None, ()
    members = complex_.cells(1).pattern
    rows = members.rows.cpu().long()
    step = -(-len(rows) // PAIR_MEMBERS)
    notes: tuple[str, ...] = (f"homophily of one edge in {step}",) if step > 1 else ()
    taken = rows % step == 0
    edge, own = rows[taken], classes[members.indices.cpu().long()[taken]]
    edge, own = edge[own >= 0], own[own >= 0]
    if not len(edge):
        return None, None, notes
    width = int(classes.max()) + 1
    keys, counts = torch.unique(edge * width + own, return_counts=True)
    sizes = torch.bincount(edge)
    pairs = int((sizes * (sizes - 1)).sum())
    if not pairs:
        return None, None, notes
    ends = torch.zeros(width, dtype=torch.float64).index_add_(
        0, keys % width, (counts * (sizes[keys // width] - 1)).double()
    )
    return int((counts * (counts - 1)).sum()) / pairs, float((ends / pairs).square().sum()), notes
