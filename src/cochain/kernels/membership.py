"""Whether a matrix has a nonzero at given places."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from cochain.kernels.sparse import Pattern


def has_nonzero(
    pattern: Pattern, rows: Int[Tensor, "*places"], columns: Int[Tensor, "*places"]
) -> Bool[Tensor, "*places"]:
    """Say of each place (row, column) whether the pattern has a nonzero there, by bisection.

    Args:
        pattern: columns sorted within each row.
        rows: of the places, each within the shape of the pattern.
        columns: of the places.
    """
    width = max(pattern.shape[1], 1)
    keys = pattern.rows.long() * width + pattern.indices.long()
    asked = rows.long() * width + columns.long()
    if not len(keys):
        return torch.zeros_like(asked, dtype=torch.bool)
    return keys[torch.searchsorted(keys, asked).clamp(max=len(keys) - 1)] == asked
