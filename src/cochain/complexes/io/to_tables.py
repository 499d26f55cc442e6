"""The rows of tables: what writers of CSV and TSV put on each line."""

import csv
import io
from itertools import pairwise

import numpy as np
import torch

from cochain.complexes.attributes import edge_ends
from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.io.draft import Cell
from cochain.complexes.io.outgoing import Outgoing, outgoing, refuse_tensors
from cochain.complexes.walks import walks
from cochain.errors import ComplexError

Rows = tuple[list[str], list[list[Cell]]]
"""Header and columns."""


def delimited(rows: Rows, suffix: str) -> str:
    """Give a table as text: tabulators between the values for .tsv, else commas."""
    header, columns = rows
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter="\t" if suffix.lower() == ".tsv" else ",", lineterminator="\n")
    writer.writerow(header)
    writer.writerows(zip(*columns, strict=True))
    return stream.getvalue()


def refuse_isolated(complex_: Complex, domains: tuple[str, ...], kind: str) -> None:
    """Refuse what a single table of cells has no room for.

    Raises:
        ComplexError: for another domain, tensors on nodes or the whole, a node in no cell, a component without cells.
    """
    if complex_.domain not in domains:
        raise ComplexError(f"{kind} should hold a {' or '.join(domains)}, but is given a {complex_.domain}")
    refuse_tensors(complex_, [0, "whole"], kind)
    used = torch.zeros(complex_.sizes[0], dtype=torch.bool)
    for rank in range(1, complex_.rank + 1):
        used[complex_.cells(rank).pattern.indices.cpu().long()] = True
    if not bool(used.all()):
        lost = int((~used).nonzero()[0])
        raise ComplexError(f"{kind} should hold every node, but node {lost} is in no cell; write a folder of tables")
    if len(complex_) > 1 and bool((complex_.offsets(0).diff() == 0).any()):
        raise ComplexError(f"{kind} should hold every component, but one is empty; write a folder of tables")


def node_rows(complex_: Complex, kind: str) -> Rows:
    """Give the table of nodes."""
    header, columns = _graph_column(complex_, 0)
    header.append("id")
    columns.append(_names(complex_, np.arange(complex_.sizes[0])))
    return _with(header, columns, outgoing(complex_, 0, kind))


def graph_rows(complex_: Complex, kind: str) -> Rows:
    """Give the table of components."""
    return _with(["graph"], [list(range(len(complex_)))], outgoing(complex_, "whole", kind))


def cell_rows(complex_: Complex, kind: str) -> Rows:
    """Give the table of edges, of hyperedges, or of all cells above the nodes, as the domain has them."""
    if complex_.domain in ("graph", "digraph"):
        ends = edge_ends(complex_).cpu().numpy() if complex_.rank else np.zeros((0, 2), dtype=np.int64)
        header, columns = _graph_column(complex_, 1)
        header += ["tail", "head"] if complex_.domain == "digraph" else ["source", "target"]
        columns += [_names(complex_, ends[:, 0]), _names(complex_, ends[:, 1])]
        return _with(header, columns, outgoing(complex_, 1, kind))
    if complex_.domain == "hypergraph":
        header, columns = _graph_column(complex_, 1)
        return _with([*header, "edge", "members"], [*columns, list(range(complex_.sizes[1])), _members(complex_, 1)],
                     outgoing(complex_, 1, kind))  # fmt: skip
    return _cells(complex_, kind)


def _cells(complex_: Complex, kind: str) -> Rows:
    key = {"simplicial": "nodes", "combinatorial": "members", "cell": "walk"}[complex_.domain]
    ranks = range(1, complex_.rank + 1)
    parts = [outgoing(complex_, rank, kind) for rank in ranks]
    names = list(dict.fromkeys(header for part in parts for header in part.headers()))
    header = ["graph"] * (len(complex_) > 1) + ["rank", key]
    columns: list[list[Cell]] = [[] for _ in (*header, *names)]
    for rank, part in zip(ranks, parts, strict=True):
        count = complex_.sizes[rank]
        own = dict(zip(part.headers(), part.columns.values(), strict=True))
        members = _members(complex_, rank, walked=key == "walk")
        rows: list[list[Cell]] = [*_graph_column(complex_, rank)[1], [rank] * count, members]
        rows += [own[name] if name in own else [None] * count for name in names]
        for column, values in zip(columns, rows, strict=True):
            column.extend(values)
    return [*header, *names], columns


def _with(header: list[str], columns: list[list[Cell]], out: Outgoing) -> Rows:
    return [*header, *out.headers()], [*columns, *out.columns.values()]


def _graph_column(complex_: Complex, place: Place) -> tuple[list[str], list[list[Cell]]]:
    if len(complex_) == 1 or place == "whole":
        return [], []
    owner = complex_.component_of(place).tolist() if place <= complex_.rank else []
    return ["graph"], [owner]


def _names(complex_: Complex, nodes: np.ndarray) -> list[Cell]:
    names: list[Cell] = nodes.tolist()
    return names


def _members(complex_: Complex, rank: int, walked: bool = False) -> list[Cell]:
    return [" ".join(map(str, nodes)) for nodes in member_lists(complex_, rank, walked)]


def member_lists(complex_: Complex, rank: int, walked: bool = False) -> list[list[int]]:
    """Give the nodes of every cell of a rank, increasing, or along the walk of a polygon.

    Raises:
        ComplexError: for a polygon that is no single closed walk.
    """
    if walked and rank == 2:
        offsets, values = walks(complex_)
    else:
        pattern = complex_.cells(rank).pattern
        offsets, values = pattern.indptr.cpu().numpy(), pattern.indices.cpu().numpy()
    starts, nodes = offsets.tolist(), values.tolist()
    return [nodes[start:end] for start, end in pairwise(starts)]
