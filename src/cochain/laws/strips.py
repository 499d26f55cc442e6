"""Long thin complexes: as large as wanted, every cell with a few neighbours."""

from typing import Any

import torch
from torch import Tensor

from cochain.complexes import Complex, Ragged
from cochain.complexes.cells import Place
from cochain.complexes.structure import Structure
from cochain.errors import ShapeError
from cochain.kernels import SparseMatrix


def strip(like: Complex, nodes: int, seed: int = 0) -> Complex:
    """Build a long thin complex of the domain, the rank and the tensors of another one.

    Nodes stand in a row, and the cells of rank r are the windows of r + 1 consecutive nodes; polygons are the squares
    of a ladder. Every tensor of `like` is there, its rows drawn from those of `like`.

    Args:
        like: gives domain, top rank and tensors.
        nodes: number of nodes; an even number, for cell complexes.
        seed: of the draw.
    """
    positions = torch.zeros(nodes, 1) if "pos" not in like[0] else torch.zeros(nodes, like[0].pos.shape[1])
    new = Complex.points(positions) if like.domain == "points" else _padded(_build(like, nodes), like)
    new = new.to(like.device)
    generator = torch.Generator().manual_seed(seed)
    places: list[Place] = [*range(like.rank + 1), "whole"]
    for place in places:
        cells = like.whole if place == "whole" else like[place]
        rows = len(new) if place == "whole" else new.sizes[place]
        for name in cells.keys():  # noqa: SIM118 - cells are no mapping
            new = new.with_cochain(place, name, redrawn(cells[name], rows, generator), like.is_odd(place, name))
    return new


def redrawn(x: Tensor, rows: int, generator: torch.Generator) -> Tensor:
    """Draw rows of a tensor with repetition; zeros where it has none."""
    if not len(x):
        return x.new_zeros(rows, *x.shape[1:])
    return x[torch.randint(len(x), (rows,), generator=generator)]


def _windows(nodes: int, width: int) -> Tensor:
    return torch.arange(max(nodes - width + 1, 0))[:, None] + torch.arange(width)


def _build(like: Complex, nodes: int) -> Complex:
    domain, rank = like.domain, like.rank
    if domain in ("graph", "digraph"):
        build = Complex.graph if domain == "graph" else Complex.digraph
        return build(torch.cat([_windows(nodes, 2), _windows(nodes, 3)[:, [0, 2]]]).T, nodes)
    if domain == "hypergraph":
        return Complex.hypergraph(_rows(_windows(nodes, 3)), nodes)
    if domain == "simplicial":
        return Complex.simplicial(_windows(nodes, rank + 1), nodes)
    if domain == "cell":
        first = 2 * torch.arange(nodes // 2 - 1)[:, None]
        return Complex.cell(_rows(first + torch.tensor([0, 1, 3, 2])), num_nodes=nodes)
    if domain == "combinatorial":
        cells: dict[int, Any] = {k: _rows(_windows(nodes, k + 1)) for k in range(1, rank + 1)}
        return Complex.combinatorial({0: nodes} | cells)
    raise ShapeError(f"a strip should be of a known domain, but is of {domain!r}")


def _padded(new: Complex, like: Complex) -> Complex:
    """Add the ranks of `like` that a short strip has no cells for."""
    missing = like.rank - new.rank
    if missing <= 0:
        return new
    old = new._structure
    sizes = [*old.sizes, *[0] * missing]
    faces = {key: old.faces(*key) for key in old.stored}
    none = torch.zeros(0, dtype=torch.int64)
    for high, low in like._structure.stored:
        if (high, low) not in faces:
            signs = torch.zeros(0, dtype=torch.int8) if like.oriented else None
            faces[(high, low)] = SparseMatrix.from_coo(none, none, signs, (sizes[high], sizes[low]))
    offsets = [*old.offsets, *[torch.zeros(len(new) + 1, dtype=torch.int64)] * missing]
    return Complex(Structure(old.domain, sizes, offsets, faces))


def _rows(cells: Tensor) -> Ragged:
    offsets = torch.arange(len(cells) + 1) * cells.shape[1]
    return Ragged(offsets.numpy(), cells.reshape(-1).numpy())
