"""The line graph: cells become nodes, joined where they share another cell."""

import numpy as np
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.build import signed_edges
from cochain.complexes.neighborhood import incident
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError
from cochain.kernels import SparseMatrix, gather_ranges
from cochain.lift.attributes import carry, check_complex, check_features, with_features
from cochain.lift.cloud import graph_on
from cochain.lift.expand import shared_pairs
from cochain.lift.memory import MAX_CELLS, guarded
from cochain.lift.skeleton import Index


def line(c: Complex, rank: int = 1, via: int = 0, features: str | None = "mean", max_cells: int = MAX_CELLS) -> Complex:
    r"""Make the cells of one rank nodes, joined where they share a cell of another rank.

    $$L(G) = (E, \{ \{e, f\} : e \cap f \ne \emptyset \}), \qquad
      L(D) = (E, \{ (uv, vw) \}) \text{ of a digraph}$$

    Built from the incidences alone, so the lift commutes with relabelling, except for `via` where cells share several.
    Edges are sorted lexicographically.

    Args:
        c: a graph, a hypergraph, or any complex. Of a digraph, its edges become nodes, each with an edge to those that
            begin where it ends.
        rank: rank of the cells that become nodes.
        via: rank of the cells that they share; 1 and 0 for the line graph, 0 and 1 for the clique expansion.
        features: the `x` of the cells, where they have none, and the `x` of the new edges, from the `x` of their nodes:
            "mean", "sum", "concat" (only where all have one size; in the order of the nodes) or None.
        max_cells: pairs in shared cells that are allowed; a pair that shares several cells counts as often.

    Returns:
        A graph, or a digraph of a digraph. The tensors of the cells lie on rank 0; `c[1].via` is the number, within
        its component, of the cell that both ends share (the first, where they share several).

    Raises:
        ComplexError: when `rank` or `via` is none of the complex, both are one, those of a digraph are not 1 and 0, or
            there are more than `max_cells` pairs.
        ParityError: when a tensor on the cells is odd, since nodes have no orientation.

    Cost:
        O(pairs in shared cells), and linear sorts of them.

    Source:
        Whitney, 1932, "Congruent graphs and the connectivity of graphs"; Harary, Norman, 1960, "Some properties of line
        digraphs".
    """
    check_complex(c, "line")
    check_features(features)
    if c._checked_rank(rank) == c._checked_rank(via):
        raise ComplexError(f"rank and via should be two ranks, since cells share cells of another, but are both {rank}")
    if features is not None and rank > 0:
        c = with_features(c, features, {rank: c.cells(rank)})
    if c.domain == "digraph":
        structure, shared = _directed(c, rank, via, max_cells)
    else:
        structure, shared = _undirected(c, rank, via, max_cells)
    lifted = carry(c, structure, {rank: 0})
    lifted = lifted.with_cochain(1, "via", shared.to(c.device) - c.offsets(via)[lifted.component_of(1)])
    return with_features(lifted, features, {1: SparseMatrix(structure.faces(1, 0).pattern)})


def _undirected(c: Complex, rank: int, via: int, max_cells: int) -> tuple[Structure, Tensor]:
    pattern = c.resolve(incident(via, rank)).matrix.pattern.to("cpu")
    pairs, first, _ = shared_pairs(*pattern.arrays, c.sizes[rank], "take away the nodes of most cells", max_cells)
    return graph_on(c.offsets(rank).cpu(), pairs), torch.from_numpy(first.astype(np.int64))


def _directed(c: Complex, rank: int, via: int, max_cells: int) -> tuple[Structure, Tensor]:
    from cochain.kernels.limits import refuse_above

    if (rank, via) != (1, 0):
        raise ComplexError(
            f"the line digraph should join edges (rank 1) by nodes (via 0), but is asked for {rank}, {via}"
        )
    tail, head = _ends(c)
    out = np.bincount(tail, minlength=c.sizes[0])
    by_tail = np.argsort(tail, kind="stable")
    counts = out[head]
    with guarded("pairs of edges that follow one another", "thin out the edges", max_cells, 48) as limit:
        refuse_above(limit, int(counts.sum()), 2)
    places, owner = gather_ranges(offsets_of(out), torch.from_numpy(head))[0].numpy(), np.repeat(head, counts)
    first, second = np.repeat(np.arange(len(head)), counts), by_tail[places]
    edges = offsets_of(np.bincount(c.component_of(1).cpu().numpy()[first], minlength=len(c)))
    signs = np.where(first < second, -1, 1).astype(np.int8)
    faces = signed_edges(np.minimum(first, second), np.maximum(first, second), signs, len(head))
    structure = Structure("digraph", (len(head), len(first)), [c.offsets(1).cpu(), edges], {(1, 0): faces})
    return structure, torch.from_numpy(owner)


def _ends(c: Complex) -> tuple[Index, Index]:
    """Give tail and head of every edge of a digraph."""
    matrix = c.faces(1, 0).to("cpu")
    assert matrix.values is not None
    ends = matrix.pattern.indices.numpy().reshape(-1, 2).astype(np.int64)
    forward = matrix.values.numpy()[::2] < 0
    return np.where(forward, ends[:, 0], ends[:, 1]), np.where(forward, ends[:, 1], ends[:, 0])
