"""Single tables: a list of edges, of hyperedges or of cells, as CSV or TSV with a header."""

from pathlib import Path

from cochain.complexes.complex import Complex
from cochain.complexes.files import write_text
from cochain.complexes.io.delimited import parse_table
from cochain.complexes.io.draft import Draft
from cochain.complexes.io.from_tables import Tables, draft_of
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.to_tables import cell_rows, delimited, refuse_isolated


def read_edges(path: Path, limits: Limits) -> Draft:
    """Read a table of edges: columns source and target (tail and head for a digraph), graph if there are several."""
    return draft_of(Tables(edges=parse_table(limits.read_bytes(path), path, limits)), limits)


def read_hyperedges(path: Path, limits: Limits) -> Draft:
    """Read a table of hyperedges: columns edge and node, or one row for each with a column members."""
    return draft_of(Tables(hyperedges=parse_table(limits.read_bytes(path), path, limits)), limits)


def read_cells(path: Path, limits: Limits) -> Draft:
    """Read a table of cells: columns rank and nodes (or members, or walk)."""
    return draft_of(Tables(cells=parse_table(limits.read_bytes(path), path, limits)), limits)


def write_edges(complex_: Complex, path: Path) -> None:
    """Write the edges of a graph or digraph, with their features and labels.

    Raises:
        ComplexError: for other domains, tensors on nodes or the whole, and isolated nodes: a folder of tables has room.
    """
    _write(complex_, path, ("graph", "digraph"), "a table of edges")


def write_hyperedges(complex_: Complex, path: Path) -> None:
    """Write hyperedges, one row for each.

    Raises:
        ComplexError: as `write_edges`.
    """
    _write(complex_, path, ("hypergraph",), "a table of hyperedges")


def write_cells(complex_: Complex, path: Path) -> None:
    """Write the cells of all ranks above 0.

    Raises:
        ComplexError: as `write_edges`.
    """
    _write(complex_, path, ("simplicial", "cell", "combinatorial"), "a table of cells")


def _write(complex_: Complex, path: Path, domains: tuple[str, ...], kind: str) -> None:
    refuse_isolated(complex_, domains, kind)
    write_text(path, delimited(cell_rows(complex_, kind), path.suffix))
