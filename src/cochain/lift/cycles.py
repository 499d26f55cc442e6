"""Cycles of a graph as the 2-cells of a cell complex."""

from typing import TYPE_CHECKING

import numpy as np

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number, sparse
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError, unknown_name
from cochain.kernels import SparseMatrix
from cochain.lift.attributes import carry, check_features, with_features
from cochain.lift.clique import simplex_faces
from cochain.lift.memory import MAX_CELLS, guarded
from cochain.lift.skeleton import Skeleton, skeleton

if TYPE_CHECKING:
    from cochain.kernels.cycles import Cycles

KINDS = ("induced", "simple", "basis", "minimum")


def cycles(
    c: Complex,
    max_length: int = 6,
    kind: str = "induced",
    features: str | None = "mean",
    max_cells: int = MAX_CELLS,
) -> Complex:
    """Glue a 2-cell into cycles of a graph.

    A cycle of nodes becomes a polygon whose boundary runs through its edges, each with sign 1 where the walk follows
    the edge's orientation and -1 where it does not, so B_1 B_2 = 0. Walks begin at their smallest node and go on to the
    smaller of its neighbours. Induced and simple cycles are properties of the graph, so their lift commutes with
    relabelling up to the orientation of the polygons, which follows the numbers. A basis does not: which cycles it
    holds depends on the order of the nodes, although a minimum one has as many of each length in every order.

    Nodes and edges keep their numbers, orientations and tensors; polygons are sorted by component, then length, then
    walk.

    Args:
        c: a graph, or a simplicial or cell complex, whose cells above the edges are replaced.
        max_length: nodes of the longest cycles wanted, at least 3.
        kind: "induced" (no two nodes of the cycle are joined except along it: the rings of a molecule, and triangles),
            "simple" (every cycle that meets no node twice; their number grows fast), "basis" (the fundamental cycles
            of a breadth-first spanning forest) or "minimum" (a cycle basis of least total length, such as the smallest
            set of smallest rings of a molecule; slow on large dense graphs). Cycles of a basis that are longer than
            `max_length` are left out, so give the number of nodes to have it whole.
        features: the `x` of edges and polygons that have none, from the `x` of the nodes: "mean", "sum", "concat"
            (only where all cycles have one length) or None.
        max_cells: polygons that are allowed; of "minimum", cycles to choose from (and words of the matrix that tells
            the independent ones).

    Returns:
        A cell complex of rank 2, even when there is no cycle.

    Raises:
        ComplexError: when `max_length` is below 3, the edges are directed or no edges, there are more than `max_cells`
            cycles, or tensors above the edges would be lost.
        UnknownNameError: for another kind.

    Cost:
        Paths of up to `max_length` nodes that can still be closed, searched twice: to count and to fill.

    Source:
        Dias, Castonguay, Longo, Jradi, 2014, "Efficient enumeration of chordless cycles" (blocking marks; the pruning
        by distance and the two passes are ours); Horton, 1987, "A polynomial-time algorithm to find the shortest cycle
        basis of a graph" (the minimum basis).
    """
    if as_whole_number(max_length, "max_length") < 3:
        raise ComplexError(f"max_length should be at least 3, the length of a triangle, but is {max_length}")
    if kind not in KINDS:
        raise unknown_name("kind of cycle", str(kind), KINDS)
    check_features(features)
    bones = skeleton(c, "cycles")
    found = _enumerate(c, bones, max_length, kind, max_cells)
    nodes, count = c.sizes[0], len(found.indptr) - 1
    edges = c.faces(1, 0).to("cpu") if c.rank else simplex_faces(bones.indptr[:0].reshape(0, 2), nodes)
    faces = {(1, 0): edges, (2, 1): _polygon_faces(bones, found, len(bones.low))}
    first = found.vertices[found.indptr[:-1]]
    component = np.searchsorted(bones.offsets, first, side="right") - 1
    offsets = [c.offsets(0).cpu(), c.offsets(1).cpu() if c.rank else offsets_of(np.zeros(len(c), np.int64))]
    offsets.append(offsets_of(np.bincount(component, minlength=len(c))))
    lifted = carry(c, Structure("cell", (nodes, len(bones.low), count), offsets, faces), {0: 0, 1: 1})
    if features is None or "x" not in lifted[0]:
        return lifted
    members = {1: SparseMatrix(edges.pattern), 2: _members(found, nodes)}
    return with_features(lifted, features, members)


def _enumerate(c: Complex, bones: Skeleton, max_length: int, kind: str, max_cells: int) -> "Cycles":
    from cochain.kernels.cycle_basis import basis_cycles  # these import numba
    from cochain.kernels.cycles import chordless_cycles, simple_cycles
    from cochain.kernels.minimum_basis import minimum_cycles
    from cochain.kernels.neighbors import symmetric_adjacency

    searches = {
        "induced": chordless_cycles,
        "simple": simple_cycles,
        "basis": basis_cycles,
        "minimum": minimum_cycles,
    }
    indptr, indices = symmetric_adjacency(bones.low, bones.high, c.sizes[0])
    groups = np.repeat(np.arange(len(c)), np.diff(bones.offsets)) if len(c) > 1 else None
    things = "cycles to choose from" if kind == "minimum" else "cells of rank 2"
    remedy = "lower max_length or thin out the edges"
    with guarded(things, remedy, max_cells, 16 * min(max_length, 64)) as limit:  # few cycles are longer
        return searches[kind](indptr, indices, max_length, groups, limit)


def _polygon_faces(bones: Skeleton, found: "Cycles", edges: int) -> SparseMatrix:
    from cochain.kernels.cycles import walk_edges  # imports numba

    numbers, signs = bones.on_edges(*walk_edges(bones.indptr, bones.high, found))
    if bones.number is not None:
        owner = np.repeat(np.arange(len(found.indptr) - 1), np.diff(found.indptr))
        order = np.lexsort((numbers, owner))
        numbers, signs = numbers[order], signs[order]
    return sparse(found.indptr, numbers, signs, (len(found.indptr) - 1, edges))


def _members(found: "Cycles", nodes: int) -> SparseMatrix:
    owner = np.repeat(np.arange(len(found.indptr) - 1), np.diff(found.indptr))
    order = np.lexsort((found.vertices, owner))
    return sparse(found.indptr, found.vertices[order], None, (len(found.indptr) - 1, nodes))
