"""Folders in the form of the TU collection of graphs: NAME_A.txt and its companions, nodes counted over all graphs.

Source:
    Morris, Kriege, Bause, Kersting, Mutzel, Neumann, 2020, "TUDataset: A Collection of Benchmark Datasets for Learning
    with Graphs".
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from cochain.complexes.attributes import edge_ends
from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.files import write_text
from cochain.complexes.io.draft import Cell, Draft
from cochain.complexes.io.inside import inside
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.lines import parse_lines, whole
from cochain.complexes.io.outgoing import refuse_tensors
from cochain.complexes.schema import Schema
from cochain.errors import ComplexError, DataError

REMEDY = "the folder is damaged or of another form"


@dataclass(frozen=True)
class _Folder:
    """The files of one collection."""

    path: Path
    name: str
    limits: Limits

    def file(self, part: str) -> Path:
        """Give the path of one file."""
        return self.path / f"{self.name}_{part}.txt"

    def table(self, part: str, rows: int | None = None, whole_numbers: bool = False) -> np.ndarray | None:
        """Read one file as (rows, columns); None where it is not there.

        Raises:
            DataError: for lines of different lengths, another number of rows, or fractions where none may be.
        """
        file = self.file(part)
        if not file.exists():
            return None
        data = self.limits.read_bytes(inside(self.path, file))
        self.limits.check(data.count(b"\n"), len(data), f"{file}: lines", 32)
        lines = parse_lines(data, str(file), separators=b",;", remedy=REMEDY)
        filled = np.flatnonzero(lines.lengths)
        width = int(lines.lengths[filled[0]]) if len(filled) else 1
        found = lines.table(width)
        if rows is not None and len(found) != rows:
            raise lines.broken(
                max(len(lines.lengths) - 1, 0), f"the file should have {rows} lines", f"has {len(found)}"
            )
        if whole_numbers:
            numbers = whole(found)
            wrong = np.flatnonzero((numbers != found).any(axis=1))
            if len(wrong):
                raise lines.broken(filled[wrong[0]], "should hold whole numbers", f"holds {found[wrong[0]].tolist()}")
            found = numbers
        return found


@dataclass(frozen=True)
class _Edges:
    """The listed edges against those of the complex."""

    complex_: Complex
    place: np.ndarray
    """The edge of the complex that each line gives, -1 for a loop."""
    losses: tuple[str, ...]


def read(path: Path, limits: Limits) -> Draft:
    """Read a folder with NAME_A.txt and NAME_graph_indicator.txt, and whichever labels and attributes are there.

    Attributes of nodes and edges are channels of `x`, labels of nodes and edges categories, labels of graphs (or,
    without them, attributes) `c.whole.y`. Loops are left out. Where some edge is listed in one direction alone, or
    carries other numbers in the other, it is a digraph.

    Raises:
        DataError: with file and line, when one is missing or does not fit the others.
    """
    names = sorted(file.name.removesuffix("_A.txt") for file in path.glob("*_A.txt"))
    if len(names) != 1:
        raise DataError(
            f"{path} should hold one file NAME_A.txt, but holds {len(names)}; keep one collection in a folder"
        )
    folder = _Folder(path, names[0], limits)
    order, counts = _nodes(folder)
    pairs = _pairs(folder, order)
    labels = folder.table("edge_labels", pairs.shape[1], whole_numbers=True)
    attributes = folder.table("edge_attributes", pairs.shape[1])
    edges = _edges(pairs, counts, [table for table in (labels, attributes) if table is not None])
    columns: dict[Place, dict[str, list[Cell]]] = {0: {}, 1: {}, "whole": {}}
    found = edges.complex_
    if labels is not None:
        columns[1] = _categories("edge_label", _on_edges(edges, labels))
    if attributes is not None:
        found = _with_x(found, 1, _on_edges(edges, attributes), "edge_attribute")
    of_nodes = folder.table("node_labels", len(order), whole_numbers=True)
    if of_nodes is not None:
        columns[0] = _categories("node_label", of_nodes[order])
    of_nodes = folder.table("node_attributes", len(order))
    if of_nodes is not None:
        found = _with_x(found, 0, of_nodes[order], "node_attribute")
    columns["whole"] = _labels(folder, len(counts))
    return Draft(found, columns, losses=edges.losses, origin={place: str(path) for place in columns})


def _nodes(folder: _Folder) -> tuple[np.ndarray, np.ndarray]:
    """Give the nodes in the order of their graphs, and the nodes of each graph."""
    indicator = folder.table("graph_indicator", whole_numbers=True)
    if indicator is None:
        raise DataError(
            f"{folder.path} should hold {folder.name}_graph_indicator.txt, the graph of every node, but does not; "
            "add it"
        )
    graph = indicator[:, 0] - 1
    if indicator.shape[1] != 1 or (len(graph) and graph.min() < 0):
        raise DataError(
            f"{folder.file('graph_indicator')} should hold one number from 1 on each line, but does not; {REMEDY}"
        )
    top = int(graph.max(initial=-1)) + 1
    folder.limits.check(top, 4 * len(graph) + 4, f"{folder.file('graph_indicator')}: graphs", 1 << 10)
    return np.argsort(graph, kind="stable"), np.bincount(graph, minlength=top)


def _pairs(folder: _Folder, order: np.ndarray) -> np.ndarray:
    """Give the listed edges (2, lines) between nodes in the order of their graphs."""
    table = folder.table("A", whole_numbers=True)
    assert table is not None
    if table.size and table.shape[1] != 2:
        raise DataError(
            f"{folder.file('A')}, line 1: should have two nodes, but has {table.shape[1]} numbers; {REMEDY}"
        )
    pairs = table.reshape(-1, 2).T - 1
    wrong = np.flatnonzero((pairs < 0).any(axis=0) | (pairs >= len(order)).any(axis=0))
    if len(wrong):
        raise DataError(
            f"{folder.file('A')}, edge {wrong[0] + 1}: should join two of the {len(order)} nodes, counted from 1, but "
            f"joins {(pairs[:, wrong[0]] + 1).tolist()}; {REMEDY}"
        )
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    moved: np.ndarray = number[pairs]
    return moved


def _edges(pairs: np.ndarray, counts: np.ndarray, tables: list[np.ndarray]) -> _Edges:
    """Build a graph where every edge is listed both ways with the same numbers, otherwise a digraph."""
    kept = np.flatnonzero(pairs[0] != pairs[1])
    losses = (f"{pairs.shape[1] - len(kept)} loops were left out",) if len(kept) < pairs.shape[1] else ()
    directed = Complex.digraph(pairs[:, kept], counts)
    place, back = (directed.find(1, both.T).numpy() for both in (pairs[:, kept], pairs[::-1, kept]))
    listed = np.full(pairs.shape[1], -1, dtype=np.int64)
    listed[kept] = place
    edges = _Edges(directed, listed, losses)
    values = [_on_edges(edges, table) for table in tables]
    if not all(np.array_equal(own[place], table[kept]) for own, table in zip(values, tables, strict=True)):
        losses = (*losses, "edges that are listed twice with different numbers have the last ones")
    if (back < 0).any() or not all(np.array_equal(own[place], own[back]) for own in values):
        return _Edges(directed, listed, losses)
    found = Complex.graph(pairs[:, kept], counts)
    listed[kept] = found.find(1, pairs[:, kept].T).numpy()
    return _Edges(found, listed, losses)


def _on_edges(edges: _Edges, table: np.ndarray) -> np.ndarray:
    """Give one row for each edge of the complex, the last of those listed."""
    kept = edges.place >= 0
    out = np.zeros((edges.complex_.sizes[1], table.shape[1]), dtype=table.dtype)
    out[edges.place[kept]] = table[kept]
    return out


def _categories(name: str, table: np.ndarray) -> dict[str, list[Cell]]:
    many = table.shape[1] > 1
    return {f"{name}{k if many else ''}:category": column.tolist() for k, column in enumerate(table.T)}


def _with_x(found: Complex, rank: int, table: np.ndarray, name: str) -> Complex:
    schema = found.schema or Schema()
    names = tuple(f"{name}{k}" for k in range(table.shape[1]))
    found = found.with_cochain(rank, "x", torch.from_numpy(table.astype(np.float32)))
    return found.with_schema(replace(schema, features={**schema.features, rank: names}))


def _labels(folder: _Folder, graphs: int) -> dict[str, list[Cell]]:
    labels = folder.table("graph_labels", graphs, whole_numbers=True)
    role, name = ("label", "y") if labels is not None else ("target", "target")
    table = folder.table("graph_attributes", graphs) if labels is None else labels
    if table is None:
        return {}
    many = table.shape[1] > 1
    return {f"{name}{k if many else ''}:{role}": column.tolist() for k, column in enumerate(table.T)}


def write(complex_: Complex, path: Path) -> None:
    """Write a collection of graphs as a folder: `x` as attributes, `c.whole.y` as labels or, if real, as attributes.

    Raises:
        ComplexError: for other domains, a graph without nodes, and tensors that have no file.
        DataError: when the folder holds another collection.
    """
    _refuse(complex_)
    ends = edge_ends(complex_) + 1
    ends = ends if complex_.domain == "digraph" else torch.cat([ends, ends.flip(1)])
    files = {"A": _text(ends.cpu()), "graph_indicator": _text((complex_.component_of(0) + 1).cpu())}
    for rank, part in ((0, "node_attributes"), (1, "edge_attributes")):
        if "x" in complex_[rank]:
            x = _table(complex_[rank].x, rank, complex_.is_odd(rank))
            files[part] = _text(torch.cat([x, x]) if rank and complex_.domain == "graph" else x)
    if "y" in complex_.whole:
        y = _table(complex_.whole.y, "whole", False)
        files["graph_attributes" if y.is_floating_point() else "graph_labels"] = _text(y)
    path.mkdir(exist_ok=True)
    if any(path.iterdir()):
        raise DataError(f"{path} should be a new or empty folder, but holds files; remove them or write elsewhere")
    for part, text in files.items():
        write_text(path / f"{path.name}_{part}.txt", text)


_KIND = "a TU folder"
_TENSORS: tuple[tuple[Place, str], ...] = ((0, "x"), (1, "x"), ("whole", "y"))


def _refuse(complex_: Complex) -> None:
    if complex_.domain not in ("graph", "digraph"):
        raise ComplexError(f"{_KIND} should hold graphs, but is given a {complex_.domain}")
    if bool((complex_.offsets(0).diff() == 0).any()):
        empty = int((complex_.offsets(0).diff() == 0).nonzero()[0])
        raise ComplexError(f"{_KIND} should hold graphs with nodes, but component {empty} has none; leave it out")
    for place, name in _TENSORS:
        if name in (complex_.whole if place == "whole" else complex_[place]):
            complex_ = complex_.without_cochain(place, name)
    refuse_tensors(complex_, [0, 1, "whole"], _KIND)


def _table(value: torch.Tensor, place: Place, odd: bool) -> torch.Tensor:
    value = value.detach().cpu()
    finite = not value.is_floating_point() or bool(torch.isfinite(value).all())
    if odd or value.ndim not in (1, 2) or not value.numel() or not finite:
        name = "y" if place == "whole" else "x"
        raise ComplexError(
            f"{_KIND} should hold tables of finite numbers without orientation, but '{name}' on {place} is none, of "
            f"shape {tuple(value.shape)}; write to a .cochain file, or take it off with "
            f"c.without_cochain({place!r}, '{name}')"
        )
    return value


def _text(table: torch.Tensor) -> str:
    rows = table.numpy().reshape(len(table), -1) if len(table) else ()
    return "".join(", ".join(map(str, row)) + "\n" for row in rows)
