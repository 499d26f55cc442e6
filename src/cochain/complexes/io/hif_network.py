"""A network in HIF, parsed and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cochain.complexes.arrays import Ragged
from cochain.complexes.io.mark import mark_of
from cochain.errors import DataError

TYPES = ("undirected", "directed", "asc")
Name = str | int


@dataclass(frozen=True)
class Network:
    """A network: incidences by number, attributes by name."""

    path: Path
    """The file."""
    size: int
    """About how large the file is, in bytes."""
    type: str
    """undirected, directed or asc."""
    nodes: list[Name]
    """Names of the nodes, in order."""
    edges: list[Name]
    """Names of the edges that have nodes, in order."""
    members: Ragged
    """The nodes of every edge, in the order of the file, each once."""
    heads: np.ndarray
    """For each member of a directed network, whether it is a head."""
    attributes: tuple[list[dict[str, Any]], list[dict[str, Any]]]
    """Attributes of every node and of every edge; a weight is one of them."""
    mark: Mapping[str, Any]
    """What a file of our own says of itself."""
    losses: tuple[str, ...]
    """What was left out so far."""


def parse_network(found: Any, path: Path) -> Network:
    """Check the parts of a file and number its nodes and edges.

    Raises:
        DataError: with the list and the place in it.
    """
    if not isinstance(found, dict) or "incidences" not in found:
        raise DataError(
            f"{path} should be HIF, a JSON object with a list 'incidences', but has none; other JSON is not read"
        )
    kind = found.get("network-type", "undirected")
    if kind not in TYPES:
        raise DataError(f"{path}: network-type should be one of {', '.join(TYPES)}, but is {kind!r:.40}")
    records = {part: _records(found.get(part, []), part, path) for part in ("nodes", "edges", "incidences")}
    pairs = [
        (_name(each, "edge", k, path), _name(each, "node", k, path)) for k, each in enumerate(records["incidences"])
    ]
    nodes = _ordered(
        [_name(each, "node", k, path, "nodes") for k, each in enumerate(records["nodes"])], [n for _, n in pairs]
    )
    listed = [_name(each, "edge", k, path, "edges") for k, each in enumerate(records["edges"])]
    edges = _ordered(listed, [e for e, _ in pairs])
    used = {edge for edge, _ in pairs}
    losses = _losses(records["incidences"], [edge for edge in edges if edge not in used])
    edges = [edge for edge in edges if edge in used]
    members, order, repeats = _members(pairs, nodes, edges)
    if repeats:
        losses.append(f"{repeats} repeated incidences were merged")
    heads = np.array([records["incidences"][k].get("direction") == "head" for k in order], dtype=bool)
    if kind == "directed":
        _check_directions(records["incidences"], path)
    attributes = (
        _attributes(records["nodes"], "node", nodes, path),
        _attributes(records["edges"], "edge", edges, path),
    )
    size = 30 * sum(map(len, records.values()))
    return Network(
        path, size, kind, nodes, edges, members, heads, attributes, mark_of(found.get("metadata")), tuple(losses)
    )


def _records(given: Any, part: str, path: Path) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        raise DataError(f"{path}: '{part}' should be a list, but is a {type(given).__name__}; see the HIF standard")
    for place, each in enumerate(given):
        if not isinstance(each, dict):
            raise DataError(f"{path}: entry {place} of '{part}' should be an object, but is {each!r:.40}")
    return given


def _name(record: dict[str, Any], key: str, place: int, path: Path, part: str = "incidences") -> Name:
    name = record.get(key)
    if isinstance(name, bool) or not isinstance(name, str | int):
        raise DataError(
            f"{path}: entry {place} of '{part}' should have a '{key}' that is a text or a whole number, but has "
            f"{name!r:.40}"
        )
    return name


def _ordered(first: list[Name], then: list[Name]) -> list[Name]:
    found = list(dict.fromkeys([*first, *then]))
    if all(isinstance(name, int) for name in found):
        found.sort()
    return found


def _losses(incidences: list[dict[str, Any]], empty: list[Name]) -> list[str]:
    losses = []
    if empty:
        losses.append(f"{len(empty)} edges without nodes were left out, {empty[0]!r:.40} first")
    if any(each.get("weight", 1) not in (1, None) or each.get("attrs") for each in incidences):
        losses.append("weights and attributes of incidences were left out: a complex has tensors on cells only")
    return losses


def _members(pairs: list[tuple[Name, Name]], nodes: list[Name], edges: list[Name]) -> tuple[Ragged, list[int], int]:
    """Give the nodes of every edge, the incidence that each stands for, and how many incidences are repeated."""
    node_of = {name: k for k, name in enumerate(nodes)}
    edge_of = {name: k for k, name in enumerate(edges)}
    count = len(pairs)
    edge = np.fromiter((edge_of[e] for e, _ in pairs), np.int64, count)
    node = np.fromiter((node_of[n] for _, n in pairs), np.int64, count)
    _, first = np.unique(edge * max(len(nodes), 1) + node, return_index=True)
    first = np.sort(first)
    order = first[np.argsort(edge[first], kind="stable")]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(edge[order], minlength=len(edges)))])
    return Ragged(offsets, node[order]), order.tolist(), count - len(order)


def _check_directions(incidences: list[dict[str, Any]], path: Path) -> None:
    for place, each in enumerate(incidences):
        if each.get("direction") not in ("head", "tail"):
            raise DataError(
                f"{path}: entry {place} of 'incidences' should have a direction, head or tail, in a directed network, "
                f"but has {each.get('direction')!r:.40}"
            )


def _attributes(records: list[dict[str, Any]], key: str, names: list[Name], path: Path) -> list[dict[str, Any]]:
    found: dict[Name, dict[str, Any]] = {}
    for place, record in enumerate(records):
        own = record.get("attrs")
        if own is not None and not isinstance(own, dict):
            raise DataError(f"{path}: the attrs of entry {place} of '{key}s' should be an object, but are {own!r:.40}")
        weight = {"weight": record["weight"]} if isinstance(record.get("weight"), int | float) else {}
        found.setdefault(record[key], {}).update({**(own or {}), **weight})
    out = [found.get(name, {}) for name in names]
    if all(each.get("weight", 1) == 1 for each in out):  # the standard's default, which some libraries spell out
        out = [{name: value for name, value in each.items() if name != "weight"} for each in out]
    return out
