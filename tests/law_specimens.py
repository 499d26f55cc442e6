"""One small, irregular complex per domain, with the features that a model of the catalog reads."""

from collections.abc import Sequence

import torch

import cochain as cc
from cochain.catalog import Entry

TRIANGLES = [(0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 5), (5, 6, 7), (6, 7, 8), (8, 9)]
EDGES = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (4, 6), (6, 7), (8, 9)]
SETS = [[0, 1, 2], [2, 3], [3, 4, 5, 6], [1, 6, 7], [7], [8, 9], [0, 1, 2]]
RANKED = {
    1: [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [0, 2], [5, 6], [7, 8]],
    2: [[0, 1, 2], [2, 3, 4], [3, 4, 5, 6], [0, 1, 2, 3]],
}
# Node 10 is isolated, and the last one.
NODES = 11


def structure(domain: str) -> cc.Complex:
    """One component of the domain: irregular, with an isolated node at the end."""
    if domain == "points":
        return cc.Complex.points(torch.rand(NODES, 3))
    if domain in ("graph", "digraph"):
        return getattr(cc.Complex, domain)(EDGES, NODES)
    if domain == "hypergraph":
        return cc.Complex.hypergraph(SETS, NODES)
    if domain == "simplicial":
        return cc.Complex.simplicial(TRIANGLES, NODES)
    if domain == "cell":
        return cc.Complex.cell([(0, 1, 2, 3), (2, 3, 4), (4, 5, 6, 7, 3)], [(7, 8), (8, 9), (0, 2)], NODES)
    return cc.Complex.combinatorial({0: NODES, **RANKED})


def specimen(domain: str, ranks: Sequence[int], odd: Sequence[int] = (), channels: int = 3) -> cc.Complex:
    """A complex of the domain with random `x` on some ranks, odd on some of them."""
    c = structure(domain)
    for rank in ranks:
        x = torch.randn(c.sizes[rank], channels, generator=torch.Generator().manual_seed(rank))
        c = c.with_cochain(rank, "x", x, odd=rank in odd)
    return c


def domain_of(entry: Entry) -> str:
    """The domain on which the laws run: the one that a model was published for, or the first that it runs on."""
    return entry.domain if entry.domain in entry.domains else entry.domains[0]
