"""Boundaries, Laplacians and attentions of small simplicial complexes, entry by entry."""

import torch
from torch import Tensor

import cochain as cc
from model_checks import F64


def boundary(c: cc.Complex, rank: int) -> Tensor:
    """B_rank from the nodes of each simplex: the face without the i-th node has sign (-1)^i."""
    low = {tuple(s): k for k, s in enumerate(c.simplices(rank - 1).tolist())}
    b = torch.zeros(c.sizes[rank - 1], c.sizes[rank], dtype=F64)
    for k, simplex in enumerate(c.simplices(rank).tolist()):
        for i in range(rank + 1):
            b[low[tuple(simplex[:i] + simplex[i + 1 :])], k] = (-1.0) ** i
    return b


def halves(c: cc.Complex, rank: int) -> dict[str, Tensor]:
    """The lower and the upper Laplacian of a rank, as far as it has them."""
    found = {}
    if rank > 0:
        found["down"] = boundary(c, rank).T @ boundary(c, rank)
    if rank < c.rank:
        found["up"] = boundary(c, rank + 1) @ boundary(c, rank + 1).T
    return found


def bounded(matrix: Tensor) -> Tensor:
    """Divided by the largest absolute row sum."""
    return matrix / matrix.abs().sum(dim=1).max()


def row_scaled(matrix: Tensor) -> Tensor:
    """Rows scaled to sum 1; empty rows stay."""
    return matrix / matrix.sum(dim=1, keepdim=True).clamp(min=1.0)


def flipped(c: cc.Complex, odd: tuple[int, ...] = (1, 2)) -> tuple[cc.Complex, dict[int, Tensor]]:
    """The complex with some simplices reversed, and the signs."""
    signs = {k: torch.randint(0, 2, (c.sizes[k],)) * 2 - 1 for k in odd}
    assert all((s == -1).any() and (s == 1).any() for s in signs.values())
    return c.reorient(signs), signs


def softmax_over(pattern: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """softmax of LeakyReLU(left_x + right_y) over the nonzeros y of each row x, with loops."""
    alpha = torch.zeros_like(pattern)
    for x in range(len(pattern)):
        around = pattern[x].nonzero()[:, 0].tolist()
        if around:
            raw = torch.stack([left[x] + right[y] for y in around])
            alpha[x, around] = torch.where(raw > 0, raw, 0.2 * raw).softmax(dim=0)
    return alpha
