"""The Complex: cells graded by rank, their incidences, their tensors, their files."""

from cochain.complexes.arrays import Ragged
from cochain.complexes.cells import Cells
from cochain.complexes.cochain import Cochain
from cochain.complexes.complex import Complex
from cochain.complexes.neighborhood import (
    Neighborhood,
    adjacent,
    cofaces,
    faces,
    hodge,
    incident,
    laplacian,
    lower,
    self_,
    upper,
)
from cochain.complexes.operator import Operator

__all__ = [
    "Cells",
    "Cochain",
    "Complex",
    "Neighborhood",
    "Operator",
    "Ragged",
    "adjacent",
    "cofaces",
    "faces",
    "hodge",
    "incident",
    "laplacian",
    "lower",
    "self_",
    "upper",
]
