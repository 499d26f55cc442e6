"""SCRaWl: its formula with loops for given walks, replayed walks, and what simplicial message passing cannot see."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from cochain.nn.simplex_walks import SimplexWalks, simplex_walks, walk_encodings
from dense_cells import embedded, sharing, two_layers
from model_checks import F64, check_gradients, check_union, model, polygons, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}
SMALL = {"walks": 2, "length": 5, "window": 2}


def met_by(c, h, k, walks, window):
    """The feature matrix of every walk, (positions, channels), entry by entry."""
    hidden = h[k].shape[1]
    near = {via: {(x, y) for x, y, _ in sharing(c, k, via)} for via in (k - 1, k + 1) if 0 <= via <= 2}
    for steps, face, coface in zip(walks.steps.tolist(), walks.face.tolist(), walks.coface.tolist(), strict=True):
        rows = []
        for i, cell in enumerate(steps):
            row = [h[k][cell]]
            for via, passed in ((k - 1, face[i]), (k + 1, coface[i])):
                if 0 <= via <= 2:
                    row.append(h[via][passed] if passed >= 0 else torch.zeros(hidden, dtype=F64))
            back = [steps[i - j] if i >= j else None for j in range(1, window + 1)]
            row.append(torch.tensor([float(cell == other) for other in back], dtype=F64))
            row += [
                torch.tensor([float((cell, other) in pairs) for other in back], dtype=F64) for pairs in near.values()
            ]
            rows.append(torch.cat(row))
        yield steps, torch.stack(rows)


def convolved(net, matrix):
    """Two convolutions along the rows of a matrix, zeros beyond its ends."""
    first, last = net[0], net[2]
    half = first.kernel_size[0] // 2
    out = []
    for i in range(len(matrix)):
        y = first.bias.clone()
        for j in range(-half, half + 1):
            if 0 <= i + j < len(matrix):
                y = y + first.weight[:, :, j + half] @ matrix[i + j]
        out.append(last.weight[:, :, 0] @ torch.relu(y) + last.bias)
    return out


def run(network, c, walks):
    h = embedded(network, c)
    for layer in network.layers[1:]:
        new = dict(h)
        for k in layer.ranks:
            total, count = torch.zeros_like(h[k]), torch.zeros(len(h[k]), 1, dtype=F64)
            for steps, matrix in met_by(c, h, k, walks[k], network.config.window):
                for cell, y in zip(steps, convolved(layer.net[str(k)], matrix), strict=True):
                    total[cell] += y
                    count[cell] += 1
            new[k] = h[k] + two_layers(layer.update[str(k)], total / count.clamp(min=1))
        h = new
    return h


@pytest.mark.parametrize("make", [triangles, polygons])
def test_formula(make) -> None:
    c = make(WIDTHS)
    network = model("scrawl", c, "whole", **SMALL)
    walks = network.draw(c)
    h = run(network, c, walks)
    assert_close(
        network.replay(c, walks), whole_mlp(network.readout, torch.cat([h[k].mean(dim=0) for k in WIDTHS])[None])
    )
    for target in (0, 1, 2):
        network = model("scrawl", c, target, **SMALL)
        walks = network.draw(c)
        assert_close(network(c), network.readout.map(run(network, c, walks)[target]))


def test_a_layer_less_reads_its_own_rank() -> None:
    c = triangles(WIDTHS)
    assert [k.rank for k in model("scrawl", c, 0, layers=0).reads] == [0]
    network = model("scrawl", c, 0, layers=1)
    assert [k.rank for k in network.reads] == [0, 1]
    assert network(c).shape == (10, 4)


@pytest.mark.parametrize("target", [0, 1, 2, "whole"])
def test_unions_and_gradients(target) -> None:
    c = triangles(WIDTHS)
    network = model("scrawl", c, target, **SMALL)
    check_union(network, c)
    if target == "whole":
        check_gradients(network, c)


def carried(walks, order):
    """The same walks on renumbered cells, in another order of the walks: new cell i was cell order[i]."""
    new = {k: torch.argsort(each) for k, each in order.items()}

    def moved(k, cells):
        return torch.where(cells >= 0, new[k][cells.clamp(min=0)], -1) if k in new else cells

    out = {}
    for k, each in walks.items():
        turn = torch.randperm(len(each.steps))
        out[k] = SimplexWalks(
            moved(k, each.steps)[turn], moved(k - 1, each.face)[turn], moved(k + 1, each.coface)[turn]
        )
    return out


@pytest.mark.parametrize("target", [0, 1, 2, "whole"])
@pytest.mark.parametrize("training", [False, True])
def test_replayed_walks_on_renumbered_simplices_give_the_same_answers_renumbered(target, training) -> None:
    c = triangles(WIDTHS)
    network = model("scrawl", c, target, **SMALL).train(training)
    walks = network.draw(c)
    order = {k: torch.randperm(size) for k, size in enumerate(c.sizes)}
    y = network.replay(c, walks)
    found = network.replay(c.relabel(order), carried(walks, order))
    assert_close(found, y if target == "whole" else y[order[target]])


def test_training_draws_and_evaluation_repeats() -> None:
    c = triangles(WIDTHS)
    network = model("scrawl", c, 1)
    assert torch.equal(network(c), network(c))
    network.train()
    assert not torch.equal(network(c), network(c))


def ring(*lengths):
    """Cycles without triangles: all nodes look alike to message passing between simplices."""
    edges, at = [], 0
    for n in lengths:
        edges += [(at + k, at + (k + 1) % n) for k in range(n)]
        at += n
    c = cc.lift.clique(cc.Complex.graph(edges, at), 2)
    return c.with_cochain(0, "x", torch.ones(at, 1)).with_cochain(1, "x", torch.ones(at, 1)).with_cochain(
        2, "x", torch.ones(0, 1)
    )  # fmt: skip


def test_tells_a_pair_apart_that_simplicial_message_passing_cannot() -> None:
    """An 8-cycle and two 4-cycles: only in the latter a walk of 4 steps returns without having turned."""
    one, two = ring(8), ring(4, 4)
    assert one.sizes == two.sizes == (8, 8, 0)
    blind = cc.models.build("mpsn", one, out=3, hidden=8, layers=4, target=0, seed=0).eval()
    assert_close(blind(one), blind(two))
    seen = []
    for c in (one, two):  # bits of two positions in a row: neither is where the walk was 2 steps before
        bits = walk_encodings(c, 0, simplex_walks(c, 0, 50, 8, 2), window=4, top=2)
        seen.append({tuple(each) for each in bits[:, :4, 3:5].flatten(1).tolist()})
    assert seen[0] < seen[1]
    assert {each[1::2] for each in seen[1] - seen[0]} == {(0.0, 0.0, 0.0, 1.0)}
