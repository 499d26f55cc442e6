"""A maximal matching of a graph, edge by edge in a given order.

This module imports numba; import it where it is used.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Index = npt.NDArray[np.integer[Any]]


@numba.njit(cache=True, nogil=True)
def greedy_matching(ends: Index, order: Index, nodes: int) -> npt.NDArray[np.bool_]:
    """Take every edge, in an order, whose two ends are still free.

    Args:
        ends: `(edges, 2)`.
        order: the edges in the order in which they are offered.
        nodes: how many there are.

    Returns:
        Whether each edge is taken. No edge is left whose two ends are both free.
    """
    taken = np.zeros(len(ends), np.bool_)
    matched = np.zeros(nodes, np.bool_)
    for k in range(len(order)):
        one, other = ends[order[k], 0], ends[order[k], 1]
        if not matched[one] and not matched[other]:
            matched[one] = True
            matched[other] = True
            taken[order[k]] = True
    return taken
