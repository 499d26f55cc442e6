"""GraphML and GML through networkx: graphs, digraphs and multigraphs with attributes."""

import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np

from cochain.complexes.attributes import edge_ends
from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.files import replacing, write_text
from cochain.complexes.io.draft import Cell, Draft, join
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.mark import mark_components, mark_for, mark_of, mark_roles, mark_whole, with_empty
from cochain.complexes.io.outgoing import Outgoing, outgoing
from cochain.complexes.io.placing import to_cells
from cochain.complexes.optional import library
from cochain.errors import ComplexError, DataError

# What networkx's parsers raise, by experiment, for files that are damaged
BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError, ParseError)


def read(path: Path, limits: Limits) -> Draft:
    """Read GraphML; several graphs in a file are components.

    Raises:
        DataError: when it is no GraphML, or declares a document type (entities could fill the memory).
        ComplexError: when networkx is not installed.
    """
    nx = library("networkx")
    text = limits.read_text(path)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DataError(f"{path} should be GraphML without a document type, but declares one; remove it")
    limits.check(text.count("<"), len(text), f"{path}: elements", 400)
    reader = nx.readwrite.graphml.GraphMLReader(node_type=str, edge_key_type=str, force_multigraph=True)
    try:
        graphs = list(reader(string=text))
    except (*BROKEN, nx.NetworkXException) as error:
        raise _broken(path, "GraphML", error) from error
    if not graphs:
        raise DataError(f"{path} should hold a graph, but holds none; it may be truncated")
    return join([_draft(graph, path) for graph in graphs])


def read_gml(path: Path, limits: Limits) -> Draft:
    """Read GML.

    Raises:
        DataError: when it is no GML.
        ComplexError: when networkx is not installed.
    """
    nx = library("networkx")
    text = limits.read_text(path)
    limits.check(text.count("[") + text.count("\n"), len(text), f"{path}: entries", 400)
    try:
        graph = nx.parse_gml(text.split("\n"), label=None)
    except (*BROKEN, nx.NetworkXException) as error:
        raise _broken(path, "GML", error) from error
    labels = [data.get("label") for _, data in graph.nodes(data=True)]
    if len(set(map(str, labels))) == len(labels):  # GML's word for the name of a node
        for _, data in graph.nodes(data=True):
            data.pop("label", None)
    return _draft(graph, path)


def _broken(path: Path, kind: str, error: Exception) -> DataError:
    return DataError(f"{path} should be {kind} that networkx reads, but is not: {error!s:.120}; it may be truncated")


def _draft(graph: Any, path: Path) -> Draft:
    mark = _mark(graph)
    names = {node: place for place, node in enumerate(graph.nodes)}
    counts = mark_components(mark, len(names))
    ends = [(names[u], names[v]) for u, v in graph.edges()]
    attributes = [data for _, _, data in graph.edges(data=True)]
    pairs = np.array(ends, dtype=np.int64).reshape(-1, 2)
    kept = np.flatnonzero(pairs[:, 0] != pairs[:, 1])
    complex_ = (Complex.digraph if graph.is_directed() else Complex.graph)(pairs[kept].T, counts)
    losses = []
    if len(kept) < len(pairs):
        losses.append(f"{len(pairs) - len(kept)} self loops were left out")
    if complex_.sizes[1] < len(kept):
        losses.append(f"{len(kept) - complex_.sizes[1]} parallel edges were merged")
    rows = [attributes[row] for row in kept.tolist()]
    position = complex_.find(1, pairs[kept]).numpy() if len(kept) else np.zeros(0, dtype=np.int64)

    def at(row: int) -> str:
        u, v = list(graph.edges())[int(kept[row])][:2]
        return f"{path}, edge {u!r:.40} to {v!r:.40}"

    edges = to_cells(_columns(rows), position, complex_.sizes[1], at)
    columns: dict[Place, dict[str, list[Cell]]] = {0: _columns([data for _, data in graph.nodes(data=True)]), 1: edges}
    columns.update(mark_whole(mark, len(counts)))
    roles = mark_roles(mark)
    with_empty(columns, roles, complex_)
    origin: dict[Place, str] = {place: f"{path} ({_word(place)})" for place in columns}
    return Draft(complex_, columns, (), tuple(losses), roles, origin, {0: tuple(map(str, names))})


def _word(place: Place) -> str:
    return {0: "nodes", 1: "edges"}.get(place, "graph")  # type: ignore[arg-type]


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Cell]]:
    names = dict.fromkeys(str(name) for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _mark(graph: Any) -> Any:
    text = graph.graph.get("cochain")
    try:
        return mark_of({"cochain": json.loads(text)}) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}


def write(complex_: Complex, path: Path) -> None:
    """Write a graph or digraph as GraphML.

    Raises:
        ComplexError: for another domain, or tensors that attributes cannot hold.
    """
    nx = library("networkx")
    graph = _graph(complex_, "GraphML")
    with replacing(path) as temporary:
        nx.write_graphml_xml(graph, str(temporary))


def write_gml(complex_: Complex, path: Path) -> None:
    """Write a graph or digraph as GML.

    Raises:
        ComplexError: as `write`, and for names of features that GML does not allow.
    """
    nx = library("networkx")
    graph = _graph(complex_, "GML")
    try:
        text = "\n".join(nx.generate_gml(graph))
    except nx.NetworkXException as error:
        raise ComplexError(
            f"GML should have plain names, but {error!s:.80}; write GraphML or a folder of tables"
        ) from error
    write_text(path, text + "\n")


def _graph(complex_: Complex, kind: str) -> Any:
    nx = library("networkx")
    if complex_.domain not in ("graph", "digraph"):
        raise ComplexError(
            f"{kind} should hold a graph or digraph, but is given a {complex_.domain}; write HIF (.json) or a "
            "folder of tables"
        )
    nodes, edges = outgoing(complex_, 0, kind), outgoing(complex_, 1, kind)
    whole = outgoing(complex_, "whole", kind)
    graph = nx.DiGraph() if complex_.domain == "digraph" else nx.Graph()
    graph.graph["cochain"] = json.dumps(mark_for(complex_, {"0": nodes.roles, "1": edges.roles}, whole))
    graph.add_nodes_from((k, _row(nodes, k)) for k in range(complex_.sizes[0]))
    graph.add_edges_from((u, v, _row(edges, k)) for k, (u, v) in enumerate(edge_ends(complex_).tolist()))
    return graph


def _row(out: Outgoing, row: int) -> dict[str, Cell]:
    return {name: values[row] for name, values in out.columns.items() if values[row] is not None}
