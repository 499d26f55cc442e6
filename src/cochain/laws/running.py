"""How laws run a model: on generic weights, with failures told as broken laws."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.errors import CochainError, LawError, SpecError

TOLERANCE = 1e-8
"""Of what symmetry laws may differ in float64, relative to the largest number of the answer.

A sum taken in another order differs by about 1e-16 per term; eigenvectors and normalisations multiply that by their
condition, and 1e-8 is far above what either makes of it and far below what any broken law makes.
"""


@contextmanager
def drawn_from(seed: int) -> Iterator[None]:
    """Draw from a seed inside, and leave torch's global generator as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def generic(model: nn.Module, seed: int, noise: float = 0.1) -> nn.Module:
    """Copy a model in float64 and evaluation mode, with all weights moved a little.

    What is zero at initialisation, such as a bias that an odd cochain must not have, is then not zero.
    """
    other = copy.deepcopy(model).double().eval()
    with drawn_from(seed), torch.no_grad():
        for parameter in other.parameters():
            if parameter.is_floating_point():
                parameter.add_(noise * torch.randn_like(parameter))
    return other


def attempt(model: nn.Module, complex_: Complex, law: str, what: str) -> Tensor:
    """Run a model where a law says that it should run; an error is a broken law.

    Raises:
        LawError: with the model's own error.
    """
    try:
        with torch.no_grad():
            return model(complex_)  # type: ignore[no-any-return]
    except (RuntimeError, ValueError, IndexError, KeyError, CochainError) as error:
        raise LawError(f"{law}: the model should run on {what}, but raised {type(error).__name__}: {error}") from error


def answer(model: nn.Module, complex_: Complex) -> Tensor:
    """Run a model on the complex as the user gives it: its errors are the user's own."""
    with torch.no_grad():
        y: Tensor = model(complex_)
    return y


def type_of_answer(model: nn.Module, complex_: Complex, y: Tensor) -> Cochain | None:
    """Give the cochain that an answer is, None for one row per component.

    Raises:
        SpecError: when the model has no `writes` and the number of rows fits several places.
    """
    writes: tuple[Cochain, ...] | None = getattr(model, "writes", None)
    if writes is not None:
        return writes[0] if writes else None
    places = [rank for rank, size in enumerate(complex_.sizes) if size == y.shape[0]]
    if len(places) + (len(complex_) == y.shape[0]) != 1:
        raise SpecError(
            f"the {y.shape[0]} rows of the answer should belong to one place, but there are cells {complex_.sizes} "
            f"in {len(complex_)} components; give the model `writes`, the tuple of the cochains that it writes"
        )
    return Cochain(places[0], y.shape[1]) if places else None


def deviation(found: Tensor, expected: Tensor) -> float:
    """Give the largest difference relative to the largest expected number; infinite for other shapes and for NaN."""
    if found.shape != expected.shape or not bool(torch.isfinite(found).all()):
        return float("inf")
    if not expected.numel():
        return 0.0
    largest = float(expected.abs().max())
    return float((found - expected).abs().max()) / largest if largest else float(found.abs().max())


def describe_difference(found: Tensor, expected: Tensor) -> str:
    """Say where two answers differ."""
    if found.shape != expected.shape:
        return f"has shape {tuple(found.shape)} and not {tuple(expected.shape)}"
    finite = torch.isfinite(found)
    if not bool(finite.all()):
        return f"is not finite in row {int((~finite).nonzero()[0, 0])}"
    row = int((found - expected).abs().reshape(len(found), -1).amax(dim=1).argmax())
    return f"differs by {deviation(found, expected):.1e} of its largest number, most in row {row}"
