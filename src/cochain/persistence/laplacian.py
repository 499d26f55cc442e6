"""The persistent Laplacian: the Laplacian of an early complex that knows which of its cycles a later one fills."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch
from jaxtyping import Float, Int
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.errors import ComplexError, ShapeError
from cochain.persistence.filtration import Filtration, Floats, Index, Values

LARGEST = 10_000
"""Cells of one rank up to which dense matrices of this side are written: 800 MB in float64."""


class PersistentLaplacian(NamedTuple):
    """A persistent Laplacian and the cells that its rows stand for."""

    matrix: Float[Tensor, "early early"]
    """Symmetric and positive semidefinite, float64."""
    cells: Int[Tensor, "early"]
    """The cells of the rank that are there at s, ascending."""


def persistent_laplacian(c: Complex, values: Values, s: float | int, t: float | int, rank: int) -> PersistentLaplacian:
    r"""Give the Laplacian of rank r of the pair $K = \{f \le s\} \subseteq L = \{f \le t\}$.

    $$\Delta_r^{K,L} = \Delta_{r,\mathrm{down}}^K +
      \Delta_{r,\mathrm{up}}^L \,/\, \Delta_{r,\mathrm{up}}^L(I, I), \qquad
      \Delta_{r,\mathrm{up}}^L = B_{r+1}^L (B_{r+1}^L)^T$$

    where the quotient is the Schur complement that eliminates the cells $I$ of rank r in $L$ that are not in $K$ (with
    the pseudo-inverse, where the block is singular). The dimension of its kernel is the persistent Betti number over
    the real numbers, the number of bars of dimension r that are born by s and alive at t; the other eigenvalues see
    shape as well. With s = t it is the Hodge Laplacian of K.

    The matrix is constant between the values of f, so nothing is differentiable here. A union gives a block for each
    component.

    Args:
        c: a graph, a simplicial or a cell complex.
        values: $f$, as for `sublevel`.
        s: the earlier value.
        t: the later value, not below s.
        rank: r.

    Raises:
        ComplexError: as `sublevel`, and for more cells than dense matrices can hold.
        ShapeError: for t < s or for values that do not fit.

    Example:
        >>> import cochain as cc
        >>> path = cc.Complex.graph([(0, 1), (1, 2)])
        >>> found = persistent_laplacian(path, torch.tensor([0.0, 1.0, 0.0]), s=0, t=1, rank=0)
        >>> found.matrix, found.cells
        (tensor([[ 0.5000, -0.5000],
            [-0.5000,  0.5000]], dtype=torch.float64), tensor([0, 2]))

    Source:
        Memoli, Wan, Wang, 2022, "Persistent Laplacians: Properties, Algorithms and Implications", theorem 4.6.
    """
    if not s <= t:
        raise ShapeError(f"s should not be above t, but s is {s} and t is {t}")
    if not 0 <= as_whole_number(rank, "a rank") <= c.rank:
        raise ShapeError(f"a rank should be from 0 to {c.rank}, the top rank of this {c.domain}, but is {rank}")
    filtration = Filtration(c, values)
    late = np.flatnonzero(filtration.level(rank).heights <= t)
    if len(late) > LARGEST:
        raise ComplexError(
            f"a persistent Laplacian should have at most {LARGEST} cells, but {len(late)} cells of rank {rank} are "
            "there at t; take single components, or an earlier t"
        )
    early = filtration.level(rank).heights[late] <= s
    kept = late[early]
    matrix = np.zeros((len(kept), len(kept)))
    if rank:
        down = _boundary(c, rank)[kept]
        matrix += (down @ down.T).toarray()
    if rank < c.rank:
        matrix += _schur(filtration, late, early, rank, t)
    return PersistentLaplacian(torch.from_numpy(matrix).to(c.device), torch.from_numpy(kept).to(c.device))


def _schur(filtration: Filtration, late: Index, early: npt.NDArray[np.bool_], rank: int, t: float | int) -> Floats:
    """Eliminate the cells that are not early from the up part of the Laplacian at t."""
    above = np.flatnonzero(filtration.level(rank + 1).heights <= t)
    boundary = _boundary(filtration.complex, rank + 1)[above][:, late]
    whole = (boundary.T @ boundary).toarray()
    kept: Floats = whole[np.ix_(early, early)]
    across = whole[np.ix_(early, ~early)]
    if across.any():
        kept = kept - across @ np.linalg.pinv(whole[np.ix_(~early, ~early)], hermitian=True) @ across.T
    return (kept + kept.T) / 2


def _boundary(c: Complex, rank: int) -> sp.csr_array:
    """The transposed boundary: a row for each cell of the rank."""
    faces = c.faces(rank, rank - 1).to("cpu")
    assert faces.values is not None
    indptr, indices = faces.pattern.arrays
    return sp.csr_array((faces.values.numpy().astype(np.float64), indices, indptr), shape=faces.shape)
