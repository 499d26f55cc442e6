"""Lifts as texts, such as "clique:2" or "knn:8+cycles:kind=simple": what a command line and a run's spec can hold."""

from typing import Any

from cochain.catalog import Entry
from cochain.complexes import Complex
from cochain.errors import SpecError
from cochain.experiments.grammar import Argument, Choice, Grammar, truth

_MAX_RANK = ("max_rank", int, "2")
GRAMMAR: dict[str, tuple[Argument, ...]] = {
    "alpha": (("max_alpha", float, "inf"), _MAX_RANK, ("weighted", truth, "false")),
    "clique": (_MAX_RANK,),
    "closure": (_MAX_RANK,),
    "contract": (
        ("kind", Choice("choice of edges to contract", "matching", "below"), "matching"),
        ("name", str, "weight"),
        ("bound", float, "0"),
    ),
    "curvature": (
        ("kind", Choice("kind of curvature", "forman", "augmented"), "forman"),
        ("rank", int, "1"),
        ("weighted", truth, "false"),
        ("into", Choice("place for a curvature", "curvature", "weight", "x"), "curvature"),
    ),
    "cycles": (
        ("max_length", int, "6"),
        ("kind", Choice("kind of cycle", "induced", "simple", "basis", "minimum"), "induced"),
    ),
    "dowker": (_MAX_RANK, ("side", Choice("side of a relation", "nodes", "cells"), "nodes"), ("rank", int, "1")),
    "dual": (),
    "expand": (("rank", int, "1"),),
    "forget": (("rank", int, "1"),),
    "keep": (("name", str, "curvature"), ("rank", int, "1"), ("low", float, "-inf"), ("high", float, "inf")),
    "khop": (("k", int, "1"),),
    "knn": (("k", int, "8"),),
    "line": (("rank", int, "1"), ("via", int, "0")),
    "neighborhood": (("kind", Choice("kind of neighbourhood", "closed", "open", "complex"), "closed"), _MAX_RANK),
    "paths": (("max_edges", int, "2"), ("kind", Choice("kind of paths", "hypergraph", "complex"), "hypergraph")),
    "probes": (("rank", int, "1"), ("channels", int, "16"), ("seed", int, "0")),
    "rips": (("radius", float, ""), _MAX_RANK),
    "star": (),
    "witness": (("landmarks", int, ""), ("max_alpha", float, "0"), _MAX_RANK),
}
"""For each lift its arguments: name, type, and the default, where there is one."""

TAKES_FEATURES = frozenset(GRAMMAR) - {"curvature", "dual", "keep", "probes"}
JOIN = "+"
_LIFTS = Grammar("lift", GRAMMAR)


def parse_lift(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Read a chain of lifts: names joined by "+", each with its arguments behind colons, in order or as name=value.

    Raises:
        UnknownNameError: for an unknown lift, argument or choice, with the nearest one.
        SpecError: for too many arguments, one given twice, a missing one, or one of another type.
    """
    return [_LIFTS.parse(part.strip()) for part in text.split(JOIN)] if text else []


def canonical_lift(text: str) -> str:
    """Give the one spelling of a chain of lifts, with every argument written out."""
    return JOIN.join(":".join([name, *map(str, arguments.values())]) for name, arguments in parse_lift(text))


def apply_lift(complex_: Complex, text: str, features: str | None = "mean") -> Complex:
    """Lift a complex along a chain.

    Args:
        complex_: the complex.
        text: the chain; empty leaves the complex as it is.
        features: how cells without features get theirs from their nodes; None leaves them without.
    """
    from cochain import lift

    for name, arguments in parse_lift(text):
        function = getattr(lift, name)
        complex_ = function(complex_, **arguments, **({"features": features} if name in TAKES_FEATURES else {}))
    return complex_


def choose_lift(complex_: Complex, entry: Entry, top_rank: int) -> str:
    """Choose the lift that a model needs to run on a complex; empty for none.

    Args:
        complex_: the data.
        entry: the model.
        top_rank: the highest rank that the model reads.

    Raises:
        SpecError: when no lift leads from the domain of the complex to one of the model's.
    """
    if complex_.domain in entry.domains and complex_.rank >= top_rank:
        return ""
    if complex_.domain == "hypergraph" and "graph" in entry.domains and top_rank <= 1:
        return canonical_lift("expand")
    if complex_.domain == "hypergraph" and "simplicial" in entry.domains:
        return canonical_lift(f"closure:{max(2, top_rank)}")
    steps = []
    domain = complex_.domain
    if domain == "points":
        steps.append("knn")
        domain = "graph"
        if domain in entry.domains and top_rank <= 1:
            return canonical_lift("knn")
    last = entry.lift or ("clique" if "simplicial" in entry.domains else None)
    liftable = domain in ("graph", "simplicial", "cell") or (domain == "digraph" and last == "khop")
    if last is None or not liftable:
        raise SpecError(
            f"{entry.name} should get a {' or '.join(entry.domains)} complex of rank {top_rank} or more, but the data "
            f"is a {complex_.domain} of rank {complex_.rank} and no lift leads there; lift the "
            "data yourself, or leave this model out"
        )
    if last == "clique":
        last = f"clique:{max(2, top_rank)}"
    return canonical_lift(JOIN.join([*steps, last]))
