"""The few sparse primitives that everything else is made of.

`spmm` (A x), `sddmm` (a score per nonzero), `segment` and `aggregate` (reductions over a row), `softmax` over a row,
and `attention`, their fusion. All are differentiable in every floating argument and repeat bit for bit.
Each has a plain-torch reference, which is its specification, and a numba version on the CPU; `backend` forces one.
"""

from cochain.kernels.adjoint import adjoint, gram
from cochain.kernels.aggregate import aggregate
from cochain.kernels.attention import attention, dot_attention
from cochain.kernels.dispatch import backend
from cochain.kernels.index import gather_ranges, select_components
from cochain.kernels.sddmm import sddmm
from cochain.kernels.segment import segment
from cochain.kernels.softmax import softmax
from cochain.kernels.sparse import Pattern, SparseMatrix
from cochain.kernels.sparsity import dropout, matmul
from cochain.kernels.spmm import spmm

__all__ = [
    "Pattern",
    "SparseMatrix",
    "adjoint",
    "aggregate",
    "attention",
    "backend",
    "dot_attention",
    "dropout",
    "gather_ranges",
    "gram",
    "matmul",
    "sddmm",
    "segment",
    "select_components",
    "softmax",
    "spmm",
]
