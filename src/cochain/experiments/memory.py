"""How much memory a run takes, and how much there is, as far as the machine tells."""

import sys
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
    return free_memory()
