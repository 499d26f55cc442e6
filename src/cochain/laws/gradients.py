"""Laws of learning: what is read reaches the answer, and every parameter can learn."""

import torch
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.errors import LawError
from cochain.laws.result import LawResult
from cochain.laws.running import drawn_from, generic
from cochain.laws.specimen import cast, replaced, tensor_at
from cochain.laws.strips import strip

NOISE = (0.1, 0.5, 1.0, 1.0, 1.0, 1.0, *(0.3, 0.5) * 6)
"""How far weights are moved in each draw: rectifiers may be dead, or scores of one sign, in one, hardly in all."""


def gradient_flow(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    r"""Check that every rank that the model reads reaches its answer.

    $$\frac{\partial f}{\partial x_r} \ne 0 \text{ for every rank } r \text{ of } \texttt{model.reads}$$

    The gradient of a random combination of the answer's numbers, in float64, for up to six draws of generic weights.
    A rank counts as reached when one number of its gradient is not exactly 0: there is no tolerance, since what is not
    connected has a gradient of exactly 0. A rank further away than the model has layers is not reached; give the model
    as many layers as it should need. Ranks without features in the complex, or without cells, are left out.

    Args:
        model: maps a complex to a tensor and has `reads`, the cochains that it reads.
        complex: what it reads.
        seed: of the weights.

    Raises:
        LawError: with the ranks that never reach the answer.
    """
    complex = cast(complex, torch.float64)
    read = _read_places(model, complex)
    if not read:
        return LawResult("gradient_flow", None, "the complex has no features on the ranks that the model reads")
    silent = set(read)
    for draw, noise in enumerate(NOISE):
        leaves = {place: tensor_at(complex, *place).clone().requires_grad_() for place in read}
        given = complex
        for place, leaf in leaves.items():
            given = replaced(given, *place, leaf)
        gradients = _gradients(generic(model, seed + draw, noise), given, list(leaves.values()), seed + draw)
        silent -= {place for place, gradient in zip(leaves, gradients, strict=True) if _alive(gradient)}
        if not silent:
            return LawResult("gradient_flow", True, f"all of {_named(read)} reach the answer")
    raise LawError(
        f"gradient_flow: the answer should depend on {_named(read)}, but its gradient is exactly 0 for "
        f"{_named(silent)}; a neighbourhood runs the wrong way, a rank is never updated, or there are too few layers"
    )


def parameters(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    r"""Check that every parameter has a gradient.

    $$\frac{\partial f}{\partial \theta} \ne 0 \text{ for every parameter } \theta$$

    As `gradient_flow`, on the complex together with a strip, so that no rank lacks neighbours. A parameter counts when
    one of its numbers has a gradient that is not exactly 0; those with `requires_grad=False` are left out.

    Args:
        model: maps a complex to a tensor.
        complex: what it reads.
        seed: of the weights.

    Raises:
        LawError: with the parameters that never have a gradient.
    """
    complex = cast(complex, torch.float64)
    batch = Complex.union([complex, strip(complex, 14, seed)])
    dead = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    count = len(dead)
    for draw, noise in enumerate(NOISE):
        copy = generic(model, seed + draw, noise)
        chosen = {name: parameter for name, parameter in copy.named_parameters() if parameter.requires_grad}
        gradients = _gradients(copy, batch, list(chosen.values()), seed + draw)
        dead -= {name for name, gradient in zip(chosen, gradients, strict=True) if _alive(gradient)}
        if not dead:
            return LawResult("parameters", True, f"all {count} have a gradient")
    raise LawError(
        f"parameters: every parameter should have a gradient, but {', '.join(sorted(dead))} never have; "
        "remove them, or connect them with the answer"
    )


def _read_places(model: nn.Module, complex_: Complex) -> list[tuple[int, str]]:
    names = getattr(model, "names", {})
    places = []
    for cochain in getattr(model, "reads", ()):
        there = complex_[cochain.rank]
        name = next((name for name in names.get(cochain.rank, ("x",)) if name in there), None)
        if name is not None and len(there) and there[name].is_floating_point():
            places.append((cochain.rank, name))
    return places


def _gradients(model: nn.Module, complex_: Complex, leaves: list[Tensor], seed: int) -> list[Tensor | None]:
    y = model(complex_)
    if not y.requires_grad or not leaves:
        return [None] * len(leaves)
    with drawn_from(seed):
        loss = (y * torch.randn_like(y)).sum()
    return list(torch.autograd.grad(loss, leaves, allow_unused=True))


def _alive(gradient: Tensor | None) -> bool:
    return gradient is not None and bool((gradient != 0).any())


def _named(places: "set[tuple[int, str]] | list[tuple[int, str]]") -> str:
    return ", ".join(f"{name} of rank {rank}" for rank, name in sorted(places))
