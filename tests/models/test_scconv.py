"""SCConv: its formula densely."""

import torch
from torch.testing import assert_close

from dense_simplicial import boundary, row_scaled
from model_checks import F64, check_laws, model, polygons, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}


def operators(c):
    """Each neighbourhood's name: its rows scaled to sum 1, a cell among its own neighbours."""
    b1, b2 = boundary(c, 1).abs(), boundary(c, 2).abs()

    def adjacency(b):
        shared = (b @ b.T > 0).double()
        return shared.fill_diagonal_(1.0)

    raw = {"A↑₀": adjacency(b1), "A↓₁": adjacency(b1.T), "A↑₁": adjacency(b2), "A↓₂": adjacency(b2.T)}
    raw |= {"|B₁|": b1, "|B₁|ᵀ": b1.T, "|B₂|": b2, "|B₂|ᵀ": b2.T}
    return {name: row_scaled(matrix) for name, matrix in raw.items()}


def test_formula() -> None:
    c = triangles(WIDTHS)
    network = model("scconv", c, "whole")
    embed, *layers = network.layers
    h = {k: c[k].x @ embed.maps[str(k)].weight.T + embed.maps[str(k)].bias for k in WIDTHS}
    known = operators(c)
    for layer in layers:
        heard = {k: torch.zeros(c.sizes[k], 8, dtype=F64) for k in h}
        assert len(layer.routes) == 8
        for each in layer.routes:
            symbol = each.neighborhood
            name = str(symbol).removeprefix("row[").removesuffix("]").removeprefix("(").removesuffix(" + I)")
            heard[symbol.target] = heard[symbol.target] + known[name] @ h[symbol.source] @ each.message.weight
        h = {k: torch.nn.functional.leaky_relu(m + layer.updates[str(k)].bias) for k, m in heard.items()}
    assert_close(network(c), whole_mlp(network.readout, torch.cat([h[k].mean(dim=0) for k in WIDTHS])[None]))


def test_laws() -> None:
    for c in (triangles(WIDTHS), polygons(WIDTHS)):
        check_laws("scconv", c, targets=(0, 1, 2, "whole"), gradients=("whole",))


def test_orientations_do_not_matter() -> None:
    c = triangles(WIDTHS)
    moved = c.reorient({1: torch.tensor([-1] * c.sizes[1]), 2: torch.tensor([-1] * c.sizes[2])})
    network = model("scconv", c, 0)
    assert_close(network(moved), network(c))
