import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain import Complex, ComplexError, UnknownNameError
from cochain.lift import cycles
from small_graphs import canonical, cells_of, complex_of, graphs, same, shuffled, unions

SEARCH = {"induced": nx.chordless_cycles, "simple": nx.simple_cycles}


def test_a_house_by_hand() -> None:
    # a square 0 1 2 3 under a roof 2 3 4: edges 01 03 12 23 24 34
    c = Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3), (2, 4), (3, 4)])
    lifted = cycles(c).validate()
    assert (lifted.domain, lifted.sizes) == ("cell", (5, 6, 2))
    # the walk 2 3 4 runs along 23 and 34 and against 24; the walk 0 1 2 3 along 01, 12, 23 and against 03
    assert_close(lifted.boundary(2).to_dense().T, torch.tensor([[0.0, 0, 0, 1, -1, 1], [1, -1, 1, 1, 0, 0]]))
    assert cycles(c, 3).sizes == (5, 6, 1)
    assert cycles(c, kind="simple").sizes == (5, 6, 3)
    assert cycles(c, kind="basis").sizes == (5, 6, 2)
    assert cycles(c).betti() == (1, 0, 0)


@given(graphs(7), st.integers(3, 7), st.sampled_from(sorted(SEARCH)))
def test_the_polygons_are_the_cycles(graph: nx.Graph, max_length: int, kind: str) -> None:
    lifted = cycles(complex_of(graph), max_length, kind).validate()
    found = sorted((canonical(walk) for walk in SEARCH[kind](graph, max_length)), key=lambda walk: (len(walk), walk))
    same(lifted, Complex.cell(found, list(graph.edges), len(graph)))


@given(graphs())
def test_a_basis_fills_every_hole(graph: nx.Graph) -> None:
    lifted = cycles(complex_of(graph), 9, "basis").validate()
    assert lifted.betti() == (nx.number_connected_components(graph), 0, 0)


@given(unions(), st.sampled_from(["induced", "simple", "basis"]))
def test_components_are_lifted_apart(parts: list[nx.Graph], kind: str) -> None:
    members = [complex_of(part) for part in parts]
    lifted = cycles(Complex.union(members), 6, kind).validate()
    same(lifted, Complex.union([cycles(member, 6, kind) for member in members]))
    same(cycles(Complex.union(members).select([len(parts) - 1]), 6, kind), cycles(members[-1], 6, kind))


@given(unions(), st.sampled_from(["induced", "simple"]), st.randoms(use_true_random=False))
def test_relabelling(parts: list[nx.Graph], kind: str, random) -> None:
    c = Complex.union([complex_of(part) for part in parts])
    moved, nodes = shuffled(c, random)
    one, two = cycles(c, 6, kind).validate(), cycles(moved, 6, kind).validate()
    for rank in range(3):
        assert cells_of(one, rank) == cells_of(two, rank, nodes)
    assert boundaries(one) == boundaries(two, nodes)
    assert_close(two.boundary(1).to_dense(), moved.boundary(1).to_dense())
    assert_close(two[1].flow, moved[1].flow)


def boundaries(c: Complex, nodes: list[int] | None = None) -> list[list[tuple[int, int]]]:
    """The edges around every polygon, as pairs of nodes: tells cycles apart that have the same nodes."""
    ends = c.faces(1, 0).pattern.indices.reshape(-1, 2).tolist()
    named = [tuple(sorted(v if nodes is None else nodes[v] for v in pair)) for pair in ends]
    around = c.faces(2, 1).pattern
    return sorted(
        sorted(named[e] for e in part) for part in np.split(around.indices.numpy(), around.indptr.numpy()[1:-1])
    )


def test_a_basis_depends_on_the_order_of_nodes() -> None:
    # documented: two squares that share a path; which two of the three cycles are the basis is a matter of numbers
    graph = nx.Graph([(0, 1), (1, 2), (2, 3), (0, 3), (0, 4), (4, 2)])
    seen = set()
    for shift in range(5):
        c = Complex.graph([((u + shift) % 5, (v + shift) % 5) for u, v in graph.edges])
        walks = cells_of(cycles(c, 5, "basis", None), 2)
        seen.add(tuple(sorted(tuple(sorted((v - shift) % 5 for v in nodes)) for nodes, _ in walks)))
    assert len(seen) > 1


def test_polygons_are_sorted_by_component_then_length() -> None:
    rings = [5, 3, 4, 3]
    c = Complex.union([Complex.graph(list(nx.cycle_graph(length).edges), length) for length in rings])
    lifted = cycles(c).validate()
    assert lifted.faces(2, 1).pattern.degrees.tolist() == rings
    assert lifted.offsets(2).tolist() == [0, 1, 2, 3, 4]


def test_features_by_hand() -> None:
    c = Complex.graph([(0, 1), (1, 2), (0, 2), (2, 3)]).with_cochain(0, "x", [[1.0], [2], [6], [0]])
    assert_close(cycles(c)[2].x, torch.tensor([[3.0]]))
    assert_close(cycles(c)[1].x, torch.tensor([[1.5], [3.5], [4], [3]]))
    assert_close(cycles(c, features="sum")[2].x, torch.tensor([[9.0]]))
    assert_close(cycles(c, features="concat")[2].x, torch.tensor([[1.0, 2, 6]]))
    assert "x" not in cycles(c, features=None)[2]
    house = Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3), (2, 4), (3, 4)]).with_cochain(0, "x", torch.eye(5))
    with pytest.raises(
        ComplexError, match="'concat' needs cells of one size, but those of rank 2 have from 3 to 4 nodes"
    ):
        cycles(house, features="concat")


def test_without_edges() -> None:
    for c in (Complex.graph([], 3), Complex.simplicial([(0,), (1,), (2,)])):
        assert cycles(c).validate().sizes == (3, 0, 0)


@pytest.mark.parametrize("kind", ["induced", "simple", "basis"])
def test_too_many(kind: str) -> None:
    c = Complex.graph(np.array(np.triu_indices(8, 1)))
    with pytest.raises(
        ComplexError, match=r"at most max_cells = 20 cells of rank 2, but would make (at least )?\d+; lower"
    ):
        cycles(c, 3, kind, max_cells=20)


def test_messages() -> None:
    c = Complex.graph([(0, 1)])
    with pytest.raises(ComplexError, match="max_length should be at least 3, the length of a triangle, but is 2"):
        cycles(c, 2)
    with pytest.raises(
        UnknownNameError, match="no kind of cycle is called 'chordless'; known: basis, induced, minimum, simple"
    ):
        cycles(c, kind="chordless")
    with pytest.raises(ComplexError, match="cycles should read undirected edges, but this is a hypergraph"):
        cycles(Complex.hypergraph([[0, 1]]))


@given(graphs(), st.integers(3, 9))
def test_a_minimum_basis_is_as_short_as_that_of_networkx(graph: nx.Graph, max_length: int) -> None:
    wanted = sorted(len(cycle) for cycle in nx.minimum_cycle_basis(graph))
    c = complex_of(graph)
    whole = cycles(c, len(graph) + 3, "minimum").validate()
    assert whole.faces(2, 1).pattern.degrees.sort().values.tolist() == wanted
    assert whole.betti()[1:] == (0, 0)  # every hole is filled, and no cycle is a sum of others
    part = cycles(c, max_length, "minimum").validate()
    assert part.faces(2, 1).pattern.degrees.sort().values.tolist() == [n for n in wanted if n <= max_length]


def test_a_minimum_basis_by_hand() -> None:
    # three squares around a corner of a cube: their sum is a hexagon, and the other three are sums
    cube = Complex.graph(list(nx.convert_node_labels_to_integers(nx.hypercube_graph(3)).edges))
    lifted = cycles(cube, 8, "minimum").validate()
    assert lifted.faces(2, 1).pattern.degrees.tolist() == [4] * 5
    assert cycles(cube, 8, "induced").sizes[2] == 10  # six squares and four hexagons


@given(unions(), st.randoms(use_true_random=False))
def test_lengths_of_a_minimum_basis_do_not_depend_on_numbers(parts: list[nx.Graph], random) -> None:
    members = [complex_of(part) for part in parts]
    c = Complex.union(members)
    lifted = cycles(c, 6, "minimum").validate()
    same(lifted, Complex.union([cycles(member, 6, "minimum") for member in members]))
    moved = cycles(shuffled(c, random)[0], 6, "minimum").validate()
    assert moved.offsets(2).tolist() == lifted.offsets(2).tolist()
    assert moved.faces(2, 1).pattern.degrees.tolist() == lifted.faces(2, 1).pattern.degrees.tolist()


def test_a_minimum_basis_that_would_be_too_large() -> None:
    complete = Complex.graph(list(nx.complete_graph(12).edges))
    with pytest.raises(ComplexError, match="at most max_cells = 200 cycles to choose from, but would make 660"):
        cycles(complete, 3, "minimum", max_cells=200)
    with pytest.raises(ComplexError, match="at most max_cells = 50 cycles to choose from, but would make 55"):
        cycles(complete, 3, "minimum", max_cells=50)  # words of the elimination
