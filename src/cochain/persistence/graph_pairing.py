"""Pairings that need no matrix: nodes with edges by union-find, and what that leaves of a graph."""

from typing import Any

import numpy as np
import numpy.typing as npt

from cochain.errors import ComplexError
from cochain.persistence.filtration import Filtration, Index

SURVIVES, STILLBORN = -1, -2
"""What stands in a pairing in place of a killing cell: nothing ever kills the class; the cell bears no class."""


def ends_of_edges(filtration: Filtration) -> npt.NDArray[np.integer[Any]]:
    """Give the two nodes of every edge, (edges, 2).

    Raises:
        ComplexError: for edges of one node.
    """
    pattern = filtration.complex.faces(1, 0).pattern.to("cpu")
    indptr, indices = pattern.arrays
    if len(indices) != 2 * pattern.shape[0] or (indptr[1:] - indptr[:-1] != 2).any():
        edge = int(np.argmax(np.diff(indptr) != 2))
        raise ComplexError(f"every edge should have two nodes, but edge {edge} has {int(np.diff(indptr)[edge])}")
    ends: npt.NDArray[np.integer[Any]] = indices.reshape(-1, 2)
    return ends


def pair_nodes(filtration: Filtration) -> Index:
    """Find the edge that kills each node's connected component, -1 for the eldest node of each.

    Sweeps the edges of all components of the union in one pass of union-find; where two meet, the one that appeared
    later dies.

    Source:
        Edelsbrunner, Letscher, Zomorodian, 2002, "Topological Persistence and Simplification", section 4.
    """
    from cochain.kernels.graph_sweep import sweep
    from cochain.kernels.spanning import merge_components

    c = filtration.complex
    if c.rank == 0:
        return np.full(c.sizes[0], SURVIVES, np.int64)
    keys = filtration.level(0).keys
    if not filtration.on_nodes:
        return merge_components(ends_of_edges(filtration), filtration.order(1), keys)
    found = sweep(ends_of_edges(filtration), filtration.offsets(1), filtration.offsets(0), keys)
    filtration.decide(1, found.decider)
    return found.killer


def unkilling(killer_of_faces: Index, cells: int) -> Index:
    """Give -1 for the cells that kill no class of the rank below, -2 for those that do.

    Where nothing fills the cycles, as in a graph, this is the pairing of the rank: for every cell the one that kills
    its class, -1 if nothing does, -2 if it bears none.
    """
    killer = np.full(cells, SURVIVES, np.int64)
    killer[killer_of_faces[killer_of_faces >= 0]] = STILLBORN
    return killer
