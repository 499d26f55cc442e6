"""Sparse matrices to and from scipy, torch sparse tensors and dense tensors."""

import warnings
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor

from cochain.errors import ShapeError

if TYPE_CHECKING:
    from cochain.kernels.sparse import SparseMatrix


def read_scipy(matrix: Any) -> tuple[Tensor, Tensor, Tensor, tuple[int, int]]:
    """Read a scipy sparse matrix: indptr, indices, values and shape, sorted within rows, nothing summed."""
    blocks = getattr(matrix, "format", None) == "bsr"
    compressed = matrix.copy() if blocks else matrix.tocsr(copy=True)
    compressed.sort_indices()
    rows, columns = compressed.shape
    values = torch.from_numpy(compressed.data)
    if blocks:
        rows, columns = rows // values.shape[1], columns // values.shape[2]
    return torch.from_numpy(compressed.indptr), torch.from_numpy(compressed.indices), values, (int(rows), int(columns))


def to_scipy(matrix: "SparseMatrix") -> Any:
    """Convert to a scipy csr matrix, or bsr for blocks."""
    import scipy.sparse

    values = matrix.filled_values().detach().cpu()
    if values.ndim == 2:
        raise ShapeError(
            f"a matrix for scipy should hold one number or one block per nonzero, but holds {values.shape[1]} heads; "
            "convert one head at a time: matrix.with_values(matrix.values[:, 0])"
        )
    parts = values.numpy(), matrix.pattern.indices.cpu().numpy(), matrix.pattern.indptr.cpu().numpy()
    if values.ndim == 1:
        return scipy.sparse.csr_array(parts, shape=matrix.shape)
    height, width = values.shape[1:]
    shape = matrix.shape[0] * height, matrix.shape[1] * width
    if values.numel() == 0:  # scipy refuses blocks without an extent, and indices without blocks
        return scipy.sparse.csr_array(shape, dtype=parts[0].dtype)
    return scipy.sparse.bsr_matrix(parts, shape=shape)


def to_torch(matrix: "SparseMatrix", layout: Literal["csr", "coo"]) -> Tensor:
    """Convert to a coalesced torch sparse tensor; blocks are written out, heads become a dense last dimension."""
    rows, columns = matrix.pattern.rows.long(), matrix.pattern.indices.long()
    values, shape = matrix.filled_values(), matrix.shape
    if values.ndim == 3:
        height, width = values.shape[1:]
        inner = torch.arange(height * width, device=matrix.device)
        rows = (rows[:, None] * height + inner // max(width, 1)).flatten()
        columns = (columns[:, None] * width + inner % max(width, 1)).flatten()
        values, shape = values.flatten(), (shape[0] * height, shape[1] * width)
    size = (*shape, *values.shape[1:])
    tensor = torch.sparse_coo_tensor(torch.stack([rows, columns]), values, size, check_invariants=False).coalesce()
    if layout == "coo":
        return tensor
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")
        bounds = torch.zeros(shape[0] + 1, dtype=torch.int64, device=matrix.device)
        torch.cumsum(torch.bincount(tensor.indices()[0], minlength=shape[0]), 0, out=bounds[1:])
        return torch.sparse_csr_tensor(bounds, tensor.indices()[1], tensor.values(), size, check_invariants=False)


def to_dense(matrix: "SparseMatrix") -> Tensor:
    """Write out every entry."""
    rows, columns = matrix.shape
    values = matrix.filled_values()
    places = matrix.pattern.rows.long() * columns + matrix.pattern.indices.long()
    dense = values.new_zeros((rows * columns, *values.shape[1:])).index_add(0, places, values)
    dense = dense.reshape(rows, columns, *values.shape[1:])
    if values.ndim == 3:
        height, width = values.shape[1:]
        dense = dense.permute(0, 2, 1, 3).reshape(rows * height, columns * width)
    return dense
