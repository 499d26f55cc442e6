"""Vietoris-Rips persistence of clouds of points or matrices of distances, one or many at once."""

import sys

from jaxtyping import Num
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.errors import ShapeError
from cochain.persistence.clouds import Clouds, Given, Matrices, read_clouds, read_matrices
from cochain.persistence.diagram import Diagram
from cochain.persistence.rips_bars import Gathered, diagram_of
from cochain.persistence.rips_batch import pair
from cochain.persistence.weighted import read_weights, weighted_lengths


def rips(
    points: Complex | Num[Tensor, "..."] | list[Tensor] | tuple[Tensor, ...],
    max_dim: int = 1,
    threshold: float | None = None,
    field: int = 2,
    weights: Num[Tensor, "..."] | None = None,
    power: float = 1.0,
    distances: bool = False,
    sparse: float | None = None,
) -> Diagram:
    r"""Follow the homology of the Vietoris-Rips complex of points as the allowed length of edges grows.

    $$\mathrm{VR}_t = \{ \sigma : d(u, v) \le t \text{ for all } u, v \in \sigma \}$$

    Pairings are integers; births and deaths are gathered as the lengths of the edges found, so gradients flow to the
    points (0 where two coincide), and no matrix of distances keeps a gradient. Edges come in the order of
    (length, smaller vertex, larger vertex), which decides every tie; where lengths tie the diagram is not
    differentiable, and this is one of its subgradients. Lengths are compared in float64 by exact differences of
    coordinates, so a batch gives what its clouds give one by one. Values are lengths of edges (diameters), as in
    Ripser; homology has coefficients in Z/p, by default Z/2 (GUDHI's default is Z/11).

    With weights $f$ the points are born late (weighted Rips, for example with `distance_to_measure` against outliers):
    a point at $2 f(u)$, an edge when the balls of radius $(s^q - f^q)^{1/q}$ around its ends meet, at $t = 2 s$.

    Args:
        points: a cloud (points, dimensions), a batch (clouds, points, dimensions), a list of clouds of different
            sizes, a complex with positions (each component is a cloud), or with `distances` matrices in their place.
            Half precision is read as float32, whole numbers as torch's default type.
        max_dim: the highest dimension of homology.
        threshold: the largest length that is looked at. What lives there still is essential. By default there is none.
        field: the prime $p$.
        weights: $f \ge 0$, one number for each point of all clouds.
        power: $q \ge 1$ of the weights, or infinity; 1 is what GUDHI's weighted Rips complex has.
        distances: read symmetric matrices of distances (points, points), (clouds, points, points) or a list. Infinity
            joins nothing. Gradients flow to the upper triangles.
        sparse: approximate large clouds, an error bound between 0 and 1: see `sparse_rips`.

    Returns:
        A diagram with a component per cloud. `pairs` are vertices counted within their cloud: the two ends of the edge
        that gives birth (twice the vertex in dimension 0) and of the edge that kills. Bars of length 0 are left out. In
        dimension 0 the component dies whose first vertex was born later, by (birth, number); bars are sorted by the
        edge that kills there, by the edge that gives birth above.

    Raises:
        ShapeError: for coordinates that are not finite, matrices that are not square, symmetric and >= 0 with a zero
            diagonal, a field that is not prime, and arguments out of their range. A cloud of no point has no bars; one
            point is one essential class; points that coincide make bars of length 0.
        ComplexError: when the memory would not hold it, with what would fit.

    Cost:
        Dimension 0: O(n^2) time and O(n) memory per cloud. Dimension 1: a matrix of n^2 lengths, then few steps for
        most edges. Higher dimensions: by the general engine, one cloud after another. Clouds are shared by threads.

    Example:
        >>> import torch
        >>> square = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], requires_grad=True)
        >>> d = rips(square)
        >>> d[1].points
        tensor([[1.0000, 1.4142]], grad_fn=<StackBackward0>)

    Source:
        Vietoris, 1927; Prim, 1957, "Shortest connection networks and some generalizations", for dimension 0.
        Koyama, Memoli, Robins, Turner, 2023, "Faster computation of degree-1 persistent homology using the reduced
        Vietoris-Rips filtration", for lunes in dimension 1. Anai, Chazal, Glisse, Ike, Inakoshi, Tinarrage, Umeda,
        2020, "DTM-based filtrations", for weights.
    """
    from cochain.kernels.elimination import check_prime

    check_prime(field)
    top, limit = as_whole_number(max_dim, "max_dim"), check_threshold(threshold)
    if top < 0:
        raise ShapeError(f"max_dim should be at least 0, but is {top}")
    if sparse is not None:
        return _sparse(points, top, limit, field, weights, distances, sparse)
    given: Clouds | Matrices = read_matrices(points) if distances else read_clouds(points)
    if weights is None:
        return diagram_of(pair(given, top, limit, field), Gathered(given), top, field)
    weighted = weighted_lengths(given, read_weights(weights, given, power), power)
    return diagram_of(pair(weighted.matrices(), top, limit, field), weighted, top, field)


def check_threshold(threshold: float | None) -> float:
    """Give the largest finite length that is looked at."""
    if threshold is None:
        return sys.float_info.max
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not threshold >= 0:
        raise ShapeError(f"threshold should be a length >= 0, or None for no threshold, but is {threshold!r:.60}")
    return min(float(threshold), sys.float_info.max)


def _sparse(
    points: Given,
    top: int,
    limit: float,
    field: int,
    weights: Tensor | None,
    distances: bool,
    error: float,
) -> Diagram:
    from cochain.persistence.sparse_rips import sparse_rips

    if weights is not None or distances:
        raise ShapeError("sparse should be asked for with points alone, but came with weights or distances; leave one")
    return sparse_rips(points, top, error, None if limit == sys.float_info.max else limit, field)
