"""CAt-Walk: its encoding step by step, what walks may not depend on, and hyperedges told from chance."""

import math

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.models import build
from cochain.nn.set_walks import set_walks
from model_checks import F64, check_gradients, check_relabelling, check_union, members, model, with_features


def temporal(seed: int = 0) -> cc.Complex:
    """Twelve hyperedges of sizes 1 to 4 on ten nodes, two of which are in none, at different times."""
    generator = torch.Generator().manual_seed(seed)
    sets = [
        torch.randperm(8, generator=generator)[: int(torch.randint(1, 5, (1,), generator=generator))] for _ in range(12)
    ]
    c = with_features(cc.Complex.hypergraph([sorted(each.tolist()) for each in sets], 10), {0: 3})
    return c.with_cochain(1, "time", torch.rand(12, generator=generator, dtype=F64))


def layer_norm(norm: nn.LayerNorm, x: Tensor) -> Tensor:
    centred = x - x.mean(dim=-1, keepdim=True)
    return centred / (centred.square().mean(dim=-1, keepdim=True) + norm.eps).sqrt() * norm.weight + (
        0.0 if norm.bias is None else norm.bias
    )


def linear(map_: nn.Linear, x: Tensor) -> Tensor:
    return x @ map_.weight.T + map_.bias


def set_mixer(mixer: nn.Module, x: Tensor) -> Tensor:
    token = x + nn.functional.gelu(layer_norm(mixer.before, x).softmax(dim=0))
    return (token + linear(mixer.second, nn.functional.gelu(linear(mixer.first, layer_norm(mixer.after, token))))).mean(
        0
    )


def mixer(block: nn.Module, x: Tensor) -> Tensor:
    z = linear(block.positions[0], layer_norm(block.before, x).T)
    token = x + linear(block.positions[2], nn.functional.gelu(z)).T
    z = linear(block.channels[0], layer_norm(block.after, token))
    return token + linear(block.channels[2], nn.functional.gelu(z))


def test_formula() -> None:
    """Every count, set, walk and mean by its definition."""
    c, walks, length = temporal(), 3, 2
    network = model("catwalk", c, 1, walks=walks, length=length)
    part, sets, time = network.layers[0], members(c), c[1].time
    drawn = set_walks(c, time, walks, length, random=False).tolist()
    starts = [(e, x) for e, each in enumerate(sets) for x in each]
    paths = {start: [[e for e in walk if e >= 0] for walk in each] for start, each in zip(starts, drawn, strict=True)}
    rows = []
    for e, each in enumerate(sets):

        def identity(w: int, e: int = e, each: list[int] = each) -> Tensor:
            total = torch.zeros(8, dtype=F64)
            for x in each:
                g = [sum(len(p) > k and w in sets[p[k]] for p in paths[e, x]) / walks for k in range(length)]
                total = total + torch.relu(part.count.weight @ torch.tensor(g, dtype=F64))
            return total / len(each)

        told = []
        for x in each:
            for path in paths[e, x]:
                z = torch.zeros(length, 16, dtype=F64)
                for k, step in enumerate(path):
                    pooled = set_mixer(part.pool, torch.stack([identity(w) for w in sets[step]]))
                    past = torch.cos((time[e] - time[step]) * part.rate + part.phase)
                    z[k] = torch.cat([pooled, past])
                told.append(mixer(part.mix[0], z).mean(dim=0))
        joined = torch.cat([torch.stack(told).mean(dim=0), c[0].x[each].mean(dim=0)])
        rows.append(linear(part.join[2], torch.relu(linear(part.join[0], joined))))
    assert_close(network(c), network.readout.map(torch.stack(rows)))


def test_names_of_nodes_do_not_matter_nor_does_the_order_of_hyperedges() -> None:
    c = temporal()
    for target in (0, 1, "whole"):
        network = model("catwalk", c, target)
        check_relabelling(network, c, target)
        check_union(network, c)


def test_gradients() -> None:
    c = temporal()
    check_gradients(model("catwalk", c, 1), c)
    time = c[1].time.clone().requires_grad_()
    model("catwalk", c, 1)(c.with_cochain(1, "time", time)).sum().backward()
    assert time.grad.abs().sum() > 0


def test_the_future_is_not_heard() -> None:
    """What comes after a hyperedge changes nothing for it; what was before does."""
    c = temporal()
    network, order = model("catwalk", c, 1), c[1].time.argsort()
    middle = int(order[6])
    y = network(c)
    later, earlier = c[1].time.clone(), c[1].time.clone()
    later[order[7:]] = c[1].time[order[7:]].flip(0)
    earlier[order[:6]] = c[1].time[order[:6]].flip(0)
    assert_close(network(c.with_cochain(1, "time", later))[middle], y[middle])
    assert (network(c.with_cochain(1, "time", earlier)) - y)[order[:7]].abs().max() > 1e-6


def test_candidates_of_weight_0_leave_no_trace() -> None:
    c = temporal()
    network, weight = model("catwalk", c, 1), torch.ones(12, dtype=F64)
    weight[3] = 0.0
    rest = [e for e in range(12) if e != 3]
    sets = members(c)
    without = cc.Complex.hypergraph([sets[e] for e in rest], 10).with_cochain(0, "x", c[0].x)
    without = without.with_cochain(1, "time", c[1].time[rest])
    assert_close(network(c.with_cochain(1, "weight", weight))[rest], network(without))


def planted(seed: int, events: int = 160) -> cc.Complex:
    """Triples of one of 8 circles of 4 meet again and again; half of the candidates mix two circles.

    Nodes have no features. `weight` is 1 for what happened and 0 for what did not; candidates are the last third.
    """
    generator = torch.Generator().manual_seed(seed)
    sets, truth = [], []
    for k in range(events):
        real = k < 2 * events // 3 or bool(torch.rand((), generator=generator) < 0.5)
        if real:
            circle = int(torch.randint(8, (), generator=generator))
            sets.append([4 * circle + int(x) for x in torch.randperm(4, generator=generator)[:3]])
        else:
            circles = torch.randperm(8, generator=generator)[:3]
            sets.append([4 * int(circle) + int(torch.randint(4, (), generator=generator)) for circle in circles])
        truth.append(float(real))
    c = cc.Complex.hypergraph([sorted(each) for each in sets], 32)
    c = c.with_cochain(0, "x", torch.ones(32, 1)).with_cochain(1, "time", torch.arange(float(events)) / events)
    return c.with_cochain(1, "weight", torch.tensor(truth)).with_cochain(1, "y", torch.tensor(truth))


def test_it_learns_which_hyperedges_will_be() -> None:
    """Trained on one history and asked about another, with other circles: nothing but walks can help."""
    old, new = planted(0), planted(1)
    network = build(
        "catwalk", old, hidden=16, out=1, target=1, seed=0, options={"walks": 4, "length": 2, "dropout": 0.0}
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    asked = torch.arange(160) >= 106
    for _ in range(30):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(network.train()(old)[asked, 0], old[1].y[asked])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        score = network.eval()(new)[asked, 0]
    y = new[1].y[asked].bool()
    wins = (score[y][:, None] > score[~y]).float().mean().item()  # the area under the curve
    assert wins > 0.9
    assert math.isfinite(float(loss.detach()))


@pytest.mark.parametrize("time", [True, False])
def test_without_a_past_features_alone_answer(time: bool) -> None:
    c = temporal()
    c = c.with_cochain(1, "time", torch.ones(12, dtype=F64)) if time else c.without_cochain(1, "time")
    network = model("catwalk", c, 1)
    part = network.layers[0]
    zero = torch.zeros(part.config.length, 16, dtype=F64)
    still = mixer(part.mix[0], zero).mean(dim=0)
    means = torch.stack([c[0].x[each].mean(dim=0) for each in members(c)])
    joined = torch.cat([still.expand(12, -1), means], dim=1)
    assert_close(network(c), network.readout.map(linear(part.join[2], torch.relu(linear(part.join[0], joined)))))
