"""Graphs from and to networkx."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.cells import is_tensor_name
from cochain.complexes.complex import Complex
from cochain.errors import ComplexError


def from_networkx(graph: Any) -> Complex:
    """Read a networkx graph.

    Nodes keep networkx's order; `find(1, ...)` tells where an edge went. Attributes that every node (or edge) has and
    that are numbers, or lists of numbers of one length, become tensors of their name on rank 0 (or 1); others are left
    out, which `c[0].keys()` shows. A `Graph` gives a graph, a `DiGraph` a digraph.

    Raises:
        ComplexError: for a multigraph, or for self loops.
    """
    if not hasattr(graph, "is_multigraph"):
        raise ComplexError(f"a graph should be one of networkx, but is a {type(graph).__name__}")
    if graph.is_multigraph():
        raise ComplexError(
            "a graph should join two nodes at most once, but this is a multigraph; "
            "convert it with networkx.Graph(graph)"
        )
    index = {node: place for place, node in enumerate(graph.nodes)}
    pairs = [(index[u], index[v]) for u, v in graph.edges]
    build = Complex.digraph if graph.is_directed() else Complex.graph
    found = build(pairs, len(index))
    for name, rows in _columns([data for _, data in graph.nodes(data=True)]).items():
        found = found.with_cochain(0, name, rows)
    edges = _columns([data for _, _, data in graph.edges(data=True)])
    if edges:
        place = found.find(1, np.asarray(pairs))
        for name, rows in edges.items():
            sorted_rows = torch.empty_like(rows)
            sorted_rows[place] = rows
            found = found.with_cochain(1, name, sorted_rows)
    return found


def _columns(rows: list[dict[str, Any]]) -> dict[str, Tensor]:
    """Give the attributes that are numbers in every row."""
    out: dict[str, Tensor] = {}
    for name in rows[0] if rows else ():
        if not is_tensor_name(name) or not all(name in row for row in rows):
            continue
        try:
            array = np.asarray([row[name] for row in rows])
        except ValueError:
            continue
        if array.dtype.kind in "fiub":
            out[name] = torch.from_numpy(array.astype(np.float32) if array.dtype.kind == "f" else array)
    return out


def to_networkx(complex_: Complex) -> Any:
    """Give the nodes and edges as a networkx `Graph` (`DiGraph` for a digraph), tensors as attributes.

    An undirected edge has no orientation there: odd tensors are given as along the edge from its smaller node.
    A hypergraph gives the bipartite graph of nodes (0, i) and hyperedges (1, j). Cells of rank 2 and above have no
    place in a graph and are left out.
    """
    import networkx as nx

    if complex_.domain in ("hypergraph", "combinatorial"):
        return _bipartite(complex_)
    graph = nx.DiGraph() if complex_.domain == "digraph" else nx.Graph()
    graph.add_nodes_from(range(complex_.sizes[0]))
    _attach(complex_, 0, [graph.nodes[k] for k in range(complex_.sizes[0])])
    if complex_.rank >= 1:
        ends = edge_ends(complex_).tolist()
        graph.add_edges_from(ends)
        _attach(complex_, 1, [graph.edges[u, v] for u, v in ends])
    return graph


def edge_ends(complex_: Complex) -> Tensor:
    """Give tail and head of every edge, as it is oriented."""
    matrix = complex_.faces(1, 0)
    assert matrix.values is not None
    ends = matrix.pattern.indices.long().reshape(-1, 2)
    return torch.where(matrix.values.reshape(-1, 2)[:, :1] < 0, ends, ends.flip(1))


def _attach(complex_: Complex, rank: int, rows: list[dict[str, Any]]) -> None:
    cells = complex_[rank]
    for name in cells.keys():  # noqa: SIM118 (cells are no mapping)
        values = cells[name]
        if complex_.is_odd(rank, name) and complex_.domain != "digraph":
            ends = edge_ends(complex_)
            along = torch.where(ends[:, 0] < ends[:, 1], 1, -1).to(values.dtype)
            values = values * along.reshape(-1, *[1] * (values.ndim - 1))
        for row, value in zip(rows, values.tolist(), strict=True):
            row[name] = value


def _bipartite(complex_: Complex) -> Any:
    import networkx as nx

    graph = nx.Graph()
    for rank in range(complex_.rank + 1):
        graph.add_nodes_from(((rank, k) for k in range(complex_.sizes[rank])), rank=rank)
        _attach(complex_, rank, [graph.nodes[rank, k] for k in range(complex_.sizes[rank])])
    for rank in range(1, complex_.rank + 1):
        members = complex_.faces(rank, 0).pattern
        pairs = zip(members.rows.tolist(), members.indices.tolist(), strict=True)
        graph.add_edges_from(((0, node), (rank, cell)) for cell, node in pairs)
    return graph
