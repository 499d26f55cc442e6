"""Triangulated surfaces: a torus and a Klein bottle, told apart by which way round their triangles go.

Every torus comes with a Klein bottle of the same neighbourhoods: two covers of one surface. What passes messages
between neighbouring cells gives both one answer; a turn of the triangles, an odd cochain, has no one sense on a bottle.
"""

import torch

import cochain as cc
from cochain import models

surfaces = cc.datasets.load("surfaces")
tori, bottles = ((surfaces.whole.y == label).nonzero()[:30, 0] for label in (1, 2))
surfaces = surfaces.select(torch.stack([tori, bottles], dim=1).flatten())  # torus, bottle, torus, bottle ...
for p in (2, 3):
    print(f"holes over Z/{p}, torus and bottle:", *(tuple(map(int, surfaces.select([k]).betti(p=p))) for k in (0, 1)))
y = surfaces.whole.y - 1
train = torch.arange(60) < 40


def accuracy(name: str, complex_: cc.Complex) -> float:
    """Train a network on forty of the surfaces, and give the share that it gets right of the others."""
    model = models.build(name, complex_, hidden=8, layers=2, out=2, target="whole", seed=0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(30):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(complex_)[train], y[train]).backward()
        optimizer.step()
    return float((model.eval()(complex_).argmax(dim=1) == y)[~train].float().mean())


print("GIN, along edges:", round(accuracy("gin", surfaces), 2))
print("SCCNN, along oriented triangles:", round(accuracy("sccnn", surfaces), 2))
