"""Persistent homology of a Rips filtration up to dimension 2, from the links of its edges.

Edges enter one by one, and with an edge a b all simplices whose longest edge it is: its star. What the star does to
homology is told by its link, the clique complex of the common neighbours of a and b (over shorter edges):

* an empty link: the edge joins two components, or a loop is born;
* a link of k components: k - 1 critical triangles, each of which ends a loop or begins a void;
* one-dimensional cycles of the link: critical tetrahedra, which end voids or begin what no one asked for.

All else in the star is matched in pairs that change nothing: the edge with the triangle to its mate (the most central
common neighbour), a triangle with the tetrahedron to its parent in a spanning forest of the link, a tetrahedron
a b x w, w an earlier neighbour of x in the link, along a spanning forest of those earlier neighbours. As many critical
edges and triangles remain as homology itself asks for, and they alone become columns and rows of a matrix. A column is
only made while a class lives that it could end. This module imports numba; import it where it is used.
"""

# mypy: disable-error-code="no-untyped-def"

import numba
import numpy as np

from cochain.persistence._numba_bits import ONE, drop, inner, longer, lowest, put
from cochain.persistence._numba_rips_flow import flow_of_tetrahedron, flow_of_triangle, mate_of, reduce_column
from cochain.persistence._numba_rips_state import (
    BORN,
    CRITICAL,
    DROPPED,
    FAR,
    FRONT,
    LINK,
    NEAR,
    PART,
    SEEN,
    TREE,
    State,
)


def sweep(state: State, start: int, stop: int, most_steps: int, top: int, field: int) -> tuple[State, int]:
    """Let edges enter from rank `start` on, until `stop`, a number of steps or the end of some space.

    Args:
        state: what is known; its arrays are changed.
        start: first rank.
        stop: the rank after the last.
        most_steps: about how many steps of some ten nanoseconds to go.
        top: highest dimension wanted, 0 to 2.
        field: a prime.

    Returns:
        The state, and the rank at which to go on.
    """
    rank, loops, voids, nodes = _sweep(state, start, stop, most_steps, top, field)
    loops, voids = state.loops._replace(entries=loops), state.voids._replace(entries=voids)
    return state._replace(loops=loops, voids=voids, nodes=nodes), rank


@numba.njit(cache=True, nogil=True)
def _sweep(state, start, stop, most_steps, top, field):
    ends, neighbors, steps, rank = state.graph.ends, state.neighbors, 0, start
    while rank < stop and steps < most_steps and _has_room(state, rank, top):
        a, b = ends[rank, 0], ends[rank, 1]
        if top > 1:
            state.arrows.begins[rank + 1] = state.arrows.begins[rank]
        if not _common(neighbors[a], neighbors[b], state.sets[LINK]):
            _enter_alone(state.forest, state.arrows.mate, state.loops, state.alive, rank, a, b)
        elif top > 1 or state.alive[0] > 0:
            steps += len(neighbors) >> 4
            state, more = _enter_star(state, rank, a, b, top, field)
            steps += more
        put(neighbors[a], b)
        put(neighbors[b], a)
        rank += 1
        if top < 2 and state.alive[0] == 0:
            begin = rank
            rank = _skip(ends, neighbors, rank, min(stop, rank + most_steps))
            steps += rank - begin
    return rank, state.loops.entries, state.voids.entries, state.nodes


@inner
def _skip(ends, neighbors, rank, stop):
    """Let edges enter up to the first whose ends have no common neighbour; the others change no homology."""
    while rank < stop:
        first, second = neighbors[ends[rank, 0]], neighbors[ends[rank, 1]]
        k = 0
        while k < len(first) and first[k] & second[k] == 0:
            k += 1
        if k == len(first):
            break
        put(first, ends[rank, 1])
        put(second, ends[rank, 0])
        rank += 1
    return rank


@inner
def _has_room(state, rank, top):
    """Tell whether the generators and exceptions of one more edge fit."""
    if state.loops.used[0] == len(state.loops.table):
        return False
    if top < 2:
        return True
    nodes = len(state.neighbors)
    fits = state.arrows.begins[rank] + nodes <= len(state.arrows.exceptions)
    return fits and state.voids.used[0] + nodes <= len(state.voids.table)


@inner
def _common(first, second, link):
    """Write the common members of two sets, and tell whether there are any."""
    found = np.uint64(0)
    for k in range(len(link)):
        link[k] = first[k] & second[k]
        found |= link[k]
    return found != 0


@inner
def _enter_alone(forest, mate, loops, alive, rank, a, b):
    """Let an edge enter whose ends have no common neighbour: it joins two components or begins a loop."""
    a, b = _root(forest, a), _root(forest, b)
    if a != b:
        forest[max(a, b), 0] = min(a, b)
        forest[max(a, b), 1] = rank
        mate[rank] = TREE
        return
    number = loops.used[0]
    loops.used[0] += 1
    loops.table[number, 0] = rank
    alive[0] += 1
    mate[rank] = CRITICAL - number


@inner
def _root(forest, vertex):
    while forest[vertex, 0] != vertex:
        forest[vertex, 0] = forest[forest[vertex, 0], 0]
        vertex = forest[vertex, 0]
    return vertex


@inner
def _enter_star(state, rank, a, b, top, field):
    """Match the star of an edge with a link that is not empty, and reduce its critical cells."""
    arrows, far, seen, steps = state.arrows, state.sets[FAR], state.sets[SEEN], 0
    mate = mate_of(state.graph.ranks[a], state.graph.ranks[b])
    arrows.mate[rank] = mate
    if _split(state.sets, state.neighbors[mate], mate):
        return state, 0
    cells, critical = np.empty((8 if top > 1 and state.alive[1] > 0 else 0, 2), np.int32), 0
    place = arrows.begins[rank] if top > 1 else 0
    while True:
        place, cells, critical, more = _search(
            state.neighbors, state.sets, arrows.exceptions, place, cells, critical, top
        )
        steps += more
        root = _first(far)
        if root < 0:
            break
        drop(far, root)
        put(seen, root)
        state, code, more = _enter_triangle(state, rank, root, top, field)
        steps += more
        if top > 1:
            arrows.exceptions[place, 0], arrows.exceptions[place, 1] = root, code
            place += 1
    if top > 1:
        arrows.begins[rank + 1] = place
    for k in range(critical):
        if state.alive[1] == 0:
            break
        state, more = _enter_tetrahedron(state, rank, cells[k, 0], cells[k, 1], field)
        steps += more
    return state, steps


@inner
def _split(sets, around, mate):
    """Split a link into the mate with its neighbours, and the far rest; tell whether the rest is empty."""
    left = np.uint64(0)
    drop(sets[LINK], mate)
    for k in range(len(around)):
        near = sets[LINK, k] & around[k]
        sets[NEAR, k] = near
        sets[SEEN, k] = near
        sets[FAR, k] = sets[LINK, k] ^ near
        left |= sets[FAR, k]
    put(sets[SEEN], mate)
    return left == 0


@inner
def _first(words):
    for k in range(len(words)):
        if words[k] != 0:
            return (k << 6) + np.int64(lowest(words[k]))
    return -1


@inner
def _search(neighbors, sets, exceptions, place, cells, critical, top):
    """Reach the far vertices that are joined to those seen; list the critical tetrahedra, and parents that are far."""
    far, seen, steps, moved = sets[FAR], sets[SEEN], 0, True
    while moved:
        moved = False
        for k in range(len(far)):
            word = far[k]
            while word != 0:
                x = (k << 6) + np.int64(lowest(word))
                word &= word - ONE
                parent = _first_common(neighbors[x], sets[NEAR])
                steps += 2
                if parent < 0:
                    parent = _first_common(neighbors[x], seen)
                    if parent < 0:
                        continue
                    if top > 1:
                        exceptions[place, 0], exceptions[place, 1] = x, parent
                        place += 1
                if len(cells):
                    _common(neighbors[x], seen, sets[PART])
                    cells, critical = _parts(neighbors, sets[PART], sets[FRONT], x, parent, cells, critical)
                    steps += 4 * len(far)
                drop(far, x)
                put(seen, x)
                moved = True
    return place, cells, critical, steps


@inner
def _first_common(first, second):
    for k in range(len(first)):
        word = first[k] & second[k]
        if word != 0:
            return (k << 6) + np.int64(lowest(word))
    return -1


@inner
def _parts(neighbors, part, front, x, parent, cells, critical):
    """List a critical tetrahedron for each component, but that of the parent, of the earlier neighbours of x."""
    at = parent
    front[:] = 0
    drop(part, parent)
    while True:
        around, left = neighbors[at], np.uint64(0)
        for k in range(len(part)):
            reached = part[k] & around[k]
            part[k] ^= reached
            front[k] |= reached
            left |= part[k]
        if left == 0:
            return cells, critical
        at = _first(front)
        if at >= 0:
            drop(front, at)
            continue
        at = _first(part)
        drop(part, at)
        if critical == len(cells):
            cells = longer(cells)
        cells[critical, 0] = x
        cells[critical, 1] = at
        critical += 1


@inner
def _enter_triangle(state, rank, third, top, field):
    """Let a critical triangle end a loop, or else begin a void; give what stands for its vertex's parent."""
    steps = 0
    if state.alive[0] > 0:
        steps = flow_of_triangle(state.graph, state.arrows, third, rank, state.edges, state.loop_queue, field)
        loops, killed, more = reduce_column(state.loops, state.loop_queue, rank, field)
        steps += more
        state = _grown(state, loops, state.voids, state.nodes)
        if killed >= 0:
            state.alive[0] -= 1
            return state, DROPPED, steps
    if top < 2:
        return state, DROPPED, steps
    number = state.voids.used[0]
    state.voids.used[0] += 1
    state.voids.table[number, 0] = rank
    state.alive[1] += 1
    return state, BORN - number, steps


@inner
def _enter_tetrahedron(state, rank, x, w, field):
    """Let a critical tetrahedron end a void if it can."""
    cell = (state.graph.ends[rank, 0], state.graph.ends[rank, 1], x, w)
    nodes, steps = flow_of_tetrahedron(
        state.graph, state.arrows, cell, state.edges.tree, state.heads, state.nodes, state.sums,
        state.void_queue, field,
    )  # fmt: skip
    voids, killed, more = reduce_column(state.voids, state.void_queue, rank, field)
    if killed >= 0:
        state.alive[1] -= 1
    return _grown(state, state.loops, voids, nodes), steps + more


@inner
def _grown(state, loops, voids, nodes):
    """Give the state with arrays that may have been replaced by longer ones."""
    return State(
        state.graph, state.arrows, state.neighbors, state.sets, state.forest, loops, voids, state.edges,
        state.loop_queue, state.void_queue, state.heads, nodes, state.sums, state.alive,
    )  # fmt: skip
