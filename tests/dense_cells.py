"""Faces, neighbours and embeddings of small complexes of any kind, cell by cell."""

import torch
from torch import Tensor, nn

import cochain as cc
from cochain.complexes import faces, laplacian
from model_checks import F64, members


def faces_of(c: cc.Complex, rank: int) -> list[list[int]]:
    """The faces of every cell of a rank."""
    return [row.nonzero()[:, 0].tolist() for row in c.incidence(rank - 1, rank).to_dense().T]


def sharing(c: cc.Complex, rank: int, via: int) -> list[tuple[int, int, int]]:
    """(x, y, u) for every two cells x != y of a rank and every cell u of rank `via` that they share."""
    if via > rank:
        return [(x, y, u) for u, each in enumerate(faces_of(c, via)) for x in each for y in each if x != y]
    below = faces_of(c, rank)
    pairs = [(x, y) for x in range(len(below)) for y in range(len(below)) if x != y]
    return [(x, y, u) for x, y in pairs for u in sorted(set(below[x]) & set(below[y]))]


def signed(c: cc.Complex, rank: int) -> Tensor:
    """B_rank with its signs."""
    return c.resolve(faces(rank).signed).matrix.to_dense().to(F64).T


def halves(c: cc.Complex, rank: int) -> dict[str, Tensor]:
    """The lower and the upper Laplacian of a rank, from the boundaries."""
    assert laplacian(rank).sign
    found = {}
    if rank > 0:
        found["down"] = signed(c, rank).T @ signed(c, rank)
    if rank < c.rank:
        found["up"] = signed(c, rank + 1) @ signed(c, rank + 1).T
    return found


def embedded(network: nn.Module, c: cc.Complex) -> dict[int, Tensor]:
    """What the first layer, an `Embed`, gives."""
    out = {}
    for k, each in network.layers[0].maps.items():
        out[int(k)] = c[int(k)].x @ each.weight.T + (0.0 if each.bias is None else each.bias)
    return out


def two_layers(module: nn.Module, x: Tensor) -> Tensor:
    """Linear, perhaps layer norm, relu, linear, written out."""
    first, last = module[0], module[-1]
    x = x @ first.weight.T + first.bias
    if isinstance(module[1], nn.LayerNorm):
        norm = module[1]
        centred = x - x.mean(dim=-1, keepdim=True)
        x = centred / (centred.square().mean(dim=-1, keepdim=True) + norm.eps).sqrt() * norm.weight + norm.bias
    return torch.relu(x) @ last.weight.T + last.bias


def neighborhood(c: cc.Complex, text: str) -> tuple[int, int, Tensor]:
    """upper:r, lower:r and t:s from the nodes of every cell."""
    cells = {0: [{v} for v in range(c.sizes[0])], **{r: [set(e) for e in members(c, r)] for r in (1, 2)}}

    def below(low: int, high: int) -> Tensor:
        return torch.tensor([[float(x <= y and x != y) for y in cells[high]] for x in cells[low]], dtype=F64)

    kind, _, rank = text.partition(":")
    if kind in ("upper", "lower"):
        r = int(rank)
        shared = below(r, r + 1) if kind == "upper" else below(r - 1, r).T
        return r, r, (shared @ shared.T > 0).double().fill_diagonal_(0)
    t, s = int(kind), int(rank)
    return t, s, below(t, s) if t < s else below(s, t).T
