"""How many cells a lift may make, and what it says instead of making more."""

from collections.abc import Iterator
from contextlib import contextmanager

from cochain.errors import ComplexError
from cochain.kernels.limits import LimitError

# Cells of one rank (for `khop`, memberships) that a lift makes unless told otherwise. Each costs from 12 to 60 bytes,
# so this many fit a workstation; more usually mean a radius too large or a graph too dense.
MAX_CELLS = 100_000_000


@contextmanager
def guarded(things: str, remedy: str) -> Iterator[None]:
    """Turn the refusal of an enumeration into a `ComplexError`.

    Args:
        things: what is counted; `{rank}` stands for one less than the vertices of each.
        remedy: what the user can do besides raising `max_cells`.
    """
    try:
        yield
    except LimitError as refusal:
        about = "" if refusal.exact else "at least "
        raise ComplexError(
            f"the lift should make at most max_cells = {refusal.limit} {things.format(rank=refusal.size - 1)}, "
            f"but would make {about}{refusal.count}; {remedy}, or raise max_cells if the memory is there"
        ) from None
