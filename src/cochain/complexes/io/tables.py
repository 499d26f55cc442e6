"""A folder of tables: nodes.csv, edges.csv (or hyperedges.csv, or cells.csv), graphs.csv."""

from dataclasses import replace
from pathlib import Path

from cochain.complexes.complex import Complex
from cochain.complexes.files import write_text
from cochain.complexes.io.delimited import Table, parse_table
from cochain.complexes.io.draft import Draft
from cochain.complexes.io.from_tables import Tables, draft_of
from cochain.complexes.io.inside import inside
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.to_tables import cell_rows, delimited, graph_rows, node_rows
from cochain.errors import DataError

NAMES = ("nodes", "edges", "hyperedges", "cells", "graphs")
SUFFIXES = (".csv", ".tsv")


def read(path: Path, limits: Limits) -> Draft:
    """Read a folder of tables.

    Nodes may have a column id; edges, hyperedges and cells name nodes by it. A column graph tells the component.

    Raises:
        DataError: when the tables do not fit together.
    """
    listed = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and each.name[0] != ".")
    draft = draft_of(Tables(**{name: _table(path, listed, name, limits) for name in NAMES}), limits)
    unread = [each.name for each in listed if each.stem.lower() not in NAMES]
    if unread:
        lost = f"{', '.join(unread)[:120]} left out: the tables of a folder are called {', '.join(NAMES)}"
        draft = replace(draft, losses=(*draft.losses, lost))
    return draft


def _table(folder: Path, listed: list[Path], name: str, limits: Limits) -> Table | None:
    wanted = [f"{name}{suffix}" for suffix in SUFFIXES]
    found = [each for each in listed if each.name.lower() in wanted]
    if len(found) > 1:
        raise DataError(f"{folder} should hold one table of {name}, but holds {found[0].name} and {found[1].name}")
    if not found:
        return None
    return parse_table(limits.read_bytes(inside(folder, found[0])), found[0], limits)


def write(complex_: Complex, path: Path) -> None:
    """Write a complex as a folder of tables.

    Raises:
        ComplexError: for tensors that tables cannot hold.
        DataError: when the folder holds tables that would be mixed with the new ones.
    """
    kind = "a folder of tables"
    name = {"graph": "edges", "digraph": "edges", "hypergraph": "hyperedges", "points": ""}.get(
        complex_.domain, "cells"
    )
    files = {"nodes": node_rows(complex_, kind)}
    if name:
        files[name] = cell_rows(complex_, kind)
    if len(complex_) > 1 or complex_.whole.keys():
        files["graphs"] = graph_rows(complex_, kind)
    path.mkdir(exist_ok=True)
    stale = [f"{other}{suffix}" for other in NAMES for suffix in SUFFIXES if (path / f"{other}{suffix}").exists()]
    stale = [other for other in stale if other not in {f"{each}.csv" for each in files}]
    if stale:
        raise DataError(f"{path} should hold no other tables, but holds {stale[0]}; remove it or write elsewhere")
    for each, rows in files.items():
        write_text(path / f"{each}.csv", delimited(rows, ".csv"))
