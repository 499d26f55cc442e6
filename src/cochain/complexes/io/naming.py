"""Names of graphs and nodes in tables, and the numbers they get.

Names may be any text. Where all are whole numbers they are numbered in their order, otherwise as they first appear; the
nodes of one graph stand together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from cochain.complexes.io.delimited import Table
from cochain.errors import DataError

GRAPH_KEYS = ("graph", "graph_id", "component")
NODE_KEYS = ("id", "node", "node_id", "name")


def in_order(names: Iterable[str]) -> list[str]:
    """Give the different names: by number where all are whole numbers below 2**63, else as they first appear."""
    found = list(dict.fromkeys(names))
    if all(len(name) < 19 and name.removeprefix("-").isdecimal() and name.isascii() for name in found):
        found.sort(key=int)
    return found


@dataclass(frozen=True)
class Graphs:
    """The components that the tables name."""

    names: list[str]
    """Their names, in order; one empty name where there are no names."""
    code: dict[str, int]
    """The number of each."""
    many: bool
    """Whether a table names them."""

    def of(self, table: Table, rows: int) -> np.ndarray | None:
        """Give the component of every row of a table, or None where it names none.

        Raises:
            DataError: for a component that no table declares.
        """
        column = table.find(*GRAPH_KEYS)
        if column is None:
            return None if len(self.names) != 1 else np.zeros(rows, dtype=np.int64)
        codes = np.fromiter(map(self.code.get, table.columns[column], repeat(-1)), np.int64, rows)
        unknown = np.flatnonzero(codes < 0)
        if len(unknown):
            row = int(unknown[0])
            raise DataError(
                f"{table.at(row)}: should name a graph of graphs.csv, but names {table.columns[column][row]!r:.40}; "
                "add it"
            )
        return codes


def find_graphs(graphs: Table | None, others: Sequence[Table | None]) -> Graphs:
    """Find the components.

    Raises:
        DataError: when the table of graphs names none, or one twice.
    """
    if graphs is not None:
        key = graphs.find(*GRAPH_KEYS, "id", "name")
        if key is None:
            raise DataError(
                f"{graphs.name}, line 1: should have a column graph with their names, but has none; add one"
            )
        names = graphs.columns[key]
        refuse_twice(names, graphs, "graph")
        return Graphs(names, {name: k for k, name in enumerate(names)}, True)
    columns = [table.columns[key] for table in others if table is not None and (key := table.find(*GRAPH_KEYS))]
    if not columns:
        return Graphs([""], {"": 0}, False)
    names = in_order(name for column in columns for name in column)
    return Graphs(names, {name: k for k, name in enumerate(names)}, True)


def refuse_twice(names: Sequence[object], table: Table, what: str) -> None:
    """Refuse two rows with one name.

    Raises:
        DataError: naming both lines.
    """
    if len(set(names)) == len(names):
        return
    seen: dict[object, int] = {}
    for row, name in enumerate(names):
        if name in seen:
            shown = name[1] if isinstance(name, tuple) else name
            raise DataError(
                f"{table.at(row)}: every {what} should be named once, but {shown!r:.40} stands on line "
                f"{table.line(seen[name])} too; remove one"
            )
        seen[name] = row


@dataclass(frozen=True)
class Nodes:
    """The nodes that the tables name, numbered over all components."""

    index: dict[tuple[int, str], int]
    """The number of the node of each component and name."""
    alone: dict[str, int]
    """The number by name alone, -2 where several components use the name."""
    counts: np.ndarray
    """Nodes of each component."""
    rows: list[int] | None
    """For each node, its row in the table of nodes; None where there is no such table."""

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(name for _, name in self.index)

    def find(
        self, names: list[str], graph: np.ndarray | None, table: Table, owner: np.ndarray | None = None
    ) -> np.ndarray:
        """Give the numbers of named nodes.

        Args:
            names: the names.
            graph: the component of each name; None where the table does not tell.
            table: where they stand, for messages.
            owner: row of each name; by default name k stands in row k.

        Raises:
            DataError: for a node that no table declares, or a name that several components use.
        """
        if graph is None:
            found = np.fromiter(map(self.alone.get, names, repeat(-1)), np.int64, len(names))
        else:
            found = np.fromiter(
                map(self.index.get, zip(graph.tolist(), names, strict=True), repeat(-1)), np.int64, len(names)
            )
        wrong = np.flatnonzero(found < 0)
        if len(wrong):
            place = int(wrong[0])
            at = table.at(place if owner is None else int(owner[place]))
            if found[place] == -2:
                raise DataError(
                    f"{at}: node {names[place]!r:.40} should be of one graph, but several have it; add a column graph"
                )
            raise DataError(f"{at}: should name a node of the table of nodes, but names {names[place]!r:.40}")
        return found


def declared_nodes(table: Table, graphs: Graphs) -> Nodes:
    """Number the nodes of a table of nodes.

    Raises:
        DataError: when it lacks the column of graphs, or names a node twice.
    """
    graph = graphs.of(table, table.rows)
    if graph is None:
        raise DataError(
            f"{table.name}, line 1: should have a column graph, as other tables have, but has none; add one"
        )
    key = table.find(*NODE_KEYS)
    order = np.argsort(graph, kind="stable")
    if key is None:  # rows are counted, in each graph anew
        starts = np.concatenate([[0], np.cumsum(np.bincount(graph, minlength=len(graphs.names)))])
        names = [""] * table.rows
        for place, row in enumerate(order.tolist()):
            names[row] = str(place - int(starts[graph[row]]))
    else:
        names = table.columns[key]
    pairs = list(zip(graph.tolist(), names, strict=True))
    refuse_twice(pairs, table, "node")
    rows = order.tolist()
    return _numbered([pairs[row] for row in rows], len(graphs.names), rows)


def implied_nodes(names: list[str], graph: np.ndarray | None, graphs: Graphs) -> Nodes:
    """Number the nodes that edges and cells name.

    Raises:
        DataError: when their components are not told.
    """
    if graph is None:
        raise DataError("the table should have a column graph for every edge and cell, but some lack it; add nodes.csv")
    if not graphs.many:
        return _numbered([(0, name) for name in in_order(names)], 1, None)
    groups: list[list[str]] = [[] for _ in graphs.names]
    for code, name in zip(graph.tolist(), names, strict=True):
        groups[code].append(name)
    pairs = [(code, name) for code, group in enumerate(groups) for name in in_order(group)]
    return _numbered(pairs, len(graphs.names), None)


def _numbered(pairs: list[tuple[int, str]], graphs: int, rows: list[int] | None) -> Nodes:
    alone: dict[str, int] = {}
    for place, (_, name) in enumerate(pairs):
        alone[name] = -2 if name in alone else place
    counts = np.bincount(np.fromiter((code for code, _ in pairs), np.int64, len(pairs)), minlength=graphs)
    return Nodes({pair: place for place, pair in enumerate(pairs)}, alone, counts, rows)
