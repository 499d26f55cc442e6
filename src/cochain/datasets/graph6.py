"""Graphs in the graph6 format of B. McKay: one line of printable characters per graph, read many at a time."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cochain.datasets.damage import require

SHORT = 62  # up to so many nodes, one character gives their number; else 126 and three characters


class Union(NamedTuple):
    """Graphs one after the other: nodes of each, int64 (graphs,), and edges (2, m) numbered over all of them."""

    counts: np.ndarray
    edges: np.ndarray


def parse_graph6(lines: Sequence[bytes], name: str) -> Union:
    r"""Read graphs, one per line.

    A character of code c holds the six bits of c - 63, the highest first. After the number n of nodes come the bits
    $a_{01}, a_{02}, a_{12}, a_{03}, \dots$ of the adjacency matrix, column by column above its diagonal.

    Args:
        lines: the graphs, without line ends.
        name: how messages call the file.

    Raises:
        DataError: for a character that does not belong, or a line of another length than its number of nodes asks for.
    """
    lines = [line.removeprefix(b">>graph6<<") for line in lines]
    lengths = np.array([len(line) for line in lines], dtype=np.int64)
    counts = np.zeros(len(lines), dtype=np.int64)
    parts, owners = [np.zeros((2, 0), dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for length in np.unique(lengths):  # lines of one length are one array
        places = np.flatnonzero(lengths == length)
        codes = np.frombuffer(b"".join(lines[k] for k in places), dtype=np.uint8).reshape(-1, length).astype(np.int64)
        require(length > 0 and codes.min() >= 63 and codes.max() <= 126, name, "graphs in graph6", "has other lines")
        counts[places], edges, row = _decode(codes - 63, name)
        parts.append(edges)
        owners.append(places[row])
    owner = np.concatenate(owners)
    first = np.cumsum(counts) - counts
    return Union(counts, np.concatenate(parts, axis=1) + first[owner])


def _decode(values: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Decode rows of one length: their numbers of nodes, their edges (2, m), and the row of each edge."""
    wide = values[:, 0] == SHORT + 1
    require(bool((wide == wide[0]).all()) and (not wide[0] or values.shape[1] > 4), name, "whole lines", "has not")
    head = 4 if wide[0] else 1
    nodes = values[:, 1:4] @ np.array([4096, 64, 1]) if wide[0] else values[:, 0]
    room = 6 * (values.shape[1] - head)
    pairs = nodes * (nodes - 1) // 2
    require(bool(((pairs <= room) & (room < pairs + 6)).all()), name, "lines as long as their nodes ask for", "has not")
    bits = (values[:, head:, None] >> np.arange(5, -1, -1)) & 1
    row, place = np.nonzero(bits.reshape(len(values), -1))
    require(bool((place < pairs[row]).all()), name, "zeros after the last pair of nodes", "has not")
    high, low = np.tril_indices(int(nodes.max()), -1)  # in the order of the bits: (1, 0), (2, 0), (2, 1), ...
    return nodes, np.stack([low[place], high[place]]), row
