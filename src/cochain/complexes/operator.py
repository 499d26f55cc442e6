"""A sparse operator between the cells of two ranks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.factors import Factors
from cochain.errors import ShapeError
from cochain.kernels import SparseMatrix

if TYPE_CHECKING:
    import scipy.sparse


@dataclass(frozen=True, eq=False, slots=True)
class Operator:
    """A sparse matrix that knows its ranks: rows are cells of rank `target`, columns cells of rank `source`.

    Args:
        matrix: the nonzeros.
        target: rank of the rows.
        source: rank of the columns.
        via: for neighbourhoods listed as triples, the cell of rank `via_rank` that each nonzero passes, else None.
        via_rank: its rank.
        identity: whether it is the identity, so that a product costs nothing.
        factors: matrices whose product it is, where that way is shorter.
    """

    matrix: SparseMatrix
    target: int
    source: int
    via: Tensor | None = None
    via_rank: int | None = None
    identity: bool = False
    factors: Factors | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, counted in cells."""
        return self.matrix.shape

    @property
    def nnz(self) -> int:
        """Number of nonzeros."""
        return self.matrix.nnz

    @property
    def T(self) -> "Operator":
        """The transposed operator (without `via`, whose order belongs to the rows)."""
        factors = None if self.factors is None else self.factors.T
        return Operator(self.matrix.T, self.source, self.target, identity=self.identity, factors=factors)

    def to_scipy(self) -> "scipy.sparse.csr_array":
        """Copy to `scipy.sparse.csr_array`."""
        return self.matrix.to_scipy()

    def to_torch(self) -> Tensor:
        """Give a `torch.sparse_csr` tensor."""
        return self.matrix.to_torch()

    def to_dense(self) -> Tensor:
        """Give a dense tensor: for looking at small complexes."""
        return self.matrix.to_dense()

    def __matmul__(self, x: Tensor) -> Tensor:
        if not isinstance(x, Tensor):
            raise ShapeError(f"x should be a tensor, but is a {type(x).__name__}; wrap it in torch.as_tensor")
        if not (x.is_floating_point() or x.is_complex()):
            x = x.to(self.matrix.dtype)
        if self.identity and x.shape[:1] == self.shape[1:]:
            return x
        if self.factors is not None and x.shape[:1] == self.shape[1:]:
            return self.factors @ x
        return self.matrix @ x

    def to(self, device: torch.device | str) -> "Operator":
        """Move to a device."""
        via = None if self.via is None else self.via.to(device)
        factors = None if self.factors is None else self.factors.to(device)
        return Operator(self.matrix.to(device), self.target, self.source, via, self.via_rank, self.identity, factors)

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.to_dense().numpy(), dtype=dtype)

    def __repr__(self) -> str:
        rows, columns = self.shape
        return f"Operator({rows} cells of rank {self.target} x {columns} of rank {self.source}, {self.nnz} nonzeros)"
