"""Held-out edges are held out, pairs that are no edges are none, and the decoder is a dot product."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import cochain as cc
from cochain.errors import SpecError
from cochain.experiments.links import LinkProblem, hold_out, sample_non_edges
from cochain.experiments.tasks import TEST, VALIDATION


def graph(nodes: int = 30, seed: int = 0) -> cc.Complex:
    generator = torch.Generator().manual_seed(seed)
    pairs = torch.randint(nodes, (2, 4 * nodes), generator=generator)
    return cc.Complex.graph(pairs[:, pairs[0] != pairs[1]], num_nodes=nodes).with_cochain(0, "x", torch.eye(nodes))


def as_set(pairs: torch.Tensor) -> set[tuple[int, ...]]:
    return set(map(tuple, pairs.T.tolist()))


@given(st.integers(0, 20), st.integers(0, 3))
def test_parts_are_disjoint_and_complete(seed: int, fold: int) -> None:
    c = graph(seed=seed)
    held = hold_out(c, fold)
    everything = as_set(c.simplices(1).T)
    parts = [as_set(held.edges), as_set(held.questions[VALIDATION][0]), as_set(held.questions[TEST][0])]
    assert set.union(*parts) == everything
    assert sum(map(len, parts)) == len(everything)
    assert as_set(held.graph.simplices(1).T) == parts[0]
    for part in (VALIDATION, TEST):
        edges, others = held.questions[part]
        assert edges.shape == others.shape
        assert not as_set(others) & everything
        assert (others[0] < others[1]).all()


def test_folds_differ_and_repeat() -> None:
    c = graph()
    one, again, other = hold_out(c, 0), hold_out(c, 0), hold_out(c, 1)
    assert torch.equal(one.questions[TEST][1], again.questions[TEST][1])
    assert not torch.equal(one.questions[TEST][0], other.questions[TEST][0])


def test_features_of_nodes_stay_and_those_of_edges_go() -> None:
    c = graph()
    c = c.with_cochain(1, "x", torch.ones(c.sizes[1], 1))
    held = hold_out(c, 0)
    assert torch.equal(held.graph[0].x, c[0].x)
    assert held.graph[1].keys() == []


def test_pairs_lie_within_components() -> None:
    c = cc.Complex.graph([(i, i + 1) for i in range(40) if i != 20], num_nodes=[21, 20])
    edges = c.simplices(1)
    pairs = sample_non_edges(c, edges[:, 0] * 41 + edges[:, 1], 200, torch.Generator().manual_seed(0))
    assert ((pairs < 21).all(dim=0) | (pairs >= 21).all(dim=0)).all()


def test_a_complete_graph_has_no_other_pairs() -> None:
    c = cc.Complex.graph([(i, j) for i in range(8) for j in range(i)])
    with pytest.raises(SpecError, match="should have pairs of nodes that are no edges, but after 50 draws"):
        hold_out(c, 0)


def test_too_few_edges() -> None:
    with pytest.raises(SpecError, match="links need at least 20 edges to hold some out, but the graph has 2"):
        hold_out(cc.Complex.graph([(0, 1), (1, 2)]), 0)


def test_only_graphs() -> None:
    with pytest.raises(SpecError, match="links should be predicted on a graph, but the data is a hypergraph"):
        hold_out(cc.Complex.hypergraph([[0, 1, 2]]), 0)


def test_dot_products_by_hand() -> None:
    held = hold_out(graph(), 0)
    each = LinkProblem(held.graph, held, "roc_auc")
    z = torch.randn(30, 3)

    class Fixed(torch.nn.Module):
        def forward(self, c: cc.Complex) -> torch.Tensor:
            return z

    score, loss = each.evaluate(Fixed(), TEST)
    edges, others = held.questions[TEST]
    positive, negative = ((z[p[0]] * z[p[1]]).sum(1) for p in (edges, others))
    wins = (positive[:, None] > negative[None]).double().mean() + 0.5 * (
        positive[:, None] == negative[None]
    ).double().mean()
    assert score == pytest.approx(float(wins), abs=1e-6)
    expected = torch.nn.functional.softplus(torch.cat([-positive, negative])).mean()
    assert loss == pytest.approx(float(expected), rel=1e-5)


def test_training_pairs_change_from_epoch_to_epoch() -> None:
    held = hold_out(graph(), 0)
    each = LinkProblem(held.graph, held, "roc_auc")
    generator = torch.Generator().manual_seed(0)
    seen: list[torch.Tensor] = []

    class Spy(torch.nn.Module):
        def forward(self, c: cc.Complex) -> torch.Tensor:
            return torch.eye(30)

    for _ in range(2):
        before = generator.get_state()
        list(each.losses(Spy(), generator))
        seen.append(before)
    assert not torch.equal(seen[0], generator.get_state())
    assert not torch.equal(seen[0], seen[1])
