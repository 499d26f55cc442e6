"""HNHN: its formula densely, with both exponents, and its laws."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_laws, graph, hypergraph, members, model


def incidence(c: cc.Complex) -> Tensor:
    h = torch.zeros(c.sizes[:2], dtype=F64)
    for e, each in enumerate(members(c)):
        h[each, e] = 1.0
    return h


def run(network: torch.nn.Module, c: cc.Complex, alpha: float, beta: float) -> dict[int, Tensor]:
    h, state = incidence(c), {0: c[0].x}
    matrix = {1: h.T * h.sum(dim=1).clamp(min=1) ** beta, 0: h * h.sum(dim=0) ** alpha}
    for layer in network.layers:
        (rank,) = map(int, layer.updates)
        mean = matrix[rank] / matrix[rank].sum(dim=1, keepdim=True).clamp(min=1e-300)
        state[rank] = torch.relu(
            mean @ state[1 - rank] @ layer.routes[0].message.weight + layer.updates[str(rank)].bias
        )
    return state


@pytest.mark.parametrize(("alpha", "beta"), [(0.0, 0.0), (-0.5, 0.7)])
@pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex, alpha: float, beta: float) -> None:
    for target, layers in ((0, 2), (1, 2)):
        network = model("hnhn", c, target, layers=layers, alpha=alpha, beta=beta)
        assert len(network.layers) == 2 * layers - target
        assert_close(network(c), network.readout.map(run(network, c, alpha, beta)[target]))


def test_large_hyperedges_weigh_by_their_size() -> None:
    """A node in hyperedges of 1 and 3 nodes hears them 1 to 3 with alpha = 1, and alike with 0."""
    c = cc.Complex.hypergraph([(0,), (0, 1, 2)], 3)
    for alpha, share in ((1.0, 0.75), (0.0, 0.5)):
        message = model("hnhn", c, 0, alpha=alpha).layers[1].routes[0].message
        with torch.no_grad():
            message.weight.copy_(torch.eye(8))
        h = torch.zeros(2, 8, dtype=F64)
        h[1] = 1.0
        heard = message(c.resolve(cc.nn.incident(0, 1), F64), h, None, None, "sum")
        assert_close(heard[:, 0], torch.tensor([share, 1.0, 1.0], dtype=F64))


def test_laws() -> None:
    check_laws("hnhn", hypergraph())
    check_laws("hnhn", graph(), layers=2, alpha=-0.5, beta=0.5)
