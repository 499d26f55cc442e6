"""What hypothesis draws: valid complexes of every domain, and broken input with the builder that must refuse it.

    @given(complexes())            any domain, one or several components
    @given(graphs())               one domain; also hypergraphs, simplicial_complexes, cell_complexes, ...
    @given(broken_inputs())        a `Broken`: calling it must raise one of the library's own errors

Small on purpose: an example that fails should be readable. Isolated nodes occur in every position, empty complexes too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

import cochain as cc

Cell = tuple[int, ...]
ORIENTED = ("graph", "digraph", "simplicial", "cell", "points")

# Raw material: lists of nodes


def cells(nodes: int, sizes: tuple[int, int], count: int = 8) -> st.SearchStrategy[list[Cell]]:
    """Lists of cells, each some different nodes in any order; sizes beyond the number of nodes are left out."""
    low, high = sizes[0], min(sizes[1], nodes)
    if low > high:
        return st.just([])
    one = st.lists(st.integers(0, nodes - 1), min_size=low, max_size=high, unique=True).map(tuple)
    return st.lists(one, max_size=count)


def forms(pairs: list[Cell]) -> st.SearchStrategy[Any]:
    """One list of edges in each of the forms that builders take."""
    array = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return st.sampled_from([pairs, array, array.astype(np.int32), torch.from_numpy(array.copy())])


# One domain


@st.composite
def graphs(draw: st.DrawFn, max_nodes: int = 8, directed: bool = False) -> cc.Complex:
    nodes = draw(st.integers(0, max_nodes))
    edges = draw(cells(nodes, (2, 2), count=12))
    builder = cc.Complex.digraph if directed else cc.Complex.graph
    return builder(draw(forms(edges)), nodes)


@st.composite
def hypergraphs(draw: st.DrawFn, max_nodes: int = 7) -> cc.Complex:
    nodes = draw(st.integers(0, max_nodes))
    return cc.Complex.hypergraph(draw(cells(nodes, (1, 5))), nodes)


@st.composite
def simplicial_complexes(draw: st.DrawFn, max_nodes: int = 7, max_rank: int = 3) -> cc.Complex:
    nodes = draw(st.integers(0, max_nodes))
    return cc.Complex.simplicial(draw(cells(nodes, (1, max_rank + 1))), nodes)


@st.composite
def cell_complexes(draw: st.DrawFn, max_nodes: int = 7) -> cc.Complex:
    nodes = draw(st.integers(0, max_nodes))
    polygons, edges = draw(cells(nodes, (3, 6), count=5)), draw(cells(nodes, (2, 2), count=4))
    return cc.Complex.cell(polygons, edges=edges, num_nodes=nodes)


@st.composite
def combinatorial_complexes(draw: st.DrawFn, max_nodes: int = 7, max_rank: int = 3) -> cc.Complex:
    """Cells of one rank differ as sets, and a cell inside another has no higher rank."""
    nodes = draw(st.integers(1, max_nodes))
    top = draw(st.integers(1, max_rank))
    ranked: dict[int, Any] = {0: nodes}
    for rank in range(1, top + 1):
        drawn = draw(cells(nodes, (rank + 1, rank + 1), count=6))
        ranked[rank] = [list(cell) for cell in {tuple(sorted(cell)): None for cell in drawn}]
    return cc.Complex.combinatorial(ranked)


@st.composite
def point_clouds(draw: st.DrawFn, max_nodes: int = 6) -> cc.Complex:
    shape = draw(st.tuples(st.integers(0, max_nodes), st.integers(1, 3)))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    return cc.Complex.points(torch.from_numpy(rng.standard_normal(shape)))


DOMAINS: dict[str, Callable[[], st.SearchStrategy[cc.Complex]]] = {
    "points": point_clouds,
    "graph": graphs,
    "digraph": lambda: graphs(directed=True),
    "hypergraph": hypergraphs,
    "simplicial": simplicial_complexes,
    "cell": cell_complexes,
    "combinatorial": combinatorial_complexes,
}


# Any domain


@st.composite
def unions(draw: st.DrawFn, domain: str, max_components: int = 4) -> cc.Complex:
    return cc.Complex.union(draw(st.lists(_component(domain), min_size=1, max_size=max_components)))


def _component(domain: str) -> st.SearchStrategy[cc.Complex]:
    if domain == "points":  # positions of one dimension, so that they can be joined
        return st.integers(0, 5).map(lambda n: cc.Complex.points(torch.arange(2.0 * n).reshape(n, 2)))
    return DOMAINS[domain]()


@st.composite
def complexes(draw: st.DrawFn, oriented: bool = False) -> cc.Complex:
    """One complex or a union, of any domain, or of those whose incidences carry signs."""
    domain = draw(st.sampled_from(ORIENTED if oriented else tuple(DOMAINS)))
    return draw(st.one_of(DOMAINS[domain](), unions(domain)))


@st.composite
def with_features(draw: st.DrawFn, base: st.SearchStrategy[cc.Complex], channels: int = 3) -> cc.Complex:
    """Add `x` in float64 on every rank, drawn from the normal distribution."""
    c = draw(base)
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    for rank, size in enumerate(c.sizes):
        c = c.with_cochain(rank, "x", torch.from_numpy(rng.standard_normal((size, channels))))
    return c


@st.composite
def shuffled(draw: st.DrawFn, c: cc.Complex) -> tuple[dict[int, torch.Tensor], dict[int, torch.Tensor]]:
    """What `relabel` and `reorient` take: a permutation within components of every rank, and signs above rank 0."""
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    permutations, signs = {}, {}
    for rank, size in enumerate(c.sizes):
        owner = c.component_of(rank).numpy()
        permutations[rank] = torch.from_numpy(np.lexsort((rng.random(size), owner)))
        if rank:
            signs[rank] = torch.from_numpy(rng.choice([-1, 1], size))
    return permutations, signs


# Broken input


@dataclass(frozen=True)
class Broken:
    """Input with one fault. `build()` must raise `cc.CochainError`, with a message that matches."""

    fault: str
    build: Callable[[], object]
    match: str

    def __repr__(self) -> str:
        return f"Broken({self.fault})"


NEGATIVE = "should be >= 0"
DANGLING = "below num_nodes|should name nodes"
TYPE = "should be integers"
TWICE = "each node once|two different nodes"


@st.composite
def _bad_node(draw: st.DrawFn) -> Broken:
    """A negative, dangling or repeated node, or one that is no integer, in one cell of a valid list."""
    nodes = draw(st.integers(4, 8))
    size, name = draw(
        st.sampled_from([(2, "graph"), (2, "digraph"), (4, "hypergraph"), (3, "simplicial"), (3, "cell")])
    )
    good = draw(st.lists(st.permutations(range(nodes)).map(lambda p: list(p[:size])), min_size=1, max_size=5))
    fault, value, match = draw(
        st.sampled_from(
            [
                ("negative index", -draw(st.integers(1, 9)), NEGATIVE),
                ("dangling index", nodes + draw(st.integers(0, 9)), DANGLING),
                ("fractional index", 0.5, TYPE),
                ("NaN index", float("nan"), TYPE),
                ("repeated node", None, TWICE),
            ]
        )
    )
    row = draw(st.integers(0, len(good) - 1))
    good[row][0] = good[row][1] if value is None else value
    build = getattr(cc.Complex, name)
    if name == "cell":
        return Broken(f"{fault} in a {name}", lambda: build(good, num_nodes=nodes), match)
    return Broken(f"{fault} in a {name}", lambda: build(good, nodes), match)


@st.composite
def _bad_positions(draw: st.DrawFn) -> Broken:
    pos = torch.randn(draw(st.integers(1, 6)), 3, generator=torch.Generator().manual_seed(0))
    pos[draw(st.integers(0, len(pos) - 1)), draw(st.integers(0, 2))] = draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    return Broken("positions that are not finite", lambda: cc.Complex.points(pos), "should be finite, but point")


@st.composite
def _bad_shape(draw: st.DrawFn) -> Broken:
    m = draw(st.integers(3, 7))
    return draw(
        st.sampled_from(
            [
                Broken(
                    "transposed edges",
                    lambda: cc.Complex.graph(np.stack([np.arange(m), np.arange(m) + 1], 1)),
                    "it looks transposed",
                ),
                Broken("flat edges", lambda: cc.Complex.graph(np.arange(m)), r"should be \(2, m\)"),
                Broken("flat positions", lambda: cc.Complex.points(torch.zeros(m)), r"\(points, dimensions\)"),
                Broken("integer positions", lambda: cc.Complex.points(torch.ones(m, 2).long()), "floating type"),
                Broken("a polygon of two nodes", lambda: cc.Complex.cell([(0, 1)]), "at least 3 nodes"),
                Broken("a walk that repeats its first node", lambda: cc.Complex.cell([(*range(m), 0)]), TWICE),
                Broken("an empty hyperedge", lambda: cc.Complex.hypergraph([[0], []]), "at least one node"),
                Broken("a negative number of nodes", lambda: cc.Complex.graph([], -m), "should be >= 0"),
            ]
        )
    )


@st.composite
def _bad_union(draw: st.DrawFn) -> Broken:
    """A duplicate cell, an edge between two components, or counts that do not add up."""
    n = draw(st.integers(2, 5))
    cell = draw(st.permutations(range(n)))
    return draw(
        st.sampled_from(
            [
                Broken(
                    "a duplicate cell",
                    lambda: cc.Complex.combinatorial({0: n, 1: [list(range(n)), list(cell)]}),
                    "should be different sets, but cells 0 and 1",
                ),
                Broken(
                    "an edge between components",
                    lambda: cc.Complex.graph([(0, n)], [n, n]),
                    "should lie in one component",
                ),
                Broken(
                    "a hyperedge between components",
                    lambda: cc.Complex.hypergraph([[0, n]], [n, n]),
                    "should lie in one component",
                ),
                Broken(
                    "a simplex between components",
                    lambda: cc.Complex.simplicial([(0, 1, n)], [n, n]),
                    "should lie in one component",
                ),
                Broken("counts of points", lambda: cc.Complex.points(torch.zeros(n, 2), [n, 1]), "should add up to"),
            ]
        )
    )


def broken_inputs() -> st.SearchStrategy[Broken]:
    return st.one_of(_bad_node(), _bad_positions(), _bad_shape(), _bad_union())
