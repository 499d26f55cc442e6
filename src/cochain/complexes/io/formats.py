"""The formats that `read` and `write` know: one literal table, so that listing them imports nothing.

A reader is `read(path: Path, limits: Limits) -> Complex`, a writer `write(complex_: Complex, path: Path) -> None`. Each
stands in a file of its own and imports its library, if it needs one, when it is called.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from cochain.errors import unknown_name


@dataclass(frozen=True)
class Format:
    """One way to keep a complex in files."""

    name: str
    """What `format=` takes."""
    title: str
    """One line for people."""
    suffixes: tuple[str, ...]
    """Endings of file names, lower case, with the dot; empty for what only a folder holds."""
    read: str | None
    """The reader as module:function."""
    write: str | None = None
    """The writer as module:function."""
    extra: str | None = None
    """The optional dependencies that it needs."""
    folder: bool = False
    """Whether it is a folder and no single file."""


_IO = "cochain.complexes.io"
FORMATS: tuple[Format, ...] = (
    Format(
        "cochain", "Cochain's own files", (".cochain", ".safetensors"),
        f"{_IO}.own:read", f"{_IO}.own:write",
    ),
    Format("hif", "hypergraph interchange format (JSON)", (".json",), f"{_IO}.hif:read", f"{_IO}.hif:write"),
    Format(
        "edges", "table of edges: columns source and target", (".csv", ".tsv"),
        f"{_IO}.lists:read_edges", f"{_IO}.lists:write_edges",
    ),
    Format(
        "hyperedges", "table of hyperedges: columns edge and node, or edge and members", (".csv", ".tsv"),
        f"{_IO}.lists:read_hyperedges", f"{_IO}.lists:write_hyperedges",
    ),
    Format(
        "cells", "table of cells: columns rank and nodes", (".csv", ".tsv"),
        f"{_IO}.lists:read_cells", f"{_IO}.lists:write_cells",
    ),
    Format(
        "tables", "folder of nodes.csv, edges.csv, hyperedges.csv, cells.csv, graphs.csv", (),
        f"{_IO}.tables:read", f"{_IO}.tables:write", folder=True,
    ),
    Format("graphml", "GraphML", (".graphml",), f"{_IO}.graphml:read", f"{_IO}.graphml:write", "interop"),
    Format(
        "gml", "Graph Modelling Language", (".gml",),
        f"{_IO}.graphml:read_gml", f"{_IO}.graphml:write_gml", "interop",
    ),
    Format("mesh", "triangle meshes", (".off", ".ply", ".obj", ".stl"), f"{_IO}.mesh:read", f"{_IO}.mesh:write"),
    Format(
        "points", "clouds of points", (".npz", ".xyz", ".pts", ".csv", ".tsv"),
        f"{_IO}.points:read", f"{_IO}.points:write",
    ),
    Format("images", "an image as a cubical complex", (".png",), f"{_IO}.images:read", None, "interop"),
    Format("smiles", "molecules in SMILES", (".smi", ".csv", ".tsv"), f"{_IO}.smiles:read", None, "interop"),
    Format(
        "tu", "folder of the TU collection: NAME_A.txt and its companions", (),
        f"{_IO}.tu_folder:read", f"{_IO}.tu_folder:write", folder=True,
    ),
    Format("folder", "folder of files, one component each", (), f"{_IO}.folder:read", None, folder=True),
)  # fmt: skip


def find_format(name: str) -> Format:
    """Give a format by its name.

    Raises:
        UnknownNameError: for a name that the table does not hold, with the nearest one.
    """
    for each in FORMATS:
        if each.name == name:
            return each
    raise unknown_name("format", name, [each.name for each in FORMATS])


def resolve(place: str) -> Callable[..., Any]:
    """Import the function that stands at module:function."""
    module, _, function = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
