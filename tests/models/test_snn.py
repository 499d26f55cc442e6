"""Simplicial Neural Network: its formula densely, the orientation that it breaks, and the variant that keeps it."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.models import build
from model_checks import F64, check_laws, model, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}


def complex_() -> cc.Complex:
    return triangles(WIDTHS, odd=(1, 2))


def boundary(c: cc.Complex, rank: int) -> Tensor:
    """B_rank from the nodes of each simplex: the face without the i-th node has sign (-1)^i."""
    low = {tuple(s): k for k, s in enumerate(c.simplices(rank - 1).tolist())}
    b = torch.zeros(c.sizes[rank - 1], c.sizes[rank], dtype=F64)
    for k, simplex in enumerate(c.simplices(rank).tolist()):
        for i in range(rank + 1):
            b[low[tuple(simplex[:i] + simplex[i + 1 :])], k] = (-1.0) ** i
    return b


def hodge(c: cc.Complex, rank: int) -> Tensor:
    """B_k^T B_k + B_{k+1} B_{k+1}^T over its largest absolute row sum."""
    total = torch.zeros(c.sizes[rank], c.sizes[rank], dtype=F64)
    if rank > 0:
        total += boundary(c, rank).T @ boundary(c, rank)
    if rank < 2:
        total += boundary(c, rank + 1) @ boundary(c, rank + 1).T
    return total / total.abs().sum(dim=1).max()


def layer_oracle(layer: nn.Module, c: cc.Complex, h: dict[int, Tensor], act: Any) -> dict[int, Tensor]:
    out = {}
    for each in layer.routes:
        k, weight = each.neighborhood.target, each.message.weight
        # Chebyshev by the angle: T_p(cos t) = cos(p t) on the eigenvalues.
        values, vectors = torch.linalg.eigh(2 * hodge(c, k) - torch.eye(c.sizes[k], dtype=F64))
        angle = values.clamp(-1, 1).acos()
        y = sum(vectors @ torch.diag((p * angle).cos()) @ vectors.T @ h[k] @ weight[p] for p in range(len(weight)))
        bias = layer.updates[str(k)].bias
        out[k] = act(y if bias is None else y + bias)
    return out


@pytest.mark.parametrize(("name", "act"), [("snn", nn.functional.leaky_relu), ("snn_odd", torch.tanh)])
def test_formula(name: str, act: Any) -> None:
    c = complex_()
    for target in (0, 1, 2, "whole"):
        network = model(name, c, target, layers=2, order=3)
        h = {k: c[k].x for k in WIDTHS}
        first, last = network.layers
        h = layer_oracle(first, c, {k.rank: h[k.rank] for k in network.reads}, act)
        h = layer_oracle(last, c, h, act if target == "whole" else lambda y: y)
        if target == "whole":
            pooled = torch.cat([h[0].mean(0), h[1].square().mean(0), h[2].square().mean(0)])
            assert_close(network(c)[0], whole_mlp(network.readout, pooled))
        else:
            assert_close(network(c), h[target])


@pytest.mark.parametrize("name", ["snn", "snn_odd"])
def test_laws(name: str) -> None:
    check_laws(name, complex_(), targets=(0, 1, 2, "whole"), gradients=(0, 1, 2, "whole"))


def test_ranks_do_not_speak_so_an_answer_on_one_reads_it_alone() -> None:
    for target in (0, 1, 2):
        assert [k.rank for k in model("snn", complex_(), target).reads] == [target]


def test_the_published_activation_breaks_orientation_and_an_odd_one_keeps_it() -> None:
    c = complex_()
    signs = {k: torch.tensor([1, -1] * c.sizes[k])[: c.sizes[k]] for k in (1, 2)}
    turned = c.reorient(signs)
    for target in (1, 2):
        sign = signs[target][:, None]
        kept, published = model("snn_odd", c, target, layers=2), model("snn", c, target, layers=2)
        assert_close(kept(turned), sign * kept(c))
        assert (published(turned) - sign * published(c)).abs().max() > 1e-3
    kept = model("snn_odd", c, "whole")
    assert_close(kept(turned), kept(c))


def test_message() -> None:
    with pytest.raises(cc.ParityError, match=r"reads odd features on rank 1 .* but 'x' there is even"):
        build("snn", triangles(WIDTHS), out=2, target=1).double()(triangles(WIDTHS))
