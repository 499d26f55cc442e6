"""The star expansion: the bipartite graph of cells and their faces."""

import numpy as np
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.kernels import Pattern
from cochain.lift.attributes import carry, check_complex, check_features, with_features
from cochain.lift.cloud import graph_on
from cochain.lift.skeleton import Index
from cochain.lift.stack import stacked_order, with_stacked_x


def star(c: Complex, features: str | None = "mean") -> Complex:
    r"""Make every cell a node, joined to the cells that it is incident to.

    $$A = \begin{pmatrix} 0 & H \\ H^\top & 0 \end{pmatrix}, \qquad H \in \{0, 1\}^{nodes \times hyperedges}$$

    for a hypergraph; a complex of higher rank has one such block for each pair of ranks whose incidences it stores
    (neighbouring ranks, or of a combinatorial complex nodes and each other rank). Built from the incidences alone, so
    the lift commutes with relabelling. The nodes of a component are its cells by rank and number.

    Args:
        c: any complex. Orientations and directions are not read.
        features: the `x` of cells that have none, from the `x` of their nodes: "mean", "sum", "concat" (only where all
            of a rank have one size) or None, which leaves out `x` unless all ranks have it.

    Returns:
        A graph. `c[0].rank` is the rank that each node had as a cell; labels `y` and `split` of nodes stay with them,
        and are -1 (of floating labels NaN), which is unknown, on the others. Other tensors of cells are left.

    Raises:
        ParityError: when `x` of a rank is odd, since nodes have no orientation.
        ShapeError: when `x` has other channels on one rank than on another.

    Cost:
        O(cells and incidences).

    Source:
        Zien, Schlag, Chan, 1999, "Multilevel spectral hypergraph partitioning with arbitrary vertex sizes"; Agarwal,
        Branson, Belongie, 2006, "Higher order learning with graphs".
    """
    check_complex(c, "star")
    check_features(features)
    ranks = range(c.rank + 1)
    order, offsets, rank_of = stacked_order(c, ranks)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    lifted = carry(c, graph_on(offsets, _pairs(c, place)), {})
    lifted = lifted.with_cochain(0, "rank", torch.from_numpy(rank_of))
    for name in ("y", "split"):
        if name in c[0]:
            lifted = lifted.with_cochain(0, name, _spread(c[0][name], place, len(order)))
    members = {rank: c.cells(rank) for rank in ranks if rank and features is not None and "x" not in c[rank]}
    c = with_features(c, features, members)
    return with_stacked_x(c, lifted, 0, ranks, order, "star")


def _pairs(c: Complex, place: Index) -> Index:
    """List (place of the face, place of the cell) in lexicographic order; faces stand before cells."""
    starts = np.cumsum([0, *c.sizes])
    low, high = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for above, below in c._structure.stored:
        pattern = c.faces(above, below).pattern.to("cpu")
        low.append(place[starts[below] + pattern.indices.numpy()])
        high.append(place[starts[above] + pattern.rows.numpy()])
    nodes = int(starts[-1])
    pattern, _ = Pattern.from_coo(
        torch.from_numpy(np.concatenate(low)), torch.from_numpy(np.concatenate(high)), (nodes, nodes)
    )
    return np.stack((pattern.rows.numpy(), pattern.indices.numpy()), 1).astype(np.int64)


def _spread(value: Tensor, place: Index, count: int) -> Tensor:
    """Put the rows of the nodes in their new places, and what is unknown in the others."""
    unknown = float("nan") if value.is_floating_point() else -1
    out = value.new_full((count, *value.shape[1:]), unknown)
    out[torch.from_numpy(place[: len(value)]).to(value.device)] = value
    return out
