"""The process of one contestant: prepare, warm up, then work once for every line on stdin."""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.harness import module_of

WARM_UPS = 2


def resident_mb(what: str = "VmRSS") -> float:
    """Read resident memory, or its peak (VmHWM), from the kernel."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) / 1024
    return float("nan")


def forget_peak() -> None:
    """Let the kernel count the peak of resident memory from now on."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def numbers(answer: Any) -> Any:
    """Keep what can be compared: a number, or a list or small array of numbers."""
    if hasattr(answer, "detach"):
        answer = answer.detach()
    if hasattr(answer, "tolist"):
        answer = answer.tolist()
    if isinstance(answer, (int, float)):
        return float(answer)
    if isinstance(answer, (list, tuple)) and all(isinstance(one, (int, float)) for one in answer):
        return [float(one) for one in answer]
    return None


def trim() -> None:
    """Give freed memory back to the system, so that what stays resident is in use."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def prepare(order: str) -> tuple[Callable[[], object], Any, float]:
    """Import the topic, let the contestant prepare, and warm up.

    Returns:
        The work, what its first run answered, and the memory that stood before: what the work caches counts as its own.
    """
    topic, function, arguments, limit_gb = json.loads(order)
    if limit_gb is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (int(limit_gb * 2**30),) * 2)
    work: Callable[[], object] = getattr(importlib.import_module(module_of(topic)), function)(**arguments)
    if "cochain" in sys.modules:  # which loads its compiler late; peers load theirs when they are imported
        importlib.import_module("cochain.kernels._numba_spmm")
    trim()
    before = resident_mb()
    start = time.perf_counter()
    answer = numbers(work())
    # What takes long needs no more warming, and its rounds are long enough as they are.
    for _ in range(WARM_UPS - 1):
        if time.perf_counter() - start < 2.0:
            work()
    return work, answer, before


def main() -> None:
    """Obey stdin; everything that libraries print goes to stderr."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(**what: Any) -> None:
        out.write(json.dumps(what) + "\n")
        out.flush()

    start = time.perf_counter()
    try:
        work, answer, before = prepare(sys.argv[1])
    except ImportError as error:
        return say(failure=f"not installed: {error}")
    except Exception as error:  # noqa: BLE001 - a peer may fail in any way, and the table says how
        return say(failure=failure(error))
    say(prepare=time.perf_counter() - start, answer=answer)
    for line in sys.stdin:
        gc.collect()
        weighed = line.strip() == "memory"
        if weighed:  # apart from the timed runs: a training loop does not hand its memory back between steps
            trim()
            forget_peak()
        start = time.perf_counter()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - as above
            return say(failure=failure(error))
        seconds, peak = time.perf_counter() - start, resident_mb("VmHWM")
        say(**({"memory": peak - before, "peak": peak} if weighed else {"seconds": seconds}))
    return None


def failure(error: Exception) -> str:
    """Say in one line what happened."""
    text = " ".join(str(error).split())
    if isinstance(error, MemoryError) or "can't allocate memory" in text or "not enough memory" in text:
        return "out of memory"
    return f"{type(error).__name__}: {text}"[:200]


if __name__ == "__main__":
    main()
