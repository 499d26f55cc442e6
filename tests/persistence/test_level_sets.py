"""Sublevel and superlevel sets: by hand, against the textbook, as laws, with gradients, and what is refused."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import cochain as cc
from cochain.errors import CochainError, ComplexError, ShapeError, UnknownNameError
from cochain.persistence import Bars, Diagram, sublevel, superlevel
from filtered import bars, cell_values, lower_star, random_graph, random_simplicial, textbook
from strategies import complexes, shuffled

SEEDS = st.integers(0, 2**20)


def valued(c: cc.Complex, seed: int, ties: bool = True) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    return torch.from_numpy((rng.integers(0, 4, c.sizes[0]) if ties else rng.permutation(c.sizes[0])).astype(float))


def same(one: Bars, two: Bars) -> None:
    torch.testing.assert_close(one.points, two.points)
    torch.testing.assert_close(one.component, two.component)
    torch.testing.assert_close(one.pairs, two.pairs)


def same_diagrams(one: Diagram, two: Diagram) -> None:
    assert (one.dimensions, len(one), one.field) == (two.dimensions, len(two), two.field)
    for dim in one.dimensions:
        same(one[dim], two[dim])
        same(one.essential[dim], two.essential[dim])


# By hand


def test_a_square_with_a_tail_and_a_lone_node() -> None:
    # Values 0 1 3 2 around the square, tail 3-4 at 5, node 5 alone at 7.
    c = cc.Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3), (3, 4)], 6)
    v = torch.tensor([0.0, 1.0, 3.0, 2.0, 5.0, 7.0])
    up = sublevel(c, v)
    assert bars(up, 0) == [(0, math.inf), (7, math.inf)]
    assert bars(up, 1) == [(3, math.inf)]
    assert up.essential[1].pairs.tolist() == [[3, -1]]  # edges (1, 2) and (2, 3) come at 3, the second closes
    down = superlevel(c, v)
    assert bars(down, 0) == [(3, 2), (5, -math.inf), (7, -math.inf)]
    assert bars(down, 1) == [(0, -math.inf)]
    assert down[0].pairs.tolist() == [[2, 4]]  # node 3 joins node 2 by edge 3 first


def test_a_triangle_filled_later() -> None:
    c = cc.Complex.simplicial([(0, 1, 2)])
    values = {0: torch.tensor([0.0, 1.0, 2.0]), 1: torch.tensor([3.0, 4.0, 5.0]), 2: torch.tensor([9.0])}
    d = sublevel(c, values)
    assert bars(d, 0) == [(0, math.inf), (1, 3), (2, 4)]
    assert bars(d, 1) == [(5, 9)]
    assert bars(d, 2) == []
    assert d[1].pairs.tolist() == [[2, 0]]


def test_two_hills_of_a_path_seen_from_above() -> None:
    path = cc.Complex.graph([(i, i + 1) for i in range(4)])
    d = superlevel(path, torch.tensor([1.0, 5.0, 2.0, 4.0, 0.0]), dimensions=0)
    assert bars(d, 0) == [(4, 2), (5, -math.inf)]


def test_the_elder_of_two_equals_has_the_lower_index() -> None:
    path = cc.Complex.graph([(0, 1), (1, 2)])
    d = sublevel(path, torch.tensor([1.0, 2.0, 1.0]), dimensions=0)
    assert d[0].pairs.tolist() == [[2, 1]]
    assert d.essential[0].pairs.tolist() == [[0, -1]]


def test_zero_bars_are_kept_on_demand() -> None:
    path = cc.Complex.graph([(0, 1), (1, 2)])
    v = torch.tensor([0.0, 1.0, 2.0])
    assert len(sublevel(path, v)[0]) == 0
    kept = sublevel(path, v, keep_zero=True)[0]
    assert kept.points.tolist() == [[1, 1], [2, 2]]
    assert kept.pairs.tolist() == [[1, 0], [2, 1]]


def test_a_rank_left_out_appears_as_late_as_its_faces() -> None:
    c = cc.Complex.simplicial([(0, 1, 2)])
    edges = torch.tensor([3.0, 4.0, 5.0], requires_grad=True)
    d = sublevel(c, {0: torch.zeros(3), 1: edges}, keep_zero=True)
    assert bars(d, 1) == [(5, 5)]
    d[1].deaths.sum().backward()  # the triangle comes with edge 2, and so does its gradient
    assert edges.grad.tolist() == [0, 0, 1]


# Against the textbook, pairs and all


@pytest.mark.parametrize("p", [2, 3, 5])
@pytest.mark.parametrize("engine", ["auto", "cohomology", "homology"])
def test_pairs_are_those_of_the_textbook(engine: str, p: int) -> None:
    for seed in range(40):
        c, v = random_simplicial(seed)
        given_values = cell_values(c, np.random.default_rng(seed)) if seed % 2 else v
        full = given_values if seed % 2 else lower_star(c, v)
        found = sublevel(c, given_values, field=p, engine=engine, keep_zero=True)
        for rank, (pairs, forever) in textbook(c, full, p).items():
            assert found[rank].pairs.tolist() == [list(pair) for pair in pairs]
            assert found.essential[rank].pairs[:, 0].tolist() == forever


def test_graphs_of_many_sizes_are_those_of_the_textbook() -> None:
    for seed in range(60):
        c, v = random_graph(seed)
        found = sublevel(c, v, keep_zero=True)
        for rank, (pairs, forever) in textbook(c, lower_star(c, v), 2).items():
            assert found[rank].pairs.tolist() == [list(pair) for pair in pairs]
            assert found.essential[rank].pairs[:, 0].tolist() == forever


def test_a_large_graph_takes_the_other_sort_and_finds_the_same() -> None:
    rng = np.random.default_rng(0)
    edges = rng.integers(0, 300, (700, 2))
    c = cc.Complex.graph(edges[edges[:, 0] != edges[:, 1]].T, 300)
    v = torch.from_numpy(rng.integers(0, 40, 300).astype(float))
    assert bars(sublevel(c, v), 0) == bars(sublevel(c, lower_star(c, v)), 0)
    same_diagrams(sublevel(c, v, keep_zero=True), sublevel(c, v, engine="homology", keep_zero=True))


# Laws


@given(complexes(oriented=True), SEEDS)
def test_a_union_is_its_components(c: cc.Complex, seed: int) -> None:
    v = valued(c, seed)
    parts = []
    for k, one in enumerate(c.components()):
        low, high = int(c.offsets(0)[k]), int(c.offsets(0)[k + 1])
        parts.append(sublevel(one, v[low:high]))
    whole = sublevel(c, v)
    assert len(whole) == len(c)
    if parts:
        joined = Diagram.union(parts)
        for dim in whole.dimensions:
            torch.testing.assert_close(whole[dim].points, joined[dim].points)
            torch.testing.assert_close(whole[dim].component, joined[dim].component)
            torch.testing.assert_close(whole.essential[dim].component, joined.essential[dim].component)


@given(complexes(oriented=True), SEEDS, st.sampled_from([2, 3]))
def test_essential_classes_are_betti_numbers(c: cc.Complex, seed: int, p: int) -> None:
    d = sublevel(c, valued(c, seed), field=p)
    counts = torch.stack([torch.bincount(d.essential[dim].component, minlength=len(c)) for dim in d.dimensions], dim=1)
    torch.testing.assert_close(counts, c.betti(p, per_component=True))


@given(complexes(oriented=True), SEEDS)
def test_the_euler_characteristic_of_every_sublevel_set(c: cc.Complex, seed: int) -> None:
    v = valued(c, seed)
    d, levels = sublevel(c, v), lower_star(c, v)
    for t in (-1.0, 0.0, 1.0, 2.0, 5.0):
        counted = sum((-1) ** rank * int((levels[rank] <= t).sum()) for rank in levels)
        alive = d.betti_at(t).sum(dim=0)
        assert counted == sum((-1) ** dim * int(alive[dim]) for dim in d.dimensions)


@given(st.data(), complexes(oriented=True), SEEDS)
def test_relabelling_and_reorienting_change_no_bar(data: st.DataObject, c: cc.Complex, seed: int) -> None:
    permutations, signs = data.draw(shuffled(c))
    v = valued(c, seed)
    one, two = sublevel(c, v), sublevel(c.relabel(permutations).reorient(signs), v[permutations[0]])
    for dim in one.dimensions:
        for mine, other in ((one[dim], two[dim]), (one.essential[dim], two.essential[dim])):
            assert sorted(zip(mine.component.tolist(), mine.points.tolist(), strict=True)) == sorted(
                zip(other.component.tolist(), other.points.tolist(), strict=True)
            )


@given(complexes(oriented=True), SEEDS)
def test_superlevel_is_sublevel_of_the_negative(c: cc.Complex, seed: int) -> None:
    v = valued(c, seed)
    down, up = superlevel(c, v, keep_zero=True), sublevel(c, -v, keep_zero=True)
    for dim in up.dimensions:
        torch.testing.assert_close(down[dim].points, -up[dim].points)
        torch.testing.assert_close(down[dim].pairs, up[dim].pairs)
        torch.testing.assert_close(down.essential[dim].points, -up.essential[dim].points)


@given(complexes(oriented=True), SEEDS)
def test_values_of_nodes_and_of_cells_agree(c: cc.Complex, seed: int) -> None:
    v = valued(c, seed)
    one, two = sublevel(c, v, keep_zero=True), sublevel(c, lower_star(c, v), keep_zero=True)
    for dim in one.dimensions:
        torch.testing.assert_close(one[dim].points, two[dim].points)
        torch.testing.assert_close(one[dim].pairs, two[dim].pairs)


@given(complexes(oriented=True), SEEDS)
def test_fewer_dimensions_are_the_same_bars(c: cc.Complex, seed: int) -> None:
    v = valued(c, seed)
    whole = sublevel(c, v)
    for dim in whole.dimensions:
        for engine in ("auto", "homology"):
            one = sublevel(c, v, dimensions=dim, engine=engine)
            assert one.dimensions == (dim,)
            same(one[dim], whole[dim])
            same(one.essential[dim], whole.essential[dim])


# Gradients


@pytest.mark.parametrize("follow", [sublevel, superlevel])
def test_gradients_are_finite_differences(follow) -> None:
    checked = 0
    for seed in range(40):
        c, v = random_simplicial(seed, ties=False)
        v = v.requires_grad_()

        def ends(values: torch.Tensor, c: cc.Complex = c) -> torch.Tensor:
            d = follow(c, values)
            parts = [d[dim].points.reshape(-1) for dim in d.dimensions]
            return torch.cat([*parts, *(d.essential[dim].births for dim in d.dimensions)])

        checked += len(ends(v))
        assert torch.autograd.gradcheck(ends, v, eps=1e-4)
    assert checked > 100


def test_gradients_of_given_values_are_finite_differences() -> None:
    rng, checked = np.random.default_rng(3), 0
    for seed in range(20):
        c, _ = random_simplicial(seed, most=7)
        values = cell_values(c, rng)
        # Ranks are lifted apart, so that faces stay first, and all values differ, so that small steps change no order.
        total = torch.cat([values[rank] + rank for rank in range(c.rank + 1)])
        flat = (total + torch.linspace(0, 0.5, len(total), dtype=torch.float64)).requires_grad_()

        def ends(x: torch.Tensor, c: cc.Complex = c) -> torch.Tensor:
            d = sublevel(c, dict(enumerate(x.split(list(c.sizes)))))
            return torch.cat([d[dim].points.reshape(-1) for dim in d.dimensions])

        checked += len(ends(flat))
        assert torch.autograd.gradcheck(ends, flat, eps=1e-6)
    assert checked > 100


def test_of_nodes_that_tie_the_last_gets_the_gradient() -> None:
    path = cc.Complex.graph([(0, 2), (1, 2), (1, 3)], 4)
    v = torch.tensor([0.0, 1.0, 5.0, 5.0], requires_grad=True)
    triangle = cc.Complex.graph([(0, 1), (0, 2), (1, 2)])
    d = sublevel(path, v, dimensions=0)
    d[0].deaths.sum().backward()
    assert v.grad.tolist() == [0, 0, 1, 0]
    w = torch.tensor([2.0, 5.0, 5.0], requires_grad=True)
    sublevel(triangle, w).essential[1].births.sum().backward()
    assert w.grad.tolist() == [0, 0, 1]


# Types, forms of values, sizes


@pytest.mark.parametrize("kind", [torch.float16, torch.float32, torch.float64])
def test_bars_keep_the_type_of_the_values(kind: torch.dtype) -> None:
    c = cc.Complex.graph([(0, 1), (1, 2)])
    d = sublevel(c, torch.tensor([0, 2, 1], dtype=kind))
    assert d[0].births.dtype == d[0].deaths.dtype == d.essential[0].deaths.dtype == kind
    assert d[0].points.tolist() == [[1, 2]]


@pytest.mark.parametrize("values", [torch.tensor([0, 2, 1]), np.array([0, 2, 1]), torch.tensor([[0.0], [2.0], [1.0]])])
def test_whole_numbers_arrays_and_columns_are_values(values) -> None:
    assert bars(sublevel(cc.Complex.graph([(0, 1), (1, 2)]), values), 0) == [(0, math.inf), (1, 2)]


def test_values_of_several_types_meet_in_the_widest() -> None:
    c = cc.Complex.graph([(0, 1), (1, 2)])
    d = sublevel(c, {0: torch.tensor([0, 2, 1]), 1: torch.tensor([3.0, 4.0], dtype=torch.float64)})
    assert d[0].points.tolist() == [[2, 3], [1, 4]]
    assert d[0].births.dtype == d.essential[1].births.dtype == torch.float64


def test_values_by_name() -> None:
    c = cc.Complex.graph([(0, 1), (1, 2)]).with_cochain(0, "height", torch.tensor([0.0, 2.0, 1.0]))
    assert bars(sublevel(c, "height"), 0) == [(0, math.inf), (1, 2)]
    filled = c.with_cochain(1, "height", torch.tensor([3.0, 4.0]))
    assert bars(sublevel(filled, "height"), 0) == [(0, math.inf), (1, 4), (2, 3)]
    assert bars(superlevel(c, "height"), 0) == [(2, -math.inf)]


@pytest.mark.parametrize("engine", ["auto", "cohomology", "homology", "gudhi"])
def test_small_and_empty_complexes(engine: str) -> None:
    nothing = sublevel(cc.Complex.graph([], 0), torch.zeros(0), engine=engine)
    assert (len(nothing[0]), len(nothing.essential[0]), len(nothing.essential[1])) == (0, 0, 0)
    lone = sublevel(cc.Complex.points(torch.zeros(3, 2)), torch.tensor([2.0, 0.0, 1.0]), engine=engine)
    assert bars(lone, 0) == [(0, math.inf), (1, math.inf), (2, math.inf)]
    hollow = cc.Complex.graph([(1, 2)], [1, 0, 2, 0])
    d = sublevel(hollow, torch.tensor([1.0, 2.0, 3.0]), engine=engine)
    assert (len(d), d.essential[0].component.tolist()) == (4, [0, 2])
    no_triangles = cc.Complex.simplicial([(0, 1)], 3)
    assert bars(sublevel(no_triangles, torch.arange(3.0), dimensions=(0, 1), engine=engine), 1) == []


def test_dimensions_above_the_rank_have_no_bars() -> None:
    d = sublevel(cc.Complex.graph([(0, 1)]), torch.arange(2.0), dimensions=(0, 3, 1, 3))
    assert d.dimensions == (0, 1, 3)
    assert (len(d[3]), len(d.essential[3])) == (0, 0)


def test_directed_edges_are_edges() -> None:
    both = cc.Complex.digraph([(0, 1), (1, 0), (1, 2)])
    assert bars(sublevel(both, torch.tensor([0.0, 1.0, 2.0])), 1) == [(1, math.inf)]


def test_selected_components_are_followed_alone() -> None:
    c = cc.Complex.union([random_graph(seed)[0] for seed in range(5)])
    v = torch.rand(c.sizes[0])
    picked = c.with_cochain(0, "f", v).select([3, 1])
    same_diagrams(sublevel(picked, "f"), sublevel(picked.independent(), picked[0].f))


# What is refused


def test_cells_before_their_faces_are_named() -> None:
    c = cc.Complex.simplicial([(0, 1, 2)])
    values = {0: torch.tensor([0.0, 1.0, 2.0]), 1: torch.tensor([1.0, 0.5, 2.0])}
    with pytest.raises(ComplexError, match=r"cell 1 of rank 1 has the value 0\.5 and its face 2 of rank 0 has 2"):
        sublevel(c, values)
    with pytest.raises(ComplexError, match=r"no later on the way down than its faces, but cell 0 of rank 1"):
        superlevel(c, values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (torch.tensor([0.0, math.nan, 1.0]), r"finite, but cell 1 of rank 0 has nan"),
        (torch.tensor([0.0, 1.0, math.inf]), r"finite, but cell 2 of rank 0 has inf"),
        (torch.zeros(2), r"one number for each of its 3 cells, but have shape \(2,\)"),
        (torch.zeros(3, 2), r"shape \(3, 2\)"),
        (torch.ones(3, dtype=torch.bool), r"real numbers, but have type torch\.bool"),
        (torch.ones(3, dtype=torch.complex64), r"real numbers"),
        ({1: torch.zeros(2)}, r"say when nodes appear, but are given on the ranks \[1\]"),
        ({0: torch.zeros(3), 2: torch.zeros(1)}, r"ranks 0 to 1 of this graph, but are also on rank 2"),
    ],
)
def test_values_that_do_not_fit(values, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        sublevel(cc.Complex.graph([(0, 1), (1, 2)]), values)


def test_other_refusals() -> None:
    path = cc.Complex.graph([(0, 1), (1, 2)])
    v = torch.arange(3.0)
    with pytest.raises(ComplexError, match="hypergraph has no orientation"):
        sublevel(cc.Complex.hypergraph([(0, 1, 2)]), v)
    with pytest.raises(ShapeError, match=r"4 is 2 \* 2"):
        sublevel(path, v, field=4)
    with pytest.raises(UnknownNameError, match="no engine is called 'gudi'; did you mean 'gudhi'"):
        sublevel(path, v, engine="gudi")
    with pytest.raises(ShapeError, match="whole numbers from 0, at least one"):
        sublevel(path, v, dimensions=-1)
    with pytest.raises(ShapeError, match="at least one"):
        sublevel(path, v, dimensions=())
    with pytest.raises(CochainError, match="a dimension should be an integer"):
        sublevel(path, v, dimensions=True)
    with pytest.raises(UnknownNameError, match="height"):
        sublevel(path, "height")
    with pytest.raises(ComplexError, match="points, graphs and simplicial complexes, but this is a cell"):
        sublevel(cc.Complex.cell([(0, 1, 2, 3)]), torch.arange(4.0), engine="gudhi")
    with pytest.raises(ShapeError, match="p up to 46337, but p is 46349"):
        sublevel(path, v, field=46349, engine="gudhi")
