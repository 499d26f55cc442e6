"""The graph of nearest neighbours of points."""

from jaxtyping import Float
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.errors import ComplexError
from cochain.kernels import SparseMatrix
from cochain.lift.attributes import carry, check_features, with_features
from cochain.lift.cloud import cloud, graph_on
from cochain.lift.memory import MAX_CELLS, guarded


def knn(
    points: Complex | Float[Tensor, "points dimensions"],
    k: int,
    features: str | None = "mean",
    max_cells: int = MAX_CELLS,
) -> Complex:
    r"""Join two points when one is among the k nearest of the other, within each component.

    $$u \sim v \iff \|p_u - p_v\| \le \max(r_u, r_v), \qquad r_u = \text{distance from } u \text{ to its k-th nearest}$$

    The rule names distances only, so points exactly as far as the k-th are joined too, and the lift commutes with
    relabelling even on grids. Points keep their tensors; cells above them are replaced.

    Args:
        points: a complex with `c[0].pos`, or positions.
        k: neighbours, at least 1; a component of k points or fewer is joined throughout.
        features: the `x` of the edges from the `x` of the points: "mean", "sum", "concat" (in the order of the points,
            so relabelling permutes the channels) or None.
        max_cells: edges that are allowed.

    Returns:
        A graph.

    Raises:
        ComplexError: when k is below 1, there are no positions, or there are more than `max_cells` edges.

    Cost:
        A k-d tree up to 16 dimensions, matrix products above.

    Source:
        Maneewongvatana, Mount, 1999, "It's okay to be skinny, if your friends are fat" (the tree, from scipy).
    """
    from cochain.kernels.neighbors import nearest  # imports numba

    if as_whole_number(k, "k") < 1:
        raise ComplexError(f"k should be at least 1, but is {k}")
    check_features(features)
    c, pos, groups = cloud(points, "knn")
    with guarded("cells of rank {rank}", "lower k", max_cells, 64) as limit:
        pairs = nearest(pos, k, groups, limit)
    structure = graph_on(c.offsets(0).cpu(), pairs)
    members = {1: SparseMatrix(structure.faces(1, 0).pattern)}
    return with_features(carry(c, structure, {0: 0}), features, members)
