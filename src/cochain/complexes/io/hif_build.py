"""The complex of a network in HIF, with its attributes as columns."""

from functools import partial
from typing import Any

import numpy as np

from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.io.draft import Cell, Draft
from cochain.complexes.io.hif_network import Network
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.mark import mark_components, mark_roles, mark_whole, with_empty
from cochain.complexes.io.ranked import HIGHEST_RANK, Placed, RankedCells, build_ranked, by_component
from cochain.errors import ComplexError, DataError


def build(network: Network, limits: Limits) -> Draft:
    """Build the complex of a network, with its attributes as columns.

    Raises:
        ComplexError: when the edges do not make the complex that is announced.
        DataError: when its simplices would have too many faces.
    """
    counts = mark_components(network.mark, len(network.nodes))
    domain = _domain(network)
    losses = list(network.losses)
    rank = _ranks(network, domain)
    complex_, place = _placed(network, domain, rank, counts, limits)
    if network.type == "directed" and domain != "digraph":
        losses.append("directions were left out: only edges of one tail and one head keep them")
    columns: dict[Place, dict[str, list[Cell]]] = {0: _columns(network.attributes[0], None)}
    ranked = domain in ("combinatorial", "cell")
    for high in range(1, complex_.rank + 1):
        rows = np.flatnonzero(rank == high)
        ordered: list[dict[str, Any]] = [{} for _ in range(complex_.sizes[high])]
        for row in rows.tolist():
            ordered[int(place[row])] = network.attributes[1][row]
        columns[high] = _columns(ordered, "rank" if ranked else None)
    columns.update(mark_whole(network.mark, len(counts)))
    roles = mark_roles(network.mark)
    with_empty(columns, roles, complex_)
    notes = (f"network-type {network.type}, read as a {complex_.domain}",)
    origin: dict[Place, str] = dict.fromkeys(columns, str(network.path))
    return Draft(complex_, columns, notes, tuple(losses), roles, origin, {0: tuple(map(str, network.nodes))})


def _placed(network: Network, domain: str, rank: np.ndarray, counts: np.ndarray, limits: Limits) -> Placed:
    if domain in ("simplicial", "cell", "combinatorial"):
        at = partial(_at, network)
        return build_ranked(RankedCells(rank, network.members, counts, at, network.size), domain, limits)
    if domain in ("graph", "digraph"):
        return _edges(network, counts, directed=domain == "digraph")
    members, place = by_component(network.members, counts)
    return Complex.hypergraph(members, counts), place


def _at(network: Network, edge: int) -> str:
    return f"{network.path}, edge {network.edges[edge]!r:.40}" if network.edges else str(network.path)


def _columns(records: list[dict[str, Any]], but: str | None) -> dict[str, list[Cell]]:
    names = [name for name in dict.fromkeys(name for record in records for name in record) if name != but]
    return {name: [record.get(name) for record in records] for name in names}


def _domain(network: Network) -> str:
    if network.mark:
        return str(network.mark["domain"])
    lengths = network.members.lengths
    if network.type == "asc":
        return "simplicial"
    one_each = network.type == "directed" and bool((lengths == 2).all())
    if one_each and bool(
        (np.add.reduceat(network.heads, network.members.offsets[:-1]) == 1).all() if len(lengths) else False
    ):
        return "digraph"
    return "hypergraph"


def _ranks(network: Network, domain: str) -> np.ndarray:
    """Give the rank of every edge."""
    if domain == "simplicial":
        return network.members.lengths - 1
    if domain not in ("combinatorial", "cell"):
        return np.ones(len(network.edges), dtype=np.int64)
    ranks = [each.get("rank") for each in network.attributes[1]]
    for edge, rank in enumerate(ranks):
        if isinstance(rank, bool) or not isinstance(rank, int) or not 1 <= rank <= HIGHEST_RANK:
            raise DataError(
                f"{_at(network, edge)}: should have an attribute rank from 1 to {HIGHEST_RANK}, but has {rank!r:.20}"
            )
    return np.array(ranks, dtype=np.int64)


def _edges(network: Network, counts: np.ndarray, directed: bool) -> Placed:
    wrong = np.flatnonzero(network.members.lengths != 2)
    if len(wrong):
        raise ComplexError(
            f"an edge of a graph should have 2 nodes, but {network.edges[wrong[0]]!r:.40} has "
            f"{network.members.lengths[wrong[0]]}; the metadata do not fit the incidences"
        )
    pairs = network.members.values.reshape(-1, 2)
    if directed:
        heads = network.heads.reshape(-1, 2)
        wrong = np.flatnonzero(heads.sum(axis=1) != 1)
        if len(wrong):
            raise ComplexError(
                f"an edge of a digraph should have one tail and one head, but {network.edges[wrong[0]]!r:.40} has not; "
                "read it as a hypergraph by removing the metadata"
            )
        pairs = np.where(heads[:, :1], pairs[:, ::-1], pairs)
    complex_ = (Complex.digraph if directed else Complex.graph)(pairs.T, counts)
    return complex_, complex_.find(1, pairs).numpy() if len(pairs) else np.zeros(0, dtype=np.int64)
