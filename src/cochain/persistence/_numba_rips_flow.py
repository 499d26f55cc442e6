"""Follow the arrows of a matching: a boundary becomes a sum of critical cells, and columns of those are reduced.

An edge that is not critical is matched with the triangle over it and its mate, a triangle a b w (longest edge a b) with
the tetrahedron a b w p, where p is the parent of w among the common neighbours of a and b (`_numba_rips`). Replacing a
matched cell by the rest of the boundary of its partner leads to cells that come earlier, so that taking the latest cell
first meets every cell once. This module imports numba; import it where it is used.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from cochain.persistence._numba_bits import inner, longer, pop, push
from cochain.persistence._numba_rips_state import BORN, CRITICAL, DROPPED, UNKNOWN, Columns


@inner
def mate_of(first, second):
    """Find the vertex whose longer edge to two others is shortest, given the ranks of all edges of those two."""
    nearest = np.int64(np.iinfo(np.int64).max)
    for w in range(len(first)):
        nearest = min(nearest, (np.int64(max(first[w], second[w])) << 32) | w)
    return nearest & 0xFFFFFFFF


@inner
def add_to(queue, number, value, field):
    """Add a coefficient to a number of the queue."""
    before = queue.value[number]
    queue.value[number] = (before + value) % field
    if before == 0:
        push(queue.tree, number)


@inner
def flow_of_triangle(graph, arrows, third, rank, edges, generators, field):
    """Turn the boundary of the triangle over an edge and a third vertex into critical edges; count the steps."""
    a, b = graph.ends[rank, 0], graph.ends[rank, 1]
    add_to(edges, rank, 1, field)
    _add_path(graph, edges, a, third, b, field - 1, field)  # back from b to a
    steps = 0
    while True:
        e = pop(edges.tree)
        if e < 0:
            return steps
        value = edges.value[e]
        edges.value[e] = 0
        if value == 0:
            continue
        steps += 1
        a, b = graph.ends[e, 0], graph.ends[e, 1]
        mate = arrows.mate[e]
        if mate == UNKNOWN:
            mate = mate_of(graph.ranks[a], graph.ranks[b])
            arrows.mate[e] = mate
        if mate >= 0:
            _add_path(graph, edges, a, mate, b, value, field)
        elif mate <= CRITICAL:
            add_to(generators, CRITICAL - mate, value, field)


@inner
def _add_path(graph, edges, a, middle, b, value, field):
    """Add the edges from a to the middle and from there to b, each as the edge from its smaller to its larger end."""
    add_to(edges, graph.ranks[a, middle], value if a < middle else field - value, field)
    add_to(edges, graph.ranks[middle, b], value if middle < b else field - value, field)


@inner
def parent_of(graph, arrows, rank, w):
    """Give the parent of a common neighbour of an edge's ends."""
    mate = arrows.mate[rank]
    if w == mate:
        return DROPPED
    if graph.ranks[w, mate] < rank:
        return mate
    for k in range(arrows.begins[rank], arrows.begins[rank + 1]):
        if arrows.exceptions[k, 0] == w:
            return arrows.exceptions[k, 1]
    to_a, to_b = graph.ranks[graph.ends[rank, 0]], graph.ranks[graph.ends[rank, 1]]
    to_mate, to_w = graph.ranks[mate], graph.ranks[w]
    for v in range(len(to_w)):
        if to_w[v] < rank and to_mate[v] < rank and to_a[v] < rank and to_b[v] < rank and v != w and v != mate:
            return v
    return DROPPED


@inner
def flow_of_tetrahedron(graph, arrows, cell, tree, heads, nodes, sums, generators, field):
    """Turn the boundary of a tetrahedron into critical triangles.

    Triangles wait in one list per longest edge: rows (next row, third vertex, coefficient) of `nodes`, from
    `heads[edge]` on. Row 0 ends every list and begins the one of the free rows.

    Returns:
        The rows, more of them if they did not suffice, and the number of steps.
    """
    a, b, w, p = cell
    nodes = _put_triangle(graph, tree, heads, nodes, b, w, p, 1)
    nodes = _put_triangle(graph, tree, heads, nodes, a, w, p, field - 1)
    nodes = _put_triangle(graph, tree, heads, nodes, a, b, p, 1)
    nodes = _put_triangle(graph, tree, heads, nodes, a, b, w, field - 1)
    steps = 0
    while True:
        rank = pop(tree)
        if rank < 0:
            return nodes, steps
        first = row = last = heads[rank]
        heads[rank] = 0
        while row > 0:  # equal triangles first meet in one sum
            sums[nodes[row, 1]] = (sums[nodes[row, 1]] + nodes[row, 2]) % field
            last = row
            row = nodes[row, 0]
        row = first
        while row > 0:
            w, row = nodes[row, 1], nodes[row, 0]
            value, sums[w] = sums[w], 0
            nodes, more = _climb(graph, arrows, rank, w, value, tree, heads, nodes, generators, field)
            steps += more
        nodes[last, 0] = nodes[0, 0]
        nodes[0, 0] = first


@inner
def _climb(graph, arrows, rank, w, value, tree, heads, nodes, generators, field):
    """Move a triangle over an edge from parent to parent; the other faces of the tetrahedra passed join the lists."""
    a, b = graph.ends[rank, 0], graph.ends[rank, 1]
    steps = 0
    while value != 0:
        steps += 1
        p = parent_of(graph, arrows, rank, w)
        if p < 0:
            if p <= BORN:
                add_to(generators, BORN - p, value, field)
            break
        nodes = _put_triangle(graph, tree, heads, nodes, b, w, p, value)
        nodes = _put_triangle(graph, tree, heads, nodes, a, w, p, field - value)
        w = p
    return nodes, steps


@inner
def _put_triangle(graph, tree, heads, nodes, x, y, z, value):
    """Add a triangle, oriented as its vertices are listed, to the list of its longest edge."""
    xy, yz, xz = graph.ranks[x, y], graph.ranks[y, z], graph.ranks[x, z]
    if xy > yz and xy > xz:
        rank, third, turned = xy, z, x > y
    elif yz > xz:
        rank, third, turned = yz, x, y > z
    else:
        rank, third, turned = xz, y, x < z
    row = nodes[0, 0]
    if row == 0:
        row = len(nodes)
        nodes = longer(nodes)
        link_rows(nodes, row)
    nodes[0, 0] = nodes[row, 0]
    if heads[rank] == 0:
        push(tree, rank)
    nodes[row, 0] = heads[rank]
    nodes[row, 1] = third
    nodes[row, 2] = -value if turned else value
    heads[rank] = row
    return nodes


@inner
def link_rows(nodes, begin):
    """Make the rows from one on a list of free rows."""
    for k in range(begin, len(nodes)):
        nodes[k, 0] = k + 1
    nodes[len(nodes) - 1, 0] = 0


@inner
def inverse(value, field):
    """Give the inverse of a coefficient modulo a prime, as its power field - 2."""
    result, power, left = np.int64(1), np.int64(value), field - 2
    while left > 0:
        if left & 1:
            result = result * power % field
        power = power * power % field
        left >>= 1
    return result


@inner
def reduce_column(columns, generators, rank, field):
    """Reduce what waits in the queue of generators, and keep the column under the generator that it kills.

    Returns:
        The columns, with more space if it did not suffice, the generator killed, -1 where the column vanishes, and the
        number of steps.
    """
    steps = 0
    while True:
        top = pop(generators.tree)
        if top < 0:
            return columns, top, steps
        value = generators.value[top]
        if value == 0:
            continue
        if columns.table[top, 1] < 0:
            return _keep_column(columns, generators, top, value, rank, field), top, steps
        generators.value[top] = 0
        steps += columns.table[top, 3] - columns.table[top, 2]
        for k in range(columns.table[top, 2] + 1, columns.table[top, 3]):
            number, times = columns.entries[k]
            add_to(generators, number, (field - value) * np.int64(times), field)


@inner
def _keep_column(columns, generators, top, value, rank, field):
    scale = inverse(value, field)
    columns.table[top, 1] = rank
    place = columns.used[1]
    columns.table[top, 2] = place
    entries = columns.entries
    number = top
    while number >= 0:
        value = generators.value[number]
        generators.value[number] = 0
        if value != 0:
            if place == len(entries):
                entries = longer(entries)
            entries[place, 0], entries[place, 1] = number, value * scale % field
            place += 1
        number = pop(generators.tree)
    columns.used[1] = place
    columns.table[top, 3] = place
    return Columns(columns.table, entries, columns.used)
