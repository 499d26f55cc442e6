"""The Laplacian of a sheaf, applied as two sparse products."""

from typing import TYPE_CHECKING

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.errors import ShapeError
from cochain.kernels import SparseMatrix, adjoint

if TYPE_CHECKING:
    import scipy.sparse


class SheafLaplacian:
    r"""The operator $S \delta^T \delta S$, symmetric and positive semidefinite, with $S = I$ or a block diagonal.

    `laplacian @ x` costs two products with the coboundary and never assembles the square; gradients flow to x, to the
    restriction maps and through S.

    Args:
        delta: the coboundary, blocks `(nonzeros, d, d)` or diagonals `(nonzeros, d)`.
        scale: S: None, `(cells, d, d)`, `(cells, d)` diagonals, or `(cells, 1)` numbers.
    Shape:
        x `(cells, d, channels)` -> `(cells, d, channels)`.
    """

    def __init__(self, delta: SparseMatrix, scale: Float[Tensor, "cells d ..."] | None = None) -> None:
        self.delta = delta
        self.scale = scale

    @property
    def d(self) -> int:
        """Dimension of the stalks."""
        values = self.delta.values
        assert values is not None
        return values.shape[1]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, counted in cells."""
        return self.delta.shape[1], self.delta.shape[1]

    def __matmul__(self, x: Float[Tensor, "cells ..."]) -> Float[Tensor, "cells d channels"]:
        if x.ndim != 3 or x.shape[:2] != (self.shape[0], self.d):
            raise ShapeError(
                f"x should be ({self.shape[0]}, {self.d}, channels): cells, dimension of the stalk, channels, "
                f"but has shape {tuple(x.shape)}"
            )
        return self._scaled(adjoint(self.delta, self.delta @ self._scaled(x)))

    def _scaled(self, x: Tensor) -> Tensor:
        if self.scale is None:
            return x
        return self.scale @ x if self.scale.ndim == 3 else self.scale[..., None] * x

    def to_dense(self) -> Float[Tensor, "rows columns"]:
        """Write out all entries, (cells * d, cells * d), stalk after stalk: for looking at small complexes."""
        size = self.shape[0] * self.d
        unit = torch.eye(size, dtype=self.delta.dtype, device=self.delta.device)
        return (self @ unit.view(self.shape[0], self.d, size)).view(size, size)

    def to_scipy(self) -> "scipy.sparse.csr_array":
        """Assemble as `scipy.sparse.csr_array`, (cells * d, cells * d), stalk after stalk, without gradient."""
        import scipy.sparse

        delta = as_blocks(self.delta).to_scipy()
        if self.scale is not None:
            scale = self.scale.detach().cpu()
            full = scale if scale.ndim == 3 else torch.diag_embed(scale.expand(-1, self.d))
            cells = range(self.shape[0] + 1)
            delta = delta @ scipy.sparse.bsr_array((full.numpy(), cells[:-1], cells), shape=(delta.shape[1],) * 2)
        return scipy.sparse.csr_array(delta.T @ delta)

    def __repr__(self) -> str:
        normal = "" if self.scale is None else "normalised, "
        return f"SheafLaplacian({self.shape[0]} cells, {normal}stalks R^{self.d})"


def as_blocks(matrix: SparseMatrix) -> SparseMatrix:
    """Write diagonal maps out as blocks, on the CPU and without gradient."""
    matrix = matrix.to("cpu")
    values = matrix.values
    assert values is not None
    values = values.detach()
    return matrix.with_values(torch.diag_embed(values) if values.ndim == 2 else values)
