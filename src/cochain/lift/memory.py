"""How many cells a lift may make, and what it says instead of making more."""

from collections.abc import Iterator
from contextlib import contextmanager

from cochain.complexes.arrays import as_whole_number
from cochain.errors import ComplexError
from cochain.kernels.limits import LimitError
from cochain.kernels.memory import free_memory as free_memory
from cochain.kernels.memory import left_in_groups as left_in_groups

# Cells of one rank (for `khop`, memberships) that a lift makes unless told otherwise. Each costs from 12 to 60 bytes,
# so this many fit a workstation; more usually mean a radius too large or a graph too dense.
MAX_CELLS = 100_000_000


@contextmanager
def guarded(things: str, remedy: str, max_cells: int, bytes_each: int) -> Iterator[int]:
    """Give the limit of an enumeration, and turn its refusal into a `ComplexError`.

    The limit is `max_cells`, or what the free memory holds, where that is less.

    Args:
        things: what is counted; `{rank}` stands for one less than the vertices of each.
        remedy: what the user can do besides raising `max_cells`.
        max_cells: things that the user allows.
        bytes_each: memory that each takes while the lift runs, by which an estimate is made before any is taken.
    """
    if as_whole_number(max_cells, "max_cells") < 0:
        raise ComplexError(f"max_cells should be at least 0, but is {max_cells}")
    free = free_memory()
    fits = max_cells if free is None else free // bytes_each
    try:
        yield min(max_cells, fits)
    except LimitError as refusal:
        would = f"but would make {'' if refusal.exact else 'at least '}{refusal.count}; {remedy}"
        named = things.format(rank=refusal.size - 1)
        if fits < max_cells:
            raise ComplexError(
                f"the lift should make at most {fits} {named}, which fill the {(free or 0) / 1e9:.1f} GB of memory "
                f"that are free, {would}"
            ) from None
        raise ComplexError(
            f"the lift should make at most max_cells = {refusal.limit} {named}, {would}, "
            "or raise max_cells if the memory is there"
        ) from None
