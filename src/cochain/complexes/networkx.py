"""Graphs from and to networkx."""

from typing import Any

import numpy as np

from cochain.complexes.attributes import attach, columns, edge_ends, signs_by_nodes, with_rows
from cochain.complexes.complex import Complex
from cochain.complexes.optional import library
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
    for name, rows in columns([data for _, data in graph.nodes(data=True)]).items():
        found = found.with_cochain(0, name, rows)
    edges = columns([data for _, _, data in graph.edges(data=True)])
    return with_rows(found, 1, found.find(1, np.asarray(pairs)), edges) if edges else found


def to_networkx(complex_: Complex) -> Any:
    """Give the nodes and edges as a networkx `Graph` (`DiGraph` for a digraph), tensors as attributes.

    An undirected edge has no orientation there: odd tensors are given as along the edge from its smaller node.
    A hypergraph gives the bipartite graph of nodes (0, i) and hyperedges (1, j). Cells of rank 2 and above have no
    place in a graph and are left out.
    """
    nx = library("networkx")
    if complex_.domain in ("hypergraph", "combinatorial"):
        return _bipartite(complex_)
    graph = nx.DiGraph() if complex_.domain == "digraph" else nx.Graph()
    graph.add_nodes_from(range(complex_.sizes[0]))
    attach(complex_, 0, [graph.nodes[k] for k in range(complex_.sizes[0])])
    if complex_.rank >= 1:
        ends, signs = edge_ends(complex_).tolist(), None if graph.is_directed() else signs_by_nodes(complex_, 1)
        graph.add_edges_from(ends)
        attach(complex_, 1, [graph.edges[u, v] for u, v in ends], signs)
    return graph


def _bipartite(complex_: Complex) -> Any:
    nx = library("networkx")
    graph = nx.Graph()
    for rank in range(complex_.rank + 1):
        graph.add_nodes_from(((rank, k) for k in range(complex_.sizes[rank])), rank=rank)
        attach(complex_, rank, [graph.nodes[rank, k] for k in range(complex_.sizes[rank])])
    for rank in range(1, complex_.rank + 1):
        members = complex_.faces(rank, 0).pattern
        pairs = zip(members.rows.tolist(), members.indices.tolist(), strict=True)
        graph.add_edges_from(((0, node), (rank, cell)) for cell, node in pairs)
    return graph
