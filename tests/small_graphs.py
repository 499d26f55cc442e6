"""Random graphs as the enumerations and the lifts read them, and what tests compare."""

from itertools import pairwise

import networkx as nx
import numpy as np
import torch
from hypothesis import strategies as st

from cochain import Complex


@st.composite
def graphs(draw: st.DrawFn, max_nodes: int = 9) -> nx.Graph:
    """A graph on 0..n-1 with any edges."""
    nodes = draw(st.integers(1, max_nodes))
    pairs = [(u, v) for u in range(nodes) for v in range(u + 1, nodes)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    graph = nx.empty_graph(nodes)
    graph.add_edges_from(chosen)
    return graph


def csr(graph: nx.Graph) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric adjacency, neighbours increasing."""
    rows = [sorted(graph[node]) for node in range(len(graph))]
    indptr = np.cumsum([0, *map(len, rows)])
    return indptr, np.array([v for row in rows for v in row], dtype=np.int64)


def upper(graph: nx.Graph) -> tuple[np.ndarray, np.ndarray]:
    """Upper triangle of the adjacency."""
    rows = [sorted(v for v in graph[node] if v > node) for node in range(len(graph))]
    indptr = np.cumsum([0, *map(len, rows)])
    return indptr, np.array([v for row in rows for v in row], dtype=np.int64)


def canonical(walk: list[int]) -> tuple[int, ...]:
    """The closed walk from its smallest vertex towards the smaller neighbour."""
    first = walk.index(min(walk))
    forward = walk[first:] + walk[:first]
    backward = [forward[0], *reversed(forward[1:])]
    return tuple(min(forward, backward))


def walks(cycles) -> list[tuple[int, ...]]:
    """Closed walks as tuples."""
    return (
        [tuple(part.tolist()) for part in np.split(cycles.vertices, cycles.indptr[1:-1])]
        if len(cycles.indptr) > 1
        else []
    )


def unions(max_parts: int = 3) -> st.SearchStrategy[list[nx.Graph]]:
    """A few small graphs."""
    return st.lists(graphs(6), min_size=1, max_size=max_parts)


def complex_of(graph: nx.Graph) -> Complex:
    """The graph as a complex, with features on nodes, an odd flow on edges and a label."""
    c = Complex.graph([tuple(edge) for edge in graph.edges], len(graph))
    rng = np.random.default_rng(len(graph) + 10 * graph.number_of_edges())
    c = c.with_cochain(0, "x", torch.from_numpy(rng.normal(size=(c.sizes[0], 2))))
    c = c.with_cochain(1, "flow", torch.from_numpy(rng.normal(size=(c.sizes[1], 1))), odd=True)
    return c.with_cochain("whole", "y", torch.tensor([graph.number_of_edges()]))


def shuffled(c: Complex, random) -> tuple[Complex, list[int]]:
    """The complex with nodes and edges renumbered within components and edges turned round; old number of each node."""
    orders = []
    for rank in (0, 1):
        order = []
        for begin, end in pairwise(c.offsets(rank).tolist()):
            part = list(range(begin, end))
            random.shuffle(part)
            order += part
        orders.append(order)
    signs = torch.tensor([random.choice([-1, 1]) for _ in range(c.sizes[1])], dtype=torch.int64)
    moved = c.relabel({0: orders[0], 1: orders[1]})
    return (moved.reorient({1: signs}) if c.oriented else moved), orders[0]


def cells_of(c: Complex, rank: int, nodes: list[int] | None = None) -> list[tuple[tuple[int, ...], list[float]]]:
    """Nodes and features of every cell, sorted; `nodes` gives each node another name."""
    members = torch.eye(c.sizes[rank])
    for high in range(rank, 0, -1):
        members = members @ c.faces(high, high - 1).to_dense().abs().float()
    rows = [row.nonzero()[:, 0].tolist() for row in members]
    named = [tuple(sorted(int(v) if nodes is None else nodes[v] for v in row)) for row in rows]
    x = c[rank].x.double() if "x" in c[rank] else torch.zeros(c.sizes[rank], 0)
    return sorted(zip(named, [[round(v, 9) + 0.0 for v in row] for row in x.tolist()], strict=True))


def same(one: Complex, two: Complex, top: int | None = None) -> None:
    """Assert equal structure up to a rank, and equal tensors where both have them."""
    top = min(one.rank, two.rank) if top is None else top
    assert one.domain == two.domain
    assert one.sizes[: top + 1] == two.sizes[: top + 1]
    for rank in range(top + 1):
        torch.testing.assert_close(one.offsets(rank), two.offsets(rank))
        for name in set(one[rank].keys()) & set(two[rank].keys()):
            torch.testing.assert_close(one[rank][name], two[rank][name])
    for rank in range(1, top + 1):
        mine, other = one.faces(rank, rank - 1), two.faces(rank, rank - 1)
        torch.testing.assert_close(mine.pattern.indptr, other.pattern.indptr)
        torch.testing.assert_close(mine.pattern.indices, other.pattern.indices)
        torch.testing.assert_close(mine.values, other.values)
