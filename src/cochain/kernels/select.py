"""Some blocks of what is block diagonal: where they begin, their rows, their nonzeros.

The offsets of several groups of cells, here the ranks of a complex, stand in one array, a row for each; a block has a
range in every group.
"""

import torch
from jaxtyping import Int, Shaped
from torch import Tensor

from cochain.errors import ShapeError
from cochain.kernels.dispatch import raw_kernels
from cochain.kernels.index import gather_ranges, select_components
from cochain.kernels.sparse import Pattern


def block_offsets(offsets: Int[Tensor, "groups bounds"], ids: Int[Tensor, "chosen"]) -> Int[Tensor, "groups places"]:
    """Give where chosen blocks begin in the union of them, in every group, and last where they end.

    Args:
        offsets: where each block begins, the total at the end, int64.
        ids: which blocks, in any order, repeats allowed, int64.

    Raises:
        ShapeError: when an id names no block.
    """
    raw = raw_kernels("select", offsets, ids)
    if raw is not None:
        found: Tensor | None = raw.block_offsets(offsets, ids)
        if found is not None:
            return found
    wrong = (ids < 0) | (ids >= offsets.shape[1] - 1)
    if bool(wrong.any()):
        raise ShapeError(f"ids should lie in 0..{offsets.shape[1] - 2}, but one is {int(ids[wrong][0])}")
    out = offsets.new_zeros(len(offsets), len(ids) + 1)
    torch.cumsum(offsets[:, ids + 1] - offsets[:, ids], 1, out=out[:, 1:])
    return out


def take_ranges(
    x: Shaped[Tensor, "items ..."], offsets: Int[Tensor, "bounds"], ids: Int[Tensor, "chosen"], total: int
) -> Shaped[Tensor, "taken ..."]:
    """Copy the rows of `x` in some ranges, range after range; for tensors that carry no gradient.

    Args:
        x: one row per item.
        offsets: where each range begins, the total at the end, int64.
        ids: which ranges, in any order, repeats allowed, int64.
        total: how many rows they hold.
    """
    raw = raw_kernels("select", offsets, ids)
    if raw is not None and x.device.type == "cpu":
        taken: Tensor = raw.take_ranges(x, offsets, ids, total)
        return taken
    return x.detach().index_select(0, gather_ranges(offsets, ids)[0])


def cut_blocks(
    pattern: Pattern,
    via: Int[Tensor, "nnz"] | None,
    offsets: Int[Tensor, "groups bounds"],
    ids: Int[Tensor, "chosen"],
    chosen: Int[Tensor, "groups places"],
    groups: tuple[int, int, int],
) -> tuple[Pattern, Int[Tensor, "kept"] | None]:
    """Restrict a block-diagonal pattern to some of its blocks, and the cell that each nonzero passes with it.

    Args:
        pattern: the blocks.
        via: for each nonzero a cell of the same block, or None.
        offsets: where each block begins in every group.
        ids: which blocks.
        chosen: `block_offsets(offsets, ids)`.
        groups: those of the rows, the columns and the passed cells.

    Returns:
        The pattern of the chosen blocks, and their passed cells.
    """
    raw = raw_kernels("select", pattern.indices, ids)
    row, column, passed = groups
    if raw is not None:
        indptr, indices, kept, shape = raw.cut_blocks(pattern.arrays, via, offsets, ids, chosen, groups)
        return Pattern(indptr, indices, shape), kept
    part, nonzeros = select_components(pattern, offsets[row], offsets[column], ids)
    if via is None:
        return part, None
    shift = chosen[passed, :-1] - offsets[passed, ids]
    ends = part.indptr.long()[chosen[row]]
    return part, via[nonzeros] + torch.repeat_interleave(shift, ends.diff()).to(via.dtype)
