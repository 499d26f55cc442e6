"""Simple paths of a graph as hyperedges or as the cells of a combinatorial complex."""

import numpy as np
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number, sparse
from cochain.complexes.build_simplicial import unique_rows
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError, unknown_name
from cochain.kernels import SparseMatrix
from cochain.lift.attributes import carry, check_features, with_features
from cochain.lift.closure import Sets
from cochain.lift.memory import MAX_CELLS, guarded
from cochain.lift.skeleton import Index, skeleton

KINDS = ("hypergraph", "complex")


def paths(
    c: Complex,
    max_edges: int = 2,
    kind: str = "hypergraph",
    features: str | None = "mean",
    max_cells: int = MAX_CELLS,
) -> Complex:
    r"""Make the nodes of every simple path, of up to some edges, a hyperedge or a cell.

    $$P_k = \{ \{v_0, \dots, v_k\} : v_{i-1} \sim v_i, \; v_i \ne v_j \text{ for all } i \ne j \}$$

    Which walks are paths does not depend on how nodes are numbered, so the lift commutes with relabelling. A path and
    its reverse are one. Nodes keep their tensors. Hyperedges are sorted by component, then length, then the sequence of
    nodes from the smaller end, and two paths over the same nodes give two; cells of a rank are sorted lexicographically
    and each set of nodes is one cell, as in every combinatorial complex.

    Args:
        c: a graph, or a simplicial or cell complex, whose cells above the nodes are replaced; the tensors of
            edges are left.
        max_edges: edges of the longest paths wanted, at least 1.
        kind: "hypergraph" (paths of 1 to `max_edges` edges are hyperedges) or "complex" (the path complex: the nodes
            of a path of k edges are a cell of rank k; incidence is containment, so a path contains its parts).
        features: the `x` of the new cells from the `x` of their nodes: "mean", "sum", "concat" (only where all have one
            size) or None.
        max_cells: paths that are allowed.

    Returns:
        A hypergraph, or a combinatorial complex of rank `max_edges`, even when no path is that long.

    Raises:
        ComplexError: when `max_edges` is below 1, the edges are directed or no edges, there are more than `max_cells`
            paths, or tensors above the edges would be lost.
        UnknownNameError: for another kind.

    Cost:
        A step for each path of each length, from both ends, twice: to count and to fill. With degrees of d there are
        about n d^k / 2 of k edges.

    Source:
        Grigor'yan, Lin, Muranov, Yau, 2013, "Homologies of path complexes and digraphs" (whose homology needs
        directions and is not made here); Truong, Chin, 2024, "Weisfeiler and Lehman Go Paths".
    """
    from cochain.kernels.neighbors import symmetric_adjacency  # these import numba
    from cochain.kernels.paths import simple_paths

    if as_whole_number(max_edges, "max_edges") < 1:
        raise ComplexError(f"max_edges should be at least 1, but is {max_edges}")
    if kind not in KINDS:
        raise unknown_name("kind of paths", str(kind), KINDS)
    check_features(features)
    bones = skeleton(c, "paths")
    groups = np.repeat(np.arange(len(c)), np.diff(bones.offsets)) if len(c) > 1 else None
    adjacency = symmetric_adjacency(bones.low, bones.high, c.sizes[0])
    with guarded("paths", "lower max_edges or thin out the edges", max_cells, 24 * (min(max_edges, 64) + 1)) as limit:
        found = simple_paths(*adjacency, max_edges, groups, limit)
    sets = Sets(found.indptr, _sorted_within(found.indptr, found.vertices))
    structure = _hypergraph(c, sets) if kind == "hypergraph" else _complex(c, sets, max_edges)
    members = {k: SparseMatrix(structure.faces(k, 0).pattern) for k in range(1, structure.rank + 1)}
    return with_features(carry(c, structure, {0: 0}), features, members)


def _sorted_within(indptr: Index, vertices: Index) -> Index:
    lengths, out = np.diff(indptr), np.empty_like(vertices)
    for length in np.unique(lengths):  # few: at most max_edges
        places = indptr[:-1][lengths == length][:, None] + np.arange(length)
        out[places] = np.sort(vertices[places], axis=1)
    return out


def _hypergraph(c: Complex, sets: Sets) -> Structure:
    count = len(sets.indptr) - 1
    matrix = sparse(sets.indptr, sets.indices, None, (count, c.sizes[0]))
    offsets = [c.offsets(0).cpu(), _offsets(c, sets.indices[sets.indptr[:-1]])]
    return Structure("hypergraph", (c.sizes[0], count), offsets, {(1, 0): matrix})


def _complex(c: Complex, sets: Sets, top: int) -> Structure:
    lengths, nodes = np.diff(sets.indptr), c.sizes[0]
    sizes, offsets, faces = [nodes], [c.offsets(0).cpu()], {}
    for rank in range(1, top + 1):
        same = np.flatnonzero(lengths == rank + 1)
        rows = sets.indices[sets.indptr[same][:, None] + np.arange(rank + 1)].astype(np.int64)
        cells = unique_rows(rows, nodes)[0]
        bounds = np.arange(len(cells) + 1) * (rank + 1)
        faces[(rank, 0)] = sparse(bounds, cells.reshape(-1), None, (len(cells), nodes))
        sizes.append(len(cells))
        offsets.append(_offsets(c, cells[:, 0]))
    return Structure("combinatorial", sizes, offsets, faces)


def _offsets(c: Complex, first: Index) -> Tensor:
    component = np.searchsorted(c.offsets(0).cpu().numpy(), first, side="right") - 1
    return offsets_of(np.bincount(component, minlength=len(c)))
