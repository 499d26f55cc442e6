"""The clique expansion: the graph of nodes that share a cell."""

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.errors import ComplexError
from cochain.kernels import Pattern, SparseMatrix
from cochain.lift.attributes import carry, check_complex, check_features, with_features
from cochain.lift.closure import members_of
from cochain.lift.cloud import graph_on
from cochain.lift.memory import MAX_CELLS, guarded
from cochain.lift.skeleton import Index


def expand(c: Complex, rank: int = 1, features: str | None = "mean", max_cells: int = MAX_CELLS) -> Complex:
    r"""Join the nodes that share a cell of one rank, weighted by how many they share.

    $$A = H H^\top - \operatorname{diag}(H H^\top), \qquad H \in \{0, 1\}^{nodes \times cells}$$

    Built from the incidences alone, so the lift commutes with relabelling. Nodes keep their tensors; the cells are
    replaced, and theirs are left. Edges are sorted lexicographically.

    Args:
        c: a hypergraph or any complex.
        rank: rank of the cells, at least 1.
        features: the `x` of the edges from the `x` of their nodes: "mean", "sum", "concat" (in the order of the nodes,
            so relabelling permutes the channels) or None.
        max_cells: pairs of nodes in cells that are allowed; a pair that shares several cells counts as often.

    Returns:
        A graph with the number of shared cells in `c[1].weight`.

    Raises:
        ComplexError: when `rank` is none of the complex above 0, or there are more than `max_cells` pairs.

    Cost:
        O(pairs of nodes in cells), and linear sorts of them.

    Source:
        Zhou, Huang, Schoelkopf, 2006, "Learning with Hypergraphs" (where expansions are discussed).
    """
    check_complex(c, "expand")
    check_features(features)
    if c._checked_rank(rank) < 1:
        raise ComplexError(f"rank should be at least 1, since nodes are joined by cells above them, but is {rank}")
    sets = members_of(c, rank)
    pairs, _, shared = shared_pairs(sets.indptr, sets.indices, c.sizes[0], "leave out the largest cells", max_cells)
    lifted = carry(c, graph_on(c.offsets(0).cpu(), pairs), {0: 0})
    lifted = lifted.with_cochain(1, "weight", torch.from_numpy(shared).to(torch.get_default_dtype()))
    return with_features(lifted, features, {1: SparseMatrix(lifted.faces(1, 0).pattern)})


def shared_pairs(
    indptr: Index, indices: Index, elements: int, remedy: str, max_cells: int
) -> tuple[Index, Index, Index]:
    """List the pairs of elements that share a set.

    Args:
        indptr: where each set begins, and last where they end.
        indices: the elements, increasing within a set.
        elements: how many there are.
        remedy: what a user can do about too many pairs.
        max_cells: pairs that are allowed.

    Returns:
        The pairs in lexicographic order, each once, smaller element first; the first set that each pair shares; and how
        many sets it shares.
    """
    from cochain.kernels.subsets import subsets  # imports numba

    with guarded("pairs that share a cell", remedy, max_cells, 48) as limit:
        rows, owner = subsets(indptr, indices, 2, limit)
    # a stable sort in linear time: among equal pairs the first set stays first
    pattern, order = Pattern.from_coo(
        torch.from_numpy(np.ascontiguousarray(rows[:, 0])),
        torch.from_numpy(np.ascontiguousarray(rows[:, 1])),
        (elements, elements),
    )
    low, high = pattern.rows.numpy(), pattern.indices.numpy()
    new = np.ones(len(low), np.bool_)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    kept = np.flatnonzero(new)
    pairs = np.stack((low[kept], high[kept]), 1).astype(np.int64)
    return pairs, owner[order.numpy()[kept]], np.diff(kept, append=len(low))
