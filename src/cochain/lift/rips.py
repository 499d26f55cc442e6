"""The Vietoris-Rips complex of points."""

import math

from jaxtyping import Float
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.errors import ComplexError
from cochain.lift.attributes import carry, check_features
from cochain.lift.clique import lift_cliques
from cochain.lift.cloud import cloud, graph_on
from cochain.lift.memory import MAX_CELLS, guarded
from cochain.lift.skeleton import skeleton


def rips(
    points: Complex | Float[Tensor, "points dimensions"],
    radius: float | int,
    max_rank: int = 2,
    features: str | None = "mean",
    max_cells: int = MAX_CELLS,
) -> Complex:
    r"""Make every k + 1 points of a component whose distances are all at most `radius` a simplex of rank k.

    $$\mathrm{VR}_k = \{ \{v_0, \dots, v_k\} : \|p_{v_i} - p_{v_j}\| \le radius \text{ for all } i, j \}$$

    Distances do not depend on how points are numbered, so the lift commutes with relabelling. Points keep their
    tensors; cells above them are replaced.

    Args:
        points: a complex with `c[0].pos`, or positions.
        radius: the largest distance of two joined points (the diameter of the balls around them), in the unit of the
            positions, at least 0.
        max_rank: the highest rank, at least 1; it is there even when it has no cells.
        features: the `x` of the new simplices from the `x` of their points: "mean", "sum", "concat" (in the order of
            the points, so relabelling permutes the channels) or None.
        max_cells: cells of one rank that are allowed.

    Returns:
        A simplicial complex of rank `max_rank`.

    Raises:
        ComplexError: when `radius` is negative or no number, `max_rank` is below 1, there are no positions, or a rank
            has more than `max_cells` cells; nothing is filled before it is counted.

    Cost:
        Pairs from a k-d tree, then as `clique`.

    Source:
        Vietoris, 1927; Zomorodian, 2010, "Fast construction of the Vietoris-Rips complex".
    """
    from cochain.kernels.neighbors import within  # imports numba

    if not isinstance(radius, int | float) or not (radius >= 0 and math.isfinite(radius)):
        raise ComplexError(f"radius should be a finite number >= 0, but is {radius!r}")
    if as_whole_number(max_rank, "max_rank") < 1:
        raise ComplexError(f"max_rank should be at least 1, the rank of edges, but is {max_rank}")
    check_features(features)
    c, pos, groups = cloud(points, "rips")
    with guarded("cells of rank {rank}", "lower the radius", max_cells, 64) as limit:
        pairs = within(pos, radius, groups, limit)
    graph = carry(c, graph_on(c.offsets(0).cpu(), pairs), {0: 0})
    return lift_cliques(graph, skeleton(graph, "rips"), max_rank, features, max_cells)
