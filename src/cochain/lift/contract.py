"""Edge contraction: the quotient of a complex by some of its edges, with the map of cells."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_values
from cochain.complexes.build_simplicial import build_simplicial, unique_rows
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError, ShapeError, unknown_name
from cochain.kernels import SparseMatrix
from cochain.lift.attributes import carry, check_complex
from cochain.lift.closure import heightened
from cochain.lift.cloud import graph_on
from cochain.lift.skeleton import Index

KINDS = ("matching", "below")
FEATURES = ("mean", "sum")


class Quotient(NamedTuple):
    """A contracted complex and how it was made.

    Attributes:
        complex: the quotient.
        maps: for each rank the matrix (new cells, old cells): 1 or -1 where an old cell became a new one, by their
            orientations. A cell with two nodes that became one has none. `maps[r] @ x` sums an odd cochain, its
            pattern an even one, and the transpose carries features back. B' M = M B holds: they are chain maps.
    """

    complex: Complex
    maps: tuple[SparseMatrix, ...]


def contract(
    c: Complex, kind: str = "matching", name: str = "weight", bound: float | int = 0.0, features: str | None = "mean"
) -> Complex:
    r"""Contract a matching, or all edges whose value is small; see `contraction`.

    Args:
        c: a graph or a simplicial complex.
        kind: "matching" (a maximal matching, edges offered by decreasing value, so that heavy edges vanish first) or
            "below" (every edge whose value is at most `bound`).
        name: the tensor on rank 1, one number for each edge. A matching without it takes edges by number.
        bound: the largest value that "below" contracts.
        features: as in `contraction`.

    Raises:
        ComplexError: when the complex is of another kind, or the tensor is missing.
        ShapeError: when it has several channels.
        UnknownNameError: for another kind.

    Source:
        Karypis, Kumar, 1998, "A fast and high quality multilevel scheme for partitioning irregular graphs" (matchings
        by heavy edges). What is contracted depends on the order of the edges where values tie; what lies below a bound
        does not.
    """
    check_complex(c, "contract")
    _check_domain(c)
    if kind not in KINDS:
        raise unknown_name("choice of edges to contract", str(kind), KINDS)
    return contraction(c, _matched(c, name) if kind == "matching" else _low(c, name, bound), features).complex


def contraction(c: Complex, edges: Bool[Tensor, "edges"], features: str | None = "mean") -> Quotient:
    r"""Let the two nodes of every chosen edge become one.

    $$V' = V / \!\sim, \; u \sim v \text{ for chosen } uv, \qquad
      K' = \{ \{[v_0], \dots, [v_k]\} : \{v_0, \dots, v_k\} \in K \}, \qquad B' M = M B$$

    What becomes one follows from the edges alone, so the lift commutes with relabelling. A class has the place of its
    first node; cells are sorted lexicographically and oriented by increasing nodes; those that become the same are
    one, and those with two nodes in one class vanish.

    Args:
        c: a graph or a simplicial complex.
        edges: whether each edge is contracted.
        features: how floating tensors of cells that become one are joined: "mean" or "sum" (`weight` is summed in any
            case, and odd ones with their signs), or None, which leaves all of them.

    Returns:
        The quotient and its maps. Tensors of integers, `y` and `split` of cells are left, since cells that become one
        may differ in them; those of whole components stay.

    Raises:
        ComplexError: when the complex is neither a graph nor simplicial.
        ShapeError: when `edges` is not one truth value for each edge.

    Cost:
        O(cells) and sorts of them.

    Source:
        Dey, Edelsbrunner, Guha, Nekhayev, 1999, "Topology preserving edge contraction" (which says when homology stays
        the same; here any edge may be contracted).
    """
    check_complex(c, "contraction")
    _check_domain(c)
    chosen = as_values(edges, "edges").cpu()
    if chosen.dtype != torch.bool or chosen.shape != (c.sizes[1] if c.rank else 0,):
        raise ShapeError(
            f"edges should be {c.sizes[1] if c.rank else 0} truth values, one for each edge, but have shape "
            f"{tuple(chosen.shape)} and type {chosen.dtype}"
        )
    if features is not None and features not in FEATURES:
        raise unknown_name("rule for the features of joined cells", str(features), FEATURES)
    label, counts = _classes(c, chosen.numpy())
    images = [_image(c, rank, label) for rank in range(c.rank + 1)]
    maps = tuple(_map(image, c.sizes[rank]) for rank, image in enumerate(images))
    quotient = carry(c, _structure(c, images, counts), {})
    for rank in range(c.rank + 1):
        quotient = _pooled(c, quotient, rank, maps[rank], features)
    return Quotient(quotient, maps)


class _Image(NamedTuple):
    """Where the cells of a rank go: the new cells, and of each old one that stays its number, place and sign."""

    cells: Index
    old: Index
    new: Index
    sign: Index


def _check_domain(c: Complex) -> None:
    if c.domain not in ("graph", "simplicial"):
        raise ComplexError(f"edges should be contracted in a graph or simplicial complex, but this is a {c.domain}")


def _edge_values(c: Complex, name: str) -> np.ndarray:
    value = c[1][name]
    if value.numel() != c.sizes[1]:
        raise ShapeError(f"'{name}' on rank 1 should be one number for each edge, but has shape {tuple(value.shape)}")
    found: np.ndarray = value.detach().reshape(-1).cpu().numpy()
    return found


def _matched(c: Complex, name: str) -> Tensor:
    from cochain.kernels.matching import greedy_matching  # imports numba

    ends = c.simplices(1).cpu().numpy() if c.rank else np.zeros((0, 2), np.int64)
    value = _edge_values(c, name) if c.rank and name in c[1] else np.zeros(len(ends))
    return torch.from_numpy(greedy_matching(ends, np.argsort(-value, kind="stable"), c.sizes[0]))


def _low(c: Complex, name: str, bound: float | int) -> Tensor:
    if not isinstance(bound, int | float) or isinstance(bound, bool) or bound != bound:
        raise ComplexError(f"bound should be a number, but is {bound!r:.60}")
    return torch.from_numpy(_edge_values(c, name) <= bound) if c.rank else torch.zeros(0, dtype=torch.bool)


def _classes(c: Complex, chosen: np.ndarray) -> tuple[Index, Index]:
    """Give the new number of every node, classes in the order of their first nodes, and the classes per component."""
    nodes = c.sizes[0]
    ends = c.simplices(1).cpu().numpy()[chosen] if c.rank else np.zeros((0, 2), np.int64)
    graph = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), (nodes, nodes))
    first = np.unique(connected_components(graph, directed=False)[1], return_index=True, return_inverse=True)
    number = np.empty(len(first[1]), np.int64)
    number[np.argsort(first[1])] = np.arange(len(first[1]))
    component = c.component_of(0).cpu().numpy()[first[1]]
    return number[first[2]], np.bincount(component, minlength=len(c))


def _image(c: Complex, rank: int, label: Index) -> _Image:
    rows = label[c.simplices(rank).cpu().numpy()]
    turned = np.argsort(rows, axis=1)
    rows = np.take_along_axis(rows, turned, 1)
    old = np.flatnonzero((rows[:, 1:] != rows[:, :-1]).all(axis=1))
    cells, new = unique_rows(rows[old], len(label))
    return _Image(cells, old, new, (_parity(turned) * orientation(c, rank))[old])


def _parity(orders: Index) -> Index:
    """Give the sign of every row, a permutation."""
    sign = np.ones(len(orders), np.int64)
    for i in range(orders.shape[1]):  # over the few nodes of a cell
        for j in range(i + 1, orders.shape[1]):
            sign *= np.where(orders[:, i] < orders[:, j], 1, -1)
    return sign


def orientation(c: Complex, rank: int) -> Index:
    """Say of every simplex whether it is oriented by increasing nodes, 1, or against that, -1."""
    if rank == 0:
        return np.ones(c.sizes[0], np.int64)
    matrix = c.faces(rank, rank - 1).to("cpu")
    assert matrix.values is not None
    face = matrix.pattern.indices.numpy().reshape(-1, rank + 1)[:, 0]
    value = matrix.values.numpy().reshape(-1, rank + 1)[:, 0].astype(np.int64)
    nodes, below = c.simplices(rank).cpu().numpy(), c.simplices(rank - 1).cpu().numpy()[face]
    differs = np.concatenate([nodes[:, :-1] != below, np.ones((len(nodes), 1), np.bool_)], axis=1)
    missing = np.argmax(differs, axis=1)  # the face without node i has sign (-1)^i where both are increasing
    return value * orientation(c, rank - 1)[face] * (1 - 2 * (missing % 2))


def _map(image: _Image, old_cells: int) -> SparseMatrix:
    return SparseMatrix.from_coo(
        torch.from_numpy(np.ascontiguousarray(image.new)),
        torch.from_numpy(image.old),
        torch.from_numpy(image.sign).to(torch.get_default_dtype()),
        (len(image.cells), old_cells),
    )


def _structure(c: Complex, images: list[_Image], counts: Index) -> Structure:
    if c.domain == "graph":
        return graph_on(torch.from_numpy(np.concatenate([[0], np.cumsum(counts)])), images[1].cells)
    return heightened(build_simplicial([image.cells for image in images[1:]], counts), c.rank)


def _pooled(c: Complex, quotient: Complex, rank: int, matrix: SparseMatrix, features: str | None) -> Complex:
    """Join the floating tensors of the cells that became one."""
    for name in c[rank].keys() if features is not None else ():
        value = c[rank][name]
        if not value.is_floating_point() or name in ("y", "split"):
            continue
        odd = c.is_odd(rank, name)
        values = matrix.values if odd else None
        summed = SparseMatrix(matrix.pattern, None if values is None else values.to(value.dtype)).to(c.device)
        total = (summed @ value[:, None].flatten(1)).reshape(matrix.shape[0], *value.shape[1:])
        if features == "mean" and name != "weight":
            count = matrix.pattern.degrees.to(total).clamp(min=1)
            total = total / count.reshape(-1, *[1] * (total.ndim - 1))
        quotient = quotient.with_cochain(rank, name, total, odd=odd)
    return quotient
