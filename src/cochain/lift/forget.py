"""What a complex is without its ranks: the hypergraph of its cells."""

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.complexes.arrays import sparse
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError
from cochain.lift.attributes import carry, check_complex, check_features, with_features
from cochain.lift.closure import joined, members_of
from cochain.lift.stack import stacked_order, with_stacked_x


def forget(c: Complex, rank: int = 1, features: str | None = "mean") -> Complex:
    r"""Make every cell from one rank upwards a hyperedge of its nodes.

    $$E = \{ \{ v : v \subseteq \sigma \} : \sigma \text{ a cell}, \; \operatorname{rank} \sigma \ge r \}$$

    Which nodes lie in a cell does not depend on numbers, so the lift commutes with relabelling. Nodes keep their
    tensors. The hyperedges of a component are its cells by rank and number.

    Args:
        c: any complex with cells above the nodes. Orientations and directions are not read.
        rank: the lowest rank whose cells become hyperedges, at least 1; 2 of a cell complex takes the polygons alone.
        features: the `x` of hyperedges that have none as cells, from the `x` of their nodes: "mean", "sum", "concat"
            (only where all of a rank have one size) or None, which leaves out `x` unless all these ranks have it.

    Returns:
        A hypergraph. `c[1].rank` is the rank that each hyperedge had as a cell; other tensors of cells are left.

    Raises:
        ComplexError: when `rank` is none of the complex above 0.
        ParityError: when `x` of a rank is odd, since hyperedges have no orientation.
        ShapeError: when `x` has other channels on one of the ranks than on another.

    Cost:
        O(memberships of nodes in cells).

    Source:
        Hajij et al., 2023, "Topological Deep Learning: Going Beyond Graph Data" (hypergraphs as complexes that have
        forgotten their ranks).
    """
    check_complex(c, "forget")
    check_features(features)
    if c._checked_rank(rank) < 1:
        raise ComplexError(f"rank should be at least 1, since hyperedges are cells above the nodes, but is {rank}")
    ranks = range(rank, c.rank + 1)
    order, offsets, rank_of = stacked_order(c, ranks)
    sets = joined([members_of(c, each) for each in ranks])
    lengths = np.diff(sets.indptr)[order]
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    places = np.repeat(sets.indptr[:-1][order] - ends[:-1], lengths) + np.arange(ends[-1])
    matrix = sparse(ends, sets.indices[places], None, (len(order), c.sizes[0]))
    structure = Structure("hypergraph", (c.sizes[0], len(order)), [c.offsets(0).cpu(), offsets], {(1, 0): matrix})
    lifted = carry(c, structure, {0: 0}).with_cochain(1, "rank", torch.from_numpy(rank_of))
    if features is not None:
        c = with_features(c, features, {each: c.cells(each) for each in ranks})
    return with_stacked_x(c, lifted, 1, ranks, order, "forget")
