"""Distributions of a data set's shape: by hand, against the general homology, and within their bounds."""

import time

import numpy as np
import pytest
import torch
from made import cycles_and_paths

import cochain as cc
from cochain.complexes.agreement import agreement
from cochain.experiments import shape
from cochain.experiments.shape import even_sample, holes_of_graphs, measure_shape, ring_length


def test_holes_of_graphs_are_betti_numbers() -> None:
    graphs = [
        cc.Complex.graph([(0, 1), (1, 2), (2, 0), (3, 4)], num_nodes=6),
        cc.Complex.graph([], num_nodes=3),
        cc.Complex.graph([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]),
    ]
    union = cc.Complex.union(graphs)
    zeroth, first = holes_of_graphs(union)
    assert zeroth.tolist() == [3, 3, 1]
    assert first.tolist() == [1, 0, 2]
    assert torch.stack([zeroth, first], dim=1).tolist() == union.betti(per_component=True).tolist()


def test_rings_and_holes_of_cycles_and_paths() -> None:
    found = measure_shape(cycles_and_paths())
    assert found.rings is not None
    assert found.rings.edges == (5.0, 6.0, 7.0, 8.0)
    assert found.rings.counts == (5, 5, 5)
    assert found.betti[0].counts == (30,)
    assert found.betti[1].counts == (15, 15)
    assert found.cell_sizes == (None, None)
    assert found.notes == ()


def test_a_graph_without_rings() -> None:
    assert measure_shape(cc.Complex.graph([(0, 1), (1, 2)])).rings is None


def test_sizes_of_polygons_and_hyperedges() -> None:
    squares = cc.lift.cycles(cc.Complex.graph([(0, 1), (1, 2), (2, 3), (3, 0), (3, 4), (4, 0)]), 5)
    found = measure_shape(squares)
    assert found.cell_sizes[:2] == (None, None)
    assert found.cell_sizes[2] is not None
    assert found.cell_sizes[2].edges == (3.0, 4.0, 5.0)
    assert found.cell_sizes[2].counts == (1, 1)
    assert [each.edges[0] for each in found.betti] == [1.0, 0.0, 0.0]
    hyper = measure_shape(cc.Complex.hypergraph([[0, 1, 2], [2, 3], [4]]))
    assert hyper.cell_sizes[1] is not None
    assert hyper.cell_sizes[1].counts == (1, 1, 1)
    assert (hyper.betti, hyper.rings) == ((), None)


def test_agreement_by_hand() -> None:
    c = cc.Complex.graph([(0, 1), (1, 2), (2, 3)], num_nodes=5)
    share, chance, notes = agreement(c, torch.tensor([0, 0, 1, -1, 1]))
    assert share == 0.5
    assert chance == pytest.approx((3 / 4) ** 2 + (1 / 4) ** 2)  # of four ends, three are of class 0
    assert notes == ()
    assert agreement(c, torch.full((5,), -1)) == (None, None, ())


def test_agreement_of_a_hypergraph_is_the_dense_count() -> None:
    generator = np.random.default_rng(3)
    cells = [generator.choice(12, size=k, replace=False).tolist() for k in (2, 3, 4, 5, 1, 3)]
    y = torch.from_numpy(generator.integers(0, 3, 12))
    pairs = [(int(y[u]), int(y[v])) for cell in cells for u in cell for v in cell if u != v]
    share, chance, _ = agreement(cc.Complex.hypergraph(cells, num_nodes=12), y)
    assert share == pytest.approx(sum(a == b for a, b in pairs) / len(pairs))
    assert chance == pytest.approx(sum((sum(a == k for a, _ in pairs) / len(pairs)) ** 2 for k in range(3)))


def test_samples_are_even_and_small() -> None:
    c = cycles_and_paths()
    weights = c.offsets(1).diff().numpy()
    assert even_sample(c, weights, 10_000) is c
    part = even_sample(c, weights, int(weights.sum()) // 3)
    assert part is not None
    assert len(part) == 10
    assert even_sample(c, weights, 3) is None


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape, "RING_EDGES", 60)
    monkeypatch.setattr("cochain.complexes.agreement.PAIR_MEMBERS", 4)
    found = measure_shape(cycles_and_paths())
    assert found.notes == ("rings of 10 components out of 30, at even steps",)
    path = cc.Complex.graph([(i, i + 1) for i in range(4)])
    assert agreement(path, torch.zeros(5, dtype=torch.int64)) == (1.0, 1.0, ("homophily of one edge in 2",))
    monkeypatch.setattr(shape, "RING_WALKS", 1)
    assert measure_shape(path).notes == ("rings are left out: there are too many to count them in passing",)


def test_dense_graphs_are_searched_for_short_rings_only() -> None:
    assert ring_length(cc.Complex.graph([(i, i + 1) for i in range(20)])) == shape.RING_LENGTH
    nodes = 400
    low, high = np.triu_indices(nodes, 1)
    assert ring_length(cc.Complex.graph(np.stack([low, high]))) == 2  # 400^3 walks of four nodes


def test_half_a_million_edges_are_portrayed_quickly() -> None:
    generator = np.random.default_rng(0)
    edges = generator.integers(0, 100_000, (2, 500_000))
    edges = np.unique(np.sort(edges[:, edges[0] != edges[1]], axis=0), axis=1)
    c = cc.Complex.graph(edges, num_nodes=100_000)
    begin = time.perf_counter()
    found = measure_shape(c)
    share = agreement(c, torch.from_numpy(generator.integers(0, 7, 100_000)))[0]
    assert time.perf_counter() - begin < 6  # it takes well under a second where nothing else runs
    assert found.betti
    assert share == pytest.approx(1 / 7, abs=0.01)
