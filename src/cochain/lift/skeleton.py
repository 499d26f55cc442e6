"""The nodes and edges of a complex as the sorted arrays that the enumerations read."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cochain.complexes import Complex
from cochain.errors import ComplexError
from cochain.lift.attributes import check_complex

Index = npt.NDArray[np.integer[Any]]
Signs = npt.NDArray[np.int8]


class Skeleton(NamedTuple):
    """Edges in lexicographic order, and how the complex itself numbers and orients them.

    Attributes:
        offsets: `(components + 1,)`, where the nodes of each component begin.
        indptr: `(nodes + 1,)`, where the edges of each smaller end begin.
        low: smaller end of each edge.
        high: larger end of each edge.
        number: the number that the complex gives each edge; None where it is this very order.
        sign: 1 where the complex orients an edge from low to high, else -1; None where all are 1.
    """

    offsets: Index
    indptr: Index
    low: Index
    high: Index
    number: Index | None
    sign: Signs | None

    def on_edges(self, edges: Index, signs: Signs) -> tuple[Index, Signs]:
        """Translate rows of edges in lexicographic order, with signs, to the complex's own numbers and orientations."""
        if self.sign is not None:
            signs = signs * self.sign[edges]
        return (edges, signs) if self.number is None else (self.number[edges], signs)


def skeleton(c: Complex, lift: str) -> Skeleton:
    """Read the edges of a graph, or of a complex that has nodes and edges alone.

    Raises:
        ComplexError: when the complex is of another kind, or has tensors on ranks that the lift would replace.
    """
    check_complex(c, lift)
    if c.domain not in ("graph", "simplicial", "cell"):
        raise ComplexError(
            f"{lift} should read undirected edges, but this is a {c.domain}; build it with Complex.graph"
        )
    for rank in range(2, c.rank + 1):
        names = c[rank].keys()
        if names:
            raise ComplexError(
                f"{lift} replaces all cells above the edges, but '{names[0]}' on rank {rank} would be lost; "
                "take it off first with without_cochain"
            )
    nodes = c.sizes[0]
    offsets = c.offsets(0).cpu().numpy()
    if c.rank == 0 or c.sizes[1] == 0:
        nothing = np.zeros(0, np.int32)
        return Skeleton(offsets, np.zeros(nodes + 1, np.int64), nothing, nothing, None, None)
    matrix = c.faces(1, 0)
    assert matrix.values is not None
    ends = matrix.pattern.indices.cpu().numpy().reshape(-1, 2)
    sign = -matrix.values.cpu().numpy()[::2].astype(np.int8)  # an edge from low to high leaves low: -1 there
    low, high = ends[:, 0], ends[:, 1]
    number = None
    if not _increasing(low, high):
        number = np.lexsort((high, low))
        low, high, sign = low[number], high[number], sign[number]
    indptr = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(low, minlength=nodes), out=indptr[1:])
    low, high = np.ascontiguousarray(low), np.ascontiguousarray(high)
    return Skeleton(offsets, indptr, low, high, number, None if (sign > 0).all() else sign)


def _increasing(low: Index, high: Index) -> bool:
    same = low[1:] == low[:-1]
    return bool(((low[1:] > low[:-1]) | (same & (high[1:] > high[:-1]))).all())
