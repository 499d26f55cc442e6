r"""Random triangulations of closed surfaces, many at once, with the loops that double covers are made of.

A state holds `walks` triangulations of one surface with the same number of vertices. Two moves keep every one a
triangulated closed surface (a simplicial complex) of the same homeomorphism type:

* subdivision: a triangle abc becomes abv, bcv, cav with a new vertex v;
* flip: the edge ab of the triangles abc and abd becomes cd, allowed where c and d are not yet joined.

Along with the triangles goes a basis of $H^1(\cdot; \mathbb{Z}_2)$: bit j of `crossing[a, b]` says whether the edge ab
crosses the j-th cross-cap an odd number of times. It is zero around every triangle, so a new edge takes the sum of the
two edges beside it. A nonzero combination of the bits describes a connected double cover.
"""

from dataclasses import dataclass

import numpy as np

# The projective plane with 6 vertices: five triangles around vertex 0, and five more. The diagonals of the pentagon
# 1 2 3 4 5 are the edges that cross the cross-cap.
PLANE = np.array(
    [[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 5], [0, 1, 5], [1, 2, 4], [2, 3, 5], [1, 3, 4], [2, 4, 5], [1, 3, 5]]
)
DIAGONALS = np.array([[1, 3], [2, 4], [3, 5], [1, 4], [2, 5]])
FLIPS_PER_EDGE = 12
ODD = np.array([0, 1, 1, 0, 1, 0, 0, 1])  # whether a number below 8 has an odd number of bits


@dataclass
class Walks:
    """Triangulations on the way: `walks` surfaces, each with `vertices` of at most `room` vertices."""

    apexes: np.ndarray
    """int16 (walks, room, room, 2): the third vertices of the two triangles at an edge; -1 where there is no edge."""
    crossing: np.ndarray
    """uint8 (walks, room, room): one bit for each cross-cap."""
    edges: np.ndarray
    """int16 (walks, edges, 2), in no order."""
    vertices: int


def tetrahedron() -> tuple[np.ndarray, np.ndarray]:
    """Give the sphere with 4 vertices: triangles (4, 3), and crossing (4, 4), which is zero."""
    return np.array([[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]), np.zeros((4, 4), dtype=np.uint8)


def cross_caps(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the connected sum of `count` projective planes: triangles, and the basis of crossings.

    Copy j + 1 is glued with its triangle 012 to the triangle 034 of copy j, and both triangles are removed. No edge of
    those triangles crosses a cross-cap, so each copy's bit is zero on the others.
    """
    crossing = np.zeros((3 + 3 * count, 3 + 3 * count), dtype=np.uint8)
    names, parts = np.arange(6), []
    for copy in range(count):
        first, last = (0 if copy == 0 else 1), (0 if copy == count - 1 else 1)
        inner = PLANE[[row for row in range(10) if not (row == 0 and first) and not (row == 2 and last)]]
        parts.append(names[inner])
        ends = names[DIAGONALS]
        crossing[ends[:, 0], ends[:, 1]] = crossing[ends[:, 1], ends[:, 0]] = 1 << copy
        names = np.concatenate([names[[0, 3, 4]], 6 + 3 * copy + np.arange(3)])
    return np.sort(np.concatenate(parts), axis=1), crossing


def start(triangles: np.ndarray, crossing: np.ndarray, walks: int, room: int) -> Walks:
    """Begin `walks` walks at one triangulation."""
    vertices = int(triangles.max()) + 1
    apexes = np.full((room, room, 2), -1, dtype=np.int16)
    filled = np.zeros((room, room), dtype=np.int64)
    for u, v, w in np.concatenate([triangles[:, turn] for turn in ([0, 1, 2], [0, 2, 1], [1, 2, 0])]):
        apexes[u, v, filled[u, v]] = apexes[v, u, filled[u, v]] = w
        filled[u, v] = filled[v, u] = filled[u, v] + 1
    wide = np.zeros((room, room), dtype=np.uint8)
    wide[:vertices, :vertices] = crossing
    edges = np.argwhere(np.triu(apexes[..., 0] >= 0)).astype(np.int16)
    many = [np.repeat(part[None], walks, axis=0) for part in (apexes, wide, edges)]
    return Walks(many[0], many[1], many[2], vertices)


def grow(walks: Walks, vertices: int, rng: np.random.Generator) -> None:
    """Subdivide up to `vertices` vertices, flipping in between, and flip on until each edge was drawn many times."""
    while walks.vertices < vertices:
        subdivide(walks, rng)
        for _ in range(walks.edges.shape[1]):
            flip(walks, rng)
    for _ in range(FLIPS_PER_EDGE * walks.edges.shape[1]):
        flip(walks, rng)


def subdivide(walks: Walks, rng: np.random.Generator) -> None:
    """Put a new vertex into one random triangle of every walk."""
    count, edges, _ = walks.edges.shape
    every, new = np.arange(count), walks.vertices
    a, b = walks.edges[every, rng.integers(edges, size=count)].T
    c = walks.apexes[every, a, b, rng.integers(2, size=count)]
    for u, v, w in ((a, b, c), (b, c, a), (c, a, b)):
        _replace(walks.apexes, u, v, w, np.full(count, new))
        walks.apexes[every, new, u] = walks.apexes[every, u, new] = np.stack([v, w], axis=1)
        crossed = walks.crossing[every, a, u]  # the new vertex lies next to a: no crossing on the edge to a itself
        walks.crossing[every, new, u] = walks.crossing[every, u, new] = crossed
    more = np.stack([np.stack([u, np.full(count, new)], axis=1) for u in (a, b, c)], axis=1)
    walks.edges = np.concatenate([walks.edges, more.astype(np.int16)], axis=1)
    walks.vertices += 1


def flip(walks: Walks, rng: np.random.Generator) -> None:
    """Draw one edge of every walk, and flip it where that is allowed."""
    count, edges, _ = walks.edges.shape
    drawn = rng.integers(edges, size=count)
    every = np.arange(count)
    a, b = walks.edges[every, drawn].T
    c, d = walks.apexes[every, a, b].T
    legal = walks.apexes[every, c, d, 0] < 0
    every, drawn, a, b, c, d = np.stack([every, drawn, a, b, c, d])[:, legal]
    apexes, crossing = walks.apexes, walks.crossing
    apexes[every, a, b] = apexes[every, b, a] = -1
    apexes[every, c, d] = apexes[every, d, c] = np.stack([a, b], axis=1)
    for u, v, old, new in ((a, c, b, d), (a, d, b, c), (b, c, a, d), (b, d, a, c)):
        _replace(apexes, u, v, old, new, every)
    crossing[every, c, d] = crossing[every, d, c] = crossing[every, c, a] ^ crossing[every, a, d]
    crossing[every, a, b] = crossing[every, b, a] = 0
    walks.edges[every, drawn] = np.stack([c, d], axis=1)


def _replace(
    apexes: np.ndarray, u: np.ndarray, v: np.ndarray, old: np.ndarray, new: np.ndarray, every: np.ndarray | None = None
) -> None:
    """Exchange the apex `old` at the edge uv for `new`."""
    every = np.arange(len(u)) if every is None else every
    side = np.where(apexes[every, u, v, 0] == old, 0, 1)
    apexes[every, u, v, side] = apexes[every, v, u, side] = new


def triangles_of(walks: Walks) -> np.ndarray:
    """Give the triangles, int64 (walks, triangles, 3), vertices ascending."""
    count = len(walks.edges)
    low, high = np.sort(walks.edges.astype(np.int64), axis=2).transpose(2, 0, 1)
    apex = walks.apexes[np.arange(count)[:, None], low, high].astype(np.int64)
    keep = apex > high[..., None]  # each triangle once: at its edge of the two lower vertices
    walk, edge, side = np.nonzero(keep)
    found = np.stack([low[walk, edge], high[walk, edge], apex[walk, edge, side]], axis=1)
    return found.reshape(count, -1, 3)


def double_cover(triangles: np.ndarray, crossing: np.ndarray, mask: np.ndarray, vertices: int) -> np.ndarray:
    """Give the double cover of every surface that a combination of crossings describes.

    Vertex v has the lifts v and v + vertices. An edge that crosses an odd number of the chosen cross-caps leads from
    one sheet to the other.

    Args:
        triangles: (walks, triangles, 3).
        crossing: (walks, room, room), bits.
        mask: (walks,), the chosen bits.
        vertices: number of vertices of each surface.

    Returns:
        int64 (walks, 2 triangles, 3).
    """
    every = np.arange(len(triangles))[:, None]
    a, b, c = triangles.transpose(2, 0, 1)
    sheets = []
    for sheet in (0, 1):
        lifted = [a + sheet * vertices]
        for other in (b, c):
            crossed = ODD[crossing[every, a, other] & mask[:, None]]
            lifted.append(other + (sheet ^ crossed) * vertices)
        sheets.append(np.stack(lifted, axis=2))
    return np.concatenate(sheets, axis=1).astype(np.int64)
