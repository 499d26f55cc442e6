"""All laws on one model."""

from collections.abc import Callable, Iterable

from torch import nn

from cochain.complexes import Complex
from cochain.errors import LawError, unknown_name
from cochain.laws.components import isolated_cells, union
from cochain.laws.gauge import gauge
from cochain.laws.gradients import gradient_flow, parameters
from cochain.laws.repetition import determinism, input_unchanged, saving
from cochain.laws.result import LawResult
from cochain.laws.size import no_dense, precision, scale
from cochain.laws.symmetry import orientation, relabelling

Law = Callable[[nn.Module, Complex, int], LawResult]

LAWS: dict[str, Law] = {
    "relabelling": relabelling,
    "orientation": orientation,
    "gauge": gauge,
    "union": union,
    "isolated_cells": isolated_cells,
    "gradient_flow": gradient_flow,
    "parameters": parameters,
    "no_dense": no_dense,
    "scale": scale,
    "precision": precision,
    "saving": saving,
    "determinism": determinism,
    "input_unchanged": input_unchanged,
}


def check(model: nn.Module, complex: Complex, laws: Iterable[str] | None = None, seed: int = 0) -> list[LawResult]:
    """Check laws on a model; a broken one is a result like any other, so that all are seen.

    Args:
        model: maps a complex to a tensor with one row per cell of one rank, or per component.
        complex: what the model reads, with generic features: a law cannot see what constant features hide.
        laws: names of laws; by default all.
        seed: of the random permutations, orientations, features and weights that the laws draw.

    Raises:
        UnknownNameError: when no law has this name.
    """
    results = []
    for name in LAWS if laws is None else laws:
        if name not in LAWS:
            raise unknown_name("law", name, LAWS)
        try:
            results.append(LAWS[name](model, complex, seed))
        except LawError as error:
            results.append(LawResult(name, False, str(error)))
    return results
