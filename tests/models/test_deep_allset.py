"""AllDeepSets: its formula densely, and its laws."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from model_checks import check_laws, graph, hypergraph, members, model

POOL = {"sum": lambda h: h.sum(dim=0), "mean": lambda h: h.mean(dim=0), "max": lambda h: h.max(dim=0).values}


def perceptron(parts: nn.Sequential, x: Tensor) -> Tensor:
    first, last = parts[0], parts[2]
    return last.weight @ torch.relu(first.weight @ x + first.bias) + last.bias


def run(network: nn.Module, c: cc.Complex, reduce: str) -> dict[int, Tensor]:
    sets = members(c)
    reads = {1: sets, 0: [[e for e, each in enumerate(sets) if x in each] for x in range(c.sizes[0])]}
    state = {0: c[0].x}
    for layer in network.layers:
        (rank,) = map(int, layer.updates)
        inner, outer = layer.routes[0].message.module, layer.updates[str(rank)].module
        rows = []
        for chosen in reads[rank]:
            told = [perceptron(inner, state[1 - rank][y]) for y in chosen]
            total = POOL[reduce](torch.stack(told)) if told else torch.zeros(8, dtype=c[0].x.dtype)
            rows.append(torch.relu(perceptron(outer, total)))
        state[rank] = torch.stack(rows)
    return state


@pytest.mark.parametrize("reduce", ["sum", "mean", "max"])
@pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex, reduce: str) -> None:
    for target in (0, 1):
        network = model("all_deep_sets", c, target, layers=2, reduce=reduce)
        assert_close(network(c), network.readout.map(run(network, c, reduce)[target]))


def test_multisets_are_told_apart() -> None:
    """Two hyperedges with the same nodes count twice in a sum, once in a mean."""
    once, twice = (
        cc.Complex.hypergraph([(0, 1)] * k, 2).with_cochain(0, "x", torch.ones(2, 3).double()) for k in (1, 2)
    )
    for reduce, apart in (("sum", True), ("mean", False)):
        network = model("all_deep_sets", once, 0, reduce=reduce)
        assert bool((network(once) - network(twice)).abs().max() > 1e-6) is apart


def test_laws() -> None:
    check_laws("all_deep_sets", hypergraph())
    check_laws("all_deep_sets", graph(), layers=2, reduce="mean")
