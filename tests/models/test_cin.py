"""Cell Isomorphism Network: its formula densely, its laws, and what rings let it separate."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, batch_norm, check_gradients, check_laws, model, normed, polygons, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}


def boundary(c: cc.Complex, rank: int) -> list[list[int]]:
    """The faces of every cell of a rank."""
    return [row.nonzero()[:, 0].tolist() for row in c.incidence(rank - 1, rank).to_dense().T]


def from_faces(c: cc.Complex, rank: int, h: dict[int, Tensor]) -> Tensor:
    return torch.stack([h[rank - 1][each].sum(dim=0) for each in boundary(c, rank)])


def from_upper(c: cc.Complex, rank: int, h: dict[int, Tensor], message: nn.Sequential) -> Tensor:
    """The sum of M(h_y, h_u) over all cells u and all other faces y of u."""
    heard = torch.zeros_like(h[rank])
    linear, norm = message[0], message[1]
    for u, each in enumerate(boundary(c, rank + 1)):
        for x in each:
            for y in each:
                if x != y:
                    both = torch.cat([h[rank][y], h[rank + 1][u]])
                    heard[x] += torch.relu(batch_norm(norm, linear.weight @ both + linear.bias))
    return heard


def layer_oracle(layer: nn.Module, c: cc.Complex, h: dict[int, Tensor]) -> dict[int, Tensor]:
    up = {r.neighborhood.target: r.message.module for r in layer.routes if r.message.reads_via}
    # The last layers before an answer on cells update only the ranks that it hears.
    heard = {k: [from_faces(c, k, h)] if k else [] for k in map(int, layer.updates)}
    for rank, message in up.items():
        heard[rank].append(from_upper(c, rank, h, message))
    out = {}
    for rank, messages in heard.items():
        update = layer.updates[str(rank)]
        parts = [
            normed(each.module, (1 + each.epsilon) * h[rank] + m) for each, m in zip(update.each, messages, strict=True)
        ]
        out[rank] = normed(update.join, torch.cat(parts, dim=1))
    return out


def run(network: nn.Module, c: cc.Complex) -> dict[int, Tensor]:
    embed, *layers = network.layers
    h = {k: c[k].x @ embed.maps[str(k)].weight.T + embed.maps[str(k)].bias for k in (0, 1, 2)}
    for layer in layers:
        h = layer_oracle(layer, c, h)
    return h


@pytest.mark.parametrize("reduce", ["sum", "mean", "max"])
def test_formula(reduce: str) -> None:
    c = polygons(WIDTHS)
    network = model("cin", c, "whole", layers=2, reduce=reduce)
    h = run(network, c)
    pooled = [h[k].max(dim=0).values if reduce == "max" else getattr(h[k], reduce)(dim=0) for k in (0, 1, 2)]
    assert_close(network(c), whole_mlp(network.readout, torch.cat(pooled)[None]))


@pytest.mark.parametrize("target", [0, 1, 2])
def test_cells_read_the_last_layer(target: int) -> None:
    c = triangles(WIDTHS)
    network = model("cin", c, target, layers=2)
    assert_close(network(c), network.readout.map(run(network, c)[target]))


def test_laws() -> None:
    for c in (polygons(WIDTHS), triangles(WIDTHS)):
        check_laws("cin", c, targets=(0, 1, 2, "whole"), gradients=("whole",), layers=2)


def test_every_rank_reaches_nodes() -> None:
    """In one layer edges reach nodes, in two also polygons do."""
    c = polygons(WIDTHS)
    for layers, reach in ((1, (True, True, False)), (2, (True, True, True))):
        x = {k: c[k].x.detach().clone().requires_grad_() for k in WIDTHS}
        for k in WIDTHS:
            c = c.with_cochain(k, "x", x[k])
        model("cin", c, 0, layers=layers)(c).square().sum().backward()
        assert tuple(x[k].grad is not None and bool(x[k].grad.any()) for k in WIDTHS) == reach


def ring(edges: list[tuple[int, int]]) -> cc.Complex:
    c = cc.lift.cycles(cc.Complex.graph(edges), 6)
    for rank, size in enumerate(c.sizes):
        c = c.with_cochain(rank, "x", torch.ones(size, 1, dtype=F64))
    return c


def test_separates_a_hexagon_from_two_triangles() -> None:
    """Which message passing on nodes and edges alone cannot."""
    hexagon = ring([(k, (k + 1) % 6) for k in range(6)])
    two = ring([(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)])
    assert (hexagon.sizes, two.sizes) == ((6, 6, 1), (6, 6, 2))
    network = model("cin", hexagon, 0, layers=2)
    assert (network(hexagon) - network(two)).abs().max() > 1e-3


def test_a_complex_without_polygons() -> None:
    c = polygons(WIDTHS)
    bare = cc.Complex.cell([], [(0, 1), (1, 2)], 4)
    for k, width in WIDTHS.items():
        bare = bare.with_cochain(k, "x", torch.randn(bare.sizes[k], width, dtype=F64))
    network = model("cin", c, "whole", layers=2)
    both = cc.Complex.union([bare, c])
    assert_close(network(both), torch.cat([network(bare), network(c)]))
    check_gradients(network, both)
