"""CWN: its formula densely."""

import pytest
import torch
from torch.testing import assert_close

from dense_cells import embedded, faces_of, sharing, two_layers
from model_checks import check_laws, model, polygons, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}


def run(network, c):
    h = embedded(network, c)
    for layer in network.layers[1:]:
        new = {}
        for k in map(int, layer.updates):
            heard = [h[k]]
            for each in (r for r in layer.routes if r.neighborhood.target == k):
                m, linear = torch.zeros_like(h[k]), each.message.module[0]
                if each.message.reads_via:
                    met = [(x, [h[k][x], h[k][y], h[k + 1][u]]) for x, y, u in sharing(c, k, k + 1)]
                else:
                    met = [(x, [h[k][x], h[k - 1][y]]) for x, below in enumerate(faces_of(c, k)) for y in below]
                for x, parts in met:
                    m[x] += torch.relu(linear.weight @ torch.cat(parts) + linear.bias)
                heard.append(m)
            new[k] = two_layers(layer.updates[str(k)].module, torch.cat(heard, dim=1))
        h = h | new
    return h


@pytest.mark.parametrize("make", [polygons, triangles])
def test_formula(make) -> None:
    c = make(WIDTHS)
    network = model("cwn", c, "whole", layers=2)
    h = run(network, c)
    assert_close(network(c), whole_mlp(network.readout, torch.cat([h[k].mean(dim=0) for k in WIDTHS])[None]))
    for target in (0, 1, 2):
        network = model("cwn", c, target, layers=2)
        assert_close(network(c), network.readout.map(run(network, c)[target]))


def test_laws() -> None:
    for c in (polygons(WIDTHS), triangles(WIDTHS)):
        check_laws("cwn", c, targets=(0, 1, 2, "whole"), gradients=("whole",), layers=2)


@pytest.mark.parametrize("target", [0, 1, 2])
def test_every_rank_is_updated(target) -> None:
    """A peer's layer of this name leaves nodes and 2-cells as they came."""
    c = polygons(WIDTHS)
    x = {k: c[k].x.clone().requires_grad_() for k in WIDTHS}
    for k in WIDTHS:
        c = c.with_cochain(k, "x", x[k])
    model("cwn", c, target, layers=3)(c).square().sum().backward()
    assert all(each.grad.abs().sum() > 0 for each in x.values())
