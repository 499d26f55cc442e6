"""Vertex functions whose sublevel sets filter a complex: degree, heat, coordinates."""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.complexes import Complex, upper
from cochain.errors import ShapeError

LARGEST_SPECTRUM = 4000
"""Vertices of a component whose whole spectrum is computed: a minute, and a gigabyte."""


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


def heat(c: Complex, time: float = 1.0) -> Float[Tensor, "vertices"]:
    r"""Measure how much heat stays at each vertex: the heat kernel signature of the normalised graph Laplacian.

    $$h_t(v) = \sum_k e^{-\lambda_k t} \, \varphi_k(v)^2$$

    with eigenvalues $\lambda_k$ and orthonormal eigenvectors $\varphi_k$ of $I - D^{-1/2} A D^{-1/2}$ (on an isolated
    vertex 0, so that $h = 1$ there).

    Args:
        c: a complex with cells of rank 1; components are decomposed in batches of equal size.
        time: $t$, without unit; more of it looks at larger surroundings.

    Raises:
        ShapeError: when the time is not positive, a component has more than `LARGEST_SPECTRUM` vertices, or the complex
            has no cells of rank 1.

    Source:
        Sun, Ovsjanikov, Guibas, 2009, "A Concise and Provably Informative Multi-Scale Signature Based on Heat
        Diffusion"; as a filtration of graphs: Carriere et al., 2020, "PersLay".
    """
    _has_edges(c, "a heat kernel signature")
    if not time > 0:
        raise ShapeError(f"time should be positive, but is {time}")
    component = c.component_of(0).cpu()
    counts = torch.bincount(component, minlength=len(c))
    if len(counts) and int(counts.max()) > LARGEST_SPECTRUM:
        raise ShapeError(
            f"heat should be of components with at most {LARGEST_SPECTRUM} vertices, but one has {int(counts.max())}; "
            "take degree, or a coordinate"
        )
    starts = counts.cumsum(0) - counts
    matrix = c.resolve(upper(0).normalized("sym")).matrix.to("cpu")
    rows, columns = matrix.pattern.rows.long(), matrix.pattern.indices.long()
    values = matrix.filled_values().double()
    out = torch.empty(c.sizes[0], dtype=torch.float64)
    for size in torch.unique(counts[counts > 0]).tolist():  # a batch of dense matrices for each size that occurs
        members = torch.nonzero(counts == size).squeeze(1)
        place = torch.full((len(c),), -1)
        place[members] = torch.arange(len(members))
        chosen = place[component[rows]] >= 0
        r, s = rows[chosen], columns[chosen]
        owner = component[r]
        dense = torch.zeros(len(members), size, size, dtype=torch.float64)
        dense[place[owner], r - starts[owner], s - starts[owner]] = values[chosen]
        touched = dense.abs().sum(-1) > 0
        laplacian = torch.diag_embed(touched.double()) - dense
        spectrum, vectors = torch.linalg.eigh(laplacian)
        held = (vectors.square() * torch.exp(-spectrum * time)[:, None, :]).sum(-1)
        out[(starts[members][:, None] + torch.arange(size)).reshape(-1)] = held.reshape(-1)
    return out.to(torch.get_default_dtype()).to(c.device)


def _has_edges(c: Complex, what: str) -> None:
    if c.rank < 1:
        raise ShapeError(f"{what} should be of a complex with cells of rank 1, but this has vertices alone; lift it")
