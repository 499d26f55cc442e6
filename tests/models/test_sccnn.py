"""Simplicial Complex Convolutional Neural Network: its formula densely, and its laws with orientation among them."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ParityError
from model_checks import F64, check_laws, model, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}
ODD = (1, 2)


def boundary(c: cc.Complex, rank: int) -> Tensor:
    """B_rank from the nodes of each simplex: the face without the i-th node has sign (-1)^i."""
    low = {tuple(s): k for k, s in enumerate(c.simplices(rank - 1).tolist())}
    b = torch.zeros(c.sizes[rank - 1], c.sizes[rank], dtype=F64)
    for k, simplex in enumerate(c.simplices(rank).tolist()):
        for i in range(rank + 1):
            b[low[tuple(simplex[:i] + simplex[i + 1 :])], k] = (-1.0) ** i
    return b


def bounded(laplacian: Tensor) -> Tensor:
    return laplacian / laplacian.abs().sum(dim=1).max()


def layer_oracle(layer: nn.Module, c: cc.Complex, h: dict[int, Tensor], order: int) -> dict[int, Tensor]:
    b = {k: boundary(c, k) for k in (1, 2)}
    routes = {str(r.neighborhood): r.message.weight for r in layer.routes if r.neighborhood.kind != "self"}
    own = {r.neighborhood.target: r.message.weight for r in layer.routes if r.neighborhood.kind == "self"}
    out = {}
    for k in own:  # the last layer before an answer on cells updates their rank alone
        y = h[k] @ own[k]
        sides = {}
        if k > 0:
            sides["↓"] = bounded(b[k].T @ b[k])
            y = y + b[k].T @ h[k - 1] @ routes["B₁ᵀ" if k == 1 else "B₂ᵀ"]
        if k < 2:
            sides["↑"] = bounded(b[k + 1] @ b[k + 1].T)
            y = y + b[k + 1] @ h[k + 1] @ routes["B₁" if k == 0 else "B₂"]
        for arrow, laplacian in sides.items():
            weight = routes[f"spectral[L{arrow}{'₀₁₂'[k]}]"]
            assert len(weight) == order
            for p in range(order):
                y = y + torch.linalg.matrix_power(laplacian, p + 1) @ h[k] @ weight[p]
        out[k] = torch.tanh(y)
    return out


def run(network: nn.Module, c: cc.Complex, order: int) -> dict[int, Tensor]:
    embed, *layers = network.layers
    h = {k: c[k].x @ embed.maps[str(k)].weight.T for k in (0, 1, 2)}
    h[0] = h[0] + embed.maps["0"].bias
    for layer in layers:
        h = layer_oracle(layer, c, h, order)
    return h


@pytest.mark.parametrize(("order", "reduce"), [(1, "sum"), (3, "mean")])
def test_formula(order: int, reduce: str) -> None:
    c = triangles(WIDTHS, ODD)
    network = model("sccnn", c, "whole", layers=2, order=order, reduce=reduce)
    h = run(network, c, order)
    pooled = torch.cat([getattr(even, reduce)(dim=0) for even in (h[0], h[1].square(), h[2].square())])
    assert_close(network(c), whole_mlp(network.readout, pooled[None]))


def test_odd_ranks_without_features_hear_from_the_others() -> None:
    c = triangles({0: 3})
    network = model("sccnn", c, 1, layers=2)
    assert [k.channels for k in network.reads] == [3, 0, 0]
    b = boundary(c, 1)
    embed = network.layers[0].maps["0"]
    first = b.T @ (c[0].x @ embed.weight.T + embed.bias)
    weight = next(r.message.weight for r in network.layers[1].routes if str(r.neighborhood) == "B₁ᵀ")
    none = {k: c[0].x.new_zeros(c.sizes[k], 0) for k in ODD}
    h = network.layers[1](c, network.layers[0](c, {0: c[0].x, **none}))
    assert_close(h[1], torch.tanh(first @ weight))
    assert network(c).abs().min() > 0


@pytest.mark.parametrize("target", [0, 1, 2])
def test_cells_read_the_last_layer(target: int) -> None:
    c = triangles(WIDTHS, ODD)
    network = model("sccnn", c, target)
    assert (network.readout.map.bias is None) == (target in ODD)
    assert_close(network(c), network.readout.map(run(network, c, 2)[target]))


def test_laws() -> None:
    check_laws("sccnn", triangles(WIDTHS, ODD), targets=(0, 1, 2, "whole"), gradients=("whole",))


@pytest.mark.parametrize("target", [0, 1, 2, "whole"])
def test_reversing_orientations(target: int | str) -> None:
    """Answers on edges and triangles change sign with them; on nodes and on the whole nothing changes."""
    c = triangles(WIDTHS, ODD)
    signs = {k: torch.randint(0, 2, (c.sizes[k],)) * 2 - 1 for k in ODD}
    assert all((s == -1).any() for s in signs.values())
    network = model("sccnn", c, target)
    y = network(c)
    assert_close(network(c.reorient(signs)), y * signs[target][:, None] if target in ODD else y)


def test_even_features_on_edges_are_refused() -> None:
    c = triangles(WIDTHS, ODD)
    network = model("sccnn", c, 0)
    with pytest.raises(ParityError, match=r"the model reads odd features on rank 1 \(2x1o\), but 'x' there is even"):
        network(triangles(WIDTHS))


def test_an_even_activation_is_refused() -> None:
    with pytest.raises(ParityError, match="the update of odd rank 1 should be an odd function"):
        model("sccnn", triangles(WIDTHS, ODD), 0, activation="relu")


def test_a_flow_around_a_hole_survives() -> None:
    """A harmonic flow is in the kernel of both Laplacians, so only the weight of the cell itself acts on it."""
    c = cc.Complex.simplicial([(0, 1), (1, 2), (0, 2), (2, 3, 4)])
    flow = torch.zeros(c.sizes[1], 1, dtype=F64)
    flow[c.find(1, [(0, 1), (1, 2), (0, 2)])] = torch.tensor([[1.0], [1.0], [-1.0]], dtype=F64)
    c = c.with_cochain(0, "x", torch.zeros(5, 1, dtype=F64)).with_cochain(1, "x", flow, odd=True)
    c = c.with_cochain(2, "x", torch.zeros(1, 1, dtype=F64), odd=True)
    network = model("sccnn", c, 1, layers=1)
    with torch.no_grad():
        network.layers[0].maps["0"].bias.zero_()
    own = next(r.message.weight for r in network.layers[1].routes if r.neighborhood == cc.nn.self_(1))
    expected = torch.tanh(flow @ network.layers[0].maps["1"].weight.T @ own) @ network.readout.map.weight.T
    assert_close(network(c), expected)
