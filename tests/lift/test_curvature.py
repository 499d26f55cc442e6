"""Forman's curvature, and the cells that are kept by it."""

import networkx as nx
import pytest
import torch
from hypothesis import given
from torch.testing import assert_close

from cochain import Complex, ComplexError, ParityError, ShapeError, UnknownNameError
from cochain.lift import clique, curvature, cycles, keep, khop, paths
from small_graphs import complex_of, graphs


def forman(c: Complex, rank: int) -> torch.Tensor:
    """The definition, loops and all."""
    faces = c.faces(rank, rank - 1).to_dense().abs()
    cofaces = c.faces(rank + 1, rank).to_dense().abs().T if rank < c.rank else torch.zeros(c.sizes[rank], 0)
    out = []
    for one in range(c.sizes[rank]):
        value = float(cofaces[one].sum() + faces[one].sum())
        for other in range(c.sizes[rank]):
            if other != one:
                value -= bool((faces[one] * faces[other]).any()) != bool((cofaces[one] * cofaces[other]).any())
        out.append(value)
    return torch.tensor(out)


def test_by_hand() -> None:
    # two triangles on the edge 12 and a tail
    c = Complex.graph([(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (3, 4)])
    plain = curvature(c)
    assert plain[1].curvature.tolist() == [4 - 2 - 3, 4 - 2 - 3, 4 - 3 - 3, 4 - 3 - 3, 4 - 3 - 3, 4 - 3 - 1]
    assert curvature(c, "augmented")[1].curvature.tolist() == [2, 2, 4, 1, 1, 0]
    assert curvature(clique(c))[1].curvature.tolist() == [2, 2, 4, 1, 1, 0]
    assert curvature(clique(c), rank=2)[2].curvature.tolist() == [3 - 1, 3 - 1]
    # a square with its polygon: the opposite edge is parallel, the two that touch are not
    assert curvature(cycles(Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3)])))[1].curvature.tolist() == [2, 2, 2, 2]
    hypergraph = Complex.hypergraph([[0, 1, 2], [2, 3]])
    assert curvature(hypergraph)[1].curvature.tolist() == [1 + 1 + 0, 0 + 1]


def test_weights_by_hand() -> None:
    c = Complex.graph([(0, 1), (1, 2)]).with_cochain(1, "weight", [4.0, 1.0])
    # F(01) = 1 + 1 - sqrt(4 / 1), F(12) = 1 + 1 - sqrt(1 / 4)
    assert_close(curvature(c, weighted=True)[1].curvature, torch.tensor([0.0, 1.5]))
    heavy = c.with_cochain(0, "weight", [1.0, 3, 5])
    assert_close(curvature(heavy, weighted=True)[1].curvature, torch.tensor([4.0 - 3 * 2, 8 - 3 / 2]))


@given(graphs())
def test_the_closed_forms(graph: nx.Graph) -> None:
    c = complex_of(graph)
    filled, polygons = clique(c, 3), cycles(c, 6)
    assert_close(curvature(c)[1].curvature, forman(c, 1))
    assert_close(curvature(c, "augmented")[1].curvature, forman(clique(c), 1))
    for rank in (1, 2, 3):
        assert_close(curvature(filled, rank=rank)[rank].curvature, forman(filled, rank))
    for rank in (1, 2):
        assert_close(curvature(polygons, rank=rank)[rank].curvature, forman(polygons, rank))
    ones = c.with_cochain(1, "weight", torch.ones(c.sizes[1]))
    assert_close(curvature(ones, weighted=True)[1].curvature, curvature(c)[1].curvature)


def test_places() -> None:
    c = Complex.graph([(0, 1), (1, 2)])
    assert curvature(c, into="weight")[1].weight.shape == (2,)
    assert curvature(c, into="x")[1].x.tolist() == [[1.0], [1.0]]
    assert curvature(c.with_cochain(1, "x", [[5], [6]]), into="x")[1].x.tolist() == [[5, 1], [6, 1]]
    assert curvature(paths(c, 2, "complex"))[1].curvature.tolist() == [1, 1]
    assert curvature(c.with_cochain(1, "x", torch.ones(2, 1), odd=True))[1].keys() == ["curvature", "x"]


def test_keeping_by_hand() -> None:
    c = clique(Complex.graph([(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]))
    c = c.with_cochain(1, "weight", [1.0, 2, 3, 4, 5]).with_cochain(2, "x", [[7.0], [8]])
    c = c.with_cochain(1, "flow", torch.arange(5.0)[:, None], odd=True)
    part = keep(c, "weight", low=2).validate()
    assert part.sizes == (4, 4, 1)
    assert part.simplices(1).tolist() == [[0, 2], [1, 2], [1, 3], [2, 3]]
    assert part[2].x.tolist() == [[8.0]]
    assert part[1].flow[:, 0].tolist() == [1, 2, 3, 4]
    assert part.is_odd(1, "flow")
    assert keep(c, "weight", high=0.5).sizes == (4, 0, 0)
    assert keep(c, "x", 2, high=7).sizes == (4, 5, 1)


@given(graphs())
def test_bridges_and_dense_parts(graph: nx.Graph) -> None:
    c = curvature(clique(complex_of(graph), 3))
    low, high = keep(c, low=2).validate(), keep(c, high=1).validate()
    assert low.sizes[1] + high.sizes[1] == c.sizes[1]
    assert (low[1].curvature >= 2).all()
    kept = {tuple(edge) for edge in low.simplices(1).tolist()}
    inside = [t for t in c.simplices(2).tolist() if {(t[0], t[1]), (t[0], t[2]), (t[1], t[2])} <= kept]
    assert low.simplices(2).tolist() == inside


def test_sets_stay_where_only_their_nodes_are_stored() -> None:
    c = paths(Complex.graph([(0, 1), (1, 2)]), 2, "complex").with_cochain(1, "weight", [1.0, 2])
    assert keep(c, "weight", low=2).validate().sizes == (3, 1, 1)


def test_messages() -> None:
    c = Complex.graph([(0, 1), (1, 2)])
    with pytest.raises(UnknownNameError, match="no kind of curvature is called 'ricci'"):
        curvature(c, "ricci")
    with pytest.raises(UnknownNameError, match="no place for a curvature is called 'weigth'; did you mean 'weight'"):
        curvature(c, into="weigth")
    with pytest.raises(
        ComplexError, match="curvature should be of edges, or of simplices or polygons, but is of cells"
    ):
        curvature(c, rank=0)
    with pytest.raises(ComplexError, match="the augmented curvature should be of edges, rank 1, but is of rank 2"):
        curvature(clique(c), "augmented", rank=2)
    with pytest.raises(ComplexError, match="curvature should read undirected edges, but this is a hypergraph"):
        curvature(khop(c), "augmented")
    with pytest.raises(ComplexError, match="a weighted curvature should be kind='forman' of a graph"):
        curvature(khop(c), weighted=True)
    with pytest.raises(ComplexError, match=r"weighted=True should read weights in c\[1\].weight, but there are none"):
        curvature(c, weighted=True)
    with pytest.raises(ComplexError, match="weight on rank 1 should be one positive number for each cell"):
        curvature(c.with_cochain(1, "weight", [0.0, 1]), weighted=True)
    odd = c.with_cochain(1, "x", torch.ones(2, 1), odd=True)
    with pytest.raises(ParityError, match="'x' on rank 1 should be even to be joined by a curvature, but is odd"):
        curvature(odd, into="x")
    with pytest.raises(ComplexError, match="'x' on rank 1 should be even, but changes sign with orientations"):
        keep(odd, "x")
    with pytest.raises(ShapeError, match=r"'x' on rank 1 should be one number for each cell, but has shape \(2, 3\)"):
        keep(c.with_cochain(1, "x", torch.ones(2, 3)), "x")
    with pytest.raises(LookupError, match="rank 1 has no tensor 'curvature', nor any other"):
        keep(c)
    with pytest.raises(ComplexError, match="low should be at most high, but is 2, above 1"):
        keep(curvature(c), low=2, high=1)
    with pytest.raises(ComplexError, match="rank should be at least 1, since nodes are never left out"):
        keep(c, "x", 0)
