"""A draft from tables of nodes, edges, hyperedges or cells, and graphs: the one engine of all readers of tables."""

from dataclasses import dataclass, replace

import numpy as np

from cochain.complexes.arrays import Ragged
from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.io.delimited import Table
from cochain.complexes.io.draft import Draft
from cochain.complexes.io.from_cells import add_cells
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.members import node_columns, nodes_of, split_members
from cochain.complexes.io.naming import GRAPH_KEYS, NODE_KEYS, Graphs, declared_nodes, find_graphs
from cochain.complexes.io.placing import to_cells
from cochain.complexes.io.ranked import by_component
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import DataError

ENDS = (("source", "target"), ("src", "dst"), ("from", "to"), ("u", "v"), ("node1", "node2"), ("tail", "head"))
HYPEREDGE_KEYS = ("edge", "hyperedge", "edge_id", "hyperedge_id")
MEMBER_KEYS = ("members", "nodes")


@dataclass(frozen=True)
class Tables:
    """The tables of one data set; those that are not there are None."""

    nodes: Table | None = None
    edges: Table | None = None
    hyperedges: Table | None = None
    cells: Table | None = None
    graphs: Table | None = None

    @property
    def structure(self) -> list[Table]:
        """The tables that say which cells there are above the nodes."""
        return [table for table in (self.edges, self.hyperedges, self.cells) if table is not None]


def draft_of(tables: Tables, limits: Limits) -> Draft:
    """Build a draft from tables.

    Raises:
        DataError: when they do not fit together, with file and line.
        ComplexError: when the cells they name do not make a complex.
    """
    if len(tables.structure) > 1:
        names = " and ".join(table.name for table in tables.structure)
        raise DataError(
            f"one table should list the cells above the nodes, but {names} do; keep one, or list all in cells"
        )
    graphs = find_graphs(tables.graphs, [tables.nodes, *tables.structure])
    if tables.cells is not None:
        draft = add_cells(tables.cells, tables.nodes, graphs, limits)
    elif tables.hyperedges is not None:
        draft = _with_hyperedges(tables.hyperedges, tables.nodes, graphs)
    elif tables.edges is not None:
        draft = _with_edges(tables.edges, tables.nodes, graphs)
    elif tables.nodes is not None:
        draft = _nodes_alone(tables.nodes, graphs)
    else:
        raise DataError("there should be a table of edges, hyperedges, cells or nodes, but there is none")
    return _with_columns(draft, tables, graphs)


def _with_edges(table: Table, node_table: Table | None, graphs: Graphs) -> Draft:
    ends = next((pair for pair in ENDS if table.find(pair[0]) and table.find(pair[1])), None)
    if ends is None:
        raise DataError(
            f"{table.name}, line 1: should have columns source and target, but has {', '.join(table.header)[:80]}; "
            "rename those that hold the two ends"
        )
    keys = [table.find(end) for end in ends]
    tails, heads = (table.columns[key] for key in keys if key is not None)
    graph = graphs.of(table, table.rows)
    both = None if graph is None else np.concatenate([graph, graph])
    nodes = nodes_of(node_table, graphs, tails + heads, both)
    pairs = np.stack([nodes.find(tails, graph, table), nodes.find(heads, graph, table)])
    kept = np.flatnonzero(pairs[0] != pairs[1])
    pairs = pairs[:, kept]
    directed = ends == ("tail", "head")
    complex_ = (Complex.digraph if directed else Complex.graph)(pairs, nodes.counts)
    losses = []
    if len(kept) < table.rows:
        losses.append(f"{table.rows - len(kept)} self loops of {table.name} were left out")
    if complex_.sizes[1] < len(kept):
        losses.append(f"{len(kept) - complex_.sizes[1]} repeated edges of {table.name} were merged")
    note = "edges have a direction, from tail to head"
    if not directed:
        note = f"edges have no direction; name the columns tail and head, not {ends[0]} and {ends[1]}, if they have"
    columns = table.without(*keys, table.find(*GRAPH_KEYS))
    if len(kept) < table.rows:
        columns = {name: [values[row] for row in kept.tolist()] for name, values in columns.items()}
    position = complex_.find(1, pairs.T).numpy() if len(kept) else np.zeros(0, dtype=np.int64)
    placed = to_cells(columns, position, complex_.sizes[1], lambda row: table.at(int(kept[row])))
    columns_ = {**node_columns(node_table, nodes), 1: placed}
    return Draft(complex_, columns_, (note,), tuple(losses), {}, {1: table.name}, {0: nodes.names})


def _with_hyperedges(table: Table, node_table: Table | None, graphs: Graphs) -> Draft:
    list_key = table.find(*MEMBER_KEYS)
    key, node_key = table.find(*HYPEREDGE_KEYS), table.find(*NODE_KEYS)
    graph = graphs.of(table, table.rows)
    if list_key is not None:
        members = split_members(table, list_key)
        each = None if graph is None else graph[members.owner]
        nodes = nodes_of(node_table, graphs, members.names, each)
        found = nodes.find(members.names, each, table, members.owner)
        edge, taken = members.owner, (list_key, key)
        position = np.arange(table.rows)
    elif key is not None and node_key is not None:
        names = table.columns[node_key]
        nodes = nodes_of(node_table, graphs, names, graph)
        found = nodes.find(names, graph, table)
        labels = table.columns[key] if graph is None else list(zip(graph.tolist(), table.columns[key], strict=True))
        code = {label: k for k, label in enumerate(dict.fromkeys(labels))}
        edge = position = np.fromiter(map(code.__getitem__, labels), np.int64, table.rows)
        taken = (key, node_key)
    else:
        raise DataError(
            f"{table.name}, line 1: should have columns edge and node, or edge and members, but has "
            f"{', '.join(table.header)[:80]}; rename them"
        )
    count = int(position.max(initial=-1)) + 1
    lengths = np.bincount(edge, minlength=count)
    empty = np.flatnonzero(lengths == 0)
    if len(empty):
        raise DataError(f"{table.at(int(empty[0]))}: a hyperedge should name at least one node, but names none")
    flat = found[np.argsort(edge, kind="stable")]
    cells, order = by_component(Ragged(np.concatenate([[0], np.cumsum(lengths)]), flat), nodes.counts)
    complex_ = Complex.hypergraph(cells, nodes.counts)
    columns = table.without(*taken, table.find(*GRAPH_KEYS))
    placed = to_cells(columns, order[position], complex_.sizes[1], table.at)
    called: dict[Place, tuple[str, ...]] = {0: nodes.names}
    if key is not None:
        by_cell = dict(zip(order[position].tolist(), table.columns[key], strict=True))
        called[1] = tuple(by_cell[cell] for cell in range(count))
    return Draft(complex_, {**node_columns(node_table, nodes), 1: placed}, (), (), {}, {1: table.name}, called)


def _nodes_alone(table: Table, graphs: Graphs) -> Draft:
    """Give points where the nodes have positions, otherwise a graph without edges."""
    nodes = declared_nodes(table, graphs)
    names = {header.lower() for header in table.header}
    if {"x", "y", "z"} <= names or any(name.endswith(":position") for name in names):
        return Draft(Complex(Structure("points", (int(nodes.counts.sum()),), [offsets_of(nodes.counts)], {})))
    return Draft(Complex.graph([], nodes.counts), {}, ("there is no table of edges, so the graph has none",))


def _with_columns(draft: Draft, tables: Tables, graphs: Graphs) -> Draft:
    """Add the columns of the nodes, where the engine has not, and of the graphs."""
    columns = dict(draft.columns)
    origin = dict(draft.origin)
    if tables.nodes is not None:
        columns.setdefault(0, dict(node_columns(tables.nodes, declared_nodes(tables.nodes, graphs))[0]))
        origin[0] = tables.nodes.name
    if tables.graphs is not None:
        key = tables.graphs.find(*GRAPH_KEYS, "id", "name")
        columns["whole"] = {name: list(values) for name, values in tables.graphs.without(key).items()}
        origin["whole"] = tables.graphs.name
    notes = (*draft.notes, f"{len(graphs.names)} graphs, by the column graph") if graphs.many else draft.notes
    names = {**draft.names, "whole": tuple(graphs.names)} if graphs.many else draft.names
    return replace(draft, columns=columns, notes=notes, origin=origin, names=names)
