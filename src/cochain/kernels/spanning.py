"""Minimum spanning forests by union-find over sorted edges, and which component dies where two meet.

This module imports numba; import it where it is used.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from cochain.kernels._numba_compile import compile_serial
from cochain.kernels.block_sort import stable_order

Index = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


def spanning_forest(edges: Index, weights: Floats, nodes: int) -> Index:
    """Find a spanning forest of least total weight, by Kruskal's algorithm.

    Args:
        edges: (edges, 2) ends, each below `nodes`.
        weights: one per edge, no NaN among them; equal weights are taken in the order of the edges.
        nodes: how many there are.

    Returns:
        The edges of the forest, in the order in which it takes them.
    """
    order = stable_order(weights)
    killer = merge_components(edges, order, np.zeros(nodes))
    taken = np.zeros(len(edges), np.bool_)
    taken[killer[killer >= 0]] = True
    found: Index = order[taken[order]]
    return found


def merge_components(edges: Index, order: Index, births: Floats) -> npt.NDArray[np.int64]:
    """Grow a forest edge by edge; where two components meet, the one that was born later dies (the elder rule).

    Args:
        edges: (edges, 2) ends.
        order: the edges in the order in which they come. Those of several graphs may stand one graph after the other.
        births: when each node is born; of two nodes born at once the one of smaller index is the elder.

    Returns:
        For every node the edge that kills the component born with it, -1 for the eldest of each component.

    Cost:
        Nearly linear in nodes and edges.
    """
    killer = np.full(len(births), -1, np.int64)
    _merge(np.ascontiguousarray(edges), order, births, np.arange(len(births)), killer)
    return killer


@numba.njit(cache=True, nogil=True)
def root_of(parent, node):  # type: ignore[no-untyped-def]
    """Follow the links to the root, halving the path on the way."""
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@numba.njit(cache=True, nogil=True)
def merge_block(edges, order, low, high, births, parent, killer):  # type: ignore[no-untyped-def]
    """Merge along order[low:high]. Parents arrive as the nodes themselves, and end as links towards the eldest."""
    for k in range(low, high):
        e = order[k]
        one, other = root_of(parent, edges[e, 0]), root_of(parent, edges[e, 1])
        if one == other:
            continue
        if births[one] < births[other] or (births[one] == births[other] and one < other):
            one, other = other, one
        parent[one] = other  # the root is the eldest
        killer[one] = e


@compile_serial
def _merge(edges, order, births, parent, killer):  # type: ignore[no-untyped-def]
    merge_block(edges, order, 0, len(order), births, parent, killer)
