"""Betti numbers over prime fields: known spaces, unions, products, and rational ranks as the oracle."""

import time

import networkx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import cochain as cc
from spaces import (
    CELL_SPACES,
    SPACES,
    Space,
    circle,
    connected_sum,
    crosscaps,
    klein_bottle,
    kunneth,
    moore,
    orientable,
    product,
    projective_plane,
    quad_grid,
    simplex,
    sphere,
    torus,
)
from strategies import complexes, graphs, shuffled, simplicial_complexes

PRIMES = (2, 3, 5, 2**31 - 1)  # the last divides no torsion coefficient here: the rational Betti numbers


def build(space: Space) -> cc.Complex:
    return cc.Complex.simplicial(space.simplices, space.nodes)


@pytest.mark.parametrize("p", PRIMES)
@pytest.mark.parametrize("space", SPACES, ids=str)
def test_known_spaces(space: Space, p: int) -> None:
    c = build(space)
    assert c.betti(p) == space.betti(p)
    assert c.euler_characteristic() == space.euler


def test_by_hand() -> None:
    """The projective plane, from its definition: H_0 = Z, H_1 = Z/2, H_2 = 0."""
    c = build(projective_plane())
    assert c.sizes == (6, 15, 10)
    assert c.betti(p=2) == (1, 1, 1)
    assert c.betti(p=3) == (1, 0, 0)
    assert c.betti() == c.betti(p=2)


@pytest.mark.parametrize("p", PRIMES)
@pytest.mark.parametrize("name", CELL_SPACES)
def test_cell_complexes(name: str, p: int) -> None:
    polygons, free, torsion = CELL_SPACES[name]
    c = cc.Complex.cell(polygons)
    assert c.betti(p) == Space(name, polygons, free, torsion).betti(p)
    assert c.euler_characteristic() == sum((-1) ** k * b for k, b in enumerate(free))


@pytest.mark.parametrize("space", [s for s in SPACES if len(s.free) == 3], ids=str)
def test_triangles_as_polygons(space: Space) -> None:
    triangles = [s for s in space.simplices if len(s) == 3]
    edges = [s for s in space.simplices if len(s) == 2]
    c = cc.Complex.cell(triangles, edges=edges, num_nodes=space.nodes)
    assert [c.betti(p) for p in PRIMES] == [space.betti(p) for p in PRIMES]


def test_connected_sums() -> None:
    double = connected_sum(torus(), torus())
    assert [cc.Complex.simplicial(double).betti(p) for p in PRIMES] == [orientable(2).betti(p) for p in PRIMES]
    dyck = connected_sum(torus(), projective_plane())  # Dyck: a handle beside a cross-cap is two more cross-caps
    assert [cc.Complex.simplicial(dyck).betti(p) for p in PRIMES] == [crosscaps(3).betti(p) for p in PRIMES]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (circle(), circle(4)),
        (circle(), sphere(2)),
        (torus(), circle()),
        (projective_plane(), circle()),
        (projective_plane(), projective_plane()),
        (moore(3), simplex(1)),
        (klein_bottle(), circle()),
        (sphere(2), sphere(2)),
        (sphere(0), torus()),
    ],
    ids=str,
)
def test_products(a: Space, b: Space) -> None:
    c = cc.Complex.simplicial(product(a.simplices, b.simplices), a.nodes * b.nodes)
    assert [c.betti(p) for p in PRIMES] == [kunneth(a.betti(p), b.betti(p)) for p in PRIMES]
    assert c.euler_characteristic() == a.euler * b.euler


@pytest.mark.parametrize("p", PRIMES)
def test_union_by_component(p: int) -> None:
    surfaces = [sphere(2), torus(), klein_bottle(), projective_plane(), orientable(2), crosscaps(4)]
    union = cc.Complex.union([build(s) for s in surfaces])
    expected = torch.tensor([s.betti(p) for s in surfaces])
    torch.testing.assert_close(union.betti(p, per_component=True), expected)
    assert union.betti(p) == tuple(expected.sum(0).tolist())
    assert union.euler_characteristic() == sum(s.euler for s in surfaces)
    torch.testing.assert_close(
        union.euler_characteristic(per_component=True), torch.tensor([s.euler for s in surfaces])
    )


def test_selection_has_its_own_holes() -> None:
    union = cc.Complex.union([build(s) for s in (sphere(2), torus(), klein_bottle())])
    chosen = union.select([2, 0, 2])
    assert chosen.betti(3, per_component=True).tolist() == [[1, 1, 0], [1, 0, 1], [1, 1, 0]]


def test_components_of_different_rank() -> None:
    union = cc.Complex.union([build(s) for s in (simplex(0), circle(), sphere(3))])
    assert union.betti(per_component=True).tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 0, 1]]


def test_points_and_isolated_nodes() -> None:
    assert cc.Complex.points(torch.zeros(4, 2)).betti() == (4,)
    assert cc.Complex.graph([(1, 2)], num_nodes=5).betti() == (4, 0)
    assert cc.Complex.simplicial([(1, 2, 3)], num_nodes=6).betti() == (4, 0, 0)


def test_digraph_counts_undirected_cycles() -> None:
    assert cc.Complex.digraph([(0, 1), (1, 0), (1, 2)]).betti() == (1, 1)


@pytest.mark.slow
def test_a_million_triangles() -> None:
    c = cc.Complex.simplicial(np.array([t for a, b, x, d in quad_grid(700, 720, True) for t in ((a, b, x), (a, x, d))]))
    start = time.perf_counter()
    assert c.betti(3) == (1, 1, 0)
    assert time.perf_counter() - start < 60


# Properties


@given(graphs())
def test_graphs_as_networkx(c: cc.Complex) -> None:
    graph = networkx.Graph(c.simplices(1).tolist())
    graph.add_nodes_from(range(c.sizes[0]))
    pieces = networkx.number_connected_components(graph) if len(graph) else 0
    assert c.betti(5) == (pieces, c.sizes[1] - c.sizes[0] + pieces)


@given(simplicial_complexes())
def test_rational_ranks(c: cc.Complex) -> None:
    ranks = [
        0,
        *(np.linalg.matrix_rank(c.boundary(k).to_dense().numpy()) if c.sizes[k] else 0 for k in range(1, c.rank + 1)),
        0,
    ]
    assert c.betti(2**31 - 1) == tuple(n - ranks[k] - ranks[k + 1] for k, n in enumerate(c.sizes))


@given(complexes(oriented=True), st.sampled_from(PRIMES))
def test_euler_poincare(c: cc.Complex, p: int) -> None:
    betti = c.betti(p)
    assert min(betti) >= 0
    assert sum((-1) ** k * b for k, b in enumerate(betti)) == c.euler_characteristic()
    assert tuple(c.betti(p, per_component=True).sum(0).tolist()) == betti


@given(simplicial_complexes(), st.data())
def test_names_and_orientations_do_not_matter(c: cc.Complex, data: st.DataObject) -> None:
    permutations, signs = data.draw(shuffled(c))
    assert c.relabel(permutations).betti(3) == c.reorient(signs).betti(3) == c.betti(3)


# Messages


def test_no_orientation_no_betti() -> None:
    with pytest.raises(
        cc.ComplexError, match="Betti numbers need boundary matrices, but a hypergraph has no orientation"
    ):
        cc.Complex.hypergraph([[0, 1, 2]]).betti()


def test_composite_characteristic() -> None:
    with pytest.raises(cc.CochainError, match=r"p should be prime, but 6 is 2 \* 3"):
        build(torus()).betti(p=6)
