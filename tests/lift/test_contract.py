import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain import Complex, ComplexError, ShapeError, UnknownNameError
from cochain.lift import clique, contract, contraction, khop
from small_graphs import complex_of, graphs, shuffled


def test_a_square_with_a_diagonal_by_hand() -> None:
    c = clique(Complex.graph([(0, 1), (0, 2), (0, 3), (1, 2), (2, 3)])).with_cochain(0, "x", [[0.0], [4], [6], [9]])
    c = c.with_cochain(1, "weight", [1.0, 2, 3, 4, 5]).with_cochain("whole", "y", [3])
    c = c.with_cochain(1, "flow", torch.tensor([[1.0], [2], [3], [4], [5]]), odd=True)
    quotient, maps = contraction(c, torch.tensor([True, False, False, False, False]))
    assert quotient.validate().sizes == (3, 3, 1)  # 0 and 1 are one, 012 vanishes with its edge, 02 and 12 are one
    assert quotient.simplices(1).tolist() == [[0, 1], [0, 2], [1, 2]]
    assert quotient[0].x[:, 0].tolist() == [2, 6, 9]
    assert quotient[1].weight.tolist() == [6, 3, 5]
    assert quotient[1].flow[:, 0].tolist() == [3, 3, 5]
    assert quotient.is_odd(1, "flow")
    assert quotient.whole.y.tolist() == [3]
    assert maps[0].to_dense().tolist() == [[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    assert maps[2].to_dense().tolist() == [[0, 1]]
    assert contraction(c, torch.ones(5, dtype=torch.bool), "sum").complex[0].x.tolist() == [[19.0]]


@given(graphs(7), st.randoms(use_true_random=False), st.booleans())
def test_maps_are_chain_maps(graph: nx.Graph, random, turned: bool) -> None:
    c = complex_of(graph)
    c = clique(shuffled(c, random)[0] if turned else c, 3)
    signs = {rank: torch.tensor([random.choice([-1, 1]) for _ in range(c.sizes[rank])]) for rank in (2, 3)}
    c = c.reorient(signs) if turned else c
    chosen = torch.tensor([random.random() < 0.3 for _ in range(c.sizes[1])], dtype=torch.bool)
    quotient, maps = contraction(c, chosen)
    quotient.validate()
    for rank in (1, 2, 3):
        left = quotient.boundary(rank).to_dense() @ maps[rank].to_dense()
        assert_close(left, maps[rank - 1].to_dense() @ c.boundary(rank).to_dense())
    merged = nx.Graph(list(map(tuple, c.simplices(1)[chosen].tolist())))
    merged.add_nodes_from(range(len(graph)))
    assert quotient.sizes[0] == nx.number_connected_components(merged)
    assert quotient.betti()[0] == c.betti()[0]
    assert_close(quotient[1].flow, maps[1].to_dense().double() @ c[1].flow / maps[1].pattern.degrees[:, None])


@given(graphs())
def test_a_matching_is_one_and_is_maximal(graph: nx.Graph) -> None:
    c = complex_of(graph)
    quotient = contract(c).validate()
    assert quotient.domain == "graph"
    left = len(graph) - 2 * (len(graph) - quotient.sizes[0])  # nodes in no pair
    assert left >= 0
    alone = [k for k, n in enumerate(contraction(c, _matching(c)).maps[0].pattern.degrees.tolist()) if n == 1]
    assert not [edge for edge in quotient.simplices(1).tolist() if set(edge) <= set(alone)]


def _matching(c: Complex) -> torch.Tensor:
    free, taken = set(range(c.sizes[0])), []
    for one, two in c.simplices(1).tolist():
        taken.append({one, two} <= free)
        free -= {one, two} if taken[-1] else set()
    return torch.tensor(taken, dtype=torch.bool)


def test_heavy_edges_vanish_first() -> None:
    c = Complex.graph([(0, 1), (1, 2), (2, 3)]).with_cochain(1, "weight", [1.0, 5, 1])
    assert contract(c).sizes == (3, 2)
    assert contract(c)[1].weight.tolist() == [1, 1]
    assert contract(c.with_cochain(1, "weight", [2.0, 1, 2])).sizes == (2, 1)
    assert contract(c, "below", bound=1).sizes == (2, 1)
    assert contract(c, "below", bound=9).sizes == (1, 0)
    assert contract(c, "below", bound=9, features=None)[0].keys() == []


def test_edges_that_become_one_pool_and_labels_are_left() -> None:
    c = Complex.graph([(0, 1), (0, 2), (1, 2)]).with_cochain(1, "x", [[8.0], [1], [3]]).with_cochain(0, "y", [0, 1, 1])
    quotient, maps = contraction(c, torch.tensor([True, False, False]))
    assert quotient[1].x.tolist() == [[2.0]]
    assert quotient[0].keys() == []
    assert (maps[0].T @ torch.tensor([[5.0], [7]]))[:, 0].tolist() == [5, 5, 7]


def test_messages() -> None:
    c = Complex.graph([(0, 1), (1, 2)]).with_cochain(1, "x", torch.ones(2, 2))
    with pytest.raises(ComplexError, match="edges should be contracted in a graph or simplicial complex, but this is"):
        contract(khop(c))
    with pytest.raises(UnknownNameError, match="no choice of edges to contract is called 'under'"):
        contract(c, "under")
    with pytest.raises(LookupError, match="no tensor of rank 1 is called 'weight'; known: x"):
        contract(c, "below")
    with pytest.raises(ShapeError, match="'x' on rank 1 should be one number for each edge"):
        contract(c, "below", "x")
    with pytest.raises(UnknownNameError, match="no rule for the features of joined cells is called 'concat'"):
        contract(c, features="concat")
    with pytest.raises(ShapeError, match=r"edges should be 2 truth values, one for each edge, but have shape \(3,\)"):
        contraction(c, torch.ones(3, dtype=torch.bool))
