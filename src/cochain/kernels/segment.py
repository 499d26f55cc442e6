"""Reductions over each row of what its nonzeros hold."""

from jaxtyping import Shaped
from torch import Tensor

from cochain.kernels.aggregate import reduce_rows
from cochain.kernels.function import check_rows
from cochain.kernels.sparse import Pattern


def segment(pattern: Pattern, values: Shaped[Tensor, "nnz ..."], reduce: str) -> Shaped[Tensor, "rows ..."]:
    r"""Reduce, for each row, what its nonzeros hold.

    $$y_i = \mathrm{reduce}_{k \in \mathrm{row}(i)} \; v_k$$

    Args:
        pattern: which nonzeros each row has.
        values: one row per nonzero.
        reduce: as in `aggregate`.

    Shape:
        values `(nnz, ...)` -> `(rows, ...)`.

    Raises:
        ShapeError: when `values` does not fit the pattern.
        UnknownNameError: when no reduction has this name.
    """
    check_rows("values", values, pattern.nnz, "nonzero of the pattern")
    return reduce_rows(pattern.membership, values, reduce)
