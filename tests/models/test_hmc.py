"""Higher-order attention on combinatorial complexes: its formula densely, its laws, and messages between all ranks."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_laws, model, polygons, triangles, whole_mlp, with_features

WIDTHS = {0: 3, 1: 2, 2: 4}


def combinatorial() -> cc.Complex:
    """Rank 1: pairs and a triple; rank 2: larger sets that contain some of them. Nodes 0 and 8 are isolated."""
    low = [(1, 2), (2, 3), (3, 4, 5), (5, 6), (6, 7), (1, 7)]
    high = [(1, 2, 3), (2, 3, 4, 5), (5, 6, 7), (1, 5, 6, 7), (1, 2, 7), (2, 3, 5, 6)]
    cells = {0: 9, 1: low, 2: high}
    return with_features(cc.Complex.combinatorial(cells), WIDTHS)


def relations(c: cc.Complex) -> dict[str, Tensor]:
    """0/1 matrices from the node sets of the cells: incidences both ways, adjacencies with the cell itself."""
    sets = {0: [{v} for v in range(c.sizes[0])]}
    for k in (1, 2):
        sets[k] = [set(row.nonzero()[:, 0].tolist()) for row in c.cells(k).to_dense()]
    found = {}
    for k in (1, 2):
        low = torch.tensor([[float(a <= b) for b in sets[k]] for a in sets[k - 1]], dtype=F64)
        found[f"{k - 1} from {k}"], found[f"{k} from {k - 1}"] = low, low.T
    for k, via in ((0, 1), (1, 2), (2, 1)):
        shared = found[f"{k} from {via}"]
        found[f"{k} from {k}"] = ((shared @ shared.T + torch.eye(c.sizes[k], dtype=F64)) > 0).to(F64)
    return found


def attend(message: nn.Module, pattern: Tensor, source: Tensor, target: Tensor) -> Tensor:
    value = (source @ message.value.weight.T).view(len(source), message.heads, message.width)
    mapped = message.value if message.query is None else message.query
    query = (target @ mapped.weight.T).view(len(target), message.heads, message.width)
    out = torch.zeros_like(query)
    for x in range(len(target)):
        around = pattern[x].nonzero()[:, 0].tolist()
        for head in range(message.heads if around else 0):
            own = query[x, head] @ message.target_score[head]
            raw = [own + value[y, head] @ message.source_score[head] for y in around]
            share = torch.stack([s if s > 0 else 0.2 * s for s in raw]).softmax(dim=0)
            out[x, head] = sum(s * value[y, head] for s, y in zip(share, around, strict=True))
    return out.flatten(1)


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("make", [combinatorial, lambda: triangles(WIDTHS)])
def test_formula(make, heads: int) -> None:
    c = make()
    network = model("hmc", c, "whole", heads=heads)
    embed, *levels = network.layers
    h = {k: c[k].x @ embed.maps[str(k)].weight.T + embed.maps[str(k)].bias for k in WIDTHS}
    first = ["0 from 0", "0 from 1", "1 from 0", "1 from 2", "2 from 1"]
    second = ["0 from 0", "1 from 1", "1 from 0", "2 from 2", "2 from 1"]
    known = relations(c)
    for place, level in enumerate(levels):
        heard = {k: torch.zeros_like(h[k]) for k in h}
        for name, each in zip(second if place % 2 else first, level.routes, strict=True):
            target, source = int(name[0]), int(name[-1])
            assert (each.message.query is None) == (target == source)
            heard[target] = heard[target] + attend(each.message, known[name], h[source], h[target])
        h = {k: torch.relu(m) for k, m in heard.items()}
    assert_close(network(c)[0], whole_mlp(network.readout, torch.cat([h[k].mean(dim=0) for k in WIDTHS])))


def test_laws() -> None:
    for c in (combinatorial(), triangles(WIDTHS), polygons(WIDTHS)):
        check_laws("hmc", c, targets=(0, 1, 2, "whole"), gradients=(), heads=2)
    # A score of the target shifts its whole row, which a softmax ignores unless the rectifier bends in between; on few
    # and, after several layers, similar cells it may not bend, so every parameter is asked for in the first layer.
    check_laws("hmc", combinatorial(), targets=("whole",), layers=1, heads=4)


@pytest.mark.parametrize("source", [0, 1, 2])
@pytest.mark.parametrize("target", [0, 1, 2])
def test_every_rank_reaches_every_rank(source: int, target: int) -> None:
    c = combinatorial()
    x = c[source].x.requires_grad_()
    model("hmc", c.with_cochain(source, "x", x), target)(c).square().sum().backward()
    assert x.grad.abs().sum() > 1e-9


def test_one_layer_does_not_yet_carry_faces_to_nodes() -> None:
    """As the config says: of its two levels only the first goes down, one rank."""
    c = combinatorial()
    x = c[2].x.requires_grad_()
    model("hmc", c, 0, layers=1)(c).square().sum().backward()
    assert x.grad is None or not x.grad.any()


def test_a_cell_alone_keeps_its_features() -> None:
    c = combinatorial()
    network = model("hmc", c, 0)
    answers = torch.stack([network(c.with_cochain(0, "x", torch.randn(9, 3, dtype=F64)))[0] for _ in range(8)])
    assert bool((answers.std(dim=0) > 0).all())
