"""HIF, the hypergraph interchange format: JSON with nodes, edges and incidences, as XGI and HyperNetX write it.

An undirected network is a hypergraph, `asc` a simplicial complex, and a directed network whose edges have one tail and
one head each a digraph. Files of our own say more in their metadata: see `mark.py`.
Source: Coll et al., 2025, "HIF: The hypergraph interchange format for higher-order networks".
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cochain.complexes.complex import Complex
from cochain.complexes.files import write_text
from cochain.complexes.io.draft import Cell, Draft
from cochain.complexes.io.hif_build import build
from cochain.complexes.io.hif_network import parse_network
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.mark import mark_for
from cochain.complexes.io.outgoing import Outgoing, outgoing
from cochain.complexes.io.to_tables import member_lists
from cochain.errors import ComplexError, DataError

TYPES = {"hypergraph": "undirected", "simplicial": "asc", "digraph": "directed"}


def read(path: Path, limits: Limits) -> Draft:
    """Read a network in HIF.

    Raises:
        DataError: when it is no JSON, or no HIF, with the place.
        ComplexError: when its edges do not make the complex that it announces.
    """
    text = limits.read_text(path)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path}, line {error.lineno}: should be JSON, but {error.msg} (byte {error.pos}); it may be truncated"
        ) from error
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"{path} should be JSON, but holds a number or a nesting too long to read: {error!s:.60}"
        ) from error
    return build(parse_network(found, path), limits)


@dataclass(frozen=True)
class _Lists:
    """The three lists of a file."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    incidences: list[dict[str, Any]]


def write(complex_: Complex, path: Path) -> None:
    """Write a complex as HIF.

    Raises:
        ComplexError: for tensors that HIF has no attributes for (odd ones among them).
    """
    kind = "HIF"
    if complex_.domain == "points":
        raise ComplexError(
            "HIF should hold nodes in edges, but is given points; write a .xyz file or a folder of tables"
        )
    lists = _Lists([], [], [])
    out = outgoing(complex_, 0, kind)
    lists.nodes.extend({"node": k, **_attributes(out, k)} for k in range(complex_.sizes[0]))
    roles = {"0": out.roles}
    for rank in range(1, complex_.rank + 1):
        roles[str(rank)] = _add_rank(complex_, rank, lists, outgoing(complex_, rank, kind))
    network = {
        "network-type": TYPES.get(complex_.domain, "undirected"),
        "metadata": {"cochain": mark_for(complex_, roles, outgoing(complex_, "whole", kind))},
        "nodes": lists.nodes,
        "edges": lists.edges,
        "incidences": lists.incidences,
    }
    write_text(path, json.dumps(network, allow_nan=False))


def _attributes(out: Outgoing, row: int) -> dict[str, Any]:
    given: dict[str, Cell] = {name: values[row] for name, values in out.columns.items() if values[row] is not None}
    weight = {"weight": given.pop("weight")} if "weight" in given else {}
    return {**weight, **({"attrs": given} if given else {})}


def _add_rank(complex_: Complex, rank: int, lists: _Lists, out: Outgoing) -> dict[str, str]:
    """Add the cells of a rank; those of combinatorial and cell complexes say their rank."""
    ranked = complex_.domain in ("combinatorial", "cell")
    directed = complex_.domain == "digraph"
    rows = _tails_and_heads(complex_) if directed else member_lists(complex_, rank, complex_.domain == "cell")
    start = len(lists.edges)
    for row, nodes in enumerate(rows):
        record = {"edge": start + row, **_attributes(out, row)}
        if ranked:
            record["attrs"] = {**record.get("attrs", {}), "rank": rank}
        lists.edges.append(record)
        for place, node in enumerate(nodes):
            direction = {"direction": ("tail", "head")[place]} if directed else {}
            lists.incidences.append({"edge": start + row, "node": node, **direction})
    return out.roles


def _tails_and_heads(complex_: Complex) -> list[list[int]]:
    from cochain.complexes.attributes import edge_ends

    ends: list[list[int]] = edge_ends(complex_).tolist()
    return ends
