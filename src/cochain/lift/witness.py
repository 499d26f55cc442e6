"""The witness complex of points: a few of them are nodes, all of them say which nodes belong together."""

from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError
from cochain.lift.attributes import carry, check_features
from cochain.lift.closure import with_simplex_features
from cochain.lift.cloud import Floats, Index, cloud
from cochain.lift.filtered import check_rank, check_squared, filtered, with_filtration


def witness(
    points: Complex | Float[Tensor, "points dimensions"],
    landmarks: int,
    max_alpha: float | int = 0.0,
    max_rank: int = 2,
    features: str | None = "mean",
) -> Complex:
    r"""Make k + 1 landmarks a simplex where some point has them, and their subsets another, as its nearest landmarks.

    $$\sigma \in W_\alpha \iff \text{for every } \tau \subseteq \sigma \text{ some point } p \text{ has }
      \|p - l\|^2 \le \|p - l'\|^2 + \alpha \text{ for all } l \in \tau, \; l' \notin \tau$$

    The landmarks are the farthest points: first that farthest from the centre, then always that farthest from all
    chosen. Distances do not depend on how points are numbered, so the lift commutes with relabelling, except where
    several points are equally far, of which the first is taken. A cloud of many points becomes a complex of few.

    Args:
        points: a complex with `c[0].pos`, or positions. Components are lifted one by one.
        landmarks: nodes of each component, at least 1; a component of fewer points has all of them.
        max_alpha: the largest relaxation, a squared length in the unit of the positions: 0 is the plain complex.
        max_rank: the highest rank, at least 1; it is there even when it has no cells.
        features: the `x` of the simplices from the `x` of their landmarks: "mean", "sum", "concat" (in the order of the
            landmarks, so relabelling permutes the channels) or None.

    Returns:
        A simplicial complex of rank `max_rank`, with the relaxation at which each cell appears in
        `c[rank].filtration`. Tensors of the landmarks lie on its nodes, which keep the order of the points;
        `c[0].landmark` is the number of each within its component.

    Raises:
        ComplexError: when an argument is out of its range.

    Cost:
        O(points times landmarks) to choose, then GUDHI's search for the nearest landmarks of each point, O(points times
        landmarks to the power of the rank) at worst.

    Source:
        de Silva, Carlsson, 2004, "Topological estimation using witness complexes"; Kachanovich, 2015, "Witness
        complex", GUDHI.
    """
    import gudhi

    check_rank(max_rank)
    check_features(features)
    bound = check_squared(max_alpha, "max_alpha")
    if as_whole_number(landmarks, "landmarks") < 1:
        raise ComplexError(f"landmarks should be at least 1, but are {landmarks}")
    c, pos, _ = cloud(points, "witness")
    offsets = c.offsets(0).cpu().numpy()
    chosen, counts = _landmarks(pos, offsets, landmarks)
    trees = []
    for (begin, end), (first, last) in zip(pairwise(offsets), pairwise(np.cumsum([0, *counts])), strict=True):
        cells = gudhi.EuclideanWitnessComplex(landmarks=pos[chosen[first:last]], witnesses=pos[begin:end])
        trees.append(cells.create_simplex_tree(bound, max_rank) if end > begin else gudhi.SimplexTree())
    structure, values = filtered(trees, counts, max_rank, bound)
    lifted = with_filtration(_on_landmarks(c, structure, chosen), values, c[0].pos.dtype)
    within = chosen - np.repeat(offsets[:-1], counts)
    return with_simplex_features(lifted.with_cochain(0, "landmark", torch.from_numpy(within)), features)


def _landmarks(pos: Floats, offsets: Index, landmarks: int) -> tuple[Index, Index]:
    """Choose the landmarks of every component, in the order of the points."""
    from cochain.kernels.landmarks import farthest_points  # imports numba

    counts = np.minimum(np.diff(offsets), landmarks)
    return np.sort(farthest_points(np.ascontiguousarray(pos), offsets, counts)), counts


def _on_landmarks(c: Complex, structure: Structure, chosen: Index) -> Complex:
    """Take the tensors of the landmarks, and those of whole components."""
    rows = torch.from_numpy(chosen).to(c.device)
    lifted = carry(c, structure, {})
    names = c[0].keys()
    for name in names:
        lifted = lifted.with_cochain(0, name, c[0][name].index_select(0, rows))
    return lifted
