"""Literal tables of all models, one for each domain. Listing them imports no torch."""

from cochain.catalog.cellular import CELLULAR
from cochain.catalog.combinatorial import COMBINATORIAL
from cochain.catalog.graph import GRAPH
from cochain.catalog.hypergraph import HYPERGRAPH
from cochain.catalog.pointcloud import POINTCLOUD
from cochain.catalog.record import ANY, GRAPHS, HYPER, Entry
from cochain.catalog.sheaf import SHEAF
from cochain.catalog.simplicial import SIMPLICIAL
from cochain.errors import unknown_name

__all__ = ["ANY", "CATALOG", "GRAPHS", "HYPER", "Entry", "entry", "names"]

CATALOG: tuple[Entry, ...] = (*GRAPH, *HYPERGRAPH, *SIMPLICIAL, *CELLULAR, *COMBINATORIAL, *SHEAF, *POINTCLOUD)
_BY_NAME = {row.name: row for row in CATALOG}


def entry(name: str) -> Entry:
    """Give the entry of a model.

    Raises:
        UnknownNameError: with the nearest name that there is.
    """
    found = _BY_NAME.get(name)
    if found is None:
        raise unknown_name("model", name, _BY_NAME)
    return found


def names() -> list[str]:
    """Give the names of all models, in the order of the table."""
    return [row.name for row in CATALOG]
