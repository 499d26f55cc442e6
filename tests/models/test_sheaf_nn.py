"""Sheaf Neural Network: its formula densely on given maps, its laws, and the row of the table of systems."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.models import build
from cochain.models.sheaf.sheaf_nn import given_sheaf
from model_checks import F64, adjacency, check_laws, graph, model, triangles


def with_maps(c: cc.Complex, d: int, diagonal: bool = False) -> cc.Complex:
    shape = (c.sizes[1], 2, d) if diagonal else (c.sizes[1], 2, d, d)
    return c.with_cochain(1, "maps", torch.randn(shape, dtype=F64))


def oracle(layer: nn.Module, c: cc.Complex, h: Tensor, d: int) -> Tensor:
    n = len(h)
    x = h.view(n, d, -1)
    blocks, degree = torch.zeros(n, n, d, d, dtype=F64), torch.zeros(n, d, d, dtype=F64)
    for (tail, head), maps in zip(c.simplices(1).tolist(), c[1].maps, strict=True):
        f = {v: m if m.ndim == 2 else torch.diag(m) for v, m in zip((tail, head), maps, strict=True)}
        for a, b in ((tail, head), (head, tail)):
            blocks[a, b] -= f[a].T @ f[b]
            degree[a] += f[a].T @ f[a]
    for a in range(n):
        blocks[a, a] += degree[a]
    values, vectors = torch.linalg.eigh(degree)
    power = torch.where(values > 1e-10, values.clamp(min=1e-10) ** -0.5, 0.0)
    root = vectors @ torch.diag_embed(power) @ vectors.mT
    moved = layer.left @ x @ layer.right
    out = moved.clone()
    for a in range(n):
        for b in range(n):
            out[a] -= root[a] @ blocks[a, b] @ root[b] @ moved[b]
    return torch.where(out > 0, out, out.clamp(max=0).exp() - 1).flatten(1)


def encoded(network: nn.Module, c: cc.Complex) -> Tensor:
    embed = network.layers[0].maps["0"]
    return c[0].x @ embed.weight.T + embed.bias


@pytest.mark.parametrize("diagonal", [True, False])
@pytest.mark.parametrize("d", [1, 3])
def test_formula(d: int, diagonal: bool) -> None:
    c = with_maps(graph(), d, diagonal)
    network = model("sheaf_nn", c, 0, hidden=4, stalk=d)
    h = encoded(network, c)
    for layer in network.layers[1:]:
        h = oracle(layer, c, h, d)
    assert_close(network(c), h @ network.readout.map.weight.T + network.readout.map.bias)


def test_identity_maps_give_the_gcn_layer() -> None:
    """The row of the table: D^-1/2 A D^-1/2 (I x A) X B; a node without edges keeps what it has."""
    c = graph()
    a = adjacency(c)
    degree = a.sum(dim=1)
    spread = a / (degree[:, None] * degree).clamp(min=1).sqrt() + torch.diag((degree == 0).to(F64))
    network = model("sheaf_nn", c, 0, hidden=4, stalk=2, layers=1, activation="identity")
    layer = network.layers[1]
    x = encoded(network, c).view(9, 2, 4)
    want = torch.einsum("vu,udf->vdf", spread, layer.left @ x @ layer.right)
    assert_close(layer(c, {0: x.flatten(1)})[0], want.flatten(1))
    given = c.with_cochain(1, "maps", torch.eye(2, dtype=F64).expand(7, 2, 2, 2))
    assert_close(network(given), network(c))


def test_the_laplacian_is_semidefinite_and_its_kernel_is_the_sections() -> None:
    """The row of the table: on given maps L is PSD with the global sections as kernel, on identity ones L_G x I."""
    c = with_maps(graph(), 2)
    sheaf = given_sheaf(c, 2, F64)
    dense = sheaf.laplacian().to_dense()
    values, vectors = torch.linalg.eigh(dense)
    assert values.min() > -1e-12
    dimensions, basis = sheaf.global_sections()
    kernel = vectors[:, values < 1e-10]
    assert kernel.shape[1] == dimensions.sum() > 0
    flat = basis.flatten(0, 1)
    assert_close(kernel @ kernel.T, flat @ flat.T)
    a = adjacency(c)
    want = torch.kron(torch.diag(a.sum(dim=1)) - a, torch.eye(2, dtype=F64))
    identity = c.with_cochain(1, "maps", torch.eye(2, dtype=F64).expand(7, 2, 2, 2))
    assert_close(given_sheaf(identity, 2, F64).laplacian().to_dense(), want)


def test_laws() -> None:
    check_laws("sheaf_nn", graph(), targets=(0, "whole"), gradients=(0, "whole"), stalk=2)
    check_laws("sheaf_nn", with_maps(graph(), 2), targets=(0, "whole"), gradients=(0, "whole"), stalk=2)
    check_laws("sheaf_nn", triangles({0: 3}), targets=(1,), gradients=(1,))


def test_orientations_move_with_their_maps() -> None:
    """Maps stand as tail, head: where an edge is reversed they change places, and the answer stays."""
    c = with_maps(graph(), 2)
    network = model("sheaf_nn", c, 0, stalk=2)
    turned = torch.tensor([1, -1, 1, -1, -1, 1, 1])
    maps = torch.where((turned < 0)[:, None, None, None], c[1].maps.flip(1), c[1].maps)
    assert_close(network(c.reorient({1: turned}).with_cochain(1, "maps", maps)), network(c))


def test_a_change_of_bases_moves_through_a_linear_layer() -> None:
    c = with_maps(graph(), 2)
    layer = model("sheaf_nn", c, 0, hidden=4, stalk=2, activation="identity").layers[1]
    nn.init.eye_(layer.left)
    bases = torch.linalg.qr(torch.randn(9, 2, 2, dtype=F64))[0]
    turned = c.with_cochain(1, "maps", c[1].maps @ bases[c.simplices(1)].mT)
    x = torch.randn(9, 2, 4, dtype=F64)
    want = bases @ layer(c, {0: x.flatten(1)})[0].view(9, 2, 4)
    assert_close(layer(turned, {0: (bases @ x).flatten(1)})[0], want.flatten(1))


def test_message() -> None:
    c = with_maps(graph(), 3)
    with pytest.raises(cc.ShapeError, match=r"'maps' on rank 1 should be \(7, 2, 1, 1\) .* has shape \(7, 2, 3, 3\)"):
        build("sheaf_nn", c, out=2, target=0).double()(c)
