"""A Laplacian as what it is made of: products of boundaries, which often have far fewer nonzeros than it has."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from jaxtyping import Shaped
from torch import Tensor

from cochain.complexes.neighborhood import Neighborhood
from cochain.kernels import SparseMatrix

if TYPE_CHECKING:
    from cochain.complexes.structure import Structure

WORTH = 2**14
"""Nonzeros below which a matrix is multiplied as it stands: one call costs less than two."""


@dataclass(frozen=True, eq=False, slots=True)
class Factors:
    r"""A square matrix as $\sum_i F_i G_i + \mathrm{diag}(d)$: the same product by a shorter way.

    Where many cells share a face, a Laplacian has a nonzero for every pair of them, and its boundaries only one for
    every cell: on a graph with hubs, $B_1^T B_1$ has thirteen times the nonzeros of $B_1$.

    Args:
        terms: the pairs $(F_i, G_i)$.
        diagonal: d, or None for 0.
    """

    terms: tuple[tuple[SparseMatrix, SparseMatrix], ...]
    diagonal: Tensor | None = None

    @property
    def cost(self) -> int:
        """Rows that a product reads and writes."""
        return sum(left.nnz + left.shape[0] + right.nnz + right.shape[0] for left, right in self.terms)

    @property
    def T(self) -> "Factors":  # noqa: N802 - the name that numpy, scipy and torch give it
        """The factors of the transpose."""
        return Factors(tuple((right.T, left.T) for left, right in self.terms), self.diagonal)

    def to(self, device: torch.device | str) -> "Factors":
        """Move to a device."""
        diagonal = None if self.diagonal is None else self.diagonal.to(device)
        return Factors(tuple((left.to(device), right.to(device)) for left, right in self.terms), diagonal)

    def __matmul__(self, x: Shaped[Tensor, "cells ..."]) -> Shaped[Tensor, "cells ..."]:
        (left, right), *others = self.terms
        total = left @ (right @ x)
        for left, right in others:
            total = total.add_(left @ (right @ x))
        if self.diagonal is None:
            return total
        return total.addcmul_(self.diagonal.to(x.dtype).reshape(-1, *[1] * (x.ndim - 1)), x)


def factors_of(structure: "Structure", symbol: Neighborhood, matrix: SparseMatrix) -> Factors | None:
    """Give the factors of a Laplacian that was written out, where products by them cost less than half; else None."""
    if symbol.kind != "laplacian" or symbol.exponent > 1 or symbol.inverted or matrix.nnz < WORTH:
        return None
    rank, sides = symbol.target, []
    if symbol.part in ("hodge", "down") and rank > 0:
        down = structure.faces(rank, rank - 1).astype(matrix.dtype)
        sides.append((down, down.T))
    if symbol.part in ("hodge", "up") and rank < structure.rank:
        up = structure.faces(rank + 1, rank).astype(matrix.dtype)
        sides.append((up.T, up))
    plain = Factors(tuple(sides))
    return _scaled(plain, symbol, matrix) if sides and 2 * plain.cost < matrix.nnz + matrix.shape[0] else None


def _scaled(plain: Factors, symbol: Neighborhood, matrix: SparseMatrix) -> Factors:
    """Scale rows and columns as the matrix was scaled, which its diagonal tells."""
    rows, values = matrix.pattern.rows, matrix.filled_values()
    before = torch.full((matrix.shape[0],), symbol.loop, dtype=values.dtype, device=values.device)
    for left, _ in plain.terms:  # the diagonal of F F^T
        before = before + left.with_values(left.filled_values().square()) @ values.new_ones(left.shape[1])
    on_diagonal = rows == matrix.pattern.indices
    own = torch.zeros_like(before)
    own[rows[on_diagonal].long()] = values[on_diagonal]
    share = torch.where(before > 0, own / before, 0)
    ones = torch.ones_like(share)
    sides = {"sym": (share.sqrt(), share.sqrt()), "column": (ones, share), None: (ones, ones)}
    above, beside = sides.get(symbol.scale, (share, ones))
    terms = tuple((_times(f, above[f.pattern.rows]), _times(g, beside[g.pattern.indices])) for f, g in plain.terms)
    return Factors(terms if symbol.scale else plain.terms, symbol.loop * above * beside if symbol.loop else None)


def _times(matrix: SparseMatrix, numbers: Tensor) -> SparseMatrix:
    """Multiply every nonzero by a number."""
    return matrix.with_values(matrix.filled_values() * numbers)
