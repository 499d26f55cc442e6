import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain import Complex, ComplexError
from cochain.lift import khop
from small_graphs import complex_of, graphs, same, shuffled, unions


def test_a_path_by_hand() -> None:
    c = Complex.graph([(0, 1), (1, 2), (2, 3)]).with_cochain(0, "x", [[0.0], [1], [2], [6]])
    lifted = khop(c.with_cochain("whole", "y", [5]).with_cochain(1, "weight", torch.ones(3)))
    assert (lifted.domain, lifted.sizes) == ("hypergraph", (4, 4))
    balls = torch.tensor([[1.0, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]])
    assert_close(lifted.validate().faces(1, 0).to_dense(), balls)
    assert_close(lifted[1].x, torch.tensor([[0.5], [1], [3], [4]]))
    assert_close(lifted.whole.y, torch.tensor([5]))
    assert lifted[1].keys() == ["x"]


@given(graphs(), st.integers(1, 4))
def test_balls(graph: nx.Graph, k: int) -> None:
    wanted = torch.zeros(len(graph), len(graph))
    for node in graph:
        wanted[node, list(nx.single_source_shortest_path_length(graph, node, k))] = 1
    assert_close(khop(complex_of(graph), k).validate().faces(1, 0).to_dense(), wanted)


@given(unions(), st.integers(1, 3))
def test_components_are_lifted_apart(parts: list[nx.Graph], k: int) -> None:
    members = [complex_of(part) for part in parts]
    same(khop(Complex.union(members), k).validate(), Complex.union([khop(member, k) for member in members]))


@given(unions(), st.integers(1, 3), st.randoms(use_true_random=False))
def test_relabelling(parts: list[nx.Graph], k: int, random) -> None:
    c = Complex.union([complex_of(part) for part in parts])
    moved, nodes = shuffled(c, random)
    one, two = khop(c, k), khop(moved, k)
    same(one.relabel({0: nodes, 1: nodes}), two)


def test_steps_through_hyperedges_directions_and_points() -> None:
    hypergraph = khop(Complex.hypergraph([[0, 1, 2], [2, 3]]))
    assert_close(hypergraph.faces(1, 0).to_dense()[0], torch.tensor([1.0, 1, 1, 0]))
    digraph = khop(Complex.digraph([(0, 1), (1, 0), (2, 1)]))
    assert_close(digraph.faces(1, 0).to_dense(), torch.tensor([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]))
    assert_close(khop(Complex.points(torch.zeros(2, 1))).faces(1, 0).to_dense(), torch.eye(2))


def test_an_isolated_node_is_its_own_ball() -> None:
    lifted = khop(Complex.graph([(0, 1)], 3).with_cochain(0, "x", [[2.0], [4], [7]]))
    assert_close(lifted[1].x, torch.tensor([[3.0], [3], [7]]))


def test_messages() -> None:
    ring = Complex.graph(list(nx.cycle_graph(20).edges))
    with pytest.raises(ComplexError, match="k should be at least 1, but is 0"):
        khop(ring, 0)
    with pytest.raises(
        ComplexError, match="at most max_cells = 99 memberships of nodes in hyperedges, but would make 100; lower k"
    ):
        khop(ring, 2, max_cells=99)
