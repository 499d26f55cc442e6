"""Cells of several ranks put on one rank of another complex, component by component."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.structure import offsets_of
from cochain.errors import ParityError, ShapeError
from cochain.lift.skeleton import Index


def stacked_order(c: Complex, ranks: Sequence[int]) -> tuple[Index, Tensor, Index]:
    """Order the cells of some ranks by component, then rank, then number.

    Returns:
        The order (place k holds cell order[k] of the ranks one behind the other), the offsets of the components, and
        the rank of each place.
    """
    component = np.concatenate([c.component_of(rank).cpu().numpy() for rank in ranks])
    rank_of = np.repeat(np.array(ranks), [c.sizes[rank] for rank in ranks])
    order = np.argsort(component, kind="stable")
    return order, offsets_of(np.bincount(component, minlength=len(c))), rank_of[order]


def with_stacked_x(c: Complex, lifted: Complex, place: int, ranks: Sequence[int], order: Index, lift: str) -> Complex:
    """Put the `x` of some ranks of `c` on one rank of the lifted complex, where all of them have it.

    Raises:
        ParityError: when one of them is odd.
        ShapeError: when they differ in channels.
    """
    if not all("x" in c[rank] for rank in ranks):
        return lifted
    odd = [rank for rank in ranks if c.is_odd(rank)]
    if odd:
        raise ParityError(
            f"'x' on rank {odd[0]} should be even, because {lift} puts it on cells that have no orientation, but it is "
            "odd; take its absolute value, or take it off with without_cochain"
        )
    parts = [c[rank].x for rank in ranks]
    shapes = {rank: tuple(part.shape[1:]) for rank, part in zip(ranks, parts, strict=True)}
    if len(set(shapes.values())) > 1:
        raise ShapeError(
            f"'x' should have one number of channels on all ranks, because {lift} puts them on one, but has {shapes}; "
            "take it off the ranks above, and it is made from that of the nodes"
        )
    x = torch.cat([part.to(torch.promote_types(part.dtype, parts[0].dtype)) for part in parts])
    return lifted.with_cochain(place, "x", x[torch.from_numpy(order).to(x.device)])
