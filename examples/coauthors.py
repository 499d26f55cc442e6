"""A hypergraph of co-authors: papers as hyperedges say what pairs of authors cannot.

Three authors who write one paper together and three who write three papers in pairs have the same co-author graph. Only
the papers tell the two kinds of groups apart.
"""

import torch

import cochain as cc
from cochain import lift, models

groups = [(3 * k, 3 * k + 1, 3 * k + 2) for k in range(20)]
papers: list[tuple[int, ...]] = []
for k, (a, b, c) in enumerate(groups):
    papers += [(a, b, c)] if k % 2 == 0 else [(a, b), (b, c), (a, c)]  # one paper of three, or three of two
authors = cc.Complex.hypergraph(papers).with_cochain(0, "x", torch.ones(60, 1))
pairs = lift.expand(authors)  # who has written with whom
y = (torch.arange(60) // 3) % 2
train = torch.arange(60) < 30


def accuracy(name: str, complex_: cc.Complex) -> float:
    """Train a network on half of the groups, and give the share of authors that it gets right in the others."""
    model = models.build(name, complex_, out=2, target=0, seed=0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(complex_)[train], y[train]).backward()
        optimizer.step()
    return float((model.eval()(complex_).argmax(dim=1) == y)[~train].float().mean())


print("GIN, on pairs of authors:", round(accuracy("gin", pairs), 2))
print("AllDeepSets, on papers:", round(accuracy("all_deep_sets", authors), 2))
