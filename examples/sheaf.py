"""A sheaf on a heterophilous graph: neighbours are of different classes, so what they say is turned before it is heard.

Buyers trade with sellers only, and what each shows of itself is faint. An average over neighbours drowns a node in the
other side; a sheaf learns maps along the edges, and a map may say: take the opposite.
"""

import torch

import cochain as cc
from cochain import models

generator = torch.Generator().manual_seed(0)
nodes = 400
y = torch.arange(nodes) % 2  # buyers and sellers, in turn along a river that ends where it begins
trade = cc.Complex.graph([(k, (k + 1) % nodes) for k in range(nodes)], nodes)
shown = (2 * y - 1)[:, None] * 0.4 + torch.randn(nodes, 4, generator=generator)
trade = trade.with_cochain(0, "x", shown)
train = torch.rand(nodes, generator=generator) < 0.5


def accuracy(name: str) -> float:
    """Train a network on half of the nodes, and give the share of the others that it gets right."""
    model = models.build(name, trade, hidden=16, layers=2, out=2, target=0, seed=0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=5e-3)
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(trade)[train], y[train]).backward()
        optimizer.step()
    return float((model.eval()(trade).argmax(dim=1) == y)[~train].float().mean())


for name, kind in (("mlp", "each node alone"), ("gcn", "averages of neighbours"), ("nsd_general", "learned maps")):
    print(f"{name}, {kind}: {accuracy(name):.2f}")
