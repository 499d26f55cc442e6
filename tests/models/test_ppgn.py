"""PPGN and PPGN++: their formula densely, what they tell apart, and the polynomials behind that."""

from itertools import combinations_with_replacement, product

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ComplexError, ShapeError
from cochain.kernels.polynomials import contraction, graph_polynomial
from cochain.models.graph.ppgn import CLIQUE
from dense_cells import two_layers
from graph_pairs import hexagon_and_triangles, rook_and_shrikhande
from model_checks import F64, adjacency, check_laws, graph, model, whole_mlp

NAMES = ("ppgn", "ppgn_plus_plus")
TRIANGLE = [(0, 1), (1, 2), (2, 0)]


def homomorphisms(a: Tensor, edges: list[tuple[int, int]], marked: tuple[int, ...], nodes: int) -> Tensor:
    """Add the product over edges for every map from the nodes of H."""
    out = torch.zeros((len(a),) * len(marked), dtype=a.dtype)
    for places in product(range(len(a)), repeat=nodes):
        value = torch.ones((), dtype=a.dtype)
        for u, v in edges:
            value = value * a[places[u], places[v]]
        out[tuple(places[m] for m in marked)] += value
    return out


@pytest.mark.parametrize("name", NAMES)
def test_formula(name) -> None:
    c = graph()
    network = model(name, c, "whole", hidden=4)
    a, eye = adjacency(c), torch.eye(9, dtype=F64)
    x = torch.cat([a[..., None], eye[..., None], eye[..., None] * c[0].x], dim=2)
    if name == "ppgn_plus_plus":
        x = torch.cat([x, homomorphisms(a, list(CLIQUE), (0, 1), 4).log1p()[..., None]], dim=2)
    for block in network.layers:
        products = torch.einsum("ikc,kjc->ijc", two_layers(block.left, x), two_layers(block.right, x)) / 3
        transposed = [x.transpose(0, 1)] if name == "ppgn_plus_plus" else []
        x = two_layers(block.join, torch.cat([x, *transposed, products], dim=2))
    h = torch.stack([network.nodes(torch.cat([x[i, i], x[i].sum(dim=0)])) for i in range(9)])
    assert_close(network(c), whole_mlp(network.readout, h.sum(dim=0)[None]))


@pytest.mark.parametrize("name", NAMES)
def test_laws(name) -> None:
    check_laws(name, graph())


@pytest.mark.parametrize("name", NAMES)
def test_components_of_many_sizes(name) -> None:
    parts = [cc.Complex.graph([(k, k + 1) for k in range(n - 1)], n) for n in (1, 4, 2, 4, 7)]
    parts = [each.with_cochain(0, "x", torch.randn(each.sizes[0], 3, dtype=F64)) for each in parts]
    network = model(name, parts[0], "whole")
    assert_close(network(cc.Complex.union(parts)), torch.cat([network(each) for each in parts]))


@pytest.mark.parametrize("name", NAMES)
def test_tells_a_hexagon_from_two_triangles(name) -> None:
    one, two = hexagon_and_triangles()
    network = model(name, one, "whole", layers=1)
    assert not torch.allclose(network(one), network(two))


def test_strongly_regular_graphs_of_one_family_stay_equal_without_the_polynomial() -> None:
    """As theory says: products of matrices are 3-WL; the clique of four is in the rook's graph alone."""
    one, two = rook_and_shrikhande()
    weak, strong = model("ppgn", one, "whole", layers=4), model("ppgn_plus_plus", one, "whole", layers=2)
    assert_close(weak(one), weak(two))
    assert not torch.allclose(strong(one), strong(two))


def test_large_components_are_refused() -> None:
    c = graph()
    with pytest.raises(ComplexError, match=r"at most max_nodes = 8 nodes, .* but one has 9"):
        model("ppgn", c, 0, max_nodes=8)(c)


def test_a_triangle_is_a_trace() -> None:
    a = torch.randn(5, 5, dtype=F64)
    assert_close(graph_polynomial(a, TRIANGLE), (a @ a @ a).trace())
    assert_close(graph_polynomial(a, TRIANGLE, (1,)), (a @ a @ a).diagonal())
    assert_close(graph_polynomial(a, [(0, 1), (1, 2)], (2, 0)), (a @ a).T)


GRAPHS = [
    (TRIANGLE, (), 3),
    ([(0, 1), (0, 1), (1, 1)], (1,), 2),
    ([(1, 0), (1, 2), (2, 2), (3, 1)], (0, 2), 4),
    ([(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)], (0,), 5),
    (list(CLIQUE), (0, 1), 4),
    ([*CLIQUE, (1, 0)], (3, 0, 1), 4),
    ([(0, 2), (3, 2)], (1, 0), 4),
    ([], (0,), 1),
    ([], (), 0),
]


@pytest.mark.parametrize(("edges", "marked", "nodes"), GRAPHS)
def test_polynomials_count_homomorphisms(edges, marked, nodes) -> None:
    a = torch.randn(4, 4, dtype=F64)
    expected = homomorphisms(a, edges, marked, nodes)
    assert_close(graph_polynomial(a, edges, marked), expected)
    batch = torch.stack([a, a.T])
    assert_close(
        graph_polynomial(batch, edges, marked), torch.stack([expected, homomorphisms(a.T, edges, marked, nodes)])
    )
    order = torch.randperm(4)
    moved = expected
    for axis in range(len(marked)):
        moved = moved.index_select(axis, order)
    assert_close(graph_polynomial(a[order][:, order], edges, marked), moved)


def test_products_of_matrices_reach_all_polynomials_of_degree_four() -> None:
    """Two marked nodes: with up to four edges the width is 2; the clique of four without an edge has five, and 3."""
    places = [(u, v) for u in range(6) for v in range(u, 6)]
    for degree in range(1, 5):
        for edges in combinations_with_replacement(places, degree):
            assert contraction(edges, (0, 1))[1] == 2
    assert contraction(CLIQUE, (0, 1)) == ((2, 3), 3)
    assert contraction(tuple(TRIANGLE))[1] == 2


def test_marked_nodes_are_different() -> None:
    with pytest.raises(ShapeError, match="nodes should be numbers from 0, none of them marked twice"):
        graph_polynomial(torch.eye(2), [(0, 1)], (0, 0))
