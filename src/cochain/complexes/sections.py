"""Global sections of a sheaf: the kernel of its coboundary, one connected part after the other."""

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from cochain.complexes.sheaf_laplacian import as_blocks

if TYPE_CHECKING:
    from cochain.complexes.sheaf import Sheaf

DENSE = 1000  # numbers on one part, above which its kernel is found by a sparse method
TOLERANCE = 1e-8  # of a singular value of the coboundary, relative to a bound on the largest


def global_sections(sheaf: "Sheaf") -> tuple[Tensor, Tensor]:
    """Give the dimension for each component of the complex, and a basis (cells, d, sections)."""
    cells, d = sheaf.complex.sizes[sheaf.rank], sheaf.d
    delta = sp.csr_array(as_blocks(sheaf.delta.astype(torch.float64)).to_scipy())
    owner = sheaf.complex.component_of(sheaf.rank).cpu().numpy()
    bases, columns, dimensions = [], [0], np.zeros(len(sheaf.complex), dtype=np.int64)
    for part in _connected_parts(sheaf):
        positions = (part[:, None] * d + np.arange(d)).ravel()
        block = delta[:, positions]
        block = sp.csr_array(block[np.diff(block.indptr) > 0])
        kernel = _dense_kernel(block.toarray()) if len(positions) <= DENSE else _sparse_kernel(block)
        bases.append((positions, kernel))
        columns.append(columns[-1] + kernel.shape[1])
        dimensions[owner[part[0]]] += kernel.shape[1]
    basis = np.zeros((cells * d, columns[-1]))
    for (positions, kernel), first in zip(bases, columns, strict=False):
        basis[positions, first : first + kernel.shape[1]] = kernel
    found = torch.from_numpy(basis).to(sheaf.maps.dtype).view(cells, d, -1)
    return torch.from_numpy(dimensions).to(sheaf.complex.device), found.to(sheaf.complex.device)


def _connected_parts(sheaf: "Sheaf") -> list[np.ndarray]:
    """List the cells of every connected part, parts in the order of their first cell (so of the components)."""
    pattern = sheaf.delta.pattern.to("cpu")
    incident = sp.csr_array(
        (np.ones(pattern.nnz), pattern.indices.numpy(), pattern.indptr.numpy()), shape=pattern.shape
    )
    count, label = sp.csgraph.connected_components(incident.T @ incident, directed=False)
    order = np.argsort(label, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1]) if len(order) else []
    return sorted(parts, key=lambda part: int(part[0]))


def _dense_kernel(block: np.ndarray) -> np.ndarray:
    rows, size = block.shape
    if rows < size:  # so that the right singular vectors fill the space
        block = np.concatenate([block, np.zeros((size - rows, size))])
    values, vectors = np.linalg.svd(block, full_matrices=False)[1:]
    return vectors[values <= TOLERANCE * _bound(block)].T


def _sparse_kernel(block: sp.csr_array) -> np.ndarray:
    """Find the eigenvectors of delta^T delta near 0 by inverse iteration, as many as there are."""
    laplacian, size, bound = sp.csc_array(block.T @ block), block.shape[1], _bound(block)
    start = np.random.default_rng(0).standard_normal(size)
    wanted = 8
    while wanted < size // 2:
        found = sp.linalg.eigsh(laplacian, k=wanted, sigma=-1e-6 * bound**2, v0=start)[1]
        # Eigenvalues are squares of what decides, so it is measured anew: the singular values on the space found.
        values, turn = np.linalg.svd(block @ found, full_matrices=False)[1:]
        inside = values <= TOLERANCE * bound
        if not inside.all():
            return np.asarray(found @ turn[inside].T)
        wanted *= 2
    return _dense_kernel(block.toarray())


def _bound(block: np.ndarray | sp.csr_array) -> float:
    """Bound the largest singular value by sqrt(|A|_1 |A|_inf); 1 for a zero matrix."""
    if min(block.shape) == 0:
        return 1.0
    size = abs(block)
    return float(np.sqrt(size.sum(axis=0).max() * size.sum(axis=1).max())) or 1.0
