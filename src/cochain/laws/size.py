"""Laws of size: memory, magnitude and precision."""

import copy

import torch
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.errors import CochainError, LawError
from cochain.laws.recorder import Recorder
from cochain.laws.result import LawResult
from cochain.laws.running import attempt, deviation, type_of_answer
from cochain.laws.specimen import cast, places_of, replaced, tensor_at
from cochain.laws.strips import strip

SMALL, LARGE = 1000, 4000
GROWTH = 6.0
"""Largest growth of the largest tensor between strips of 1000 and 4000 nodes.

What is linear grows 4 times, what is dense in two ranks 16 times. At 4000 nodes a dense tensor has at least 16 million
numbers, more than any that is linear in the cells, for hidden layers up to some 500 channels.
"""

THOUSAND = 1000
MAGNITUDE = 50.0
"""How much the answer's size may change on a complex a thousand times as large.

With the same neighbourhoods everywhere it should not change at all, but for chance and the ends of the strip; a sum
over all cells changes it by 1000, a mean over random signs by 30.
"""

AGREEMENT = 1e-4
"""How far float32 may be from float64: float32 has 1e-7, some hundred sums and a few layers multiply it."""


def no_dense(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    r"""Check that no tensor of a step grows faster than the complex: none has a number per pair of cells.

    $$\max_t \mathrm{numel}_{4n}(t) \le 6 \, \max_t \mathrm{numel}_{n}(t)$$

    Forward and backward on strips of 1000 and 4000 nodes, with every tensor that torch makes recorded. Linear growth is
    4, quadratic growth 16, and the bound of 6 stands between; for hidden layers above some 500 channels it no longer
    tells them apart. A dense array inside numpy or scipy is not seen.

    Args:
        model: maps a complex to a tensor.
        complex: gives domain, ranks and features of the strips.
        seed: of the features.

    Raises:
        LawError: with the operation and the shape of the tensor that grows too fast.
    """
    model = copy.deepcopy(model).eval()
    seen = {}
    for nodes in (SMALL, LARGE):
        specimen = strip(complex, nodes, seed)
        with Recorder() as seen[nodes], torch.enable_grad():
            try:
                y = model(specimen)
            except CochainError as refusal:
                raise LawError(
                    f"no_dense: the model should run on a strip of {nodes} nodes, but {refusal}"
                ) from refusal
            if y.requires_grad:
                y.square().sum().backward()
    growth = seen[LARGE].largest / max(seen[SMALL].largest, 1)
    found = f"{seen[LARGE].largest:,} numbers, made by {seen[LARGE].operation} as {seen[LARGE].shape}"
    if growth > GROWTH:
        raise LawError(
            f"no_dense: on 4 times as many cells the largest tensor should have about 4 times as many numbers, but has "
            f"{growth:.1f} times as many: {found}; keep operators sparse, and reduce over neighbourhoods"
        )
    return LawResult("no_dense", True, f"the largest tensor of {LARGE} nodes has {found}; it grew {growth:.1f} times")


def scale(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    r"""Check that the answer at initialisation neither explodes nor vanishes on a complex a thousand times as large.

    $$\frac{1}{50} \le \frac{\mathrm{rms} f(c_{1000 n})}{\mathrm{rms} f(c_n)} \le 50$$

    Strips of 10 and 10 000 nodes, features even where they are not odd made positive, so that sums add up. On whole
    components, where a sum over all cells is what some models define, the upper bound is 1000 times higher.

    Args:
        model: maps a complex to a tensor, with its initial weights.
        complex: gives domain, ranks and features of the strips.
        seed: of the features.

    Raises:
        LawError: when the answer's magnitude leaves the bounds, or is zero or not finite.
    """
    model = copy.deepcopy(model).eval()
    sizes = {}
    for nodes in (10, 10 * THOUSAND):
        specimen = _positive(strip(complex, nodes, seed))
        y = attempt(model, specimen, "scale", f"a strip of {nodes} nodes")
        sizes[nodes] = float(y.double().square().mean().sqrt())
        whole = type_of_answer(model, specimen, y) is None
    small, large = sizes.values()
    bounds = (1 / MAGNITUDE, MAGNITUDE * (THOUSAND if whole else 1))
    ratio = large / small if small else float("inf")
    if not bounds[0] <= ratio <= bounds[1]:
        raise LawError(
            f"scale: on a complex a thousand times as large the answer should be as large, but is {ratio:.1e} "
            f"times that ({small:.1e} and {large:.1e}); normalise by degrees or by the number of cells of a component, "
            "not by sums over all cells or the size of the batch"
        )
    return LawResult("scale", True, f"the answer became {ratio:.2g} times as large on {THOUSAND} times as many cells")


def precision(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    r"""Check that float32 and float64 agree and that the answer has the type of features and weights.

    $$\|f_{32}(c) - f_{64}(c)\|_\infty \le 10^{-4} \, \|f_{64}(c)\|_\infty$$

    Tolerance 1e-4 of the largest number: float32 rounds at 1e-7, and sums and layers multiply that by some hundreds.

    Args:
        model: maps a complex to a tensor.
        complex: what it reads.
        seed: not used; every law has it.

    Raises:
        LawError: when the model does not run in one of the two, changes the type, or the two disagree.
    """
    answers: dict[torch.dtype, Tensor] = {}
    for dtype in (torch.float64, torch.float32):
        other = copy.deepcopy(model).to(dtype).eval()
        y = attempt(other, cast(complex, dtype), "precision", f"features and weights of type {dtype}")
        if y.dtype != dtype:
            raise LawError(
                f"precision: features and weights of {dtype} should give an answer of {dtype}, but gave {y.dtype}; a "
                "constant or an operator has a type of its own"
            )
        answers[dtype] = y.double()
    off = deviation(answers[torch.float32], answers[torch.float64])
    if off > AGREEMENT:
        raise LawError(
            f"precision: float32 and float64 should agree to {AGREEMENT:.0e}, but differ by {off:.1e}; something is "
            "ill-conditioned (a difference of large numbers, an inverse close to zero)"
        )
    return LawResult("precision", True, f"float32 and float64 differ by {off:.1e}")


def _positive(complex_: Complex) -> Complex:
    for place, name in places_of(complex_):
        value = tensor_at(complex_, place, name)
        if value.is_floating_point() and not complex_.is_odd(place, name):
            complex_ = replaced(complex_, place, name, value.abs())
    return complex_
