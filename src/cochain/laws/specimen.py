"""Complexes made from the one that a law is given: in another precision, shuffled, reversed, with isolated cells."""

import torch
from torch import Tensor

from cochain.complexes import Cells, Complex
from cochain.complexes.cells import Place
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError
from cochain.kernels import SparseMatrix
from cochain.laws.strips import redrawn


def places_of(complex_: Complex) -> list[tuple[Place, str]]:
    """List (place, name) of every tensor of a complex."""
    places: list[Place] = [*range(complex_.rank + 1), "whole"]
    return [(place, name) for place in places for name in cells_at(complex_, place).keys()]  # noqa: SIM118


def cells_at(complex_: Complex, place: Place) -> Cells:
    """Give the tensors on a rank, or on the whole."""
    return complex_.whole if place == "whole" else complex_[place]


def tensor_at(complex_: Complex, place: Place, name: str) -> Tensor:
    """Give one tensor of a complex."""
    return cells_at(complex_, place)[name]


def replaced(complex_: Complex, place: Place, name: str, value: Tensor) -> Complex:
    """Put another tensor in the place of one, with its parity."""
    return complex_.with_cochain(place, name, value, complex_.is_odd(place, name))


def cast(complex_: Complex, dtype: torch.dtype) -> Complex:
    """Cast every floating tensor."""
    for place, name in places_of(complex_):
        value = tensor_at(complex_, place, name)
        if value.is_floating_point():
            complex_ = replaced(complex_, place, name, value.to(dtype))
    return complex_


def permutations(complex_: Complex, generator: torch.Generator) -> dict[int, Tensor]:
    """Draw a permutation within components for every rank."""
    out = {}
    for rank, size in enumerate(complex_.sizes):
        shuffled = complex_.component_of(rank).cpu() + 0.999 * torch.rand(
            size, generator=generator, dtype=torch.float64
        )
        out[rank] = torch.argsort(shuffled).to(complex_.device)
    return out


def signs(complex_: Complex, generator: torch.Generator) -> dict[int, Tensor]:
    """Draw signs for every rank above 0, some of them -1."""
    out = {}
    for rank, size in enumerate(complex_.sizes):
        drawn = 1 - 2 * torch.randint(2, (size,), generator=generator)
        drawn[:1] = -1
        if rank and size:
            out[rank] = drawn.to(complex_.device)
    return out


def with_isolated(complex_: Complex, at: int, edge: bool = False, seed: int = 0) -> tuple[Complex, dict[int, Tensor]]:
    """Insert an isolated node into the first component, or two nodes with an edge that touches nothing else.

    Args:
        complex_: where.
        at: position of the new node among the nodes of the component; the new edge comes first if that is 0, else last.
        edge: insert an edge of two new nodes.
        seed: of the draw of their tensors from those of other cells.

    Returns:
        The new complex, and for each rank the new positions of the old cells.

    Raises:
        ComplexError: when there is no such position, or no rank for an edge.
    """
    first = [int(complex_.offsets(rank)[1]) for rank in range(complex_.rank + 1)]
    if not 0 <= at <= first[0] or (edge and complex_.rank == 0):
        raise ComplexError(f"an isolated cell should stand at 0 to {first[0]} of a complex with edges, but at is {at}")
    added = [2, 1, *[0] * complex_.rank] if edge else [1, *[0] * complex_.rank]
    starts = [at, 0 if at == 0 else first[1], *first[2:]] if edge else [at, *first[1:]]
    ranks = range(complex_.rank + 1)
    moved = {k: _shifted(complex_.sizes[k], starts[k], added[k]).to(complex_.device) for k in ranks}
    old = complex_._structure
    faces = {}
    for high, low in old.stored:
        matrix = old.faces(high, low)
        rows, columns = moved[high][matrix.pattern.rows.long()], moved[low][matrix.pattern.indices.long()]
        values = matrix.values
        if edge and (high, low) == (1, 0):
            rows = torch.cat([rows, rows.new_tensor([starts[1]] * 2)])
            columns = torch.cat([columns, columns.new_tensor([at, at + 1])])
            values = None if values is None else torch.cat([values, values.new_tensor([-1, 1])])
        shape = (old.sizes[high] + added[high], old.sizes[low] + added[low])
        faces[(high, low)] = SparseMatrix.from_coo(rows, columns, values, shape)
    sizes = [old.sizes[k] + added[k] for k in ranks]
    offsets = [torch.cat([old.offsets[k][:1], old.offsets[k][1:] + added[k]]) for k in ranks]
    new = Complex(Structure(old.domain, sizes, offsets, faces))
    return _with_tensors(new, complex_, moved, seed), moved


def _shifted(size: int, start: int, added: int) -> Tensor:
    places = torch.arange(size)
    return places + added * (places >= start)


def _with_tensors(new: Complex, old: Complex, moved: dict[int, Tensor], seed: int) -> Complex:
    generator = torch.Generator().manual_seed(seed)
    for place, name in places_of(old):
        value = tensor_at(old, place, name)
        if place != "whole":
            drawn = redrawn(value.cpu(), new.sizes[place], generator).to(value.device)
            drawn[moved[place]] = value
            value = drawn
        new = new.with_cochain(place, name, value, old.is_odd(place, name))
    return new
