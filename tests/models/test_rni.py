"""GNN-RNI: its formula densely for one draw, its distribution, and what plain message passing cannot tell apart."""

from pathlib import Path

import torch
from torch.testing import assert_close

import cochain as cc
from dense_cells import two_layers
from model_checks import F64, adjacency, check_gradients, check_union, graph, model, whole_mlp


def test_formula() -> None:
    c = graph()
    network = model("rni", c, "whole", random=5, layers=2)
    torch.manual_seed(3)
    h = torch.cat([c[0].x, torch.randn(9, 5, dtype=F64)], dim=1)
    for layer in network.layers:
        message = layer.routes[0].message
        h = torch.relu(two_layers(message.module[:3], (1 + message.epsilon) * h + adjacency(c) @ h))
    torch.manual_seed(3)
    assert_close(network(c), whole_mlp(network.readout, h.sum(dim=0)[None]))


def test_without_random_channels_it_is_deterministic() -> None:
    c = graph()
    network = model("rni", c, 0, random=0)
    check_union(network, c)
    check_gradients(network, c)


def test_the_mean_over_draws_does_not_depend_on_the_numbering() -> None:
    c = graph()
    network = model("rni", c, "whole", random=2, layers=1, hidden=4)
    moved = c.relabel({0: torch.randperm(9)})
    means, errors = [], []
    for each in (c, moved):
        answers = network(cc.Complex.union([each] * 4000))
        means.append(answers.mean(dim=0))
        errors.append(answers.std(dim=0) / 4000**0.5)
    assert bool(((means[0] - means[1]).abs() < 5 * (errors[0] + errors[1])).all())
    assert bool((errors[0] > 0).all())


def regular_pair():
    """Two triangles and a hexagon: message passing on equal features gives every node the same number."""
    hexagon = cc.Complex.graph([(k, (k + 1) % 6) for k in range(6)])
    two = cc.Complex.graph([(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)])
    return [c.with_cochain(0, "x", torch.ones(6, 1)) for c in (hexagon, two)]


def test_learns_what_plain_message_passing_cannot() -> None:
    pair = regular_pair()
    plain = cc.models.build("gin", pair[0], out=2, target="whole", seed=0).eval()
    assert_close(plain(pair[0]), plain(pair[1]))
    batch = cc.Complex.union(pair * 16)
    goal = torch.tensor([0, 1] * 16)
    network = cc.models.build("rni", batch, hidden=32, layers=3, out=2, target="whole", seed=0, options={"random": 8})
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    torch.manual_seed(0)
    for _ in range(150):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(batch), goal).backward()
        optimizer.step()
    with torch.no_grad():
        right = (
            (network.eval()(cc.Complex.union(pair * 200)).argmax(dim=1) == torch.tensor([0, 1] * 200)).double().mean()
        )
    assert right > 0.8


def test_plain_message_passing_answers_both_graphs_of_a_formula_alike(mirror: Path) -> None:
    """EXP: one graph of each pair is satisfiable and one is not, so that it guesses half of them right."""
    c = cc.datasets.load("exp", root=mirror)
    with torch.no_grad():
        answers = (
            cc.models.build("gin", c, out=2, target="whole", seed=0)
            .double()
            .eval()(c.with_cochain(0, "x", c[0].x.double()))
        )
        drawn = cc.models.build("rni", c, out=2, target="whole", seed=0).eval()(c)
    assert_close(answers[0::2], answers[1::2])
    assert bool((c.whole.y[0::2] != c.whole.y[1::2]).all())
    assert (answers.argmax(dim=1) == c.whole.y).double().mean() == 0.5
    assert bool((drawn[0::2] != drawn[1::2]).any(dim=1).all())
