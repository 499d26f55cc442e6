"""Complexes from and to TopoNetX."""

from collections.abc import Hashable, Iterable
from itertools import pairwise
from typing import Any

import numpy as np

from cochain.complexes.attributes import attach, columns, signs_by_nodes, with_rows
from cochain.complexes.complex import Complex
from cochain.complexes.optional import library
from cochain.complexes.walks import walks
from cochain.errors import ComplexError

Attributes = dict[str, Any]


def from_toponetx(complex_: Any) -> Complex:
    """Read a complex of TopoNetX.

    A `SimplicialComplex` gives a simplicial complex, a `CellComplex` a cell complex, a `CombinatorialComplex` a
    combinatorial one; a `ColoredHyperGraph` a hypergraph where no colour is above 1, and otherwise a combinatorial
    complex whose ranks are the colours. Nodes keep TopoNetX's order. Attributes that all cells of a rank have and that
    are numbers, or lists of numbers of one length, become tensors of their name; others are left out, which
    `c[rank].keys()` shows. So is a `weight` of 1 on every cell, which TopoNetX sets by itself.

    Raises:
        ComplexError: for anything else; for cells with fewer than 3 nodes or a repeated one in a `CellComplex`; for
            repeated cells of a colour above 1.
    """
    tnx = library("toponetx")
    if isinstance(complex_, tnx.SimplicialComplex):
        return _from_simplicial(complex_)
    if isinstance(complex_, tnx.CellComplex):
        return _from_cell(complex_)
    if isinstance(complex_, tnx.CombinatorialComplex):
        levels = {rank: list(cells.items()) for rank, cells in complex_.cells.hyperedge_dict.items()}
        return _from_sets(levels, combinatorial=True)
    if isinstance(complex_, tnx.ColoredHyperGraph):
        levels = {
            rank: [(cell, data) for cell, keyed in cells.items() for data in keyed.values()]
            for rank, cells in complex_.cells.hyperedge_dict.items()
        }
        return _from_sets(levels, combinatorial=max(levels, default=0) > 1)
    raise ComplexError(
        "a complex should be a SimplicialComplex, CellComplex, CombinatorialComplex or ColoredHyperGraph of TopoNetX, "
        f"but is a {type(complex_).__name__}"
    )


def _from_simplicial(given: Any) -> Complex:
    levels: dict[int, list[tuple[Hashable, ...]]] = {}
    for simplex in given.simplices:
        levels.setdefault(len(simplex) - 1, []).append(tuple(simplex))
    nodes = levels.get(0, [])
    index = {node: place for place, (node,) in enumerate(nodes)}
    arrays = {rank: np.array([[index[v] for v in cell] for cell in cells]) for rank, cells in levels.items()}
    found = Complex.simplicial([arrays[rank] for rank in sorted(arrays)], len(nodes))
    for rank, cells in levels.items():
        named = columns([given[cell] for cell in cells])
        found = with_rows(found, rank, found.find(rank, arrays[rank]), named) if named else found
    return found


def _from_cell(given: Any) -> Complex:
    nodes, edges, polygons = list(given.nodes), list(given.edges), list(given.cells)
    index = {node: place for place, node in enumerate(nodes)}
    pairs = np.array([(index[u], index[v]) for u, v in edges], dtype=np.int64).reshape(-1, 2)
    found = Complex.cell([[index[v] for v in cell.elements] for cell in polygons], pairs.T, len(nodes))
    for name, rows in columns([given.nodes[node] for node in nodes]).items():
        found = found.with_cochain(0, name, rows)
    found = with_rows(found, 1, found.find(1, pairs), columns([given.edges[edge] for edge in edges]))
    # An equal cell may stand there twice, so the attributes are asked of the cell itself and not of the complex.
    for name, rows in columns([cell._attributes for cell in polygons]).items():
        found = found.with_cochain(2, name, rows)
    return found


def _from_sets(levels: dict[int, list[tuple[frozenset[Hashable], Attributes]]], combinatorial: bool) -> Complex:
    nodes = levels.get(0, [])
    index = {node: place for place, (cell, _) in enumerate(nodes) for node in cell}
    cells = {
        rank: [[index[v] for v in cell] for cell, _ in level] for rank, level in sorted(levels.items()) if rank > 0
    }
    if combinatorial:
        found = Complex.combinatorial({0: len(nodes), **cells})
    else:
        found = Complex.hypergraph(cells.get(1, []), len(nodes))
    for rank, level in levels.items():
        named = columns([data for _, data in level])
        if "weight" in named and bool((named["weight"] == 1).all()):
            del named["weight"]
        for name, rows in named.items():
            found = found.with_cochain(rank, name, rows)
    return found


def to_toponetx(complex_: Complex) -> Any:
    """Give a complex of TopoNetX, tensors as attributes of its cells.

    Points, a graph and a simplicial complex give a `SimplicialComplex`, a cell complex a `CellComplex`, a combinatorial
    complex a `CombinatorialComplex`, a hypergraph a `ColoredHyperGraph` of colour 1. Polygons on one boundary, and
    hyperedges of the same nodes, come together there. Cells of TopoNetX are oriented by increasing nodes, polygons
    along their walk: odd tensors are given so.

    Raises:
        ComplexError: for a digraph and for cubes, which TopoNetX does not have.
    """
    tnx = library("toponetx")
    if complex_.domain == "digraph":
        raise ComplexError(
            "TopoNetX has no directed edges, but this is a digraph; build Complex.graph from its edges, or use "
            "to_networkx"
        )
    if complex_.domain == "cell" and complex_.rank > 2:
        raise ComplexError(f"a CellComplex of TopoNetX has rank 2, but this complex has rank {complex_.rank}")
    if complex_.domain == "cell":
        return _to_cell(complex_, tnx.CellComplex())
    if complex_.domain == "hypergraph":
        return _to_sets(complex_, tnx.ColoredHyperGraph())
    if complex_.domain == "combinatorial":
        return _to_sets(complex_, tnx.CombinatorialComplex())
    return _to_simplicial(complex_, tnx.SimplicialComplex())


def _rows(complex_: Complex, rank: int, signed: bool = False) -> list[Attributes]:
    rows: list[Attributes] = [{} for _ in range(complex_.sizes[rank])]
    attach(complex_, rank, rows, signs_by_nodes(complex_, rank) if signed else None)
    return rows


def _to_simplicial(complex_: Complex, made: Any) -> Any:
    for rank in range(complex_.rank + 1):
        for cell, row in zip(complex_.simplices(rank).tolist(), _rows(complex_, rank, signed=rank > 0), strict=True):
            made.add_simplex(cell, **row)
    return made


def _to_cell(complex_: Complex, made: Any) -> Any:
    for node, row in enumerate(_rows(complex_, 0)):
        made.add_node(node, **row)
    for (tail, head), row in zip(complex_.simplices(1).tolist(), _rows(complex_, 1, signed=True), strict=True):
        made.add_edge(tail, head, **row)
    for cell, row in zip(_lists(*walks(complex_)), _rows(complex_, 2), strict=True):
        made.add_cell(cell, rank=2, **row)
    return made


def _to_sets(complex_: Complex, made: Any) -> Any:
    nodes = _rows(complex_, 0)
    for node in range(len(nodes)):
        made.add_node(node)
    for rank in range(1, complex_.rank + 1):
        members = complex_.faces(rank, 0).pattern
        cells = _lists(members.indptr.numpy(), members.indices.numpy())
        for cell, row in zip(cells, _rows(complex_, rank), strict=True):
            made.add_cell(cell, rank=rank, **row)
    # Last, since a ColoredHyperGraph forgets the attributes of its nodes whenever a cell is added to it.
    for node, row in enumerate(nodes):
        made.add_node(node, **row)
    return made


def _lists(offsets: np.ndarray, values: np.ndarray) -> Iterable[list[int]]:
    flat, ends = values.tolist(), offsets.tolist()
    return [flat[start:end] for start, end in pairwise(ends)]
