"""Extended persistence: by hand, against GUDHI, both algorithms against each other, duality, gradients, refusals."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import cochain as cc
from cochain.errors import ComplexError, ShapeError
from cochain.persistence import Diagram, Extended, extended, sublevel
from cochain.persistence.extension import cone_pairs, graph_pairs
from cochain.persistence.filtration import Filtration
from filtered import random_graph, random_simplicial
from strategies import complexes, shuffled

SEEDS = st.integers(0, 2**20)
Kinds = list[list[tuple[int, float, float]]]


def listed(found: Extended, component: int = 0) -> Kinds:
    """(dimension, birth, death) of every bar, for each of the four kinds."""
    return [
        sorted((dim, *map(float, point)) for dim, points in part.to_lists()[component].items() for point in points)
        for part in found
    ]


def of_gudhi(c: cc.Complex, v: torch.Tensor) -> Kinds:
    import gudhi

    tree = gudhi.SimplexTree()
    for rank in range(c.rank + 1):
        for simplex in c.simplices(rank).tolist():
            tree.insert(simplex, filtration=float(v[simplex].max()))
    tree.extend_filtration()
    # GUDHI scales values to [-2, 2] and back, and so answers up to rounding.
    kinds = tree.extended_persistence()
    return [sorted((k, round(b, 6), round(d, 6)) for k, (b, d) in kind if abs(b - d) > 1e-9) for kind in kinds]


# By hand


def test_a_square_with_tails_up_and_down() -> None:
    # Square 1 2 4 3, a tail up from node 1 (2) to node 4 (6), a tail down from node 2 (4) to node 5 (0).
    c = cc.Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3), (1, 4), (2, 5)])
    v = torch.tensor([1.0, 2.0, 4.0, 3.0, 6.0, 0.0])
    found = extended(c, v)
    assert listed(found) == [[(0, 1, 4)], [(1, 4, 2)], [(0, 0, 6)], [(1, 4, 1)]]
    edges = c.simplices(1).tolist()
    assert [edges[k] for k in found.extended_minus[1].pairs[0].tolist()] == [[2, 3], [0, 3]]
    assert found.extended_plus[0].pairs.tolist() == [[5, 4]]
    assert found.relative[1].pairs[0, 0] == 2
    assert all(not len(part.essential[dim]) for part in found for dim in (0, 1))


def test_a_sphere_and_a_torus_of_heights() -> None:
    """A class of the highest dimension is born at the top and dies at the bottom, by Poincare duality."""
    octahedron = [(a, b, d) for a in (0, 1) for b in (2, 3) for d in (4, 5)]
    found = extended(cc.Complex.simplicial(octahedron), torch.tensor([0.0, 5.0, 2.0, 3.0, 1.0, 4.0]))
    assert listed(found) == [[], [], [(0, 0, 5)], [(2, 5, 0)]]
    # The torus of 4 x 3 squares, its height along the first circle.
    squares = [
        (3 * i + j, 3 * ((i + 1) % 4) + j, 3 * ((i + 1) % 4) + (j + 1) % 3, 3 * i + (j + 1) % 3)
        for i in range(4)
        for j in range(3)
    ]
    heights = torch.tensor([0.0, 1.0, 3.0, 2.0])[:, None] + torch.tensor([0.0, 0.1, 0.2])
    torus = extended(cc.Complex.cell(squares), heights.reshape(-1).double())
    # One circle lies level (born at 0.2 where its last edge comes, dying going down at 3.0); the other stands.
    assert [[(dim, round(b, 5), round(d, 5)) for dim, b, d in kind] for kind in listed(torus)] == [
        [], [], [(0, 0, 3.2), (1, 0.2, 3)], [(1, 3, 0.2), (2, 3.2, 0)],
    ]  # fmt: skip


def test_a_lone_node_is_a_bar_of_length_zero() -> None:
    lone = cc.Complex.graph([(0, 1)], 3)
    v = torch.tensor([0.0, 1.0, 7.0])
    assert listed(extended(lone, v)) == [[], [], [(0, 0, 1)], []]
    assert listed(extended(lone, v, keep_zero=True))[2] == [(0, 0, 1), (0, 7, 7)]
    flat = cc.Complex.graph([(0, 1), (1, 2), (0, 2)])
    kept = extended(flat, torch.ones(3), keep_zero=True)
    assert (len(kept.extended_plus[0]), len(kept.extended_minus[1])) == (1, 1)


# Against others


def test_hundreds_of_graphs_in_one_call_are_those_of_gudhi() -> None:
    drawn = [random_graph(seed, ties=bool(seed % 2)) for seed in range(600)]
    whole = cc.Complex.union([c for c, _ in drawn])
    found = extended(whole, torch.cat([v for _, v in drawn]))
    parts = [part.to_lists() for part in found]
    for k, (c, v) in enumerate(drawn):
        mine = [
            sorted((dim, *map(float, point)) for dim, points in part[k].items() for point in points) for part in parts
        ]
        assert mine == of_gudhi(c, v)


@pytest.mark.parametrize("ties", [False, True])
def test_simplicial_complexes_are_those_of_gudhi(ties: bool) -> None:
    for seed in range(150):
        c, v = random_simplicial(seed, ties=ties)
        assert listed(extended(c, v)) == of_gudhi(c, v)


def test_sweeps_and_matrices_find_the_same_pairs() -> None:
    for seed in range(200):
        c, v = random_graph(seed)
        up, down = Filtration(c, v, 1), Filtration(c, v, -1)
        for swept, reduced in zip(graph_pairs(up, down), cone_pairs(up, down, 3), strict=True):
            for mine, other in zip(swept, reduced, strict=True):
                np.testing.assert_array_equal(mine, other)


def test_large_graphs_take_the_other_sort_and_find_the_same() -> None:
    rng = np.random.default_rng(0)
    edges = rng.integers(0, 200, (500, 2))
    c = cc.Complex.graph(edges[edges[:, 0] != edges[:, 1]].T, 200)
    v = torch.from_numpy(rng.permutation(200).astype(float))
    assert listed(extended(c, v)) == of_gudhi(c, v)


# Laws


@given(complexes(oriented=True), SEEDS, st.sampled_from([2, 3]))
def test_extended_bars_are_as_many_as_betti_numbers(c: cc.Complex, seed: int, p: int) -> None:
    v = torch.from_numpy(np.random.default_rng(seed).integers(0, 4, c.sizes[0]).astype(float))
    found = extended(c, v, field=p, keep_zero=True)
    for dim, betti in enumerate(c.betti(p)):
        assert len(found.extended_plus[dim]) + len(found.extended_minus[dim]) == betti
    finite, d = sublevel(c, v, field=p, keep_zero=True), found.ordinary
    for dim in d.dimensions:  # what lives and dies on the way up is what sublevel sets say
        torch.testing.assert_close(d[dim].pairs, finite[dim].pairs)


@given(complexes(oriented=True), SEEDS)
def test_a_union_is_its_components(c: cc.Complex, seed: int) -> None:
    v = torch.from_numpy(np.random.default_rng(seed).integers(0, 4, c.sizes[0]).astype(float))
    whole = extended(c, v)
    for k, one in enumerate(c.components()):
        assert listed(extended(one, v[int(c.offsets(0)[k]) : int(c.offsets(0)[k + 1])])) == listed(whole, k)


@given(st.data(), complexes(oriented=True), SEEDS)
def test_relabelling_and_reorienting_change_no_bar(data: st.DataObject, c: cc.Complex, seed: int) -> None:
    permutations, signs = data.draw(shuffled(c))
    v = torch.from_numpy(np.random.default_rng(seed).integers(0, 4, c.sizes[0]).astype(float))
    one, two = extended(c, v), extended(c.relabel(permutations).reorient(signs), v[permutations[0]])
    assert all(listed(one, k) == listed(two, k) for k in range(len(c)))


@given(complexes(oriented=True), SEEDS)
def test_upside_down(c: cc.Complex, seed: int) -> None:
    """Cohen-Steiner, Edelsbrunner, Harer: turning f around exchanges ordinary and relative bars one dimension apart,
    on graphs at least, and leaves the extended ones, each turned around too."""
    if c.rank != 1:
        return
    v = torch.from_numpy(np.random.default_rng(seed).integers(0, 4, c.sizes[0]).astype(float))
    one, two = (listed_all(extended(c, x)) for x in (v, -v))
    assert one[0] == sorted((dim - 1, -b, -d) for dim, b, d in two[1])
    assert one[2] == sorted((dim, -d, -b) for dim, b, d in two[2])
    assert one[3] == sorted((dim, -d, -b) for dim, b, d in two[3])


def listed_all(found: Extended) -> Kinds:
    return [
        sorted((dim, *map(float, point)) for dim in part.dimensions for point in part[dim].as_array()) for part in found
    ]


@given(complexes(oriented=True), SEEDS)
def test_every_diagram_is_within_reach_of_a_small_change(c: cc.Complex, seed: int) -> None:
    import gudhi

    rng = np.random.default_rng(seed)
    f = rng.standard_normal(c.sizes[0])
    g = f + rng.uniform(-0.3, 0.3, len(f))
    one, two = extended(c, torch.from_numpy(f)), extended(c, torch.from_numpy(g))
    bound = float(np.abs(f - g).max()) + 1e-9 if len(f) else 1e-9
    for first, second in ((one.ordinary, two.ordinary), (one.relative, two.relative)):
        for dim in first.dimensions:
            mine, other = (np.sort(x[dim].as_array(), axis=1) for x in (first, second))
            assert gudhi.bottleneck_distance(mine, other) <= bound


# Gradients, types, refusals


def test_gradients_are_finite_differences() -> None:
    checked = 0
    for seed in range(24):
        c, v = (random_graph if seed % 2 else random_simplicial)(seed, ties=False)

        def ends(values: torch.Tensor, c: cc.Complex = c) -> torch.Tensor:
            return torch.cat([part[dim].points.reshape(-1) for part in extended(c, values) for dim in part.dimensions])

        checked += len(ends(v))
        assert torch.autograd.gradcheck(ends, v.requires_grad_(), eps=1e-4)
    assert checked > 120


def test_types_and_sizes() -> None:
    found = extended(cc.Complex.graph([], [0, 1, 0]), torch.tensor([2.0]), keep_zero=True)
    assert all(isinstance(part, Diagram) and len(part) == 3 and part.dimensions == (0, 1) for part in found)
    assert found.extended_plus[0].component.tolist() == [1]
    assert found.ordinary[0].births.dtype == torch.float32
    points = extended(cc.Complex.points(torch.zeros(2, 2)), torch.tensor([1.0, 2.0]), keep_zero=True)
    assert points.extended_plus[0].points.tolist() == [[1, 1], [2, 2]]


def test_refusals() -> None:
    path = cc.Complex.graph([(0, 1), (1, 2)])
    with pytest.raises(ComplexError, match="got values on higher ranks too"):
        extended(path, {0: torch.zeros(3), 1: torch.ones(2)})
    with pytest.raises(ShapeError, match="finite"):
        extended(path, torch.tensor([0.0, math.nan, 1.0]))
    with pytest.raises(ShapeError, match="p should be prime"):
        extended(path, torch.zeros(3), field=6)
    with pytest.raises(ComplexError, match="no orientation"):
        extended(cc.Complex.hypergraph([(0, 1, 2)]), torch.zeros(3))
