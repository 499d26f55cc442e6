"""CIN++: its formula densely, and the lower messages that it adds."""

import pytest
import torch
from torch.testing import assert_close

from dense_cells import embedded, faces_of, sharing
from model_checks import batch_norm, check_laws, model, normed, polygons, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}


def run(network, c):
    h = embedded(network, c)
    for layer in network.layers[1:]:
        new = {}
        for k in map(int, layer.updates):
            heard = []
            for each in (r for r in layer.routes if r.neighborhood.target == k):
                m = torch.zeros_like(h[k])
                if each.message.reads_via:
                    via = each.neighborhood.via
                    linear, norm = each.message.module[0], each.message.module[1]
                    for x, y, u in sharing(c, k, via):
                        both = torch.cat([h[k][y], h[via][u]])
                        m[x] += torch.relu(batch_norm(norm, linear.weight @ both + linear.bias))
                else:
                    m = torch.stack([h[k - 1][below].sum(dim=0) for below in faces_of(c, k)])
                heard.append(m)
            update = layer.updates[str(k)]
            assert len(heard) == {0: 1, 1: 3, 2: 2}[k] == len(update.each)
            parts = [normed(b.module, (1 + b.epsilon) * h[k] + m) for b, m in zip(update.each, heard, strict=True)]
            new[k] = normed(update.join, torch.cat(parts, dim=1))
        h = h | new
    return h


@pytest.mark.parametrize("make", [polygons, triangles])
def test_formula(make) -> None:
    c = make(WIDTHS)
    network = model("cin_plus_plus", c, "whole", layers=2)
    h = run(network, c)
    assert_close(network(c), whole_mlp(network.readout, torch.cat([h[k].sum(dim=0) for k in WIDTHS])[None]))
    network = model("cin_plus_plus", c, 1, layers=2)
    assert_close(network(c), network.readout.map(run(network, c)[1]))


def test_laws() -> None:
    for c in (polygons(WIDTHS), triangles(WIDTHS)):
        check_laws("cin_plus_plus", c, targets=(0, 1, 2, "whole"), gradients=("whole",), layers=2)


def test_polygons_that_share_an_edge_hear_each_other_in_one_layer() -> None:
    """The square (0) and the pentagon (1) share an edge; the triangle (2) shares a node with the pentagon only."""
    c = polygons(WIDTHS)
    x = c[2].x.clone().requires_grad_()
    answer = model("cin_plus_plus", c, 2, layers=1)(c.with_cochain(2, "x", x))
    answer[0].sum().backward()
    assert x.grad[1].abs().sum() > 0
    assert x.grad[2].abs().sum() == 0
    x.grad = None
    model("cin", c, 2, layers=1)(c.with_cochain(2, "x", x))[0].sum().backward()
    assert x.grad[1].abs().sum() == 0
