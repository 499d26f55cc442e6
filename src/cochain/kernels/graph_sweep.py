"""Sweep graphs by the values of their nodes: which edge kills each component, which pair of edges bounds each cycle.

Every graph of a union is swept on its own, its nodes sorted, its edges sorted behind them in linear time, so that all
that a step touches lies close together. This module imports numba; import it where it is used.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cochain.kernels._numba_compile import compile_serial
from cochain.kernels.block_sort import count_block, first_order, sort_block
from cochain.kernels.exchange import NEVER, exchange_block
from cochain.kernels.spanning import merge_block, root_of

Index = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


class Sweep(NamedTuple):
    """What a sweep from low to high keys finds."""

    killer: npt.NDArray[np.int64]
    """For every node the edge that kills the component born there, -1 for the eldest of each."""
    decider: npt.NDArray[np.int64]
    """For every edge the end that comes later, of equal ends the one of higher index: the edge comes with it."""


class TwoSweeps(NamedTuple):
    """What a sweep upwards and one downwards find together."""

    up: Sweep
    down: Sweep
    opposite: npt.NDArray[np.int64]
    """For the lowest node of every connected component the highest one, -1 for all other nodes."""
    closing: npt.NDArray[np.int64]
    """For every edge that closes a cycle on the way up the edge that ends it on the way down, -1 for the others."""


def sweep(edges: Index, edge_offsets: Index, node_offsets: Index, keys: Floats) -> Sweep:
    """Sweep every graph from low to high keys; an edge comes with its later end, ties by index.

    Args:
        edges: (edges, 2) ends, both in the edge's graph.
        edge_offsets: graph b has the edges edge_offsets[b] up to edge_offsets[b + 1].
        node_offsets: the same for nodes.
        keys: one finite number per node.

    Cost:
        O(n log n + m) and a nearly constant factor for n nodes and m edges.
    """
    order, unsorted = first_order(keys, node_offsets)
    found = _new_sweep(len(keys), len(edges))
    _sweep(edges, edge_offsets, node_offsets, keys, order, unsorted, *found)
    return found


def _new_sweep(nodes: int, edges: int) -> Sweep:
    return Sweep(np.full(nodes, -1, np.int64), np.empty(edges, np.int64))


def sweep_both_ways(edges: Index, edge_offsets: Index, node_offsets: Index, keys: Floats) -> TwoSweeps:
    """Sweep every graph up and down, and pair what is left: lowest with highest nodes, edges that close cycles.

    Args:
        edges: as for `sweep`.
        edge_offsets: as for `sweep`.
        node_offsets: as for `sweep`.
        keys: as for `sweep`.

    Cost:
        As `sweep`, and for each edge about log n more.
    """
    up, down = _new_sweep(len(keys), len(edges)), _new_sweep(len(keys), len(edges))
    opposite, thrown = np.full(len(keys), -1, np.int64), np.full(len(edges), -1, np.int64)
    order, unsorted = first_order(keys, node_offsets)
    _sweep_both(edges, edge_offsets, node_offsets, keys, order, unsorted, up, down, opposite, thrown)
    closing = np.full(len(edges), -1, np.int64)
    comes = np.flatnonzero(thrown >= 0)
    closing[thrown[comes]] = comes
    return TwoSweeps(up, down, opposite, closing)


@numba.njit(cache=True, nogil=True)
def _graph(edges, low, high, first, last, keys, classes, counts, edge_order, parent, killer, decider):  # type: ignore[no-untyped-def]
    """Sweep the graph with the edges low ... high - 1 and the nodes first ... last - 1, whose classes are known."""
    for e in range(low, high):
        one, other = edges[e, 0], edges[e, 1]
        decider[e] = one if keys[one] > keys[other] or (keys[one] == keys[other] and one > other) else other
    count_block(classes, decider, low, high, counts, edge_order)
    for i in range(first, last):
        parent[i] = i
    merge_block(edges, edge_order, low, high, keys, parent, killer)


@numba.njit(cache=True, nogil=True)
def _largest_block(offsets):  # type: ignore[no-untyped-def]
    most = 0
    for b in range(len(offsets) - 1):
        most = max(most, offsets[b + 1] - offsets[b])
    return most


@compile_serial
def _sweep(edges, edge_offsets, node_offsets, keys, order, unsorted, killer, decider):  # type: ignore[no-untyped-def]
    classes, parent = np.empty(len(keys), np.int64), np.empty(len(keys), np.int64)
    edge_order, counts = np.empty(len(edges), np.int64), np.zeros(_largest_block(node_offsets) + 2, np.int64)
    for b in range(len(node_offsets) - 1):
        low, high, first, last = edge_offsets[b], edge_offsets[b + 1], node_offsets[b], node_offsets[b + 1]
        sort_block(keys, first, last, order, classes, unsorted)
        _graph(edges, low, high, first, last, keys, classes, counts, edge_order, parent, killer, decider)


@compile_serial
def _sweep_both(edges, edge_offsets, node_offsets, keys, order, unsorted, up, down, opposite, thrown):  # type: ignore[no-untyped-def]
    """Up, then down, then the exchange of edges; `up` and `down` are the results of a sweep each, to be filled."""
    turned = -keys
    classes, counts = np.empty(len(keys), np.int64), np.zeros(_largest_block(node_offsets) + 2, np.int64)
    edge_orders, position = np.empty((2, len(edges)), np.int64), np.empty(len(edges), np.int64)
    parents, into, until = np.empty((2, len(keys)), np.int64), np.arange(len(keys)), np.full(len(keys), NEVER)
    for b in range(len(node_offsets) - 1):
        low, high, first, last = edge_offsets[b], edge_offsets[b + 1], node_offsets[b], node_offsets[b + 1]
        sort_block(keys, first, last, order, classes, unsorted)
        _graph(
            edges, low, high, first, last, keys, classes, counts, edge_orders[0], parents[0], up.killer, up.decider
        )  # fmt: skip
        if first < last:
            classes[first:last] = classes[order[last - 1]] - classes[first:last]  # the other way round
        _graph(
            edges, low, high, first, last, turned, classes, counts, edge_orders[1], parents[1], down.killer,
            down.decider,
        )  # fmt: skip
        for node in range(first, last):
            if down.killer[node] < 0:
                opposite[root_of(parents[0], node)] = node
        for k in range(low, high):
            position[edge_orders[0, k]] = k
        exchange_block(edges, edge_orders[1], low, high, position, edge_orders[0], into, until, thrown)
