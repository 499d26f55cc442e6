"""A draft from a table of cells: rank and nodes, rank and members, or rank and walk."""

from collections.abc import Callable

import numpy as np

from cochain.complexes.arrays import Ragged
from cochain.complexes.cells import Place
from cochain.complexes.io.delimited import Table
from cochain.complexes.io.draft import Cell, Draft
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.members import node_columns, nodes_of, split_members
from cochain.complexes.io.naming import GRAPH_KEYS, Graphs
from cochain.complexes.io.placing import to_cells
from cochain.complexes.io.ranked import HIGHEST_RANK, RankedCells, build_ranked
from cochain.errors import DataError


def add_cells(table: Table, node_table: Table | None, graphs: Graphs, limits: Limits) -> Draft:
    """Build the complex of a table of cells.

    With a column `walk`, a cell complex of edges (two nodes) and polygons (walks). With a column `members`, a
    combinatorial complex. With a column `nodes`, a simplicial complex where every cell of rank r has r + 1 nodes, and
    otherwise a combinatorial complex.

    Raises:
        DataError: with the line, for a rank that is none, or cells that do not fit their rank.
    """
    rank_key = table.find("rank", "dim", "dimension")
    key = table.find("walk", "members", "nodes", "cell")
    if rank_key is None or key is None:
        raise DataError(
            f"{table.name}, line 1: should have columns rank and nodes, but has {', '.join(table.header)[:80]}; "
            "rename them"
        )
    rank = _ranks(table, rank_key)
    members = split_members(table, key)
    graph = graphs.of(table, table.rows)
    each = None if graph is None else graph[members.owner]
    nodes = nodes_of(node_table, graphs, members.names, each)
    found = nodes.find(members.names, each, table, members.owner)
    domain = "cell" if key.lower() == "walk" else "combinatorial"
    if key.lower() not in ("walk", "members") and bool((np.diff(members.offsets) == rank + 1).all()):
        domain = "simplicial"
    cells = RankedCells(rank, Ragged(members.offsets, found), nodes.counts, table.at, len(table.text))
    complex_, position = build_ranked(cells, domain, limits)
    columns = table.without(rank_key, key, table.find(*GRAPH_KEYS))
    placed: dict[Place, dict[str, list[Cell]]] = {}
    for place in range(complex_.rank + 1):
        rows = np.flatnonzero(rank == place)
        if len(rows) and not (place == 0 and node_table is not None):
            own = {name: [values[row] for row in rows.tolist()] for name, values in columns.items()}
            own = {name: values for name, values in own.items() if any(values)}
            placed[place] = to_cells(own, position[rows], complex_.sizes[place], _at(table, rows))
    notes = [f"{table.name} was read as a {complex_.domain} complex"]
    if complex_.domain != "combinatorial":
        listed = len(np.unique(np.stack([rank, position])[:, rank > 0], axis=1).T)
        notes.append(f"{sum(complex_.sizes[1:]) - listed} faces that {table.name} does not list were added")
    origin = dict.fromkeys(placed, table.name)
    return Draft(
        complex_, {**placed, **node_columns(node_table, nodes)}, tuple(notes), (), {}, origin, {0: nodes.names}
    )


def _at(table: Table, rows: np.ndarray) -> Callable[[int], str]:
    return lambda row: table.at(int(rows[row]))


def _ranks(table: Table, key: str) -> np.ndarray:
    values = table.columns[key]
    for row, value in enumerate(values):
        if not (value.isdecimal() and value.isascii() and len(value) < 3 and int(value) <= HIGHEST_RANK):
            raise DataError(
                f"{table.at(row)}: a rank should be a whole number from 0 to {HIGHEST_RANK}, but is {value!r:.20}"
            )
    return np.fromiter(map(int, values), np.int64, len(values))
