"""Components of weighted graphs: the minimum spanning forest is the whole answer."""

from typing import Any

import numpy.typing as npt
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_values
from cochain.errors import ComplexError, ShapeError
from cochain.persistence.diagram import Diagram
from cochain.persistence.level_sets import sublevel


def zero_dimensional(
    c: Complex, weights: Tensor | npt.NDArray[Any] | str = "weight", keep_zero: bool = False
) -> Diagram:
    r"""Merge the nodes of a weighted graph along its edges, lightest first.

    All nodes are there from 0 on, and each edge comes at its weight, so the deaths are the weights of the edges of a
    minimum spanning forest, and their sum is its total weight. One sort and one union-find for all components together;
    no matrix, no other dimension.

    Args:
        c: a graph, or any oriented complex, whose edges alone matter.
        weights: one number from 0 for each edge, or the name of a cochain on edges. Ties are taken in the order of the
            edges.
        keep_zero: keep the bars of edges with weight 0.

    Returns:
        The diagram of dimension 0: as many bars as the forest has edges, differentiable in the weights, and one
        essential bar for every connected component. `pairs` holds a node and the edge of the forest that kills it: of
        two nodes that meet, the one of higher index.

    Raises:
        ComplexError: for a complex without orientation or without a rank of edges.
        ShapeError: for weights that are not one finite number from 0 per edge.

    Example:
        >>> import cochain as cc
        >>> triangle = cc.Complex.graph([(0, 1), (0, 2), (1, 2)])
        >>> zero_dimensional(triangle, torch.tensor([1.0, 3.0, 2.0]))[0].points
        tensor([[0., 1.],
                [0., 2.]])

    Source:
        Kruskal, 1956, "On the Shortest Spanning Subtree of a Graph and the Traveling Salesman Problem".
    """
    if c.rank < 1:
        raise ComplexError("a complex should have edges to be merged along, but has rank 0 only")
    given = c[1][weights] if isinstance(weights, str) else as_values(weights, "weights", c.device)
    if not given.is_complex() and bool((given < 0).any()):
        edge = int((given < 0).reshape(len(given), -1).any(dim=1).nonzero()[0])
        raise ShapeError(
            f"weights should be from 0, where the nodes are born, but edge {edge} has {given[edge].item():g}; subtract "
            "the least weight, or give the nodes values of their own with cochain.persistence.sublevel"
        )
    kind = given.dtype if given.is_floating_point() else torch.get_default_dtype()
    born = torch.zeros(c.sizes[0], dtype=kind, device=c.device)
    return sublevel(c, {0: born, 1: given.to(kind)}, dimensions=0, keep_zero=keep_zero)
