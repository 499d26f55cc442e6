"""How much memory a run takes, and how much there is, as far as the machine tells."""

import sys
from collections.abc import Iterator
from pathlib import Path

import torch

from cochain.lift.memory import free_memory

ON_CPU = "resident memory of the whole process at its peak during the run: Python, torch and the data included"
ON_CUDA = "memory that torch held on the GPU at its peak during the run: data, weights and gradients"
SINCE_START = (
    "resident memory of the whole process at its peak since it began (this system cannot tell single runs apart)"
)


def watch_memory(device: torch.device) -> None:
    """Begin to watch for the peak."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    elif _resettable():
        Path("/proc/self/clear_refs").write_text("5")


def peak_memory_mb(device: torch.device) -> float:
    """Give the peak since `watch_memory`, in MB (10^6 bytes)."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 1e6
    if _resettable():
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6
    return _since_start()


def memory_meaning(device: torch.device) -> str:
    """Say what `peak_memory_mb` measures here."""
    if device.type == "cuda":
        return ON_CUDA
    return ON_CPU if _resettable() else SINCE_START


def _resettable() -> bool:
    """Whether Linux lets the process reset its peak."""
    try:
        with Path("/proc/self/clear_refs").open("w"):
            return Path("/proc/self/status").exists()
    except OSError:
        return False


def _since_start() -> float:
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def available_bytes(device: torch.device) -> int | None:
    """Give the memory that may still be taken: of the GPU, or of the machine and of the limits set to this process.

    None where the system does not tell.
    """
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    known = [each for each in (free_memory(), *_left_in_groups()) if each is not None]
    return min(known) if known else None


def _left_in_groups(root: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> Iterator[int]:
    """Give what is left under each limit of Linux's control groups, of either version, from this process's up."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, name = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        top = root / controllers
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
