"""High Skip Network: its formula densely."""

import torch
from torch.testing import assert_close

from model_checks import F64, adjacency, check_laws, graph, model, triangles, whole_mlp


def run(network, c):
    embed, *steps = network.layers
    h = c[0].x @ embed.maps["0"].weight.T + embed.maps["0"].bias
    a = adjacency(c) + torch.eye(c.sizes[0], dtype=F64)
    a = a / (a.sum(dim=1)[:, None] * a.sum(dim=1)).sqrt()
    b = torch.zeros(c.sizes[0], c.sizes[1], dtype=F64)
    for k, edge in enumerate(c.simplices(1).tolist()):
        b[edge, k] = 1.0
    down, up = b.T / 2, b / b.sum(dim=1, keepdim=True).clamp(min=1.0)
    edges = None
    for there, back in zip(steps[::2], steps[1::2], strict=True):
        first = {r.neighborhood.target: r.message.weight for r in there.routes}
        second = {r.neighborhood.source: r.message.weight for r in back.routes}
        edges = torch.relu(down @ h @ first[1])
        if second:
            h = a @ torch.relu(a @ h @ first[0]) @ second[0] + up @ edges @ second[1]
    return h, edges


def test_formula() -> None:
    c = graph()
    network = model("hsn", c, 0)
    assert_close(network(c), network.readout.map(run(network, c)[0]))
    network = model("hsn", c, 1)
    assert_close(network(c), network.readout.map(run(network, c)[1]))
    network = model("hsn", c, "whole")
    assert_close(network(c), whole_mlp(network.readout, run(network, c)[0].mean(dim=0)[None]))


def test_laws() -> None:
    for c in (graph(), triangles({0: 3})):
        check_laws("hsn", c, targets=(0, 1, 2, "whole") if c.rank == 2 else (0, 1, "whole"))
