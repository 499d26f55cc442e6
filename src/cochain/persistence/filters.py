"""Vertex functions whose sublevel sets filter a complex: degree, heat, coordinates."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch
from jaxtyping import Float, Int
from scipy.sparse.csgraph import reverse_cuthill_mckee
from scipy.special import ive
from torch import Tensor

from cochain.complexes import Complex, upper
from cochain.errors import ShapeError
from cochain.kernels import SparseMatrix, spmm

DENSE = 128
"""Vertices of a component up to which its whole spectrum is computed."""
LARGEST = 30_000
"""Vertices of a component whose heat kernel is computed: minutes, since every vertex warms all others."""
_COLUMNS = 64


def degree(c: Complex) -> Float[Tensor, "vertices"]:
    """Count the neighbours of every vertex: those with which it shares a cell of rank 1.

    Raises:
        ShapeError: when the complex has no cells of rank 1.
    """
    _has_edges(c, "a degree")
    return c.resolve(upper(0)).matrix.pattern.degrees.to(torch.get_default_dtype())


def coordinate(c: Complex, axis: int = -1) -> Float[Tensor, "vertices"]:
    """Give one coordinate of `c[0].pos`; the last is the height of a mesh.

    Raises:
        ShapeError: when vertices have no positions, or not so many coordinates.
    """
    if "pos" not in c[0]:
        raise ShapeError("a height should be of vertices with positions, but c[0].pos is missing; filter by another")
    position: Tensor = c[0].pos
    if not -position.shape[1] <= axis < position.shape[1]:
        raise ShapeError(f"axis should be one of the {position.shape[1]} coordinates of c[0].pos, but is {axis}")
    return position[:, axis]


def heat(c: Complex, *times: float) -> Float[Tensor, "vertices times"]:
    r"""Measure how much heat stays at each vertex: the heat kernel signature of the normalised graph Laplacian.

    $$h_t(v) = \sum_k e^{-\lambda_k t} \, \varphi_k(v)^2$$

    with eigenvalues $\lambda_k$ and orthonormal eigenvectors $\varphi_k$ of $I - D^{-1/2} A D^{-1/2}$ (on an isolated
    vertex 0, so that $h = 1$ there).

    Args:
        c: a complex with cells of rank 1.
        times: each a $t$, without unit; more of it looks at larger surroundings.

    Cost:
        Components of up to `DENSE` vertices are decomposed in batches of equal size, in float64. Larger ones take
        $O(n \, nnz \sqrt{t})$ time and O(n) memory each, by a polynomial that agrees to 1e-12.

    Raises:
        ShapeError: when a time is not positive, or there is none, a component has more than `LARGEST` vertices, or the
            complex has no cells of rank 1.

    Source:
        Sun, Ovsjanikov, Guibas, 2009, "A Concise and Provably Informative Multi-Scale Signature Based on Heat
        Diffusion"; as a filtration of graphs: Carriere et al., 2020, "PersLay".
    """
    _has_edges(c, "a heat kernel signature")
    if not times or not min(times) > 0:
        raise ShapeError(f"times should be positive numbers, at least one, but are {times}")
    counts = torch.bincount(c.component_of(0).cpu(), minlength=len(c))
    if len(counts) and int(counts.max()) > LARGEST:
        raise ShapeError(
            f"heat should be of components with at most {LARGEST:,} vertices, but one has {int(counts.max()):,}; take "
            "degree, or a coordinate"
        )
    walk = c.resolve(upper(0).normalized("sym"), torch.float64).matrix.to("cpu")
    starts = counts.cumsum(0) - counts
    out = torch.empty(c.sizes[0], len(times), dtype=torch.float64)
    whole = None
    for size in torch.unique(counts[counts > 0]).tolist():  # a batch for each size that occurs
        vertices = starts[counts == size][:, None] + torch.arange(size)
        if size <= DENSE:
            out[vertices] = _by_spectrum(_dense(walk, vertices), times)
            continue
        whole = walk.to_scipy() if whole is None else whole
        for first in vertices[:, 0].tolist():
            block = sp.csr_array(whole[first : first + size, first : first + size])
            out[first : first + size] = _by_polynomial(block, times)
    out[walk.pattern.degrees == 0] = 1.0
    return out.to(torch.get_default_dtype()).to(c.device)


def _dense(walk: SparseMatrix, vertices: Int[Tensor, "members size"]) -> Float[Tensor, "members size size"]:
    """Write out the blocks of some components of one size."""
    member = torch.full((walk.shape[0],), -1)
    member[vertices] = torch.arange(len(vertices))[:, None].expand_as(vertices)
    rows, columns = walk.pattern.rows.long(), walk.pattern.indices.long()
    chosen = member[rows] >= 0
    rows, columns = rows[chosen], columns[chosen]
    own = member[rows]
    dense = torch.zeros(len(vertices), vertices.shape[1], vertices.shape[1], dtype=torch.float64)
    dense[own, rows - vertices[own, 0], columns - vertices[own, 0]] = walk.filled_values()[chosen]
    return dense


def _by_spectrum(
    walk: Float[Tensor, "members size size"], times: Sequence[float]
) -> Float[Tensor, "members size times"]:
    spectrum, vectors = torch.linalg.eigh(walk)  # of the Laplacian: 1 - spectrum
    kept = torch.exp((spectrum - 1)[:, :, None] * torch.tensor(times, dtype=torch.float64))
    held: Tensor = vectors.square() @ kept
    return held


def _by_polynomial(walk: sp.csr_array, times: Sequence[float]) -> Float[Tensor, "size times"]:
    r"""Expand the exponential in Chebyshev polynomials of the walk matrix A, some columns at a time.

    $e^{-t (I - A)} = e^{-t} (I_0(t) + 2 \sum_k I_k(t) T_k(A))$ with Bessel functions $I_k$; diagonals of $T_{2k}$ and
    $T_{2k+1}$ are inner products of columns of $T_k$ and $T_{k+1}$, which halves the steps. Columns that lie close
    together reach few rows in so many steps, and only those are computed.
    """
    steps = 2
    while ive(2 * steps, max(times)) > 1e-17:
        steps += 1
    weight = 2 * torch.from_numpy(ive(np.arange(2 * steps + 2)[:, None], np.array(times)))
    weight[0] /= 2
    order = reverse_cuthill_mckee(walk, symmetric_mode=True)
    walk = sp.csr_array(walk[order][:, order])
    kept = torch.zeros(walk.shape[0], len(times), dtype=torch.float64)
    for begin in range(0, walk.shape[0], _COLUMNS):
        columns = np.arange(begin, min(walk.shape[0], begin + _COLUMNS))
        rows = _reach(walk, columns, steps + 1)
        near = SparseMatrix.from_scipy(sp.csr_array(walk[rows][:, rows]))
        own = torch.from_numpy(np.searchsorted(rows, columns))
        kept[torch.from_numpy(order[columns].astype(np.int64))] = _diagonals(near, own, steps) @ weight
    return kept


def _reach(walk: sp.csr_array, columns: npt.NDArray[np.int64], steps: int) -> npt.NDArray[np.int64]:
    """Give the vertices within so many steps of some, ascending."""
    inside = np.zeros(walk.shape[0], dtype=bool)
    inside[columns] = True
    for _ in range(steps):
        before = np.count_nonzero(inside)
        inside |= (walk @ inside.astype(np.float64)) > 0
        if np.count_nonzero(inside) == before:
            break
    return np.flatnonzero(inside)


def _diagonals(walk: SparseMatrix, own: Int[Tensor, "columns"], steps: int) -> Float[Tensor, "columns degrees"]:
    """Give the diagonal entries of T_0(A) to T_(2 steps + 1)(A) at some vertices."""
    place = torch.arange(len(own))
    before = torch.zeros(walk.shape[0], len(own), dtype=torch.float64)
    before[own, place] = 1.0
    now = spmm(walk, before)
    first = now[own, place]
    found = [torch.ones_like(first), first]
    for _ in range(steps):  # now is T_k, before T_(k - 1)
        after = spmm(walk, now).mul_(2).sub_(before)
        found += [2 * now.square().sum(0) - 1, 2 * (now * after).sum(0) - first]
        before, now = now, after
    return torch.stack(found, dim=1)


def _has_edges(c: Complex, what: str) -> None:
    if c.rank < 1:
        raise ShapeError(f"{what} should be of a complex with cells of rank 1, but this has vertices alone; lift it")
