"""Compile one Python function twice, serial and parallel, and choose between the two by the amount of work."""

import os
import threading
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba
import torch

from cochain.kernels.threads import launch

# Below this many multiply-adds the start of the threads costs more than it saves.
PARALLEL_WORK = 1 << 18
MOST_THREADS = int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]
# Sums may be reordered (vector registers need it) but infinities and NaN keep their meaning.
FAST_MATH = {"reassoc", "contract", "nsz", "arcp"}

# OpenMP, which torch uses too, starts its threads fastest and bears being called from several Python threads.
if "NUMBA_THREADING_LAYER_PRIORITY" not in os.environ:
    numba.config.THREADING_LAYER_PRIORITY = ["omp", "tbb", "workqueue"]  # type: ignore[attr-defined]


class _Threads:
    """Whether this process may start threads, and the lock that keeps launches apart (one layer aborts otherwise)."""

    def __init__(self) -> None:
        self.allowed = True
        self.lock = threading.Lock()

    def forbid(self) -> None:
        # OpenMP's threads do not survive a fork, and calling them in the child ends it.
        self.allowed = False


_threads = _Threads()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_threads.forbid)


def parts_for(work: int) -> int:
    """Choose in how many parts to split the rows: 1 for little work, else one per thread of torch."""
    if work < PARALLEL_WORK or not _threads.allowed:
        return 1
    return min(torch.get_num_threads(), MOST_THREADS)


def _variant(function: Callable[..., Any], parallel: bool) -> Callable[..., Any]:
    assert isinstance(function, FunctionType)
    name = f"{function.__name__}_{'parallel' if parallel else 'serial'}"
    # The cache on disk tells functions apart by their qualified name, not by their options.
    copy = FunctionType(function.__code__, function.__globals__, name, function.__defaults__, function.__closure__)
    copy.__qualname__, copy.__module__ = name, function.__module__
    options: dict[str, Any] = {"parallel": parallel, "nogil": True, "fastmath": FAST_MATH, "error_model": "numpy"}
    try:
        return numba.njit(copy, cache=True, **options)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written: compile in each process
        return numba.njit(copy, **options)


class Kernel:
    """A kernel whose last argument is the number of parts that its rows are split into.

    Each row is computed by one part alone, so the result does not depend on their number.
    """

    __slots__ = ("_parallel", "_serial")

    def __init__(self, function: Callable[..., Any]) -> None:
        self._serial = _variant(function, parallel=False)
        self._parallel = _variant(function, parallel=True)

    def __call__(self, work: int, *arguments: Any) -> Any:
        """Run on numpy arrays and numbers; `work` is about the number of multiply-adds."""
        parts = parts_for(work)
        if parts == 1:
            return self._serial(*arguments, 1)
        launch()
        with _threads.lock:
            return self._parallel(*arguments, parts)


def compile_serial(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that runs on one thread."""
    return _variant(function, parallel=False)


# Compiled into every kernel: after a change here, touch their files, or their caches on disk keep the old one.
@numba.njit
def first_row(indptr, part, parts):  # type: ignore[no-untyped-def]
    """Find the first row of a part, such that all parts have about as many rows and nonzeros together."""
    low, high = 0, len(indptr) - 1
    if part == parts:
        return high
    target = (indptr[high] + high) * part // parts
    while low < high:
        middle = (low + high) // 2
        if indptr[middle] + middle < target:
            low = middle + 1
        else:
            high = middle
    return low
