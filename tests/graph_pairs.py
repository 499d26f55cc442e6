"""Pairs of graphs that are not isomorphic and that weak networks do not tell apart."""

import torch

from cochain import Complex


def hexagon_and_triangles() -> tuple[Complex, Complex]:
    """A cycle of six and two triangles: 1-WL does not tell them apart."""
    two = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]
    return _ones([(k, (k + 1) % 6) for k in range(6)], 6), _ones(two, 6)


def rook_and_shrikhande() -> tuple[Complex, Complex]:
    """The two strongly regular graphs (16, 6, 2, 2): 3-WL does not tell them apart."""
    squares = [(a, b) for a in range(4) for b in range(4)]
    rook = [(4 * a + b, 4 * a + d) for a, b in squares for d in range(b + 1, 4)]
    rook += [(4 * a + b, 4 * d + b) for a, b in squares for d in range(a + 1, 4)]
    steps = [(0, 1), (1, 0), (1, 1)]
    torus = [(4 * a + b, 4 * ((a + x) % 4) + (b + y) % 4) for a, b in squares for x, y in steps]
    return _ones(rook, 16), _ones(torus, 16)


def _ones(edges: list[tuple[int, int]], nodes: int) -> Complex:
    return Complex.graph(edges, nodes).with_cochain(0, "x", torch.ones(nodes, 1, dtype=torch.float64))
