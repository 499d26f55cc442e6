"""The clique complex of a graph."""

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number, sparse
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError
from cochain.kernels import SparseMatrix
from cochain.lift.attributes import carry, check_features, with_features
from cochain.lift.memory import MAX_CELLS, guarded
from cochain.lift.skeleton import Index, Skeleton, skeleton


def clique(c: Complex, max_rank: int = 2, features: str | None = "mean", max_cells: int = MAX_CELLS) -> Complex:
    r"""Make every clique of k + 1 nodes a simplex of rank k, up to a rank.

    $$K_k = \{ \{v_0, \dots, v_k\} : v_i \text{ and } v_j \text{ are joined for all } i \ne j \}$$

    Which nodes form a clique does not depend on their numbers, so the lift commutes with relabelling. Nodes and edges
    keep their numbers, orientations and tensors; the new simplices are sorted lexicographically, component by
    component, and oriented by increasing nodes.

    Args:
        c: a graph, or a simplicial or cell complex, whose cells above the edges are replaced.
        max_rank: the highest rank, at least 1; it is there even when it has no cells.
        features: the `x` of ranks that have none, from the `x` of the nodes: "mean", "sum", "concat" (in the order of
            the nodes, so relabelling permutes the channels) or None.
        max_cells: cells of one rank that are allowed.

    Returns:
        A simplicial complex of rank `max_rank`.

    Raises:
        ComplexError: when `max_rank` is below 1, the edges are directed or no edges, a rank has more than `max_cells`
            cells, or tensors above the edges would be lost.

    Cost:
        Each clique intersects two sorted lists; time O(sum over cliques of their siblings), memory twice the result.

    Source:
        Boissonnat, Maria, 2014, "The Simplex Tree" (the tree that is grown, here level by level in flat arrays).
    """
    if as_whole_number(max_rank, "max_rank") < 1:
        raise ComplexError(f"max_rank should be at least 1, the rank of edges, but is {max_rank}")
    check_features(features)
    bones = skeleton(c, "clique")
    return lift_cliques(c, bones, max_rank, features, max_cells)


def lift_cliques(c: Complex, bones: Skeleton, max_rank: int, features: str | None, max_cells: int) -> Complex:
    """Build the clique complex from sorted edges; see `clique`."""
    from cochain.kernels.cliques import clique_vertices, cliques  # imports numba

    with guarded(
        "cells of rank {rank}", "lower max_rank or thin out the edges", max_cells, 24 * (max_rank + 1)
    ) as limit:
        levels = cliques(bones.indptr, bones.high, max_rank + 1, limit)
    nodes = c.sizes[0]
    edges = c.faces(1, 0).to("cpu") if c.rank else simplex_faces(bones.indptr[:0].reshape(0, 2), nodes)
    faces = {(1, 0): edges}
    offsets = [c.offsets(0).cpu(), c.offsets(1).cpu() if c.rank else offsets_of(np.zeros(len(c), np.int64))]
    begins = levels[1].starts[bones.offsets]
    for rank in range(2, max_rank + 1):
        starts, _, below = levels[rank]
        faces[(rank, rank - 1)] = _faces(bones, below, len(levels[rank - 1].last), rank)
        begins = starts[begins]  # of each component: where the first child of its first cell one rank below stands
        offsets.append(torch.from_numpy(begins))
    structure = Structure("simplicial", [len(level.last) for level in levels], offsets, faces)
    lifted = carry(c, structure, {0: 0, 1: 1})
    if features is None or "x" not in lifted[0]:
        return lifted
    members = {rank: _members(clique_vertices(levels, rank + 1), nodes) for rank in range(2, max_rank + 1)}
    members[1] = SparseMatrix(edges.pattern)
    return with_features(lifted, features, members)


def _members(vertices: Index, nodes: int) -> SparseMatrix:
    count, width = vertices.shape
    return sparse(np.arange(count + 1) * width, vertices.reshape(-1), None, (count, nodes))


def simplex_faces(below: Index, columns: int) -> SparseMatrix:
    """Give the signed matrix of faces that stand in increasing order: the first leaves out the last node."""
    count, width = below.shape
    signs = np.array([(-1) ** (width - 1 - d) for d in range(width)], np.int8)
    return sparse(np.arange(count + 1) * width, below.reshape(-1), np.tile(signs, count), (count, columns))


def _faces(bones: Skeleton, below: Index, columns: int, rank: int) -> SparseMatrix:
    plain = simplex_faces(below, columns)
    if rank > 2 or (bones.number is None and bones.sign is None):
        return plain
    assert plain.values is not None
    edges, signs = bones.on_edges(below, plain.values.numpy().reshape(below.shape))
    order = np.argsort(edges, axis=1)
    edges, signs = np.take_along_axis(edges, order, 1), np.take_along_axis(signs, order, 1)
    return sparse(np.arange(len(below) + 1) * 3, edges.reshape(-1), signs.reshape(-1), plain.shape)
