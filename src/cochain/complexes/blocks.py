"""Functions of many small symmetric matrices at once, with gradients that stay finite at equal eigenvalues."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable


def inverse_root(blocks: Float[Tensor, "cells d d"]) -> Float[Tensor, "cells d d"]:
    r"""Give the inverse square root of every symmetric positive semidefinite block.

    $$A = Q \Lambda Q^T \mapsto Q \Lambda^{-1/2} Q^T, \qquad
      \partial L / \partial A = Q \big(K \circ (Q^T G Q)\big) Q^T, \qquad
      K_{ij} = \frac{-1}{\sqrt{\lambda_i} \sqrt{\lambda_j} (\sqrt{\lambda_i} + \sqrt{\lambda_j})}$$

    K holds the divided differences of $\lambda^{-1/2}$, with the difference of eigenvalues cancelled by hand: equal
    eigenvalues divide by nothing, where the gradient of an eigendecomposition would be infinite. Eigenvalues below
    $d \, \epsilon$ times the largest count as zero and stay zero (the pseudo-inverse, so a zero block gives zero); the
    gradient is then the one along blocks of the same rank, since across ranks the function jumps.

    Args:
        blocks: of which the symmetric parts are taken.
    Shape:
        `(cells, d, d)` -> `(cells, d, d)`.
    Cost:
        one eigendecomposition per block, $O(n d^3)$.
    """
    return _InverseRoot.apply((blocks + blocks.mT) / 2)  # type: ignore[no-untyped-call, no-any-return]


def inverse_root_of_numbers(x: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """Give x^-1/2 entry by entry, 0 with gradient 0 where x is 0: `inverse_root` of diagonal blocks."""
    positive = x > 0
    return torch.where(positive, torch.where(positive, x, 1.0).rsqrt(), 0.0)


def orthogonal(numbers: Float[Tensor, "blocks free"], d: int) -> Float[Tensor, "blocks d d"]:
    r"""Multiply d - 1 Householder reflections $I - 2 v v^T / \lVert v \rVert^2$ into an orthogonal matrix.

    The k-th vector has a 1 at place k, zeros above and free numbers below: d (d - 1) / 2 of them for a matrix. A vector
    never vanishes, so neither do gradients blow up.

    Shape:
        `(blocks, d (d - 1) / 2)` -> `(blocks, d, d)`, of determinant $(-1)^{d-1}$.
    """
    rows, columns = torch.tril_indices(d, d, -1, device=numbers.device)
    blocks = torch.arange(len(numbers), device=numbers.device)[:, None]
    vectors = torch.eye(d, dtype=numbers.dtype, device=numbers.device).repeat(len(numbers), 1, 1)
    vectors = vectors.index_put((blocks, rows, columns), numbers)
    product: Tensor = torch.linalg.householder_product(vectors, 2 / vectors[..., :-1].square().sum(dim=1))
    return product


class _InverseRoot(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, blocks: Tensor) -> Tensor:
        values, vectors = torch.linalg.eigh(blocks)
        smallest = blocks.shape[-1] * torch.finfo(blocks.dtype).eps * values[..., -1:]
        positive = values > smallest.clamp(min=0)
        roots = torch.where(positive, values, 1.0).sqrt()
        ctx.save_for_backward(vectors, roots, positive)
        out: Tensor = (vectors * torch.where(positive, 1 / roots, 0.0)[..., None, :]) @ vectors.mT
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        vectors, roots, positive = ctx.saved_tensors
        a, b = roots[..., :, None], roots[..., None, :]
        both, one = positive[..., :, None] & positive[..., None, :], positive[..., :, None] ^ positive[..., None, :]
        differences = torch.where(both, -1 / (a * b * (a + b)), 0.0)
        # An eigenvalue r^2 and a zero that stays zero have the difference (1/r - 0) / (r^2 - 0); the other root is 1.
        differences = torch.where(one, (a * b) ** -3, differences)
        inner: Tensor = differences * (vectors.mT @ grad @ vectors)
        return vectors @ inner @ vectors.mT  # type: ignore[no-any-return]
