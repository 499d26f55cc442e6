"""Lists of nodes in a column of a table, and the nodes that they name."""

from dataclasses import dataclass

import numpy as np

from cochain.complexes.cells import Place
from cochain.complexes.io.delimited import Table
from cochain.complexes.io.draft import Cell
from cochain.complexes.io.naming import GRAPH_KEYS, NODE_KEYS, Graphs, Nodes, declared_nodes, implied_nodes

SEPARATORS = (";", "|", ",")


@dataclass(frozen=True)
class Members:
    """Lists of node names, one for each cell, in rows of a table."""

    names: list[str]
    """All names, list after list."""
    offsets: np.ndarray
    """Where each list begins, and last where the last ends."""

    @property
    def owner(self) -> np.ndarray:
        """The list of every name."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


def nodes_of(table: Table | None, graphs: Graphs, names: list[str], graph: np.ndarray | None) -> Nodes:
    """Number the nodes: as the table of nodes lists them, or as the names appear."""
    return declared_nodes(table, graphs) if table is not None else implied_nodes(names, graph, graphs)


def split_members(table: Table, key: str) -> Members:
    """Split a column of lists: at ; or | or commas where one occurs, else at blanks."""
    values = table.columns[key]
    separator = next((sign for sign in SEPARATORS if any(sign in value for value in values)), None)
    lists = [[name for part in value.split(separator) if (name := part.strip())] for value in values]
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    return Members([name for each in lists for name in each], np.concatenate([[0], np.cumsum(lengths)]))


def node_columns(table: Table | None, nodes: Nodes) -> dict[Place, dict[str, list[Cell]]]:
    """Give the columns of the table of nodes in the order of the nodes."""
    if table is None or nodes.rows is None:
        return {}
    columns = table.without(table.find(*NODE_KEYS), table.find(*GRAPH_KEYS))
    return {0: {name: [values[row] for row in nodes.rows] for name, values in columns.items()}}
