"""How many threads a piece of work deserves.

Waking a thread and waiting for it costs microseconds on an idle machine, and a time slice of the scheduler on a busy
one. Small work is done sooner alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numba
import torch

_GRAIN = 2**15  # steps of some ten nanoseconds that make one more thread worth its wake


@contextmanager
def threads_for(steps: float) -> Iterator[int]:
    """Let numba use one thread per `_GRAIN` steps inside a `with` block, at most as many as it and torch were given."""
    launch()
    before = numba.get_num_threads()
    threads = int(min(before, torch.get_num_threads(), max(1, steps // _GRAIN)))
    numba.set_num_threads(threads)
    try:
        yield threads
    finally:
        numba.set_num_threads(before)


def launch() -> None:
    """Let numba start its threads, which it does once, and give torch back the number of threads it had.

    Both take their threads from one OpenMP, where numba writes the number of cores over what torch was told.
    """
    before = torch.get_num_threads()
    numba.get_num_threads()
    if torch.get_num_threads() != before:
        torch.set_num_threads(before)
