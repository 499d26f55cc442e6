"""Builders of graphs, digraphs, hypergraphs and points."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.arrays import (
    Ragged,
    as_counts,
    as_indices,
    as_ragged,
    as_values,
    component_of_cells,
    largest,
    refuse_repeats,
    refuse_straddling,
    sorted_unique,
    sparse,
)
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError, ShapeError
from cochain.kernels import SparseMatrix


def edge_array(edges: Any, what: str = "edges") -> np.ndarray:
    """Give edges as int64 (2, m): a (2, m) tensor or array, or a list of pairs."""
    array = as_indices(edges, what)
    if array.size == 0:
        return np.zeros((2, 0), dtype=np.int64)
    pairs = not isinstance(edges, Tensor) and not hasattr(edges, "__array__")
    if pairs:
        array = array.T
    if array.ndim != 2 or array.shape[0] != 2:
        shape = array.T.shape if pairs else array.shape
        remedy = "; it looks transposed" if array.ndim == 2 and array.shape[1] == 2 else ""
        raise ShapeError(f"{what} should be (2, m) or a list of pairs, but has shape {tuple(shape)}{remedy}")
    return array


def signed_edges(low: np.ndarray, high: np.ndarray, first: np.ndarray, nodes: int) -> SparseMatrix:
    """Give the coboundary of edges whose columns are low < high; `first` is the sign at the lower node."""
    m = len(low)
    ends = np.stack([low, high], axis=1).reshape(-1)
    signs = np.stack([first, -first], axis=1).reshape(-1).astype(np.int8)
    return sparse(np.arange(0, 2 * m + 1, 2), ends, signs, (m, nodes))


def _checked(edges: Any, num_nodes: Any) -> tuple[np.ndarray, np.ndarray]:
    array = edge_array(edges)
    counts = as_counts(num_nodes, largest(array, "edges"), "edges")
    loops = np.flatnonzero(array[0] == array[1])
    if len(loops):
        raise ComplexError(
            f"an edge should join two different nodes, but edge {loops[0]} joins node {array[0, loops[0]]} to itself; "
            "remove the self loops (neighbourhoods add their own where a model needs them)"
        )
    return array, counts


def _edge_offsets(tail: np.ndarray, head: np.ndarray, counts: np.ndarray) -> Tensor:
    """Give edge offsets per component for edges sorted by tail or by component."""
    if len(counts) == 1:
        return torch.tensor([0, len(tail)])
    nodes = offsets_of(counts).numpy()
    component = component_of_cells(tail, nodes)
    wrong = np.flatnonzero(component != component_of_cells(head, nodes))
    if len(wrong):
        raise ComplexError(
            f"an edge should lie in one component, but edge ({tail[wrong[0]]}, {head[wrong[0]]}) joins two; "
            "nodes are numbered over the whole union"
        )
    return offsets_of(np.bincount(component, minlength=len(counts)))


def build_graph(edges: Any, num_nodes: Any = None) -> Structure:
    """Build an undirected graph; see `Complex.graph`."""
    array, counts = _checked(edges, num_nodes)
    nodes = int(counts.sum())
    low, high = np.minimum(array[0], array[1]), np.maximum(array[0], array[1])
    key = sorted_unique(low * nodes + high)
    low, high = np.divmod(key, max(nodes, 1))
    faces = signed_edges(low, high, np.full(len(low), -1, dtype=np.int8), nodes)
    offsets = [offsets_of(counts), _edge_offsets(low, high, counts)]
    return Structure("graph", (nodes, len(low)), offsets, {(1, 0): faces})


def build_digraph(edges: Any, num_nodes: Any = None) -> Structure:
    """Build a directed graph; see `Complex.digraph`."""
    array, counts = _checked(edges, num_nodes)
    nodes = int(counts.sum())
    tail, head = np.divmod(sorted_unique(array[0] * nodes + array[1]), max(nodes, 1))
    first = np.where(tail < head, -1, 1)
    faces = signed_edges(np.minimum(tail, head), np.maximum(tail, head), first, nodes)
    offsets = [offsets_of(counts), _edge_offsets(tail, head, counts)]
    return Structure("digraph", (nodes, len(tail)), offsets, {(1, 0): faces})


def build_hypergraph(hyperedges: Any, num_nodes: Any = None) -> Structure:
    """Build a hypergraph; see `Complex.hypergraph`."""
    cells = _pairs(hyperedges) if _is_pairs(hyperedges) else as_ragged(hyperedges, "hyperedges")
    counts = as_counts(num_nodes, largest(cells.values, "hyperedges"), "hyperedges")
    refuse_repeats(cells, "hyperedge")
    nodes = offsets_of(counts)
    component = refuse_straddling(cells, nodes.numpy(), "hyperedge")
    faces = member_matrix(cells, component, int(counts.sum()), "hyperedge")
    offsets = [nodes, offsets_of(np.bincount(component, minlength=len(counts)))]
    return Structure("hypergraph", (int(counts.sum()), len(cells)), offsets, {(1, 0): faces})


def _is_pairs(hyperedges: Any) -> bool:
    return isinstance(hyperedges, Tensor | np.ndarray)


def _pairs(pairs: Any) -> Ragged:
    array = as_indices(pairs, "hyperedges")
    if array.size == 0:
        return Ragged(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64))
    if array.ndim != 2 or array.shape[0] != 2:
        raise ShapeError(
            f"hyperedges should be (2, nnz), rows of nodes and of hyperedges, or a list of node lists, "
            f"but have shape {tuple(array.shape)}"
        )
    order = np.lexsort((array[0], array[1]))
    count = largest(array[1], "hyperedges")
    if count > array.shape[1]:
        missing = int(np.setdiff1d(np.arange(array.shape[1] + 1), array[1])[0])
        raise ComplexError(
            f"hyperedges should be numbered from 0 without gaps, but number {missing} has no node and number "
            f"{count - 1} has; renumber with numpy.unique(..., return_inverse=True)"
        )
    lengths = np.bincount(array[1])
    return Ragged(np.concatenate([[0], np.cumsum(lengths)]), array[0][order])


def member_matrix(cells: Ragged, component: np.ndarray, nodes: int, what: str) -> SparseMatrix:
    """Give the 0/1 matrix (cells, nodes); cells keep their order, which must follow the components."""
    if (np.diff(component) < 0).any():
        late = int(np.flatnonzero(np.diff(component) < 0)[0]) + 1
        raise ComplexError(
            f"the {what}s should follow the order of the components, but {what} {late} comes after those of a later "
            "component; sort them by component"
        )
    order = np.lexsort((cells.values, cells.owner))
    return sparse(cells.offsets, cells.values[order], None, (len(cells), nodes))


def build_points(pos: Any, counts: Any = None) -> tuple[Structure, Tensor]:
    """Build a cloud of points; see `Complex.points`."""
    positions = as_values(pos, "pos")
    if positions.ndim != 2 or not (positions.is_floating_point() or positions.numel() == 0):
        raise ShapeError(
            f"pos should be (points, dimensions) of a floating type, but has shape {tuple(positions.shape)} "
            f"and type {positions.dtype}"
        )
    bad = torch.nonzero(~torch.isfinite(positions).all(dim=1))
    if len(bad):
        raise ComplexError(f"positions should be finite, but point {int(bad[0])} is {positions[bad[0, 0]].tolist()}")
    sizes = as_counts(counts, 0, "pos") if counts is not None else np.array([len(positions)])
    if int(sizes.sum()) != len(positions):
        raise ComplexError(f"counts should add up to {len(positions)} points, but add up to {int(sizes.sum())}")
    return Structure("points", (len(positions),), [offsets_of(sizes)], {}), positions
