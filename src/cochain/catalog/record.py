"""What the catalog says of a model."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One model of the catalog."""

    name: str
    """What users call it."""
    path: str
    """Module and class."""
    reference: str
    """Key of the paper in `references.bib`."""
    domain: str
    """The domain that it was published for."""
    domains: tuple[str, ...]
    """The domains of complexes that it runs on as they are."""
    lift: str | None
    """The lift that makes its domain from a graph, if it needs one."""
    equation: str
    """The layer in one line."""
    verified: tuple[str, ...]
    """Tests that hold it to its paper."""
    tasks: tuple[str, ...] = ("node", "edge", "whole")
    """What it answers."""
    probes: tuple[int, ...] = ()
    """Ranks whose odd features it reads: where the data has none, random probes stand in."""
    breaks: tuple[str, ...] = ()
    """Laws that the published form breaks by design."""
    options: tuple[tuple[str, Any], ...] = ()
    """Fields of the model's config that make this entry, where several share one class."""


GRAPHS = ("graph", "digraph", "simplicial", "cell")
HYPER = ("hypergraph", "graph", "simplicial", "cell", "combinatorial")
ANY = ("points", "graph", "digraph", "hypergraph", "simplicial", "cell", "combinatorial")
