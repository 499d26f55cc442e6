"""Sparse matrices of scipy: adjacencies, incidences and chains of boundaries."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from cochain.complexes.arrays import sparse
from cochain.complexes.attributes import edge_ends
from cochain.complexes.complex import Complex
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError, ShapeError, unknown_name

KINDS = ("adjacency", "incidence", "boundaries")


def from_scipy(matrix: Any, kind: str = "adjacency", directed: bool | None = None) -> Complex:
    """Read sparse matrices of scipy.

    Args:
        matrix: for "adjacency" one square matrix, whose entry (u, v) is an edge from u to v. For "incidence" one matrix
            of nodes by cells: with one -1 (where the edge begins) and one +1 in every column it is a graph, without
            negative entries a hypergraph. For "boundaries" the list [B_1, B_2] of signed boundary matrices of a cell
            complex; cells keep the order of the columns. Entries that are stored as zeros are no entries.
        kind: "adjacency", "incidence" or "boundaries".
        directed: whether edges keep their direction; None gives a graph where nothing is lost by it (the adjacency is
            symmetric; every edge begins at its lower node), and otherwise a digraph.

    Entries other than 1 of an adjacency become `c[1].weight`; those of a hypergraph's incidence have no place and must
    be 1.

    Raises:
        ShapeError: when a matrix has another shape than its kind; ComplexError: for self loops, empty hyperedges,
            columns that are no edge, or boundaries whose product is not zero.
    """
    if kind not in KINDS:
        raise unknown_name("kind of matrix", str(kind), KINDS)
    if kind == "boundaries":
        return _from_boundaries(matrix)
    entries = _entries(matrix, "matrix")
    if kind == "adjacency":
        return _from_adjacency(entries, directed)
    return _from_incidence(entries, directed)


def _entries(matrix: Any, what: str) -> sp.coo_array:
    if not sp.issparse(matrix) or matrix.ndim != 2:
        raise ShapeError(
            f"{what} should be a two-dimensional sparse matrix of scipy, but is a {type(matrix).__name__}; "
            "wrap it in scipy.sparse.csr_array"
        )
    entries = sp.coo_array(matrix)
    entries.sum_duplicates()
    entries.eliminate_zeros()
    if entries.dtype.kind not in "fiub" or not np.isfinite(entries.data).all():
        raise ShapeError(f"{what} should hold finite real numbers, but does not, or has type {entries.dtype}")
    return entries


def _from_adjacency(entries: sp.coo_array, directed: bool | None) -> Complex:
    if entries.shape[0] != entries.shape[1]:
        raise ShapeError(
            f"an adjacency should be square, nodes by nodes, but has shape {entries.shape}; "
            'a matrix of nodes by cells is read with kind="incidence"'
        )
    difference = sp.csr_array(entries - entries.T)
    difference.eliminate_zeros()
    symmetric = difference.nnz == 0
    if directed is False and not symmetric:
        row, column = (int(place[0]) for place in difference.nonzero())
        raise ComplexError(
            f"the adjacency of a graph should be symmetric, but entries ({row}, {column}) and ({column}, {row}) "
            "differ; take (A + A.T) / 2, or directed=True"
        )
    pairs = np.stack(entries.coords).astype(np.int64)
    undirected = symmetric and not directed
    build = Complex.graph if undirected else Complex.digraph
    found = build(pairs, entries.shape[0])
    if (entries.data == 1).all():
        return found
    data = entries.data.astype(np.float32) if entries.data.dtype.kind == "f" else entries.data
    weight = np.empty(found.sizes[1], dtype=data.dtype)
    weight[found.find(1, pairs.T).numpy()] = data
    return found.with_cochain(1, "weight", torch.from_numpy(weight))


def _from_incidence(entries: sp.coo_array, directed: bool | None) -> Complex:
    by_column = sp.csc_array(entries)
    by_column.sort_indices()
    if not (by_column.data < 0).any() and directed is None:
        other = np.flatnonzero(by_column.data != 1)
        if len(other):
            raise ComplexError(
                f"the incidence of a hypergraph should be 0 or 1, but has an entry {by_column.data[other[0]]}; keep "
                "weights of hyperedges as a tensor on rank 1"
            )
        cells = np.repeat(np.arange(by_column.shape[1]), np.diff(by_column.indptr))
        empty = np.flatnonzero(np.diff(by_column.indptr) == 0)
        if len(empty):
            raise ComplexError(f"a hyperedge should have at least one node, but column {empty[0]} is empty; remove it")
        return Complex.hypergraph(np.stack([by_column.indices, cells]), by_column.shape[0])
    wrong = np.flatnonzero(np.diff(by_column.indptr) != 2)
    signs = by_column.data.reshape(-1, 2) if not len(wrong) else None
    if signs is not None:
        wrong = np.flatnonzero((signs.sum(axis=1) != 0) | (np.abs(signs) != 1).any(axis=1))
    if signs is None or len(wrong):
        raise ComplexError(f"an edge should have one -1 and one +1, but column {wrong[0]} has other entries")
    ends = by_column.indices.reshape(-1, 2).astype(np.int64)
    upwards = signs[:, 0] < 0
    pairs = np.where(upwards[:, None], ends, ends[:, ::-1]).T
    build = Complex.digraph if directed or (directed is None and not upwards.all()) else Complex.graph
    return build(pairs, by_column.shape[0])


def _from_boundaries(matrices: Any) -> Complex:
    if not isinstance(matrices, Sequence) or not 2 <= len(matrices) <= 3:
        raise ShapeError('boundaries should be a list [B_1, B_2] or [B_1, B_2, B_3]; a single B_1 is kind="incidence"')
    chain = [_entries(matrix, f"B_{rank}") for rank, matrix in enumerate(matrices, start=1)]
    sizes, faces = [chain[0].shape[0]], {}
    for rank, entries in enumerate(chain, start=1):
        if entries.shape[0] != sizes[-1]:
            raise ShapeError(f"B_{rank} should have {sizes[-1]} rows, but has shape {entries.shape}")
        if (np.abs(entries.data) != 1).any():
            raise ComplexError(f"B_{rank} should hold -1 and +1, but has other entries; an unsigned one is no boundary")
        up = sp.csr_array(entries.T)
        up.sort_indices()
        faces[(rank, rank - 1)] = sparse(up.indptr, up.indices, up.data.astype(np.int8), up.shape)
        sizes.append(entries.shape[1])
    offsets = [offsets_of([size]) for size in sizes]
    return Complex(Structure("cell", sizes, offsets, faces)).validate()


def to_scipy(complex_: Complex, kind: str = "adjacency") -> Any:
    """Give the structure as sparse matrices of scipy (CSR arrays); tensors other than the weights are left out.

    Args:
        complex_: any complex.
        kind: "adjacency" of the nodes along edges (directed ones in their direction, with `c[1].weight` where it is
            one number per edge), "incidence" of nodes by cells of rank 1 (signed where oriented), or "boundaries", the
            list [B_1, B_2, ...] of an oriented complex.

    Raises:
        ComplexError: for an adjacency of a complex whose cells of rank 1 are no edges, or boundaries without
            orientation.
    """
    if kind not in KINDS:
        raise unknown_name("kind of matrix", str(kind), KINDS)
    if kind == "adjacency":
        return _to_adjacency(complex_)
    if kind == "incidence":
        return _csr(complex_, 1) if complex_.rank else sp.csr_array((complex_.sizes[0], 0))
    if not complex_.oriented:
        raise ComplexError(f'boundaries need orientations, but a {complex_.domain} has none; take kind="incidence"')
    return [_csr(complex_, rank) for rank in range(1, complex_.rank + 1)]


def _csr(complex_: Complex, rank: int) -> Any:
    low = 0 if complex_.domain == "combinatorial" else rank - 1
    return sp.csr_array(complex_.faces(rank, low).to("cpu").astype(torch.float64).to_scipy().T)


def _to_adjacency(complex_: Complex) -> Any:
    if complex_.domain in ("hypergraph", "combinatorial"):
        raise ComplexError(
            f"an adjacency should come from edges, but the cells of rank 1 of a {complex_.domain} are none; take "
            'kind="incidence", or c.adjacency(0, via=1)'
        )
    nodes = complex_.sizes[0]
    if not complex_.rank:
        return sp.csr_array((nodes, nodes))
    tail, head = edge_ends(complex_).cpu().numpy().T
    weight = np.ones(len(tail))
    if "weight" in complex_[1] and complex_[1].weight.numel() == len(tail):
        weight = complex_[1].weight.detach().cpu().reshape(-1).numpy()
    if complex_.domain != "digraph":
        tail, head, weight = np.concatenate([tail, head]), np.concatenate([head, tail]), np.tile(weight, 2)
    return sp.csr_array((weight, (tail, head)), shape=(nodes, nodes))
