"""Neighbourhoods of nodes as hyperedges, and the neighbourhood complex."""

import numpy as np

from cochain.complexes import Complex
from cochain.complexes.arrays import sparse
from cochain.complexes.structure import Structure
from cochain.errors import unknown_name
from cochain.lift.attributes import carry, check_complex, check_features, with_features
from cochain.lift.closure import Sets, closed, with_simplex_features
from cochain.lift.khop import incidence_of
from cochain.lift.memory import MAX_CELLS, guarded

KINDS = ("closed", "open", "complex")


def neighborhood(
    c: Complex,
    kind: str = "closed",
    max_rank: int = 2,
    features: str | None = "mean",
    max_cells: int = MAX_CELLS,
) -> Complex:
    r"""Make the neighbours of each node a hyperedge, or all sets of nodes with a common neighbour simplices.

    $$N(v) = \{ u : u \sim v \}, \qquad N[v] = N(v) \cup \{v\}, \qquad
      \mathcal{N} = \{ \sigma \ne \emptyset : \sigma \subseteq N(v) \text{ for some } v \}$$

    Who is joined does not depend on how nodes are numbered, so the lift commutes with relabelling. Nodes keep their
    tensors; edges are replaced, and theirs are left.

    Args:
        c: any complex with nodes and edges (or hyperedges, whose nodes are neighbours). Directions are not read.
        kind: "closed" (the hyperedges N[v], those of `khop` with k = 1), "open" (the hyperedges N(v); that of an
            isolated node is empty) or "complex" (the simplicial complex above).
        max_rank: the highest rank of "complex", at least 1; the hypergraphs do not read it.
        features: the `x` of the new cells from the `x` of their nodes: "mean", "sum", "concat" (only where all have one
            size) or None.
        max_cells: memberships in hyperedges, or candidates for simplices of the highest rank, that are allowed.

    Returns:
        A hypergraph with as many hyperedges as nodes, or a simplicial complex of rank `max_rank`. A node without
        neighbours is no simplex of the complex by its definition, and stays as an isolated node.

    Raises:
        ComplexError: when `max_rank` is below 1, or there are more than `max_cells` memberships or candidates.
        UnknownNameError: for another kind.

    Cost:
        O(edges) for hypergraphs; for the complex, as `closure`.

    Source:
        Lovasz, 1978, "Kneser's conjecture, chromatic number, and homotopy" (the complex).
    """
    check_complex(c, "neighborhood")
    if kind not in KINDS:
        raise unknown_name("kind of neighbourhood", str(kind), KINDS)
    check_features(features)
    sets = _neighbors(c, kind == "closed", max_cells)
    nodes, offsets = c.sizes[0], c.offsets(0).cpu()
    if kind == "complex":
        structure = closed(sets, offsets, max_rank, max_cells)
        return with_simplex_features(carry(c, structure, {0: 0}), features)
    matrix = sparse(sets.indptr, sets.indices, None, (nodes, nodes))
    structure = Structure("hypergraph", (nodes, nodes), [offsets, offsets], {(1, 0): matrix})
    return with_features(carry(c, structure, {0: 0}), features, {1: matrix})


def _neighbors(c: Complex, closed_: bool, max_cells: int) -> Sets:
    from cochain.kernels.neighbors import balls  # imports numba

    around, inside = incidence_of(c)
    remedy = "leave out the largest hyperedges"
    with guarded("memberships of nodes in hyperedges", remedy, max_cells, 16) as limit:
        bounds, members = balls(*around, *inside, 1, limit)
    if closed_:
        return Sets(bounds, members)
    other = members != np.repeat(np.arange(c.sizes[0], dtype=members.dtype), np.diff(bounds))
    return Sets(bounds - np.arange(len(bounds)), members[other])  # each ball holds its own node once
