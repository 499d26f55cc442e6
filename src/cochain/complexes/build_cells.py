"""Builders of cell complexes (polygons glued along edges) and of combinatorial complexes (sets with ranks)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cochain.complexes.arrays import (
    Ragged,
    as_counts,
    as_indices,
    as_ragged,
    as_whole_number,
    component_of_cells,
    largest,
    refuse_repeats,
    refuse_straddling,
    sparse,
)
from cochain.complexes.build import edge_array, member_matrix, signed_edges
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError
from cochain.kernels import SparseMatrix


def build_cell(polygons: Any, edges: Any = None, num_nodes: Any = None) -> Structure:
    """Build a two-dimensional cell complex; see `Complex.cell`."""
    walks = as_ragged(polygons, "polygons")
    short = np.flatnonzero(walks.lengths < 3)
    if len(short):
        raise ComplexError(
            f"a polygon should be a closed walk of at least 3 nodes, but polygon {short[0]} has "
            f"{walks.lengths[short[0]]}"
        )
    refuse_repeats(walks, "polygon")
    more = edge_array(edges) if edges is not None else np.zeros((2, 0), dtype=np.int64)
    loops = np.flatnonzero(more[0] == more[1])
    if len(loops):
        raise ComplexError(
            f"an edge should join two different nodes, but edge {loops[0]} joins node {more[0, loops[0]]} to itself"
        )
    used = max(largest(walks.values, "polygons"), largest(more, "edges"))
    counts = as_counts(num_nodes, used, "polygons")
    nodes, total = offsets_of(counts), int(counts.sum())
    tail, head = walks.values, _next_in_walk(walks)
    low = np.concatenate([np.minimum(tail, head), np.minimum(more[0], more[1])])
    high = np.concatenate([np.maximum(tail, head), np.maximum(more[0], more[1])])
    key, inverse = np.unique(low * total + high, return_inverse=True)
    low, high = np.divmod(key, max(total, 1))
    component = refuse_straddling(walks, nodes.numpy(), "polygon")
    edge_component = _edge_components(low, high, nodes.numpy())
    faces = {
        (1, 0): signed_edges(low, high, np.full(len(low), -1, dtype=np.int8), total),
        (2, 1): _polygon_faces(walks, inverse[: len(tail)], tail < head, len(low), component),
    }
    offsets = [nodes, *(offsets_of(np.bincount(part, minlength=len(counts))) for part in (edge_component, component))]
    return Structure("cell", (total, len(low), len(walks)), offsets, faces)


def _edge_components(low: np.ndarray, high: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    component = component_of_cells(low, nodes)
    wrong = np.flatnonzero(component != component_of_cells(high, nodes))
    if len(wrong):
        raise ComplexError(
            f"an edge should lie in one component, but edge ({low[wrong[0]]}, {high[wrong[0]]}) joins two; "
            "nodes are numbered over the whole union"
        )
    return component


def _next_in_walk(walks: Ragged) -> np.ndarray:
    following = np.roll(walks.values, -1)
    if len(walks):
        following[walks.offsets[1:] - 1] = walks.values[walks.offsets[:-1]]
    return following


def _polygon_faces(
    walks: Ragged, edge: np.ndarray, along: np.ndarray, edges: int, component: np.ndarray
) -> SparseMatrix:
    """Give the signed matrix (polygons, edges): +1 where the walk goes from the lower node to the higher."""
    if (np.diff(component) < 0).any():
        raise ComplexError("the polygons should follow the order of the components; sort them by component")
    order = np.lexsort((edge, walks.owner))
    signs = np.where(along, 1, -1).astype(np.int8)
    return sparse(walks.offsets, edge[order], signs[order], (len(walks), edges))


def build_combinatorial(cells: Mapping[int, Any], num_nodes: Any = None) -> Structure:
    """Build a combinatorial complex; see `Complex.combinatorial`."""
    if not isinstance(cells, Mapping):
        raise ComplexError(
            f"cells should be a dictionary {{0: nodes, 1: [...], ...}}, but are a {type(cells).__name__}"
        )
    ranks = sorted(as_whole_number(rank, "a rank") for rank in cells)
    if not ranks or ranks[0] < 0:
        raise ComplexError(f"cells should be given by rank >= 0, but the ranks are {ranks}")
    higher = {rank: as_ragged(cells[rank], f"cells of rank {rank}") for rank in ranks if rank > 0}
    used = max((largest(part.values, f"cells of rank {rank}") for rank, part in higher.items()), default=0)
    counts = as_counts(_node_counts(cells.get(0), num_nodes), used, "cells")
    if num_nodes is not None and 0 in cells and int(counts.sum()) != _node_counts(cells[0], None):
        raise ComplexError(f"num_nodes should add up to cells[0] = {cells[0]!r:.60}, but is {num_nodes!r:.60}")
    nodes = offsets_of(counts)
    sizes, offsets, faces = [int(counts.sum())], [nodes], {}
    for rank in range(1, ranks[-1] + 1):
        part = higher.get(rank, Ragged(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64)))
        refuse_repeats(part, f"cell of rank {rank}, number")
        component = refuse_straddling(part, nodes.numpy(), f"cell of rank {rank}, number")
        faces[(rank, 0)] = member_matrix(part, component, sizes[0], f"cell of rank {rank}")
        _refuse_duplicates(faces[(rank, 0)], rank)
        sizes.append(len(part))
        offsets.append(offsets_of(np.bincount(component, minlength=len(counts))))
    return Structure("combinatorial", sizes, offsets, faces)


def _node_counts(given: Any, num_nodes: Any) -> Any:
    if num_nodes is not None or given is None:
        return num_nodes
    array = as_indices(given, "cells of rank 0")
    if array.ndim == 0:
        return int(array)
    nodes = np.unique(array)
    if len(nodes) != array.size or (array.size and nodes[-1] != array.size - 1):
        raise ComplexError(
            f"cells of rank 0 should be a number of nodes, or each node once, numbered from 0, but are {array.size} "
            f"entries up to {nodes[-1] if array.size else 0}"
        )
    return int(array.size)


def _refuse_duplicates(members: SparseMatrix, rank: int) -> None:
    """Raise when two cells of one rank are the same set of nodes: compare sums of random weights, then the sets."""
    if members.shape[0] < 2:
        return
    weights = np.random.default_rng(0).integers(1, 2**40, size=members.shape[1])
    indptr, indices = members.pattern.indptr.numpy(), members.pattern.indices.numpy()
    sums = np.add.reduceat(weights[indices], indptr[:-1])
    order = np.argsort(sums, kind="stable")
    for place in np.flatnonzero(np.diff(sums[order]) == 0):
        one, other = sorted((int(order[place]), int(order[place + 1])))
        if np.array_equal(indices[indptr[one] : indptr[one + 1]], indices[indptr[other] : indptr[other + 1]]):
            raise ComplexError(
                f"cells of rank {rank} should be different sets, but cells {one} and {other} have the same nodes; "
                "remove one, or use Complex.hypergraph, where hyperedges may repeat"
            )
