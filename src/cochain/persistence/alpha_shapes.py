"""Persistence of the alpha complex of points."""

from itertools import pairwise
from typing import Any

import torch
from jaxtyping import Float, Num
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.errors import ShapeError
from cochain.persistence.clouds import Index, read_clouds
from cochain.persistence.diagram import Diagram
from cochain.persistence.simplices import Simplices, diagram_of_trees, pairs_of

_SAME = 1e-4  # relative difference of two ways to compute the same radius


def alpha(
    points: Complex | Num[Tensor, "..."] | list[Tensor] | tuple[Tensor, ...],
    max_dim: int | None = None,
    field: int = 2,
    squared: bool = True,
) -> Diagram:
    r"""Follow the homology of balls around points as their radius grows, by the cells of the Delaunay triangulation.

    $$\alpha(\sigma) = \min \{ r^2 : \text{a sphere of radius } r \text{ through the points of } \sigma
      \text{ has no point inside} \}$$

    The simplices that give birth and kill have no point in their smallest circumscribed sphere, so their value is the
    square of its radius, which is computed again with gradients. (Where more points than d + 1 lie on an empty sphere
    another simplex may decide; such a value has no gradient.) Values are squares of radii, as in GUDHI and in
    `lift.alpha`; with `squared=False` they are radii (half of what `rips` gives an edge).

    Args:
        points: as `rips`; made for two and three dimensions.
        max_dim: the highest dimension of homology; by default one less than that of the points.
        field: the prime $p$.
        squared: squares of radii in place of radii.

    Returns:
        A diagram with a component per cloud, bars by the simplex that gives birth. `pairs` are the vertices, counted
        within their cloud, of the simplex that gives birth, then those of the simplex that kills. Points that coincide
        count as one.

    Raises:
        ShapeError: as `rips`.

    Cost:
        A triangulation by GUDHI, O(n log n) in the plane, up to n^(d/2) in d dimensions.

    Example:
        >>> triangle = torch.tensor([[0.0, 0.0], [2.0, 0.0], [1.0, 1.5]])
        >>> alpha(triangle)[1].points
        tensor([[1.0000, 1.1736]])

    Source:
        Edelsbrunner, Muecke, 1994, "Three-dimensional alpha shapes"; Rouvreau, 2015, "Alpha complex", GUDHI.
    """
    import gudhi

    from cochain.kernels.elimination import check_prime

    check_prime(field)
    clouds = read_clouds(points)
    top = clouds.points.shape[1] - 1 if max_dim is None else as_whole_number(max_dim, "max_dim")
    if top < 0:
        raise ShapeError(f"max_dim should be at least 0, but is {top}")
    table = clouds.points.detach().cpu().double().numpy()
    found: list[list[tuple[Simplices, Simplices]]] = []
    trees: dict[int, Any] = {}
    for begin, end in pairwise(clouds.offsets):
        if begin == end:
            found.append([([], []) for _ in range(top + 1)])
            continue
        trees[len(found)] = gudhi.AlphaComplex(points=table[begin:end], precision="exact").create_simplex_tree()
        found.append(pairs_of(trees[len(found)], top, field))

    def values(cloud: Index, simplices: Index) -> Tensor:
        rows = torch.from_numpy(simplices + clouds.offsets[cloud][:, None]).to(clouds.points.device)
        radii = circumradii_squared(clouds.points[rows])
        told = radii.new_tensor(
            [trees[k].filtration(s) for k, s in zip(cloud.tolist(), simplices.tolist(), strict=True)]
        )
        radii = torch.where((radii.detach() - told).abs() <= _SAME * told, radii, told)
        return radii if squared else _root(radii)

    return diagram_of_trees(found, top, field, values, clouds.points)


def circumradii_squared(corners: Float[Tensor, "simplices corners dimensions"]) -> Float[Tensor, "simplices"]:
    r"""Give the square of the radius of the smallest sphere through the corners of each simplex.

    With edges $e_i$ from the first corner and their products $G_{ij} = e_i \cdot e_j$ the centre is
    $\sum_i \lambda_i e_i$ where $2 G \lambda = \mathrm{diag}(G)$, and $r^2 = \lambda^T G \lambda$.
    """
    edges = (corners[:, 1:] - corners[:, :1]).double()
    if edges.shape[1] == 0 or not len(edges):
        return corners.new_zeros(len(corners))
    products = edges @ edges.mT
    half = products.diagonal(dim1=1, dim2=2) / 2
    if edges.shape[1] == 1:
        return (half[:, 0] / 2).to(corners.dtype)
    radii: Tensor = (torch.linalg.solve(products, half) * half).sum(dim=1)
    return radii.to(corners.dtype)


def _root(x: Tensor) -> Tensor:
    """Take square roots whose gradient at 0 is 0."""
    some = x > 0
    root: Tensor = torch.where(some, torch.where(some, x, 1).sqrt(), 0)
    return root
