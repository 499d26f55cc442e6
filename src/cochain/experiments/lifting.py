"""Lifts as texts, such as "clique:2" or "knn:8+cycles:6": what a command line and a run's spec can hold."""

from collections.abc import Callable
from typing import Any

from cochain.catalog import Entry
from cochain.complexes import Complex
from cochain.errors import SpecError, unknown_name

GRAMMAR: dict[str, tuple[tuple[str, Callable[[str], Any], str], ...]] = {
    "clique": (("max_rank", int, "2"),),
    "cycles": (("max_length", int, "6"), ("kind", str, "induced")),
    "khop": (("k", int, "1"),),
    "knn": (("k", int, "8"),),
    "rips": (("radius", float, ""), ("max_rank", int, "2")),
    "dual": (),
}
"""For each lift its arguments: name, type, and the default, where there is one."""

TAKES_FEATURES = frozenset(GRAMMAR) - {"dual"}
JOIN = "+"


def parse_lift(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Read a chain of lifts: names joined by "+", each with its arguments behind colons.

    Raises:
        UnknownNameError: for an unknown lift, with the nearest one.
        SpecError: for too many arguments, a missing one, or one of another type.
    """
    return [_parse_one(part.strip()) for part in text.split(JOIN)] if text else []


def canonical_lift(text: str) -> str:
    """Give the one spelling of a chain of lifts, with every argument written out."""
    return JOIN.join(":".join([name, *map(str, arguments.values())]) for name, arguments in parse_lift(text))


def _parse_one(text: str) -> tuple[str, dict[str, Any]]:
    name, *given = text.split(":")
    if name not in GRAMMAR:
        raise unknown_name("lift", name, GRAMMAR)
    arguments = GRAMMAR[name]
    if len(given) > len(arguments):
        usage = ":".join([name, *(argument for argument, _, _ in arguments)])
        raise SpecError(f"a lift should be written {usage}, but is {text!r}")
    values = {}
    for position, (argument, convert, default) in enumerate(arguments):
        word = given[position] if position < len(given) else default
        try:
            values[argument] = convert(word)
        except ValueError as error:
            came = f"is {word!r}" if word else "is missing"
            raise SpecError(f"{argument} of the lift {name} should be {_a(convert)}, but {came}") from error
    return name, values


def _a(convert: Callable[[str], Any]) -> str:
    return "a whole number" if convert is int else "a number"


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
