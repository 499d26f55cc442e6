"""Forman's curvature of cells, from counts alone."""

import numpy as np
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.neighborhood import adjacent
from cochain.errors import ComplexError, ParityError, unknown_name
from cochain.kernels import SparseMatrix
from cochain.lift.attributes import check_complex
from cochain.lift.cloud import Floats, Index
from cochain.lift.memory import MAX_CELLS
from cochain.lift.skeleton import skeleton

KINDS = ("forman", "augmented")
INTO = ("curvature", "weight", "x")


def curvature(
    c: Complex, kind: str = "forman", rank: int = 1, weighted: bool = False, into: str = "curvature"
) -> Complex:
    r"""Give every cell of a rank its Forman curvature.

    $$F(\sigma) = \#\{\text{cofaces}\} + \#\{\text{faces}\}
      - \#\{\text{cells that share a face or a coface with } \sigma \text{, but not both}\}$$

    $$\text{a graph: } F(uv) = 4 - d_u - d_v, \qquad
      \text{with its triangles: } F^\#(uv) = 4 - d_u - d_v + 3 \, t_{uv}, \qquad
      \text{a hypergraph: } F(e) = \sum_{v \in e} (2 - d_v)$$

    $$\text{with weights: } F_w(uv) = w_u + w_v - \sum_{n \in \{u, v\}} w_n
      \sum_{e' \ni n, \, e' \ne uv} \sqrt{w_{uv} / w_{e'}}$$

    Made of counts and weights, so the lift commutes with relabelling and with reversing orientations: curvature is
    even. It is low on bridges between dense parts and high within them.

    Args:
        c: any complex. Directions are not read.
        kind: "forman" (of the complex as it is) or "augmented" (of a graph whose triangles are filled, although the
            complex stays a graph).
        rank: rank of the cells, at least 1; above 1 of a simplicial or cell complex.
        weighted: read `c[0].weight` (1 where there is none) and `c[1].weight`, which should be positive; of graphs.
        into: where it goes: "curvature" (a tensor of this name), "weight" (of this name) or "x" (one more channel of
            the features of these cells, or the only one).

    Returns:
        The complex with one more tensor; nothing else changes.

    Raises:
        ComplexError: when the cells have no curvature (rank 0, a hypergraph above rank 1), triangles are asked for
            where there are no undirected edges, or weights are asked for that are missing or not positive.
        ParityError: when it should join an `x` that is odd.
        UnknownNameError: for another kind or place.

    Cost:
        O(edges) for graphs, hypergraphs and simplicial complexes, and of the triangles for "augmented"; O(pairs of
        cells that share a face or a coface) for polygons.

    Source:
        Forman, 2003, "Bochner's Method for Cell Complexes and Combinatorial Ricci Curvature"; Sreejith, Mohanraj, Jost,
        Saucan, Samal, 2016, "Forman curvature for complex networks" (of graphs, with weights); Samal, Sreejith, Gu,
        Liu, Saucan, Jost, 2018, "Comparative analysis of two discretizations of Ricci curvature for complex networks"
        (the augmented one); Leal, Restrepo, Stadler, Jost, 2021, "Forman-Ricci curvature for hypergraphs".
    """
    check_complex(c, "curvature")
    if kind not in KINDS:
        raise unknown_name("kind of curvature", str(kind), KINDS)
    if into not in INTO:
        raise unknown_name("place for a curvature", str(into), INTO)
    if c._checked_rank(rank) < 1 or (rank > 1 and c.domain not in ("simplicial", "cell")):
        raise ComplexError(
            f"curvature should be of edges, or of simplices or polygons, but is of cells of rank {rank} of a {c.domain}"
        )
    value = torch.from_numpy(_values(c, kind, rank, weighted)).to(torch.get_default_dtype())
    return _placed(c, rank, into, value)


def _values(c: Complex, kind: str, rank: int, weighted: bool) -> Floats:
    if weighted:
        if kind != "forman" or c.domain not in ("graph", "digraph"):
            raise ComplexError(
                f"a weighted curvature should be kind='forman' of a graph, but is {kind!r} of a {c.domain}"
            )
        return _weighted(c)
    if kind == "augmented":
        if rank != 1:
            raise ComplexError(f"the augmented curvature should be of edges, rank 1, but is of rank {rank}")
        return _hyperedges(c) + 3 * _triangles(c)
    if rank == 1 and (c.rank == 1 or c.domain == "combinatorial"):
        return _hyperedges(c)
    return _simplices(c, rank) if c.domain == "simplicial" else _cells(c, rank)


def _hyperedges(c: Complex) -> Floats:
    """Sum 2 - degree over the nodes of each edge or hyperedge."""
    pattern = c.faces(1, 0).pattern.to("cpu")
    around = 2 - _counted(c.faces(1, 0), c.sizes[0])
    return _summed(pattern.rows.numpy(), around[pattern.indices.numpy()], c.sizes[1])


def _triangles(c: Complex) -> Floats:
    """Count the triangles on every edge."""
    from cochain.lift.clique import lift_cliques

    bare = Complex(c._structure)
    filled = lift_cliques(bare, skeleton(bare, "curvature"), 2, None, MAX_CELLS)
    return _counted(filled.faces(2, 1), c.sizes[1])


def _simplices(c: Complex, rank: int) -> Floats:
    """Count without listing neighbours: two simplices that share a coface share a face, and one of each at most."""
    faces = c.faces(rank, rank - 1).pattern.to("cpu")
    degree = _counted(c.faces(rank, rank - 1), c.sizes[rank - 1])
    lower = (degree - 1)[faces.indices.numpy()].reshape(-1, rank + 1).sum(axis=1)
    cofaces = _cofaces(c, rank)
    return cofaces + (rank + 1) - (lower - (rank + 1) * cofaces)


def _cofaces(c: Complex, rank: int) -> Floats:
    return np.zeros(c.sizes[rank]) if rank == c.rank else _counted(c.faces(rank + 1, rank), c.sizes[rank])


def _counted(matrix: SparseMatrix, columns: int) -> Floats:
    """Count the nonzeros of every column."""
    return np.bincount(matrix.pattern.indices.cpu().numpy(), minlength=columns).astype(np.float64)


def _cells(c: Complex, rank: int) -> Floats:
    """Count neighbours as they are: polygons may share edges in any way."""
    lower = c.resolve(adjacent(rank, rank - 1)).to_scipy()
    parallel = lower
    if rank < c.rank:
        upper = c.resolve(adjacent(rank, rank + 1)).to_scipy()
        parallel = lower + upper - 2 * lower.multiply(upper)
    faces = c.faces(rank, rank - 1).pattern.degrees.cpu().numpy()
    return _cofaces(c, rank) + faces - np.asarray(parallel.sum(axis=1)).reshape(-1)


def _summed(places: Index, numbers: Floats, count: int) -> Floats:
    """Sum numbers by place; of nothing numpy would count in integers."""
    return np.bincount(places, numbers, minlength=count).astype(np.float64)


def _weighted(c: Complex) -> Floats:
    pattern = c.faces(1, 0).pattern.to("cpu")
    ends, edge = pattern.indices.numpy(), pattern.rows.numpy()
    if "weight" not in c[1]:
        raise ComplexError("weighted=True should read weights in c[1].weight, but there are none; add them first")
    nodes = _positive(c[0].weight, 0) if "weight" in c[0] else np.ones(c.sizes[0])
    root = np.sqrt(_positive(c[1].weight, 1))
    around = _summed(ends, 1 / root[edge], c.sizes[0])  # sum of w^-1/2 over the edges of each node
    return _summed(edge, nodes[ends] * (2 - root[edge] * around[ends]), c.sizes[1])


def _positive(weight: Tensor, rank: int) -> Floats:
    value = weight.detach().cpu().to(torch.float64).reshape(-1)
    if weight.numel() != len(weight) or not bool((value > 0).all()):
        raise ComplexError(f"weight on rank {rank} should be one positive number for each cell, but is not")
    found: Floats = value.numpy()
    return found


def _placed(c: Complex, rank: int, into: str, value: Tensor) -> Complex:
    if into != "x" or "x" not in c[rank]:
        return c.with_cochain(rank, into, value[:, None] if into == "x" else value)
    if c.is_odd(rank):
        raise ParityError(
            f"'x' on rank {rank} should be even to be joined by a curvature, but is odd; use into='curvature'"
        )
    x = c[rank].x
    x = x if x.is_floating_point() else x.to(value.dtype)
    return c.with_cochain(rank, "x", torch.cat((x[:, None].flatten(1), value[:, None].to(x)), 1))
