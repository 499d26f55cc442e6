"""How many threads a piece of work deserves.

Waking a thread and waiting for it costs microseconds on an idle machine, and a time slice of the scheduler on a busy
one. Small work is done sooner alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numba

_GRAIN = 2**15  # steps of some ten nanoseconds that make one more thread worth its wake


@contextmanager
def threads_for(steps: float) -> Iterator[int]:
    """Let numba use one thread per `_GRAIN` steps of work inside a `with` block, at most as many as it was given."""
    before = numba.get_num_threads()
    threads = int(min(before, max(1, steps // _GRAIN)))
    numba.set_num_threads(threads)
    try:
        yield threads
    finally:
        numba.set_num_threads(before)
