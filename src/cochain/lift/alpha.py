"""The alpha complex of points."""

import math
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from cochain.complexes import Complex
from cochain.errors import ComplexError, ShapeError
from cochain.lift.attributes import carry, check_features
from cochain.lift.closure import with_simplex_features
from cochain.lift.cloud import Floats, cloud
from cochain.lift.filtered import check_rank, check_squared, filtered, with_filtration

MISSING = (
    "point {node} should have a cell of its own, but coincides with another or is hidden under heavier ones; remove it"
)


def alpha(
    points: Complex | Float[Tensor, "points dimensions"],
    max_alpha: float | int = math.inf,
    max_rank: int = 2,
    weighted: bool = False,
    features: str | None = "mean",
) -> Complex:
    r"""Make the cells of the Delaunay triangulation, up to a size, simplices with their size as a filtration value.

    $$\alpha(\sigma) = \min \{ r^2 : \text{a sphere of radius } r \text{ through the points of } \sigma
      \text{ has no point inside} \}$$

    The union of balls of radius r around the points has the homology of the simplices with a value up to r^2, at a
    size that grows with the points instead of with their cliques. Distances do not depend on how points are numbered,
    so the lift commutes with relabelling where the triangulation is unique; where more points than d + 1 lie on an
    empty sphere (a grid), it is not, and one is chosen by the order of the points.

    Args:
        points: a complex with `c[0].pos`, or positions. Components are triangulated one by one.
        max_alpha: the largest value that is kept, the square of a radius in the unit of the positions.
        max_rank: the highest rank, at least 1; it is there even when it has no cells. Give the dimension to have all.
        weighted: read `c[0].weight`, the squared radius of a ball at each point: a value is then the smallest that
            added to all weights makes the balls meet, and may be negative.
        features: the `x` of the simplices from the `x` of their points: "mean", "sum", "concat" (in the order of the
            points, so relabelling permutes the channels) or None.

    Returns:
        A simplicial complex of rank `max_rank` with the values in `c[rank].filtration` of every rank, 0 on points
        without weights. Points keep their tensors; cells above them are replaced.

    Raises:
        ComplexError: when two points coincide, a ball is hidden under others and so in no cell, or an argument is out
            of its range.
        ShapeError: when weights are wanted and are not one finite number for each point.

    Cost:
        A triangulation by GUDHI, O(n log n) in the plane, up to n^(d/2) in d dimensions; its cells are handed over one
        by one, about a microsecond each.

    Source:
        Edelsbrunner, Muecke, 1994, "Three-dimensional alpha shapes"; Rouvreau, 2015, "Alpha complex", GUDHI.
    """
    import gudhi

    check_rank(max_rank)
    check_features(features)
    bound = check_squared(max_alpha, "max_alpha")
    c, pos, _ = cloud(points, "alpha")
    offsets = c.offsets(0).cpu().numpy()
    weights = _weights(c) if weighted else None
    trees = []
    for begin, end in pairwise(offsets):
        share = None if weights is None else weights[begin:end]
        cells = gudhi.AlphaComplex(points=pos[begin:end], weights=share) if end > begin else None
        trees.append(gudhi.SimplexTree() if cells is None else cells.create_simplex_tree())
    structure, values = filtered(trees, np.diff(offsets), max_rank, bound, MISSING)
    lifted = with_filtration(carry(c, structure, {0: 0}), values, c[0].pos.dtype)
    return with_simplex_features(lifted, features)


def _weights(c: Complex) -> Floats:
    if "weight" not in c[0]:
        raise ComplexError("weighted=True should read weights in c[0].weight, but there are none; add them first")
    weights = c[0].weight.detach().cpu().to(torch.float64)
    if weights.shape not in ((c.sizes[0],), (c.sizes[0], 1)) or not bool(torch.isfinite(weights).all()):
        raise ShapeError(
            f"weight should be one finite number for each of {c.sizes[0]} points, but has shape {tuple(weights.shape)} "
            f"or is not finite"
        )
    return weights.reshape(-1).numpy()
