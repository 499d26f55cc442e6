"""How much memory may still be taken."""

from collections.abc import Iterator
from pathlib import Path


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
