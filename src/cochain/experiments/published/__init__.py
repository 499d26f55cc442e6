"""Published tables as literal data: what `cochain reproduce` sets our numbers beside."""

from cochain.errors import unknown_name
from cochain.experiments.published.hypergraphs import ALLSET
from cochain.experiments.published.molecules import TU
from cochain.experiments.published.record import Figure, Table
from cochain.experiments.published.sheaf import NSD

TABLES: dict[str, Table] = {table.name: table for table in (NSD, TU, ALLSET)}

__all__ = ["TABLES", "Figure", "Table", "table"]


def table(name: str) -> Table:
    """Give a table by its name.

    Raises:
        UnknownNameError: when there is none.
    """
    if name not in TABLES:
        raise unknown_name("table", name, TABLES)
    return TABLES[name]
