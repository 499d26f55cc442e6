"""The simplicial closure: cells and all their subsets."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number, sparse
from cochain.complexes.build_simplicial import build_simplicial
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError
from cochain.kernels import SparseMatrix
from cochain.lift.attributes import carry, check_complex, check_features, with_features
from cochain.lift.memory import MAX_CELLS, guarded
from cochain.lift.skeleton import Index


class Sets(NamedTuple):
    """Sets of nodes in compressed rows.

    Attributes:
        indptr: where each set begins, and last where they end.
        indices: the nodes, increasing within a set.
    """

    indptr: Index
    indices: Index


def closure(c: Complex, max_rank: int = 2, features: str | None = "mean", max_cells: int = MAX_CELLS) -> Complex:
    r"""Make every k + 1 nodes of a common cell a simplex of rank k, up to a rank.

    $$K_k = \{ \sigma \subseteq e : |\sigma| = k + 1, \; e \text{ a cell} \}$$

    Whether nodes share a cell does not depend on their numbers, so the lift commutes with relabelling. Nodes keep their
    numbers and tensors; simplices are sorted lexicographically and oriented by increasing nodes. After `khop` this
    gives the simplices of balls, after `neighborhood` those of neighbourhoods.

    Args:
        c: a hypergraph or any complex, whose cells above the nodes are replaced; their tensors are left.
        max_rank: the highest rank, at least 1; it is there even when it has no cells.
        features: the `x` of the simplices from the `x` of their nodes: "mean", "sum", "concat" (in the order of the
            nodes, so relabelling permutes the channels) or None.
        max_cells: candidates for simplices of the highest rank that are allowed; two cells with a common subset count
            it twice.

    Returns:
        A simplicial complex of rank `max_rank`.

    Raises:
        ComplexError: when `max_rank` is below 1, or there are more than `max_cells` candidates.

    Cost:
        O(max_rank) for each candidate, of which a cell of n nodes has n over max_rank + 1, and a sort of all.

    Source:
        Spivak, 2009, "Higher-dimensional models of networks" (a hypergraph and its simplicial closure).
    """
    check_complex(c, "closure")
    check_features(features)
    sets = [members_of(c, rank) for rank in range(1, c.rank + 1)]
    structure = closed(joined(sets), c.offsets(0).cpu(), max_rank, max_cells)
    return with_simplex_features(carry(c, structure, {0: 0}), features)


def members_of(c: Complex, rank: int) -> Sets:
    """Give the nodes of every cell of a rank, above 0."""
    pattern = c.cells(rank).pattern.to("cpu")
    return Sets(*pattern.arrays)


def joined(parts: list[Sets]) -> Sets:
    """Put lists of sets one behind the other."""
    lengths = [np.diff(part.indptr) for part in parts]
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate([np.zeros(0, np.int64), *lengths]))])
    return Sets(ends, np.concatenate([np.zeros(0, np.int64), *(part.indices for part in parts)]))


def closed(sets: Sets, offsets: Tensor, max_rank: int, max_cells: int) -> Structure:
    """Build the simplicial complex of all subsets of some sets, of rank `max_rank` with or without cells there.

    Args:
        sets: sets of nodes, in any order; each lies in one component.
        offsets: where the nodes of each component begin.
        max_rank: the highest rank, at least 1.
        max_cells: candidates that are allowed; see `closure`.
    """
    from cochain.kernels.subsets import subsets  # imports numba

    if as_whole_number(max_rank, "max_rank") < 1:
        raise ComplexError(f"max_rank should be at least 1, the rank of edges, but is {max_rank}")
    lengths = np.diff(sets.indptr)
    remedy = "lower max_rank or leave out the largest cells"
    with guarded("candidates for cells of rank {rank}", remedy, max_cells, 40 * (max_rank + 1)) as limit:
        found = [subsets(sets.indptr, sets.indices, max_rank + 1, limit)[0]]
    for width in range(2, max_rank + 1):  # smaller sets are simplices themselves
        whole = np.flatnonzero(lengths == width)
        found.append(sets.indices[sets.indptr[whole][:, None] + np.arange(width)])
    structure = build_simplicial([rows.astype(np.int64) for rows in found], offsets.diff().numpy())
    return heightened(structure, max_rank)


def heightened(structure: Structure, rank: int) -> Structure:
    """Add empty ranks up to `rank`."""
    sizes, offsets = list(structure.sizes), list(structure.offsets)
    faces = {key: structure.faces(*key) for key in structure.stored}
    for new in range(structure.rank + 1, rank + 1):
        faces[(new, new - 1)] = sparse(np.zeros(1), np.zeros(0), np.zeros(0, np.int8), (0, sizes[-1]))
        sizes.append(0)
        offsets.append(torch.zeros_like(offsets[0]))
    return Structure("simplicial", sizes, offsets, faces)


def with_simplex_features(lifted: Complex, features: str | None) -> Complex:
    """Give `x` to the simplices that have none, from the `x` of their nodes."""
    if features is None or "x" not in lifted[0]:
        return lifted
    members = {}
    for rank in range(1, lifted.rank + 1):
        nodes = lifted.simplices(rank).cpu().numpy()
        bounds = np.arange(len(nodes) + 1) * (rank + 1)
        members[rank] = SparseMatrix(sparse(bounds, nodes.reshape(-1), None, (len(nodes), lifted.sizes[0])).pattern)
    return with_features(lifted, features, members)
