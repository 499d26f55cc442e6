"""Sums of rectified sums over the nonzeros of each row, and their adjoint, in numba."""

# mypy: disable-error-code="no-untyped-def"

from typing import Any

from numba import prange
from torch import Tensor

from cochain.kernels._numba_compile import Kernel, first_row
from cochain.kernels.sparse import Pattern

Read = tuple[Tensor | None, Tensor | None]


@Kernel
def _sum(indptr, places, own, other, thirds, third, threefold, out, zero, parts):
    """out[i] = sum over the nonzeros k of row i of max(0, own[i] + other[places[k]] + third[thirds[k]])."""
    channels = own.shape[1]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for c in range(channels):
                out[i, c] = zero
            for k in range(indptr[i], indptr[i + 1]):
                j = places[k]
                u = thirds[k] if threefold else 0
                for c in range(channels):
                    total = own[i, c] + other[j, c] + (third[u, c] if threefold else zero)
                    out[i, c] += zero if total <= zero else total  # NaN passes


@Kernel
def _adjoint(indptr, places, own, other, thirds, third, threefold, grad, inside, out, zero, parts):
    """out[i] = sum over the nonzeros k of row i where that sum is positive of grad[i], or of grad[places[k]]."""
    channels = own.shape[1]
    for part in prange(parts):
        for i in range(first_row(indptr, part, parts), first_row(indptr, part + 1, parts)):
            for c in range(channels):
                out[i, c] = zero
            for k in range(indptr[i], indptr[i + 1]):
                j = places[k]
                u = thirds[k] if threefold else 0
                g = i if inside else j
                for c in range(channels):
                    total = own[i, c] + other[j, c] + (third[u, c] if threefold else zero)
                    out[i, c] += zero if total <= zero else grad[g, c]


def _arrays(pattern: Pattern, own: Tensor, other: Read, third: Read) -> tuple[Any, ...]:
    beside, places = (each.detach().contiguous().numpy() for each in other if each is not None)
    given = own.detach().contiguous().numpy()
    threefold = third[0] is not None
    if threefold:
        numbers, thirds = (each.detach().contiguous().numpy() for each in third if each is not None)
    else:
        numbers, thirds = given[:0], places[:0]
    return pattern.arrays[0], places, given, beside, thirds, numbers, threefold


def rectified_sum(pattern: Pattern, own: Tensor, other: Read, third: Read) -> Tensor:
    """Sum over the nonzeros of each row; `other` and `third` are numbers and which of them each nonzero reads."""
    out = own.new_empty((pattern.shape[0], own.shape[1]))
    arrays = _arrays(pattern, own, other, third)
    _sum(3 * pattern.nnz * own.shape[1], *arrays, out.numpy(), arrays[2].dtype.type(0))
    return out


def rectified_adjoint(
    pattern: Pattern, own: Tensor, other: Read, third: Read, grad: Tensor, inside: bool = False
) -> Tensor:
    """Sum the gradients of the rows (`inside`), or of what each nonzero reads, where the sum is positive."""
    out = own.new_empty((pattern.shape[0], own.shape[1]))
    arrays = _arrays(pattern, own, other, third)
    given = grad.detach().contiguous().numpy()
    _adjoint(4 * pattern.nnz * own.shape[1], *arrays, given, inside, out.numpy(), arrays[2].dtype.type(0))
    return out
