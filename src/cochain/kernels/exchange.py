"""Which edge of a cycle each new edge throws out of a minimum spanning forest.

This module imports numba; import it where it is used.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from cochain.kernels._numba_compile import compile_serial

Index = npt.NDArray[np.integer[Any]]
NEVER = np.iinfo(np.int64).max
SCATTER = np.uint64(0x9E3779B97F4A7C15)  # odd, so that different nodes stay different; close to 2^64 / golden ratio


def exchange_edges(edges: Index, order: Index, position: Index, nodes: int) -> npt.NDArray[np.int64]:
    r"""Let edges come one by one, and whenever one closes a cycle, throw out the cycle's edge of highest position.

    After every step the edges that are left are the minimum spanning forest, by position, of those that have come. So
    of the edges that have come by $b$, those thrown out with a position up to $a$ number as many as the independent
    cycles of the graph of edges with order up to $b$ and position up to $a$: the pairs (thrown out, came) are the pairs
    of the extended persistence of cycles.

    The forest itself is not kept, only what it says: for each node the position up to which it speaks for a tree of its
    own, and the node that speaks for it from there on. Which of two nodes goes on speaking may be chosen freely, and is
    chosen as if at random, so that the chains to follow are short.

    Args:
        edges: (edges, 2) ends, each below `nodes`.
        order: the edges in the order in which they come.
        position: place of every edge in the other order, a permutation.
        nodes: how many there are.

    Returns:
        For every edge the one that it throws out (perhaps itself), -1 where it joins two trees.

    Cost:
        About the logarithm of the number of nodes for each edge, whatever the lengths of the cycles.

    Source:
        Smirnov, Morozov, 2017, "Triplet Merge Trees", for the trees and how an edge comes into them.
        Yan, Ma, Gao, Tang, Chen, 2021, "Link Prediction with Persistent Homology: An Interactive View", for pairing
        edges by the cycles of a spanning tree.
    """
    thrown = np.full(len(edges), -1, np.int64)
    edge_at = np.empty(len(edges), np.int64)
    edge_at[position] = np.arange(len(edges))
    _exchange(np.ascontiguousarray(edges), order, position, edge_at, np.arange(nodes), np.full(nodes, NEVER), thrown)
    return thrown


@numba.njit(cache=True, nogil=True)
def exchange_block(edges, order, low, high, position, edge_at, into, until, thrown):  # type: ignore[no-untyped-def]
    """Let the edges order[low:high] come. Every node arrives speaking for itself `until` NEVER."""
    for k in range(low, high):
        e = order[k]
        one, other = edges[e, 0], edges[e, 1]
        now = position[e]
        while True:
            while until[one] < now:
                one = into[one]
            while until[other] < now:
                other = into[other]
            if one == other:
                thrown[e] = edge_at[now]
                break
            if np.uint64(one) * SCATTER > np.uint64(other) * SCATTER:
                one, other = other, one
            # From `now` on one speaks for the other. What had silenced the other before is an edge still to be placed.
            following, later = into[other], until[other]
            into[other], until[other] = one, now
            if later == NEVER:
                break
            other, now = following, later


@compile_serial
def _exchange(edges, order, position, edge_at, into, until, thrown):  # type: ignore[no-untyped-def]
    exchange_block(edges, order, 0, len(order), position, edge_at, into, until, thrown)
