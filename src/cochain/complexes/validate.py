"""Everything that must hold in a complex, checked."""

from typing import TYPE_CHECKING

import torch

from cochain.complexes.structure import DOMAINS, Structure
from cochain.errors import ComplexError, ShapeError

if TYPE_CHECKING:
    from cochain.complexes.complex import Complex


_TOP = {"points": (0,), "graph": (1,), "digraph": (1,), "hypergraph": (1,), "cell": (2, 3)}  # 3: cubes


def validate(complex_: "Complex") -> None:
    """Check structure and tensors; see `Complex.validate`."""
    validate_structure(complex_._structure)
    for place, name in complex_._odd:
        if place in (0, "whole") or not complex_.oriented:
            raise ComplexError(f"'{name}' on {place} of a {complex_.domain} has no orientation, but is marked as odd")
    for (place, name), value in complex_._all_values().items():
        rows = complex_._rows(place)
        if value.ndim == 0 or value.shape[0] != rows:
            raise ComplexError(f"'{name}' on {place} should have {rows} rows, but has shape {tuple(value.shape)}")
        if name in ("x", "pos", "weight") and value.is_floating_point() and not bool(torch.isfinite(value).all()):
            row = int((~torch.isfinite(value)).reshape(rows, -1).any(dim=1).nonzero()[0])
            raise ComplexError(f"'{name}' on {place} should be finite, but row {row} is not; clean or impute it")


def validate_structure(structure: Structure) -> None:
    """Check offsets, indices, components and B B = 0."""
    if structure.domain not in DOMAINS:
        raise ComplexError(f"a domain should be one of {', '.join(DOMAINS)}, but is {structure.domain!r}")
    for rank, (size, offsets) in enumerate(zip(structure.sizes, structure.offsets, strict=True)):
        ends = [int(offsets[0]), int(offsets[-1])] if len(offsets) else []
        if len(offsets) != len(structure) + 1 or ends != [0, size] or bool((offsets.diff() < 0).any()):
            raise ComplexError(f"the component offsets of rank {rank} should rise from 0 to {size}, but do not")
    _validate_stored(structure)
    for high, low in structure.stored:
        _validate_faces(structure, high, low)
    if structure.oriented:
        for rank in range(1, structure.rank):
            _validate_boundary(structure, rank)


def _validate_stored(structure: Structure) -> None:
    top = _TOP.get(structure.domain)
    if top is not None and structure.rank not in top:
        wanted = " or ".join(map(str, top))
        raise ComplexError(f"the top rank of a {structure.domain} should be {wanted}, but is {structure.rank}")
    for rank in range(1, structure.rank + 1):
        low = 0 if structure.domain == "combinatorial" else rank - 1
        if (rank, low) not in structure.stored:
            raise ComplexError(f"the faces of rank {low} in the cells of rank {rank} should be stored, but are missing")


def _validate_faces(structure: Structure, high: int, low: int) -> None:
    if not structure.rank >= high > low >= 0:
        raise ComplexError(f"faces should join ranks 0 <= r < s <= {structure.rank}, but join {low} and {high}")
    matrix = structure.faces(high, low)
    if matrix.shape != (structure.sizes[high], structure.sizes[low]):
        raise ComplexError(
            f"the faces of rank {high} should be {structure.sizes[high]} x {structure.sizes[low]}, "
            f"but are {matrix.shape}"
        )
    try:
        matrix.validate()
    except ShapeError as error:
        raise ComplexError(f"the faces of rank {low} in the cells of rank {high} are broken: {error}") from error
    rows, columns = matrix.pattern.rows.long(), matrix.pattern.indices.long()
    twice = ((rows[1:] == rows[:-1]) & (columns[1:] == columns[:-1])).nonzero()
    if len(twice):
        cell, face = int(rows[twice[0]]), int(columns[twice[0]])
        raise ComplexError(f"cell {cell} of rank {high} should have each face once, but has face {face} twice")
    across = structure.component_of(high)[rows] != structure.component_of(low)[columns]
    if bool(across.any()):
        cell = int(rows[across][0])
        raise ComplexError(
            f"a cell and its faces should lie in one component, but cell {cell} of rank {high} has a face in another"
        )
    if structure.oriented:
        _validate_signs(structure, high, low)
    elif matrix.values is not None:
        raise ComplexError(f"a {structure.domain} has no orientation, but the faces of rank {high} carry signs")


def _validate_signs(structure: Structure, high: int, low: int) -> None:
    matrix = structure.faces(high, low)
    if matrix.values is None or matrix.values.ndim != 1 or not bool((matrix.values.abs() == 1).all()):
        raise ComplexError(f"the faces of rank {high} should carry signs +1 or -1, but do not")
    widths = matrix.pattern.degrees
    if structure.domain == "simplicial" or high == 1:
        wrong = (widths != high + 1).nonzero()
        if len(wrong):
            raise ComplexError(
                f"cell {int(wrong[0])} of rank {high} should have {high + 1} faces, but has {int(widths[wrong[0]])}"
            )
    if high == 1:
        sums = matrix.values.reshape(-1, 2).sum(dim=1).nonzero()
        if len(sums):
            raise ComplexError(f"an edge should leave one node and enter the other, but edge {int(sums[0])} does not")


def _validate_boundary(structure: Structure, rank: int) -> None:
    """Check B_rank B_{rank+1} = 0."""
    low = structure.faces(rank, rank - 1).to("cpu").astype(torch.float64).to_scipy()
    high = structure.faces(rank + 1, rank).to("cpu").astype(torch.float64).to_scipy()
    product = (high @ low).tocoo()
    wrong = product.data.nonzero()[0]
    if len(wrong):
        k = wrong[0]
        cell, face = int(product.coords[0][k]), int(product.coords[1][k])
        raise ComplexError(
            f"B_{rank} @ B_{rank + 1} must be zero, but entry ({face}, {cell}) is {int(product.data[k])}; "
            f"check the signs of the faces of cell {cell} of rank {rank + 1}"
        )
