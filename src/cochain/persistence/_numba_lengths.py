"""Lengths of edges between points, and what their gradients pull the points by. Imported on first use only.

The sums run in float64 and are rounded once, which keeps the order of lengths.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from cochain.kernels._numba_compile import compile_serial
from cochain.persistence._numba_prim import squared_length


@compile_serial
def measure(points, ends, lengths):
    """Write the length of every edge."""
    for e in range(len(ends)):
        lengths[e] = np.sqrt(squared_length(points[ends[e, 0]], points[ends[e, 1]]))


@compile_serial
def pull(points, ends, lengths, slopes, gradient):
    """Add to the gradient of the points what each edge pulls: its slope along it; edges of length 0 pull at nothing."""
    for e in range(len(ends)):
        if lengths[e] > 0:
            a, b = ends[e, 0], ends[e, 1]
            share = slopes[e] / lengths[e]
            for k in range(points.shape[1]):
                step = share * (points[a, k] - points[b, k])
                gradient[a, k] += step
                gradient[b, k] -= step
