"""What attention needs beside the other kernels, in numba: the additive score of every nonzero."""

# mypy: disable-error-code="no-untyped-def"

from numba import prange
from torch import Tensor

from cochain.kernels._numba_compile import Kernel, first_row

# The autograd function of attention finds all its kernels in this one module.
from cochain.kernels._numba_softmax import softmax as softmax
from cochain.kernels._numba_softmax import softmax_adjoint as softmax_adjoint
from cochain.kernels._numba_spmm import inner as inner
from cochain.kernels._numba_spmm import multiply as multiply
from cochain.kernels.sparse import Pattern


@Kernel
def _add(indptr, indices, left, right, out, parts):
    """out[k, h] = left[row of k, h] + right[column of k, h]."""
    heads = left.shape[1]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                for h in range(heads):
                    out[k, h] = left[i, h] + right[j, h]


def add(pattern: Pattern, left: Tensor, right: Tensor) -> Tensor:
    """Add (rows, H) and (columns, H) at the nonzeros: (nnz, H)."""
    out = left.new_empty((pattern.nnz, left.shape[1]))
    sides = left.detach().contiguous().numpy(), right.detach().contiguous().numpy()
    _add(pattern.nnz * left.shape[1], *pattern.arrays, *sides, out.numpy())
    return out
