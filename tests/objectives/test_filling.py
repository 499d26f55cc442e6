"""Filling in the missing node of a hyperedge: probabilities, the loss densely, augmentations, and that it learns."""

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ComplexError, SpecError
from cochain.models import build
from cochain.objectives.filling import HyperedgeFilling, drop_hyperedges, mask_features, reconstruction_loss
from model_checks import F64, hypergraph, members
from oracles import same


def objective(channels: int = 6) -> HyperedgeFilling:
    torch.manual_seed(0)
    return HyperedgeFilling(channels, 16, temperature=0.5).double()


def test_probabilities_sum_to_one_for_each_query() -> None:
    c, z, fill = hypergraph(), torch.randn(9, 6, dtype=F64), objective()
    p = fill.log_probabilities(c, z, fill.questions(c)).exp()
    assert p.shape == (11, 9)  # 12 memberships, one of them of a hyperedge of one node
    assert_close(p.sum(dim=1), torch.ones(11, dtype=F64))
    both = cc.Complex.union([c, c])
    p = fill.log_probabilities(both, torch.cat([z, z]), fill.questions(both)).exp()
    assert_close(p.sum(dim=1), torch.ones(22, dtype=F64))
    assert (p[:11, 9:] == 0).all()


def test_the_loss_densely() -> None:
    c, z, fill = hypergraph(), torch.randn(9, 6, dtype=F64), objective()
    terms = []
    for each in members(c):
        for v in each if len(each) > 1 else ():
            q = normalize(fill.query(sum(z[u] for u in each if u != v)), dim=0)
            scores = torch.stack([q @ normalize(fill.node(z[w]), dim=0) for w in range(9)]) / 0.5
            terms.append(-(scores[v] - scores.exp().sum().log()))
    assert_close(fill(c, z), torch.stack(terms).mean())


def test_untrained_it_is_near_the_logarithm_of_the_number_of_nodes() -> None:
    generator = torch.Generator().manual_seed(0)
    sets = [sorted(torch.randperm(500, generator=generator)[:4].tolist()) for _ in range(300)]
    c = cc.Complex.hypergraph(sets, 500).with_cochain(0, "x", torch.randn(500, 12))
    encoder = build("unigcnii", c, hidden=16, out=16, target=0, seed=0).eval()
    torch.manual_seed(0)
    fill = HyperedgeFilling(16)
    with torch.no_grad():
        assert abs(float(fill(c, encoder(c))) - math.log(500)) < 0.2
        assert abs(float(fill(c, encoder(c), queries=200)) - math.log(500)) < 0.2


def test_relabelling() -> None:
    c, fill = hypergraph(), objective(4)
    encoder = build("unigcnii", c, hidden=8, out=4, target=0, seed=0).double().eval()
    order = {0: torch.randperm(9), 1: torch.randperm(5)}
    moved = c.relabel(order)
    assert_close(encoder(moved), encoder(c)[order[0]])
    assert_close(fill(moved, encoder(moved)), fill(c, encoder(c)))
    assert_close(fill(cc.Complex.union([c, moved]), encoder(cc.Complex.union([c, moved]))), fill(c, encoder(c)))


def test_masked_features() -> None:
    c = cc.Complex.hypergraph([(0, 1)], 2000).with_cochain(0, "x", torch.randn(2000, 3))
    masked, chosen = mask_features(c, 0.3)
    assert (masked[0].x[chosen] == 0).all()
    assert_close(masked[0].x[~chosen], c[0].x[~chosen])
    assert 0.25 < chosen.float().mean() < 0.35


def test_dropped_hyperedges() -> None:
    """Those that stay keep their nodes, features and component."""
    c = hypergraph().with_cochain(1, "x", torch.arange(5.0)[:, None]).with_cochain("whole", "y", torch.tensor([3]))
    both = cc.Complex.union([c, c, c])
    thin = drop_hyperedges(both, 0.5).validate()
    assert 0 < thin.sizes[1] < 15
    place = thin.component_of(1) * 5 + thin[1].x[:, 0].long()
    assert [members(thin)[k] for k in range(thin.sizes[1])] == [members(both)[k] for k in place.tolist()]
    assert_close(thin[0].x, both[0].x)
    assert_close(thin.whole.y, both.whole.y)
    same(drop_hyperedges(c, 0.0), c)


def test_reconstruction_by_hand() -> None:
    """Right angles cost 1, the same direction nothing, the opposite one 2."""
    x = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    found = torch.tensor([[0.0, 5.0], [0.0, 9.0], [-1.0, -1.0]])
    for chosen, expected in (([0], 1.0), ([1], 0.0), ([2], 2.0), ([0, 1, 2], 1.0), ([], 0.0)):
        masked: Tensor = torch.zeros(3, dtype=torch.bool)
        masked[chosen] = True
        assert_close(reconstruction_loss(found, x, masked), torch.tensor(expected))


def test_it_learns_who_is_missing() -> None:
    """Triples within ten groups of five: a trained encoder gives the missing node's group far more than a tenth."""
    generator = torch.Generator().manual_seed(0)
    sets = [sorted((5 * (k % 10) + torch.randperm(5, generator=generator)[:3]).tolist()) for k in range(150)]
    c = cc.Complex.hypergraph(sets, 50).with_cochain(0, "x", torch.randn(50, 16, generator=generator))
    encoder = build("unigcnii", c, hidden=32, out=32, target=0, seed=0)
    torch.manual_seed(0)
    fill = HyperedgeFilling(32, 32, temperature=0.1)
    parameters = [*encoder.parameters(), *fill.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    for _ in range(30):
        optimizer.zero_grad()
        thin = drop_hyperedges(mask_features(c, 0.1)[0], 0.1)
        fill(c, encoder.train()(thin)).backward()
        optimizer.step()
    with torch.no_grad():
        chosen = fill.questions(c)
        p = fill.log_probabilities(c, encoder.eval()(c), chosen).exp()
    group = torch.nn.functional.one_hot(torch.arange(50) // 5).float()
    hyperedge = c.cells(1).pattern.rows[chosen].long()
    assert float((p @ group)[torch.arange(len(p)), hyperedge % 10].mean()) > 0.5


def test_refusals() -> None:
    with pytest.raises(ComplexError, match="a hyperedge should have two nodes or more, so that one can be missing"):
        objective()(cc.Complex.hypergraph([(0,)], 2), torch.zeros(2, 6, dtype=F64))
    with pytest.raises(ComplexError, match="hyperedges should be dropped from a hypergraph, but this is a graph"):
        drop_hyperedges(cc.Complex.graph([(0, 1)]), 0.5)
    for share in (-0.1, 1.0):
        with pytest.raises(SpecError, match="a share to leave out should be at least 0 and below 1, but is"):
            mask_features(hypergraph(), share)
    with pytest.raises(SpecError, match=r"temperature should be above 0, but is 0\.0"):
        HyperedgeFilling(4, temperature=0.0)
