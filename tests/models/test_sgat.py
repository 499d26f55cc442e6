"""Simplicial graph attention network: its formula densely, and what shared simplices say."""

import pytest
import torch
from torch.testing import assert_close

from cochain.errors import ShapeError
from dense_cells import embedded, sharing
from model_checks import check_laws, model, polygons, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}


def run(network, c):
    h = embedded(network, c)
    for layer in network.layers[1:]:
        new = {}
        for each in layer.routes:
            k, message = each.neighborhood.target, each.message
            heads, width = message.target_score.shape
            value = (h[k] @ message.value.weight.T).view(-1, heads, width)
            heard = torch.zeros_like(value)
            met = sharing(c, k, k + 1)
            for x in range(c.sizes[k]):
                around = [(y, u) for z, y, u in met if z == x]
                for head in range(heads) if around else ():
                    raw = torch.stack(
                        [
                            message.target_score[head] @ value[x, head]
                            + message.source_score[head] @ value[y, head]
                            + message.shared_score.weight[head] @ h[k + 1][u]
                            for y, u in around
                        ]
                    )
                    share = torch.where(raw > 0, raw, 0.2 * raw).softmax(dim=0)
                    heard[x, head] = sum(s * value[y, head] for s, (y, _) in zip(share, around, strict=True))
            new[k] = torch.nn.functional.elu(h[k] + heard.flatten(1))
        h = h | new
    return h


@pytest.mark.parametrize("make", [triangles, polygons])
def test_formula(make) -> None:
    c = make(WIDTHS)
    network = model("sgat", c, "whole", heads=2)
    h = run(network, c)
    assert_close(network(c), whole_mlp(network.readout, torch.cat([h[k].mean(dim=0) for k in WIDTHS])[None]))
    for target in (0, 1, 2):
        network = model("sgat", c, target, heads=2)
        assert [k.rank for k in network.reads] == list(range(target, 3))
        assert_close(network(c), network.readout.map(run(network, c)[target]))


def test_laws() -> None:
    for c in (triangles(WIDTHS), polygons(WIDTHS)):
        check_laws("sgat", c, targets=(0, 1, 2, "whole"), gradients=())


def test_heads_divide_the_channels() -> None:
    with pytest.raises(ShapeError, match="hidden should be a multiple of heads = 3, but is 8"):
        model("sgat", triangles(WIDTHS), 0, heads=3)
