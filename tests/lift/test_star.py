"""The star expansion, and the hypergraph of all cells."""

import networkx as nx
import pytest
import torch
from hypothesis import given
from torch.testing import assert_close

from cochain import Complex, ComplexError, ParityError, ShapeError
from cochain.lift import clique, cycles, forget, paths, star
from small_graphs import complex_of, graphs


def test_a_star_by_hand() -> None:
    c = Complex.hypergraph([[0, 1, 2], [2]], 4).with_cochain(0, "x", [[0.0], [3], [6], [1]])
    c = c.with_cochain(0, "y", torch.tensor([1, 0, 1, 1])).with_cochain("whole", "y", [7])
    c = c.with_cochain(0, "split", torch.tensor([[0], [1], [2], [-1]], dtype=torch.int8))
    lifted = star(c).validate()
    assert (lifted.domain, lifted.sizes) == ("graph", (6, 4))
    assert lifted.simplices(1).tolist() == [[0, 4], [1, 4], [2, 4], [2, 5]]
    assert lifted[0].rank.tolist() == [0, 0, 0, 0, 1, 1]
    assert_close(lifted[0].x, torch.tensor([[0.0], [3], [6], [1], [3], [6]]))
    assert lifted[0].y.tolist() == [1, 0, 1, 1, -1, -1]
    assert lifted[0].split[:, 0].tolist() == [0, 1, 2, -1, -1, -1]
    assert lifted.whole.y.tolist() == [7]


def test_components_stay_together() -> None:
    c = Complex.hypergraph([[0, 1], [2]], [2, 1]).with_cochain(0, "y", torch.tensor([0.5, 1, 2]))
    lifted = star(c).validate()
    assert lifted.simplices(1).tolist() == [[0, 2], [1, 2], [3, 4]]
    assert lifted[0].rank.tolist() == [0, 0, 1, 0, 1]
    assert torch.equal(lifted[0].y.isnan(), torch.tensor([False, False, True, False, True]))


@given(graphs())
def test_the_star_of_a_graph_is_its_subdivision(graph: nx.Graph) -> None:
    c = complex_of(graph)
    lifted = star(c).validate()
    dense = torch.zeros(2 * [sum(c.sizes)])
    dense[: c.sizes[0], c.sizes[0] :] = c.faces(1, 0).to_dense().abs().float().T
    assert_close(lifted.adjacency(0, 1).to_dense(), dense + dense.T)


def test_the_stars_of_higher_complexes() -> None:
    triangle = clique(Complex.graph([(0, 1), (1, 2), (0, 2)]))
    assert star(triangle).sizes == (7, 9)  # 6 pairs of node and edge, 3 of edge and triangle
    sets = paths(Complex.graph([(0, 1), (1, 2)]), 2, "complex")
    assert star(sets).sizes == (6, 7)  # nodes in edges, nodes in the path


def test_forgetting_by_hand() -> None:
    c = cycles(Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3)])).with_cochain(0, "x", torch.eye(4))
    lifted = forget(c).validate()
    assert (lifted.domain, lifted.sizes) == ("hypergraph", (4, 5))
    assert lifted.faces(1, 0).to_dense()[4].tolist() == [1, 1, 1, 1]
    assert lifted[1].rank.tolist() == [1, 1, 1, 1, 2]
    assert_close(lifted[1].x[4], torch.full((4,), 0.25))
    assert forget(c, 2).sizes == (4, 1)
    assert forget(Complex.union([c, c])).faces(1, 0).to_dense()[9].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_features_that_are_there_are_kept() -> None:
    c = clique(Complex.graph([(0, 1), (1, 2), (0, 2)])).with_cochain(0, "x", torch.zeros(3, 2))
    c = c.with_cochain(1, "x", torch.ones(3, 2)).with_cochain(2, "x", torch.full((1, 2), 2.0))
    assert star(c)[0].x[:, 0].tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert forget(c)[1].x[:, 0].tolist() == [1, 1, 1, 2]
    assert "x" not in star(Complex.graph([(0, 1)]).with_cochain(0, "x", torch.eye(2)), features=None)[0]


def test_messages() -> None:
    c = Complex.graph([(0, 1)]).with_cochain(0, "x", torch.ones(2, 2))
    with pytest.raises(ShapeError, match="'x' should have one number of channels on all ranks, because star"):
        star(c.with_cochain(1, "x", torch.ones(1, 3)))
    for lift in (star, forget):
        with pytest.raises(ParityError, match=f"'x' on rank 1 should be even, because {lift.__name__} puts it on"):
            lift(c.with_cochain(1, "x", torch.ones(1, 2), odd=True))
    with pytest.raises(ComplexError, match="rank should be at least 1, since hyperedges are cells above"):
        forget(c, 0)
