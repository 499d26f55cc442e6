import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain import Complex, ComplexError, ParityError
from cochain.lift import clique, line
from small_graphs import complex_of, graphs


def test_a_path_with_a_branch_by_hand() -> None:
    c = Complex.graph([(0, 1), (1, 2), (1, 3)]).with_cochain(0, "x", [[0.0], [2], [4], [6]])
    lifted = line(c.with_cochain("whole", "y", [3]).with_cochain(1, "weight", [1.0, 2, 3])).validate()
    assert (lifted.domain, lifted.sizes) == ("graph", (3, 3))
    assert lifted.simplices(1).tolist() == [[0, 1], [0, 2], [1, 2]]
    assert_close(lifted[0].x, torch.tensor([[1.0], [3], [4]]))
    assert_close(lifted[1].x, torch.tensor([[2.0], [2.5], [3.5]]))
    assert_close(lifted[0].weight, torch.tensor([1.0, 2, 3]))
    assert lifted[1].via.tolist() == [1, 1, 1]
    assert lifted.whole.y.tolist() == [3]


@given(graphs())
def test_it_is_that_of_networkx(graph: nx.Graph) -> None:
    c = complex_of(graph).without_cochain(1, "flow")
    lifted = line(c).validate()
    edges = [tuple(edge) for edge in c.simplices(1).tolist()]
    wanted = nx.line_graph(nx.Graph(edges))
    number = {edge: k for k, edge in enumerate(edges)}
    pairs = {tuple(sorted(number[tuple(sorted(end))] for end in pair)) for pair in wanted.edges}
    assert {tuple(row) for row in lifted.simplices(1).tolist()} == pairs
    for (one, two), via in zip(lifted.simplices(1).tolist(), lifted[1].via.tolist(), strict=True):
        assert set(edges[one]) & set(edges[two]) == {via}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda e: e[0] != e[1]), max_size=12))
def test_the_line_digraph_is_that_of_networkx(edges: list[tuple[int, int]]) -> None:
    c = Complex.digraph(edges, 6)
    lifted = line(c).validate()
    assert lifted.domain == "digraph"
    numbered = sorted(set(edges))
    got = lifted.find(1, [[a, b] for a in range(len(numbered)) for b in range(len(numbered))])
    found = {(k // len(numbered), k % len(numbered)) for k, place in enumerate(got.tolist()) if place >= 0}
    wanted = nx.line_graph(nx.DiGraph(numbered)) if numbered else nx.DiGraph()
    assert found == {(numbered.index(one), numbered.index(two)) for one, two in wanted.edges}
    assert lifted.sizes[1] == wanted.number_of_edges()


def test_hyperedges_share_several_nodes_and_via_is_the_first() -> None:
    c = Complex.hypergraph([[0, 1, 2], [1, 2, 3], [4], [3, 4]])
    lifted = line(Complex.union([c, c])).validate()
    assert lifted.simplices(1).tolist() == [[0, 1], [1, 3], [2, 3], [4, 5], [5, 7], [6, 7]]
    assert lifted[1].via.tolist() == [1, 3, 4, 1, 3, 4]  # numbers within a component


def test_other_ranks() -> None:
    c = clique(Complex.graph([(0, 1), (1, 2), (0, 2), (2, 3), (1, 3)]))
    assert line(c, 2, 1).simplices(1).tolist() == [[0, 1]]
    assert line(c, 1, 2).sizes == (5, 6)  # edges that share a triangle
    assert_close(line(c, 0, 1).boundary(1).to_dense(), c.boundary(1).to_dense())


def test_messages() -> None:
    c = Complex.graph([(0, k) for k in range(1, 20)])
    with pytest.raises(ComplexError, match="at most max_cells = 100 pairs that share a cell, but would make 171"):
        line(c, max_cells=100)
    with pytest.raises(ComplexError, match=r"rank and via should be two ranks, .* but are both 1"):
        line(c, 1, 1)
    with pytest.raises(ComplexError, match="a rank should be from 0 to 1"):
        line(c, 2)
    with pytest.raises(ParityError, match="'flow' on rank 1 should be even"):
        line(c.with_cochain(1, "flow", torch.ones(19, 1), odd=True))
    directed = Complex.digraph([(0, 1), (1, 2)])
    with pytest.raises(ComplexError, match="the line digraph should join edges"):
        line(directed, 0, 1)
    with pytest.raises(ComplexError, match="max_cells = 0 pairs of edges that follow one another, but would make 1"):
        line(directed, max_cells=0)
