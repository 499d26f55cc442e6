"""How many cells a lift may make, and what it says instead of making more."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cochain.complexes.arrays import as_whole_number
from cochain.errors import ComplexError
from cochain.kernels.limits import LimitError

# Cells of one rank (for `khop`, memberships) that a lift makes unless told otherwise. Each costs from 12 to 60 bytes,
# so this many fit a workstation; more usually mean a radius too large or a graph too dense.
MAX_CELLS = 100_000_000


def free_memory() -> int | None:
    """Give the bytes that may still be taken, of the machine and under the limits set to this process.

    None where the system does not tell.
    """
    known = [*_free_of_machine(), *left_in_groups()]
    return min(known) if known else None


def _free_of_machine() -> list[int]:
    """Give what new allocations may take before Linux swaps."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return []
    return [1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")]


def left_in_groups(root: str | Path = "/sys/fs/cgroup", own: str | Path = "/proc/self/cgroup") -> Iterator[int]:
    """Give what is left under each limit of Linux's control groups, of either version, from this process's up."""
    try:
        lines = Path(own).read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, name = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        top = Path(root) / controllers
        files = ("memory.limit_in_bytes", "memory.usage_in_bytes") if controllers else ("memory.max", "memory.current")
        folder = top / name.lstrip("/")
        for each in (folder, *folder.parents):
            try:
                limit, used = (int((each / file).read_text()) for file in files)
            except (OSError, ValueError):  # no limit here: the file is missing, or says "max"
                pass
            else:
                yield max(0, limit - used + _given_back(each))
            if each == top:
                break


def _given_back(folder: Path) -> int:
    """Give the bytes of files in memory, which count as used but are given back when memory is wanted."""
    try:
        words = [line.split() for line in (folder / "memory.stat").read_text().splitlines()]
    except OSError:
        return 0
    return next((int(value) for name, value in words if name in ("total_inactive_file", "inactive_file")), 0)


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
