"""Graphs and polygons that embeddings make: which cells are near, which of them are taken, and messages by shares."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cochain.complexes import Complex, Operator
from cochain.complexes.neighborhood import cofaces, upper
from cochain.kernels import Pattern, SparseMatrix, aggregate, segment, softmax, spmm
from cochain.kernels.entmax import entmax
from cochain.nn.grouping import nearest_groups
from cochain.nn.pool import pool_nodes

FLAT = 1e-3
"""Scores whose deviation is a smaller part of their size than this are little told apart: they may be rounding."""


def nearest_others(complex_: Complex, z: Float[Tensor, "nodes channels"], count: int) -> Pattern:
    """List the nodes of its component, without itself, that are nearest to every node.

    Args:
        complex_: whose components nodes do not leave.
        z: embeddings, in a few dimensions; equal ones are told apart by their numbers.
        count: how many; fewer in a smaller component.

    Returns:
        Rows are nodes, nonzeros the others near them.
    """
    groups = nearest_groups(complex_, z, count + 1)
    other = groups.rows != groups.indices
    return Pattern.from_coo(groups.rows[other], groups.indices[other], groups.shape)[0]


def distances(pattern: Pattern, z: Float[Tensor, "cells channels"]) -> Float[Tensor, "nnz"]:
    """Give the distance of every nonzero's row and column, with gradient 0 where it is 0."""
    squares = (z[pattern.rows] - z[pattern.indices]).square().sum(dim=1)
    apart = squares > 0
    return torch.where(apart, torch.where(apart, squares, 1.0).sqrt(), 0.0)


def standardize(pattern: Pattern, scores: Float[Tensor, "nnz"]) -> Float[Tensor, "nnz"]:
    """Give the scores of each row mean 0 and deviation 1, or less where they hardly differ."""
    mean, deviation = segment(pattern, scores, "mean"), segment(pattern, scores, "std")
    scale = (deviation + FLAT * mean.abs()).clamp(min=torch.finfo(scores.dtype).tiny)
    return (scores - mean[pattern.rows]) / scale[pattern.rows]


def strongest_per_row(
    pattern: Pattern, scores: Float[Tensor, "nnz"], count: int
) -> tuple[Pattern, Int[Tensor, "kept"]]:
    """Keep the `count` nonzeros of every row with the highest scores: their pattern, and which they are."""
    order = scores.detach().argsort(descending=True, stable=True)
    order = order[pattern.rows[order].argsort(stable=True)]
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order), device=order.device) - pattern.indptr.long()[pattern.rows.long()[order]]
    kept = (rank < count).nonzero()[:, 0]
    return Pattern.from_coo(pattern.rows[kept], pattern.indices[kept], pattern.shape)[0], kept


def latent_graph(
    complex_: Complex,
    z: Float[Tensor, "nodes channels"],
    candidates: int,
    sharpness: Float[Tensor, ""],
    alpha: float = 1.5,
) -> Complex:
    r"""Join every node with those of its component that an entmax of their nearness gives a share above 0.

    $$p_x = \mathrm{entmax}_\alpha\big(\gamma \, \mathrm{standardize}_y(-\lVert z_x - z_y \rVert)\big), \qquad
      w_{xy} = \tfrac12 (p_{xy} + p_{yx})$$

    Args:
        complex_: gives the nodes and their components.
        z: embeddings of the nodes.
        candidates: nodes nearest to x that y runs over; others have a share of 0.
        sharpness: gamma; the greater, the fewer neighbours.
        alpha: of the entmax.

    Returns:
        The graph of the pairs of $w_{xy} > 0$, with these numbers as the `weight` of its edges. Their gradients flow to
        z and gamma; which edges there are has none.
    """
    near = nearest_others(complex_, z, candidates)
    shares = entmax(near, sharpness * standardize(near, -distances(near, z)), alpha)
    pairs = torch.stack([near.rows, near.indices], dim=1)[shares > 0].long()
    graph = Complex.graph(pairs.T.cpu(), complex_.offsets(0).diff().tolist()).to(complex_.device)
    weight = shares.new_zeros(graph.sizes[1]).index_add(0, graph.find(1, pairs), shares[shares > 0] / 2)
    return graph.with_cochain(1, "weight", weight)


def latent_polygons(
    complex_: Complex, z: Float[Tensor, "edges channels"], sharpness: Float[Tensor, ""], alpha: float = 1.5
) -> Float[Tensor, "polygons"]:
    r"""Share 1 among the polygons of every component by how alike the edges of each are.

    $$p = \mathrm{entmax}_\alpha\Big(\gamma \, \mathrm{standardize}_c\Big(-\frac{1}{2 |c|^2} \sum_{e, f \in c}
      \lVert z_e - z_f \rVert^2\Big)\Big)$$

    Half the mean square of the distances of pairs is the variance over the edges, which is what is computed.

    Args:
        complex_: a cell complex of rank 2.
        z: embeddings of the edges.
        sharpness: gamma.
        alpha: of the entmax.
    """
    sides = complex_.faces(2, 1).pattern
    at = z[sides.indices]
    apart = (at - segment(sides, at, "mean")[sides.rows]).square().sum(dim=1)
    count = complex_.sizes[2]
    owners = Pattern(complex_.offsets(2), torch.arange(count, device=z.device), (len(complex_), count))
    return entmax(owners, sharpness * standardize(owners, -segment(sides, apart, "mean")), alpha)


def through_shared(
    operator: Operator, weight: Float[Tensor, "shared"], shares: Float[Tensor, "nnz"] | None = None
) -> SparseMatrix:
    """Give each nonzero of a neighbourhood listed as triples the number of its shared cell, times `shares`."""
    assert operator.via is not None
    values = weight[operator.via]
    return SparseMatrix(operator.matrix.pattern, values if shares is None else shares * values)


class PolygonMessages(nn.Module):
    r"""Tell nodes, through their edges, what these hear of each other through the polygons that they share.

    $$h_e = \mathrm{relu}\Big(w_e \sum_{y \in e} h_y U\Big), \qquad
      m_e = \sum_{c \ni e, f} p_c \, \mathrm{softmax}_{(f, c)}\big(\mathrm{LeakyReLU}(a^T h_e + b^T h_f)\big) \, h_f V,
      \qquad m_x = \mathop{\mathrm{mean}}_{e \ni x} m_e$$

    Without polygons it is 0.

    Args:
        channels: in and out.
        slope: of the leaky rectifier.
    """

    def __init__(self, channels: int, slope: float = 0.2) -> None:
        super().__init__()
        self.up, self.value = (nn.Linear(channels, channels, bias=False) for _ in range(2))
        self.score, self.slope = nn.Linear(channels, 2, bias=False), slope

    def forward(self, complex_: Complex, h: Float[Tensor, "nodes channels"]) -> Float[Tensor, "nodes channels"]:
        """Give m of the nodes of a complex whose edges and polygons have a `weight`, w and p."""
        edges = torch.relu(complex_[1].weight[:, None] * self.up(pool_nodes(complex_, 1, h, "sum")))
        beside = complex_.resolve(upper(1).triples)
        pattern, (own, other) = beside.matrix.pattern, self.score(edges).unbind(dim=1)
        scores = nn.functional.leaky_relu(own[pattern.rows] + other[pattern.indices], self.slope)
        told = spmm(through_shared(beside, complex_[2].weight, softmax(pattern, scores)), self.value(edges))
        return aggregate(complex_.resolve(cofaces(0)).matrix.pattern, told, "mean")
