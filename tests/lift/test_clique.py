import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain import Complex, ComplexError, UnknownNameError
from cochain.lift import clique
from small_graphs import cells_of, complex_of, graphs, same, shuffled, unions


def test_a_square_with_a_diagonal_by_hand() -> None:
    c = Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)])
    lifted = clique(c).validate()
    assert (lifted.domain, lifted.sizes) == ("simplicial", (4, 5, 2))
    assert lifted.simplices(2).tolist() == [[0, 1, 2], [0, 2, 3]]
    # edges 01 02 03 12 23; the boundary of 012 is 12 - 02 + 01, that of 023 is 23 - 03 + 02
    assert_close(lifted.boundary(2).to_dense().T, torch.tensor([[1.0, -1, 0, 1, 0], [0, 1, -1, 0, 1]]))


@given(graphs(), st.integers(1, 4))
def test_the_simplices_are_the_cliques(graph: nx.Graph, max_rank: int) -> None:
    lifted = clique(complex_of(graph), max_rank).validate()
    found = [sorted(cell) for cell in nx.enumerate_all_cliques(graph) if len(cell) <= max_rank + 1]
    same(lifted, Complex.simplicial(found, len(graph)), top=max(map(len, found)) - 1)
    assert lifted.rank == max_rank


@given(unions(), st.integers(1, 3))
def test_components_are_lifted_apart(parts: list[nx.Graph], max_rank: int) -> None:
    members = [complex_of(part) for part in parts]
    lifted = clique(Complex.union(members), max_rank).validate()
    same(lifted, Complex.union([clique(member, max_rank) for member in members]))
    same(clique(Complex.union(members).select([len(parts) - 1]), max_rank), clique(members[-1], max_rank))


@given(unions(), st.randoms(use_true_random=False))
def test_relabelling(parts: list[nx.Graph], random) -> None:
    c = Complex.union([complex_of(part) for part in parts])
    moved, nodes = shuffled(c, random)
    one, two = clique(c, 3).validate(), clique(moved, 3).validate()
    for rank in range(4):
        assert cells_of(one, rank) == cells_of(two, rank, nodes)
    # edges stay as they are, orientation and all; triangles and above are oriented by increasing nodes
    assert_close(two.boundary(1).to_dense(), moved.boundary(1).to_dense())
    assert_close(two[1].flow, moved[1].flow)
    assert two.is_odd(1, "flow")


def test_oriented_edges_give_oriented_triangles() -> None:
    c = Complex.graph([(0, 1), (0, 2), (1, 2)]).reorient({1: torch.tensor([1, -1, 1])}).relabel({1: [2, 0, 1]})
    lifted = clique(c).validate()
    # edges 12, 01, 20: the boundary of 012 is all three of them
    assert_close(lifted.boundary(2).to_dense(), torch.ones(3, 1))


def test_tensors_stay() -> None:
    c = Complex.graph([(0, 1), (0, 2), (1, 2), (2, 3)])
    c = c.with_cochain(0, "split", torch.tensor([[0], [1], [2], [-1]], dtype=torch.int8))
    c = c.with_cochain(1, "x", torch.arange(4.0)[:, None]).with_cochain("whole", "y", torch.tensor([7]))
    c = c.with_cochain("whole", "split", torch.tensor([[1, 0]], dtype=torch.int8)).with_cochain(0, "x", torch.eye(4))
    lifted = clique(c)
    assert_close(lifted[0].split, c[0].split)
    assert_close(lifted[1].x, c[1].x)
    assert_close(lifted.whole.y, c.whole.y)
    assert_close(lifted.whole.split, c.whole.split)
    assert_close(lifted[2].x, torch.tensor([[1 / 3, 1 / 3, 1 / 3, 0]]))


@pytest.mark.parametrize(
    ("features", "edge", "triangle"),
    [
        ("mean", [[0.5, 5.0], [1.0, 10.0], [1.5, 15.0]], [[1.0, 10.0]]),
        ("sum", [[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]], [[3.0, 30.0]]),
        ("concat", [[0.0, 0, 1, 10], [0, 0, 2, 20], [1, 10, 2, 20]], [[0.0, 0, 1, 10, 2, 20]]),
    ],
)
def test_features_by_hand(features: str, edge: list[list[float]], triangle: list[list[float]]) -> None:
    c = Complex.graph([(0, 1), (0, 2), (1, 2)]).with_cochain(0, "x", [[0.0, 0], [1, 10], [2, 20]])
    lifted = clique(c, 3, features)
    assert_close(lifted[1].x, torch.tensor(edge))
    assert_close(lifted[2].x, torch.tensor(triangle))
    assert lifted[3].x.shape == (0, 8 if features == "concat" else 2)
    assert "x" not in clique(c, 2, None)[2]


def test_features_of_integers_and_of_one_channel() -> None:
    c = Complex.graph([(0, 1)]).with_cochain(0, "x", torch.tensor([1, 2]))
    assert_close(clique(c)[1].x, torch.tensor([[1.5]]))
    assert_close(clique(c, features="concat")[1].x, torch.tensor([[1, 2]]))


def test_features_of_no_nodes_and_of_matrices() -> None:
    assert clique(Complex.graph([], 0).with_cochain(0, "x", torch.zeros(0, 3)))[2].x.shape == (0, 3)
    matrices = clique(Complex.graph([(0, 1)]).with_cochain(0, "x", torch.arange(8.0).reshape(2, 2, 2)))
    assert_close(matrices[1].x, torch.tensor([[2.0, 3, 4, 5]]))


def test_features_carry_gradients() -> None:
    x = torch.ones(3, 2, requires_grad=True)
    lifted = clique(Complex.graph([(0, 1), (0, 2), (1, 2)]).with_cochain(0, "x", x))
    lifted[2].x.sum().backward()
    assert_close(x.grad, torch.full((3, 2), 1 / 3))


def test_without_edges() -> None:
    for c in (Complex.graph([], 3), Complex.simplicial([(0,), (1,), (2,)])):
        lifted = clique(c).validate()
        assert lifted.sizes == (3, 0, 0)


def test_a_simplicial_complex_is_filled() -> None:
    hollow = Complex.simplicial([(0, 1), (1, 2), (0, 2), (2, 3)])
    assert clique(hollow).validate().sizes == (4, 4, 1)
    assert clique(clique(hollow)).sizes == (4, 4, 1)
    with pytest.raises(
        ComplexError, match="clique replaces all cells above the edges, but 'y' on rank 2 would be lost"
    ):
        clique(clique(hollow).with_cochain(2, "y", torch.zeros(1)))


def test_messages() -> None:
    complete = Complex.graph(np.array(np.triu_indices(8, 1)))
    with pytest.raises(
        ComplexError, match="at most max_cells = 55 cells of rank 2, but would make 56; lower max_rank or"
    ):
        clique(complete, 3, max_cells=55)
    assert clique(complete, 3, max_cells=70).sizes == (8, 28, 56, 70)
    with pytest.raises(ComplexError, match="max_rank should be at least 1, the rank of edges, but is 0"):
        clique(complete, 0)
    with pytest.raises(ComplexError, match="clique should read undirected edges, but this is a digraph"):
        clique(Complex.digraph([(0, 1)]))
    with pytest.raises(
        UnknownNameError, match="no rule for the features of new cells is called 'maen'; did you mean 'mean'"
    ):
        clique(complete, features="maen")
