"""Which models read a graph and which read structure of higher order: the one colour code of the page."""

from collections.abc import Sequence

from cochain import catalog
from cochain.errors import UnknownNameError
from cochain.experiments.comparison import Row

GRAPH, HIGHER, OTHER = "graph", "higher", "other"
NAMES = {GRAPH: "graph model", HIGHER: "higher-order model", OTHER: "other model"}
_HIGHER_ORDER = ("hypergraph", "simplicial", "cell", "cellular", "combinatorial")


def domain(model: str) -> str:
    """Give the domain that a model was published for; empty when the catalog does not know it."""
    try:
        return catalog.entry(model).domain
    except UnknownNameError:
        return ""


def kind(model: str) -> str:
    """Give "graph", "higher" (hyperedges, simplices, cells) or "other" (sheaves, points, models of your own)."""
    found = domain(model)
    if found in ("graph", "digraph"):
        return GRAPH
    return HIGHER if found in _HIGHER_ORDER else OTHER


def best_of(rows: Sequence[Row], which: str) -> Row | None:
    """Give the best row of a kind; rows stand best first."""
    return next((row for row in rows if kind(row.model) == which), None)


def label(row: Row, rows: Sequence[Row]) -> str:
    """Give the model's name, with its lift where the name alone would not tell it from another row."""
    alone = sum(other.model == row.model for other in rows) == 1
    return row.model if alone or not row.lift else f"{row.model} ({row.lift})"
