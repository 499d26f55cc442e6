"""Co-GNN: its formula densely, and what forced actions make of it."""

import pytest
import torch
from torch.testing import assert_close

from cochain.errors import UnknownNameError
from dense_cells import two_layers
from model_checks import adjacency, check_laws, graph, model

ACTIONS = ("standard", "listen", "broadcast", "isolate")


def run(network, c, actions=None):
    """With the given action of all nodes, or the likeliest of each."""
    embed, *layers = network.layers
    a = adjacency(c)
    means = a / a.sum(dim=1, keepdim=True).clamp(min=1.0)
    h = c[0].x @ embed.maps["0"].weight.T + embed.maps["0"].bias
    for layer in layers:
        if actions is None:
            taken = two_layers(network.policy, torch.cat([h, means @ h], dim=1)).argmax(dim=1).tolist()
        else:
            taken = [ACTIONS.index(actions)] * 9
        new = []
        for x in range(9):
            m = torch.zeros_like(h[0])
            if taken[x] in (0, 1):
                for y in range(9):
                    if taken[y] in (0, 2):
                        m = m + means[x, y] * (layer.heard.weight @ h[y])
            new.append(h[x] + torch.relu(layer.own.weight @ h[x] + layer.own.bias + m))
        h = torch.stack(new)
    return h


def test_formula() -> None:
    c = graph()
    network = model("co_gnn", c, 0)
    assert_close(network(c), network.readout.map(run(network, c)))


@pytest.mark.parametrize("action", ACTIONS)
def test_forced_actions(action) -> None:
    c = graph()
    network = model("co_gnn", c, 0, action=action)
    assert_close(network(c), network.readout.map(run(network, c, action)))


def test_all_standard_is_the_base_network_and_isolation_forgets_the_edges() -> None:
    c = graph()
    network = model("co_gnn", c, 0, action="standard")
    h = network.layers[0](c, {0: c[0].x})[0]
    a = adjacency(c)
    means = a / a.sum(dim=1, keepdim=True).clamp(min=1.0)
    for layer in network.layers[1:]:
        h = h + torch.relu(layer.own(h) + means @ layer.heard(h))
    assert_close(network(c), network.readout.map(h))
    alone = model("co_gnn", c, 0, action="isolate")
    bare = type(c).graph([(0, 1)], 9).with_cochain(0, "x", c[0].x)
    assert_close(alone(bare), alone(c))


def test_laws() -> None:
    check_laws("co_gnn", graph(), targets=(0, 1, "whole"), gradients=())


def test_choices_are_drawn_while_training_and_learn() -> None:
    c = graph()
    network = model("co_gnn", c, 0, temperature=1.0).train()
    answers = torch.stack([network(c) for _ in range(20)])
    assert (answers.std(dim=0) > 0).any()
    answers.sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.policy.parameters())


def test_unknown_actions_are_named() -> None:
    with pytest.raises(UnknownNameError, match="no action is called 'isolated'; did you mean 'isolate'"):
        model("co_gnn", graph(), 0, action="isolated")
