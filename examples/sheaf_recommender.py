"""A recommender on a sheaf: users and items hold vectors, and every liking compares them by maps that it learns.

Made data: users and items have one of four tastes, and users like items of their own. The maps are made of the
embeddings at both ends, their sheaf Laplacian spreads the embeddings over the graph of likings, and the score of a pair
is an inner product of what has arrived. As in: Purificato et al., 2023, "Sheaf Neural Networks for Graph-based
Recommender Systems".
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

import cochain as cc
from cochain.complexes.sheaf import Sheaf
from cochain.nn.restriction import Restriction


def diffuse(sheaf: Sheaf, x: Tensor, steps: int = 2) -> Tensor:
    """Mean of x, (I - L) x, (I - L)^2 x, ...: with identity maps I - L is D^-1/2 A D^-1/2, and this is LightGCN."""
    laplacian, states = sheaf.laplacian(normalized=True), [x]
    for _ in range(steps):
        states.append(states[-1] - laplacian @ states[-1])
    return torch.stack(states).mean(dim=0).flatten(1)


def likings(users: int, items: int) -> Tensor:
    """Pairs (user, item), items numbered after the users: mostly of one taste out of four."""
    chance = torch.where(torch.arange(users)[:, None] % 4 == torch.arange(items) % 4, 0.4, 0.02)
    return torch.bernoulli(chance).nonzero() + torch.tensor([0, users])


def recommend(users: int = 60, items: int = 40, steps: int = 150) -> tuple[float, float]:
    """Train on 4 of 5 likings by Bayesian personalised ranking; give the chance that a held-out one beats another item.

    Before training, and after.
    """
    pairs = likings(users, items)
    known, held = pairs[torch.arange(len(pairs)) % 5 > 0], pairs[torch.arange(len(pairs)) % 5 == 0]
    c = cc.Complex.graph(known.T, users + items)
    x = nn.Parameter(0.1 * torch.randn(users + items, 2, 8))  # stalks of dimension 2, 8 channels
    maps = Restriction(2, 8, "diagonal", pooled=False)
    optimizer = torch.optim.Adam([x, *maps.parameters()], lr=0.02)

    def lead(some: Tensor) -> Tensor:
        y, other = diffuse(Sheaf(c, 1 + maps.restrict(c, x)), x), torch.randint(users, users + items, (len(some),))
        return (y[some[:, 0]] * (y[some[:, 1]] - y[other])).sum(dim=1)

    before = (lead(held) > 0).float().mean().item()
    for _ in range(steps):
        optimizer.zero_grad()
        (-logsigmoid(lead(known)).mean()).backward()
        optimizer.step()
    return before, (lead(held) > 0).float().mean().item()


if __name__ == "__main__":
    torch.manual_seed(0)
    before, after = recommend()
    print(f"a held-out liking beats another item: {before:.0%} before training, {after:.0%} after")
