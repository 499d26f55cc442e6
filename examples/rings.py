"""Molecules with rings: two molecules that no network along bonds tells apart, and one with rings as cells does.

Decalin is two rings of six that share a bond, bicyclopentyl two rings of five that a bond joins: ten carbons each, and
the same bonds at every atom, at every distance. A network along bonds gives both the same answer, whatever it learned.
"""

import torch

import cochain as cc
from cochain import lift, models

DECALIN = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (4, 6), (6, 7), (7, 8), (8, 9), (9, 5)]
BICYCLOPENTYL = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9), (9, 5)]

molecules = cc.Complex.union([cc.Complex.graph(DECALIN), cc.Complex.graph(BICYCLOPENTYL)])
molecules = molecules.with_cochain(0, "x", torch.ones(20, 1))  # all atoms are carbon
rings = lift.cycles(molecules, max_length=6)  # rings become 2-cells, in all molecules at once


def accuracy(name: str, complex_: cc.Complex) -> float:
    """Train a network to name the molecule, and give the share that it gets right."""
    y = torch.tensor([0, 1])
    model = models.build(name, complex_, hidden=16, layers=2, out=2, target="whole", seed=0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(30):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(complex_), y).backward()
        optimizer.step()
    return float((model.eval()(complex_).argmax(dim=1) == y).float().mean())


print("GIN, along bonds:", accuracy("gin", molecules))
print("CIN, with rings as cells:", accuracy("cin", rings))
