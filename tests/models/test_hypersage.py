"""HyperSAGE: its formula densely, its power means, and its laws."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from cochain.errors import SpecError
from model_checks import F64, check_laws, graph, hypergraph, members, model


def power_mean(h: Tensor, p: float) -> Tensor:
    """Channel by channel: the root of the mean of the powers, signs kept."""
    raised = (h.sign() * h.abs() ** p).mean(dim=0)
    return raised.sign() * raised.abs() ** (1 / p)


def step(c: cc.Complex, h: Tensor, weight: Tensor, p: float) -> Tensor:
    sets = members(c)
    h_e = [power_mean(h[each], p) for each in sets]
    rows = []
    for x in range(c.sizes[0]):
        mine = [h_e[e] for e, each in enumerate(sets) if x in each]
        total = h[x] + power_mean(torch.stack(mine), p) if mine else h[x]
        rows.append(total / total.square().sum().sqrt().clamp(min=1e-12))
    return torch.relu(torch.stack(rows) @ weight.T)


@pytest.mark.parametrize("p", [0.5, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex, p: float) -> None:
    network = model("hypersage", c, 0, layers=2, power=p)
    h = c[0].x
    for back in network.layers[1::2]:
        h = step(c, h, back.updates["0"].map.weight, p)
    assert_close(network(c), network.readout.map(h))


def test_power_means_of_non_negative_features_by_hand() -> None:
    """Of 1 and 7: mean 4, root of the mean square 5, and near the maximum for a large power."""
    c = cc.Complex.hypergraph([(0, 1)], 2).with_cochain(0, "x", torch.tensor([[1.0], [7.0]], dtype=F64))
    for p, expected in ((1.0, 4.0), (2.0, 5.0), (100.0, 7 * 0.5**0.01)):
        message = model("hypersage", c, 0, power=p).layers[0].routes[0].message
        got = message(c.resolve(cc.nn.incident(1, 0), F64), c[0].x, None, None, "sum")
        assert_close(got, torch.tensor([[expected]], dtype=F64))


def test_signs_survive() -> None:
    c = cc.Complex.hypergraph([(0, 1)], 2).with_cochain(0, "x", torch.tensor([[-3.0], [-3.0]], dtype=F64))
    message = model("hypersage", c, 0, power=2.0).layers[0].routes[0].message
    assert_close(
        message(c.resolve(cc.nn.incident(1, 0), F64), c[0].x, None, None, "sum"), -3 * torch.ones(1, 1, dtype=F64)
    )


@pytest.mark.parametrize("p", [0.5, 2.0])
def test_zeros_have_finite_gradients(p: float) -> None:
    c = hypergraph().with_cochain(0, "x", torch.zeros(9, 3, dtype=F64, requires_grad=True))
    model("hypersage", c, 0, power=p)(c).sum().backward()
    assert c[0].x.grad.isfinite().all()


def test_laws() -> None:
    check_laws("hypersage", hypergraph())
    check_laws("hypersage", graph(), power=2.0, layers=3)


def test_power_should_be_positive() -> None:
    with pytest.raises(SpecError, match=r"power should be above 0, but is -1.0"):
        model("hypersage", hypergraph(), 0, power=-1.0)


def test_nodes_that_share_nothing_do_not_move() -> None:
    """A norm of all nodes together in place of each one's own would let one hyperedge scale the other's answers."""
    c = cc.Complex.hypergraph([(0, 1), (2, 3)], 4).with_cochain(0, "x", torch.rand(4, 3, dtype=F64))
    scale = torch.tensor([1.0, 1.0, 100.0, 100.0], dtype=F64)[:, None]
    network = model("hypersage", c, 0, power=2.0)
    assert_close(network(c.with_cochain(0, "x", scale * c[0].x)), network(c))
