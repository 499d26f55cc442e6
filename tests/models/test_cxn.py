"""CXN and CCXN: their formulas densely, and which ranks they read."""

import pytest
import torch
from torch.testing import assert_close

from dense_cells import embedded, faces_of, sharing, two_layers
from model_checks import F64, check_laws, model, polygons, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}


def general(network, c):
    h = embedded(network, c)
    for layer in network.layers[1:]:
        new = {}
        for each in layer.routes:
            k, linear = each.neighborhood.target, each.message.module[0]
            m = torch.zeros_like(h[k])
            for x, y, u in sharing(c, k, k + 1):
                m[x] += torch.relu(linear.weight @ torch.cat([h[k][x], h[k][y], h[k + 1][u]]) + linear.bias)
            new[k] = two_layers(layer.updates[str(k)].module, torch.cat([h[k], m], dim=1))
        h = h | new
    return h


def convolved(network, c):
    h = embedded(network, c)
    for layer in network.layers[1:]:
        new = {}
        for each in layer.routes:
            k, weight = each.neighborhood.target, each.message.weight
            if k == 2:
                heard = torch.stack([h[1][below].mean(dim=0) for below in faces_of(c, 2)]) @ weight
                new[2] = torch.relu(heard + (h[2] if layer.updates["2"].residual else 0.0))
                continue
            a = torch.eye(c.sizes[k], dtype=F64)
            for x, y, _ in sharing(c, k, k + 1):
                a[x, y] = 1.0
            d = a.sum(dim=1).rsqrt()
            new[k] = torch.relu(d[:, None] * a * d @ h[k] @ weight)
        h = h | new
    return h


@pytest.mark.parametrize(("name", "run"), [("cxn", general), ("ccxn", convolved)])
@pytest.mark.parametrize("make", [polygons, triangles])
def test_formula(name, run, make) -> None:
    c = make(WIDTHS)
    network = model(name, c, "whole", layers=2)
    h = run(network, c)
    assert_close(network(c), whole_mlp(network.readout, torch.cat([h[k].mean(dim=0) for k in WIDTHS])[None]))
    for target in (0, 1, 2):
        network = model(name, c, target, layers=2)
        assert_close(network(c), network.readout.map(run(network, c)[target]))


def test_reads_what_can_reach_the_answer() -> None:
    c = polygons(WIDTHS)
    ranks = {name: [[k.rank for k in model(name, c, t).reads] for t in (0, 1, 2)] for name in ("cxn", "ccxn")}
    assert ranks == {"cxn": [[0, 1, 2], [1, 2], [2]], "ccxn": [[0], [1], [1]]}


@pytest.mark.parametrize("name", ["cxn", "ccxn"])
def test_laws(name) -> None:
    for c in (polygons(WIDTHS), triangles(WIDTHS)):
        check_laws(name, c, targets=(0, 1, 2, "whole"), gradients=("whole",), layers=2)
