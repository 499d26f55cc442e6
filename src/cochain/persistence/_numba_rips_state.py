"""What the sweep over the edges of a Rips filtration knows, and how it begins and grows.

This module imports numba; import it where it is used.
"""

from typing import NamedTuple

import numpy as np

from cochain.persistence._numba_bits import Whole, Words, queue_of
from cochain.persistence._numba_rips_edges import Index

UNKNOWN, TREE, CRITICAL = -1, -2, -3
"""What stands for an edge without a mate: not sought yet, matched with a vertex, critical (minus its number)."""
DROPPED, BORN = -1, -2
"""What stands for a vertex without a parent: its triangle is no generator, or is generator number k as `BORN - k`."""

LINK, NEAR, FAR, SEEN, PART, FRONT = range(6)
"""Rows of the sets of vertices."""


class Graph(NamedTuple):
    """Edges in their order: ends, and the rank of the edge between two vertices (-1: the same, many: none)."""

    ends: Index
    ranks: Index


class Arrows(NamedTuple):
    """The matching.

    Attributes:
        mate: per edge the third vertex of the triangle that it is matched with, or what it is instead.
        begins: `(edges + 1,)`, where the exceptions of an edge begin.
        exceptions: `(.., 2)`, common neighbours of an edge's ends that are more than two steps from its mate, and
            their parents. At one step the mate is the parent, at two the first neighbour that is one step away.
    """

    mate: Index
    begins: Whole
    exceptions: Index


class Queue(NamedTuple):
    """Numbers with coefficients, the largest first."""

    tree: Words
    value: Index


class Columns(NamedTuple):
    """Reduced columns of one dimension, each kept under the generator that it kills.

    Attributes:
        table: `(generators, 4)`, rank of the edge with which each is born, rank of the edge that kills it (-1 so far),
            and where in the entries its column begins and ends. A column begins with the generator itself, times 1.
        entries: `(.., 2)`, generators and their coefficients.
        used: `(2,)`, how many generators and how many entries there are.
    """

    table: Whole
    entries: Index
    used: Whole


class State(NamedTuple):
    """All that the sweep over the edges knows.

    Attributes:
        graph: the edges in their order.
        arrows: which cells are matched.
        neighbors: over the edges so far, one row of bits per vertex.
        sets: room for sets of vertices: rows `LINK`, `NEAR`, `FAR`, `SEEN`, `PART` and `FRONT`.
        forest: `(vertices, 2)`, a vertex above each in its component, the smallest one above itself; and the rank of
            the edge that joins the component of which it was the smallest to one with a smaller vertex, -1 so far.
        loops: generators of dimension 1 with their columns.
        voids: those of dimension 2.
        edges: queue of edges.
        loop_queue: queue of generators of dimension 1.
        void_queue: queue of generators of dimension 2.
        heads: `(edges,)`, the lists of triangles.
        nodes: rows of those lists.
        sums: `(vertices,)`, zeros.
        alive: `(2,)`, classes of dimension 1 and 2 that live.
    """

    graph: Graph
    arrows: Arrows
    neighbors: Words
    sets: Words
    forest: Index
    loops: Columns
    voids: Columns
    edges: Queue
    loop_queue: Queue
    void_queue: Queue
    heads: Index
    nodes: Index
    sums: Whole
    alive: Whole


def start(ends: Index, ranks: Index, top: int) -> State:
    """Make the state before the first edge.

    Args:
        ends: `(edges, 2)`, in their order.
        ranks: `(vertices, vertices)`, the rank of the edge between every two.
        top: highest dimension wanted.
    """
    nodes, edges = len(ranks), len(ends)
    words, wide = -(-nodes // 64), edges if top > 1 else 1
    sizes = (2 * nodes + 16, 2 * nodes + 16 if top > 1 else 1)
    rows = np.zeros((1024 if top > 1 else 2, 3), np.int32)
    rows[:-1, 0] = np.arange(1, len(rows))
    exceptions = np.zeros((4 * nodes if top > 1 else 1, 2), np.int32)
    loops, voids = (Columns(_table(size), np.zeros((1, 2), np.int32), np.zeros(2, np.int64)) for size in sizes)
    first, second, third = (_queue(size) for size in (edges, *sizes))
    return State(
        Graph(ends, ranks),
        Arrows(np.full(edges, UNKNOWN, np.int32), np.zeros(wide + 1, np.int64), exceptions),
        np.zeros((nodes, words), np.uint64),
        np.zeros((6, words), np.uint64),
        np.stack([np.arange(nodes, dtype=np.int32), np.full(nodes, -1, np.int32)], axis=1),
        loops,
        voids,
        first,
        second,
        third,
        np.zeros(wide, np.int32),
        rows,
        np.zeros(nodes, np.int64),
        np.zeros(2, np.int64),
    )


def with_room(state: State, rank: int, top: int) -> State:
    """Double what has no room left for the edge of a rank; between two calls of `sweep` the queues are empty."""
    nodes, loops, size = len(state.neighbors), state.loops, len(state.loops.table)
    if loops.used[0] == size:
        loops = loops._replace(table=np.concatenate([loops.table, _table(size)]))
        state = state._replace(loops=loops, loop_queue=_queue(2 * size))
    if top < 2:
        return state
    voids, size = state.voids, len(state.voids.table)
    if voids.used[0] + nodes > size:
        voids = voids._replace(table=np.concatenate([voids.table, _table(size)]))
        state = state._replace(voids=voids, void_queue=_queue(2 * size))
    exceptions = state.arrows.exceptions
    if state.arrows.begins[rank] + nodes > len(exceptions):
        more = np.concatenate([exceptions, np.zeros_like(exceptions)])
        state = state._replace(arrows=state.arrows._replace(exceptions=more))
    return state


def _table(size: int) -> Whole:
    table = np.zeros((size, 4), np.int64)
    table[:, :2] = -1
    return table


def _queue(size: int) -> Queue:
    return Queue(queue_of(size), np.zeros(max(size, 1), np.int32))
