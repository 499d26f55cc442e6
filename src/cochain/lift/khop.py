"""Balls of a graph as hyperedges."""

import numpy as np

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number, sparse
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError
from cochain.lift.attributes import carry, check_complex, check_features, with_features
from cochain.lift.memory import MAX_CELLS, guarded
from cochain.lift.skeleton import Index


def khop(c: Complex, k: int = 1, features: str | None = "mean", max_cells: int = MAX_CELLS) -> Complex:
    r"""Make the nodes within k steps of each node a hyperedge.

    $$e_v = \{ u : d(u, v) \le k \}, \qquad \text{one hyperedge per node, in the order of the nodes}$$

    Distances do not depend on how nodes are numbered, so the lift commutes with relabelling. Hyperedges with the same
    nodes are kept apart: each belongs to its node. Nodes keep their tensors; edges are replaced, and theirs are left.

    Args:
        c: any complex with nodes and edges (or hyperedges: nodes that share one are a step apart). Directions are not
            read.
        k: radius in steps, at least 1.
        features: the `x` of the hyperedges from the `x` of their nodes: "mean", "sum", "concat" (only where all balls
            have one size) or None.
        max_cells: memberships of nodes in hyperedges that are allowed.

    Returns:
        A hypergraph with as many hyperedges as nodes.

    Raises:
        ComplexError: when k is below 1, or the balls have more than `max_cells` members together.

    Cost:
        A breadth-first search per node, twice; memory of the result and a few arrays of the size of the nodes.

    Source:
        Feng, You, Zhang, Ji, Gao, 2019, "Hypergraph Neural Networks" (hyperedges from neighbourhoods).
    """
    from cochain.kernels.neighbors import balls  # imports numba

    check_complex(c, "khop")
    if as_whole_number(k, "k") < 1:
        raise ComplexError(f"k should be at least 1, but is {k}")
    check_features(features)
    nodes = c.sizes[0]
    around, inside = incidence_of(c)
    with guarded("memberships of nodes in hyperedges", "lower k", max_cells, 16) as limit:
        bounds, members = balls(*around, *inside, min(k, nodes), limit)  # no walk visits more nodes
    matrix = sparse(bounds, members, None, (nodes, nodes))
    structure = Structure("hypergraph", (nodes, nodes), [c.offsets(0).cpu()] * 2, {(1, 0): matrix})
    return with_features(carry(c, structure, {0: 0}), features, {1: matrix})


def incidence_of(c: Complex) -> tuple[tuple[Index, Index], tuple[Index, Index]]:
    """Give the edges around each node, and the nodes in each edge, as CSR."""
    if c.rank == 0:
        nothing = np.zeros(0, np.int32)
        return (np.zeros(c.sizes[0] + 1, np.int64), nothing), (np.zeros(1, np.int64), nothing)
    inside = c.faces(1, 0).pattern.to("cpu")
    around = inside.transposed[0]
    return (around.indptr.numpy(), around.indices.numpy()), (inside.indptr.numpy(), inside.indices.numpy())
