"""The Dowker complexes of a relation between nodes and cells."""

import numpy as np

from cochain.complexes import Complex
from cochain.errors import ComplexError, unknown_name
from cochain.lift.attributes import carry, check_complex, check_features
from cochain.lift.closure import Sets, closed, members_of, with_simplex_features
from cochain.lift.memory import MAX_CELLS

SIDES = ("nodes", "cells")


def dowker(
    c: Complex,
    max_rank: int = 2,
    side: str = "nodes",
    rank: int = 1,
    features: str | None = "mean",
    max_cells: int = MAX_CELLS,
) -> Complex:
    r"""Make elements of one side of a relation a simplex where one element of the other side is related to them all.

    $$D_k = \{ \{v_0, \dots, v_k\} : \exists e, \; v_i R e \text{ for all } i \}, \qquad
      D^\top_k = \{ \{e_0, \dots, e_k\} : \exists v, \; v R e_i \text{ for all } i \}$$

    The relation is that of nodes to the cells of one rank that contain them. Both complexes are made of the relation
    alone, so the lift commutes with relabelling; and by Dowker's theorem both have the same homology, where every
    element is related to some other. (An element that is related to none stays as an isolated node and adds one to the
    Betti number of rank 0; and the ranks below `max_rank` are whole, the homology of `max_rank` itself is not.)

    Args:
        c: a hypergraph or any complex.
        max_rank: the highest rank, at least 1; it is there even when it has no cells.
        side: "nodes" (nodes that share a cell) or "cells" (cells that share a node: the nerve of the cells).
        rank: rank of the cells, at least 1.
        features: the `x` of the simplices from the `x` of their nodes: "mean", "sum", "concat" (in the order of the
            nodes, so relabelling permutes the channels) or None. For the side "cells", the `x` of the cells is that of
            the new nodes, and the tensors of the nodes are left.
        max_cells: candidates for simplices of the highest rank that are allowed; one that several elements of the
            other side share counts as often.

    Returns:
        A simplicial complex of rank `max_rank`.

    Raises:
        ComplexError: when `rank` is none of the complex above 0, `max_rank` is below 1, or there are more than
            `max_cells` candidates.
        ParityError: when a tensor on the cells is odd, since nodes have no orientation.
        UnknownNameError: for another side.

    Cost:
        As `closure`.

    Source:
        Dowker, 1952, "Homology groups of relations".
    """
    check_complex(c, "dowker")
    if side not in SIDES:
        raise unknown_name("side of a relation", str(side), SIDES)
    check_features(features)
    if c._checked_rank(rank) < 1:
        raise ComplexError(f"rank should be at least 1, since nodes are related to the cells above them, but is {rank}")
    if side == "nodes":
        structure = closed(members_of(c, rank), c.offsets(0).cpu(), max_rank, max_cells)
        return with_simplex_features(carry(c, structure, {0: 0}), features)
    around = c.cells(rank).pattern.to("cpu").transposed[0]
    sets = Sets(around.indptr.numpy().astype(np.int64), around.indices.numpy())
    structure = closed(sets, c.offsets(rank).cpu(), max_rank, max_cells)
    return with_simplex_features(carry(c, structure, {rank: 0}), features)
