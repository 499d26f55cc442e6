"""A union is its components; a selection is what it selects, operators along with it."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

import cochain as cc
from cochain.complexes import hodge, upper
from oracles import dense, same, symbols_of
from strategies import complexes, unions, with_features


@given(with_features(unions("simplicial")))
def test_the_union_of_the_components_is_the_whole(c: cc.Complex) -> None:
    same(cc.Complex.union(c.components()), c)


@given(st.sampled_from(["graph", "hypergraph", "cell", "simplicial", "combinatorial"]).flatmap(unions), st.data())
def test_selected_operators_are_those_of_the_selection(c: cc.Complex, data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.integers(0, len(c) - 1), max_size=4))
    part = c.select(ids)
    part.validate()
    if c.rank == 0:
        return
    symbol = data.draw(st.sampled_from(symbols_of(c)))
    assert_close(part.resolve(symbol, torch.float64).to_dense(), dense(part.independent(), symbol))


@given(unions("simplicial"), st.data())
def test_selected_triples_name_cells_of_the_selection(c: cc.Complex, data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.integers(0, len(c) - 1), min_size=1, max_size=4))
    if c.rank == 0:
        return
    part = c.select(ids)
    one = part.resolve(upper(0).triples)
    other = part.independent().resolve(upper(0).triples)
    fresh = cc.Complex.union([c.select(k).independent() for k in ids]).resolve(upper(0).triples)
    for found in (one, other):
        assert_close(found.matrix.pattern.indices, fresh.matrix.pattern.indices)
        assert_close(found.via, fresh.via)


@given(with_features(unions("graph")), st.data())
def test_selecting_twice_is_selecting_once(c: cc.Complex, data: st.DataObject) -> None:
    first = data.draw(st.lists(st.integers(0, len(c) - 1), min_size=1, max_size=4))
    second = data.draw(st.lists(st.integers(0, len(first) - 1), max_size=4))
    same(c.select(first).select(second), c.select([first[k] for k in second]))


def three() -> cc.Complex:
    c = cc.Complex.graph([(0, 1), (1, 2), (3, 4), (5, 6)], [3, 2, 3])
    return c.with_cochain(0, "x", torch.arange(8.0)[:, None]).with_cochain("whole", "y", torch.tensor([5, 6, 7]))


def test_select_by_hand() -> None:
    part = three().select([2, 0])
    assert part.sizes == (6, 3)
    assert_close(part[0].x[:, 0], torch.tensor([5.0, 6, 7, 0, 1, 2]))
    assert part.whole.y.tolist() == [7, 5]
    assert part.simplices(1).tolist() == [[0, 1], [3, 4], [4, 5]]
    assert three().select(slice(1, 3)).whole.y.tolist() == [6, 7]
    assert three().select([True, False, True]).whole.y.tolist() == [5, 7]
    assert three().select(-1).whole.y.tolist() == [7]
    assert three().select([]).sizes == (0, 0)


def test_a_tensor_added_to_a_selection_follows_it() -> None:
    part = three().select([2, 0]).with_cochain(0, "x", torch.arange(6.0)[:, None]).with_cochain(1, "w", torch.arange(3))
    again = part.select([1])
    assert_close(again[0].x[:, 0], torch.tensor([3.0, 4, 5]))
    assert again[1].w.tolist() == [1, 2]
    assert again.whole.y.tolist() == [5]
    assert "x" not in part.without_cochain(0, "x").select([0])[0]


def test_num_nodes_per_component_is_the_union() -> None:
    rng = np.random.default_rng(0)
    graphs = [cc.Complex.graph(rng.integers(0, 5, (2, 6)) * [[1], [1]] + [[0], [5]], 10) for _ in range(20)]
    edges = np.concatenate([g.simplices(1).numpy().T + 10 * k for k, g in enumerate(graphs)], axis=1)
    same(cc.Complex.graph(edges, [10] * 20), cc.Complex.union(graphs))


def test_union_of_different_ranks_and_empty_components() -> None:
    parts = [cc.Complex.simplicial([(0, 1, 2)]), cc.Complex.simplicial([(0,)]), cc.Complex.simplicial([(0, 1)], 4)]
    c = cc.Complex.union(parts).validate()
    assert c.sizes == (8, 4, 1)
    assert c.betti(per_component=True).tolist() == [[1, 0, 0], [1, 0, 0], [3, 0, 0]]


def test_refusals() -> None:
    graph = cc.Complex.graph([(0, 1)])
    with pytest.raises(cc.ComplexError, match="at least one complex"):
        cc.Complex.union([])
    with pytest.raises(cc.ComplexError, match="one domain"):
        cc.Complex.union([graph, cc.Complex.hypergraph([[0, 1]])])
    with pytest.raises(cc.ComplexError, match="'x' on 0 is missing in number 1"):
        cc.Complex.union([graph.with_cochain(0, "x", torch.zeros(2, 1)), graph])
    with pytest.raises(cc.ShapeError, match="one number of channels"):
        cc.Complex.union([graph.with_cochain(0, "x", torch.zeros(2, k)) for k in (1, 2)])
    with pytest.raises(cc.ComplexError, match="below 3"):
        three().select([3])
    with pytest.raises(cc.ShapeError, match="mask of components"):
        three().select([True])
    with pytest.raises(cc.ShapeError, match="list of integers"):
        three().select(torch.tensor([0.5]))


@given(with_features(complexes()), st.data())
def test_relabelling_conjugates_operators(c: cc.Complex, data: st.DataObject) -> None:
    order = {}
    for rank in range(c.rank + 1):
        ends = c.offsets(rank).tolist()
        blocks = [data.draw(st.permutations(range(i, j))) for i, j in pairwise(ends)]
        order[rank] = [k for block in blocks for k in block]
    moved = c.relabel(order).validate()
    assert_close(moved[0].x, c[0].x[torch.tensor(order[0], dtype=torch.long)])
    if c.rank >= 1:
        before, after = c.incidence(0, 1).to_dense(), moved.incidence(0, 1).to_dense()
        assert_close(
            after, before[torch.tensor(order[0], dtype=torch.long)][:, torch.tensor(order[1], dtype=torch.long)]
        )


@given(complexes(oriented=True), st.data())
def test_reorienting_conjugates_laplacians(c: cc.Complex, data: st.DataObject) -> None:
    if c.rank == 0:
        return
    n = c.sizes[1]
    signs = torch.tensor(data.draw(st.lists(st.sampled_from([-1, 1]), min_size=n, max_size=n)), dtype=torch.float32)
    flow = c.with_cochain(1, "x", torch.randn(n, 2), odd=True)
    turned = flow.reorient({1: signs}).validate()
    assert_close(turned[1].x, signs[:, None] * flow[1].x)
    assert_close(turned.resolve(hodge(1)).to_dense(), signs[:, None] * c.resolve(hodge(1)).to_dense() * signs)
    assert_close(turned.resolve(hodge(0)).to_dense(), c.resolve(hodge(0)).to_dense())


def test_relabel_and_reorient_refuse() -> None:
    c = three()
    with pytest.raises(cc.ShapeError, match=r"each of 0\.\.7 once"):
        c.relabel({0: [0] * 8})
    with pytest.raises(cc.ComplexError, match="keep cells in their component"):
        c.relabel({0: [3, 1, 2, 0, 4, 5, 6, 7]})
    with pytest.raises(cc.ComplexError, match="only one orientation"):
        c.reorient({0: [1] * 8})
    with pytest.raises(cc.ShapeError, match="or -1"):
        c.reorient({1: [1, 1, 1, 2]})
    with pytest.raises(cc.ComplexError, match="a hypergraph has none"):
        cc.Complex.hypergraph([[0, 1]]).reorient({1: [-1]})
