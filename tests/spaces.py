"""Spaces whose homology is known, as lists of simplices or polygons.

    from spaces import SPACES, torus, product
    space = torus(); space.simplices, space.betti(2), space.euler

A `Space` carries its integral homology, so its Betti numbers over any prime field follow from the universal
coefficient theorem: a torsion summand Z/n counts in its own rank and in the next one wherever p divides n.
"""

from dataclasses import dataclass, field
from itertools import combinations
from math import gcd

Simplex = tuple[int, ...]


@dataclass(frozen=True)
class Space:
    """A triangulated space, nodes numbered from 0 without gaps."""

    name: str
    simplices: list[Simplex]
    free: tuple[int, ...]
    torsion: dict[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def nodes(self) -> int:
        return 1 + max(max(s) for s in self.simplices)

    @property
    def euler(self) -> int:
        return sum((-1) ** k * b for k, b in enumerate(self.free))

    def betti(self, p: int) -> tuple[int, ...]:
        def divided(k: int) -> int:
            return sum(n % p == 0 for n in self.torsion.get(k, ()))

        return tuple(b + divided(k) + divided(k - 1) for k, b in enumerate(self.free))

    def moved(self, shift: int) -> list[Simplex]:
        return [tuple(v + shift for v in s) for s in self.simplices]

    def __str__(self) -> str:
        return self.name


# Elementary spaces


def simplex(rank: int) -> Space:
    return Space(f"simplex-{rank}", [tuple(range(rank + 1))], (1,) + (0,) * rank)


def sphere(rank: int) -> Space:
    """The boundary of a simplex. Rank 1: the triangle; rank 2: the tetrahedron's surface."""
    free = (2,) if rank == 0 else (1, *(0,) * (rank - 1), 1)
    return Space(f"sphere-{rank}", list(combinations(range(rank + 2), rank + 1)), free)


def circle(nodes: int = 3) -> Space:
    return Space(f"circle-{nodes}", [(i, (i + 1) % nodes) for i in range(nodes)], (1, 1))


def octahedron() -> Space:
    return Space("octahedron", [(a, b, c) for a in (0, 1) for b in (2, 3) for c in (4, 5)], (1, 0, 1))


def icosahedron() -> Space:
    """North pole 0, ring 1 ... 5, ring 6 ... 10, south pole 11. Node 11 - i is opposite to node i."""
    upper, lower = [1, 2, 3, 4, 5], [7, 6, 10, 9, 8]  # lower[i] lies between upper[i] and upper[i + 1]
    triangles = []
    for i in range(5):
        j = (i + 1) % 5
        triangles += [(0, upper[i], upper[j]), (upper[i], upper[j], lower[i])]
        triangles += [(upper[j], lower[i], lower[j]), (11, lower[i], lower[j])]
    return Space("icosahedron", triangles, (1, 0, 1))


def torus() -> Space:
    """Seven nodes, every two of them joined."""
    triangles = [(i, (i + a) % 7, (i + 3) % 7) for i in range(7) for a in (1, 2)]
    return Space("torus-7", triangles, (1, 2, 1))


def projective_plane() -> Space:
    """Six nodes: the icosahedron with opposite nodes made one."""
    triangles = {tuple(sorted(min(v, 11 - v) for v in t)) for t in icosahedron().simplices}
    return Space("projective-plane-6", sorted(triangles), (1, 0, 0), {1: (2,)})


# A disc glued along a word


def glued_disc(name: str, *word: int) -> Space:
    """A disc whose boundary reads a word in loops 1, 2, ... and their inverses -1, -2, ..., all through one node.

    Each loop has three edges, and a ring of new nodes keeps the disc's inside simplicial. H_1 is the free abelian
    group on the loops modulo the word; H_2 is Z where the word vanishes in it.
    """
    loops = max(abs(letter) for letter in word)
    boundary: list[int] = []
    for letter in word:
        first, second = 2 * abs(letter) - 1, 2 * abs(letter)
        boundary += [0, first, second] if letter > 0 else [0, second, first]
    ring, centre = 2 * loops + 1, 2 * loops + 1 + len(boundary)
    triangles: list[Simplex] = []
    for i, node in enumerate(boundary):
        j = (i + 1) % len(boundary)
        triangles += [(node, boundary[j], ring + i), (boundary[j], ring + i, ring + j), (ring + i, ring + j, centre)]
    order = gcd(*(sum((letter == k) - (letter == -k) for letter in word) for k in range(1, loops + 1)))
    free = (1, loops - (order != 0), int(order == 0))
    return Space(name, triangles, free, {1: (order,)} if order > 1 else {})


def orientable(genus: int) -> Space:
    word = [letter for k in range(1, 2 * genus, 2) for letter in (k, k + 1, -k, -k - 1)]
    return glued_disc(f"genus-{genus}", *word)


def crosscaps(number: int) -> Space:
    return glued_disc(f"crosscaps-{number}", *(k for k in range(1, number + 1) for _ in (0, 1)))


def klein_bottle() -> Space:
    return glued_disc("klein-bottle", 1, 2, 1, -2)


def moore(order: int) -> Space:
    """H_1 = Z/order and nothing else."""
    return glued_disc(f"moore-{order}", *[1] * order)


def dunce_hat() -> Space:
    """Contractible, without a free face: nothing collapses, and elimination has to work."""
    return glued_disc("dunce-hat", 1, 1, -1)


# New spaces from old ones


def wedge(a: Space, b: Space) -> Space:
    """Glue node 0 of b to node 0 of a."""
    right = [tuple(v + a.nodes - 1 if v else 0 for v in s) for s in b.simplices]
    ranks = max(len(a.free), len(b.free))
    free = [sum(s.free[k] for s in (a, b) if k < len(s.free)) - (k == 0) for k in range(ranks)]
    torsion = {k: a.torsion.get(k, ()) + b.torsion.get(k, ()) for k in a.torsion.keys() | b.torsion.keys()}
    return Space(f"{a} v {b}", a.simplices + right, tuple(free), torsion)


def suspension(a: Space) -> Space:
    """Two cones on one base: reduced homology moves up by one rank."""
    n = a.nodes
    free = (1, a.free[0] - 1, *a.free[1:])
    torsion = {k + 1: orders for k, orders in a.torsion.items()}
    return Space(f"S({a})", [(*s, apex) for s in a.simplices for apex in (n, n + 1)], free, torsion)


def connected_sum(a: Space, b: Space) -> list[Simplex]:
    """Cut the first triangle out of each closed surface and glue along its three edges."""
    onto = dict(zip(b.simplices[0], a.simplices[0], strict=True))
    rest = (v for v in range(b.nodes) if v not in onto)
    onto |= {v: a.nodes + i for i, v in enumerate(rest)}
    return a.simplices[1:] + [tuple(onto[v] for v in s) for s in b.simplices[1:]]


def product(a: list[Simplex], b: list[Simplex]) -> list[Simplex]:
    """The staircase triangulation of a product: monotone paths through the grid of two ordered simplices."""
    width = 1 + max(max(s) for s in b)
    return [
        tuple(u * width + v for u, v in path)
        for s in a
        for t in b
        for path in _staircases(tuple(sorted(s)), tuple(sorted(t)))
    ]


def _staircases(s: Simplex, t: Simplex) -> list[list[tuple[int, int]]]:
    paths, p, q = [], len(s) - 1, len(t) - 1
    for steps in combinations(range(p + q), p):
        i, j, path = 0, 0, [(s[0], t[0])]
        for step in range(p + q):
            i, j = (i + 1, j) if step in steps else (i, j + 1)
            path.append((s[i], t[j]))
        paths.append(path)
    return paths


def kunneth(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Betti numbers of a product over a field: the product of the Poincare polynomials."""
    return tuple(sum(a[i] * b[k - i] for i in range(len(a)) if 0 <= k - i < len(b)) for k in range(len(a) + len(b) - 1))


SPACES = [
    simplex(0),
    simplex(3),
    sphere(0),
    circle(3),
    circle(7),
    sphere(2),
    sphere(3),
    sphere(4),
    octahedron(),
    icosahedron(),
    torus(),
    orientable(1),
    orientable(2),
    orientable(3),
    projective_plane(),
    crosscaps(1),
    crosscaps(2),
    crosscaps(4),
    klein_bottle(),
    moore(3),
    moore(5),
    moore(6),
    dunce_hat(),
    wedge(torus(), circle()),
    wedge(projective_plane(), moore(3)),
    suspension(torus()),
    suspension(klein_bottle()),
    suspension(suspension(projective_plane())),
]

# Regular cell complexes: polygons whose corners are different nodes, and their homology

Polygons = list[Simplex]


def quad_grid(rows: int, columns: int, twist: bool) -> Polygons:
    """Squares on a torus, or with the twist on a Klein bottle; both counts at least 3."""

    def node(i: int, j: int) -> int:
        return (i % rows) * columns + (-j if twist and i >= rows else j) % columns

    return [
        (node(i, j), node(i + 1, j), node(i + 1, j + 1), node(i, j + 1)) for i in range(rows) for j in range(columns)
    ]


CUBE: Polygons = [(0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5)]
HEMICUBE: Polygons = [(0, 1, 2, 3), (0, 1, 3, 2), (0, 2, 1, 3)]  # the cube with opposite points made one
TWO_DISCS: Polygons = [(0, 1, 2, 3, 4), (0, 1, 2, 3, 4)]
THREE_DISCS: Polygons = [(0, 1, 2), (1, 2, 0), (2, 1, 0)]

CELL_SPACES: dict[str, tuple[Polygons, tuple[int, ...], dict[int, tuple[int, ...]]]] = {
    "cube": (CUBE, (1, 0, 1), {}),
    "hemicube": (HEMICUBE, (1, 0, 0), {1: (2,)}),
    "two discs on a circle": (TWO_DISCS, (1, 0, 1), {}),
    "three discs on a circle": (THREE_DISCS, (1, 0, 2), {}),
    "open cube": (CUBE[1:], (1, 0, 0), {}),
    "torus 3 x 3": (quad_grid(3, 3, twist=False), (1, 2, 1), {}),
    "torus 4 x 5": (quad_grid(4, 5, twist=False), (1, 2, 1), {}),
    "klein bottle 3 x 4": (quad_grid(3, 4, twist=True), (1, 1, 0), {1: (2,)}),
    "klein bottle 5 x 3": (quad_grid(5, 3, twist=True), (1, 1, 0), {1: (2,)}),
}
