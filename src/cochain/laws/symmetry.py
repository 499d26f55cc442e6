"""Laws of names: no answer depends on how cells are numbered or which way they point."""

import torch
from torch import nn

from cochain.complexes import Complex
from cochain.errors import LawError
from cochain.laws.result import LawResult
from cochain.laws.running import TOLERANCE, answer, attempt, describe_difference, deviation, generic, type_of_answer
from cochain.laws.specimen import cast, permutations, signs

DRAWS = 3
"""Permutations, or reversals, that are tried."""


def relabelling(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    r"""Check that permuting the cells of every rank permutes the answer.

    $$f(P c) = P_k f(c), \qquad f(P c) = f(c) \text{ on whole components}$$

    Three random permutations of the cells of every rank, within components, in float64. Tolerance 1e-8 of the largest
    number of the answer: sums in another order differ by rounding alone.

    Args:
        model: maps a complex to a tensor.
        complex: what it reads.
        seed: of the permutations.

    Raises:
        LawError: when an answer does not follow the permutation.
    """
    model, complex = generic(model, seed), cast(complex, torch.float64)
    y = answer(model, complex)
    target = type_of_answer(model, complex, y)
    generator, worst = torch.Generator().manual_seed(seed), 0.0
    for _ in range(DRAWS):
        order = permutations(complex, generator)
        found = attempt(model, complex.relabel(order), "relabelling", "the complex with its cells renumbered")
        expected = y if target is None else y[order[target.rank]]
        worst = max(worst, deviation(found, expected))
        if worst > TOLERANCE:
            raise LawError(
                "relabelling: renumbering cells should renumber the answer, but the answer "
                f"{describe_difference(found, expected)}; something reads the position of a cell, or a slice of cells"
            )
    return LawResult("relabelling", True, f"largest difference {worst:.1e}")


def orientation(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    r"""Check that reversing cells reverses odd answers and leaves even ones as they are.

    $$f(S c) = S_k f(c) \text{ (odd)}, \qquad f(S c) = f(c) \text{ (even, and on whole components)}$$

    Three random reversals of the cells of all ranks above 0, in float64; odd features change with their cells. Does not
    apply to a complex without orientations, nor to a digraph, whose orientation is data. Tolerance 1e-8 of the largest
    number of the answer: signs cancel exactly, and only the order of sums may change.

    Args:
        model: maps a complex to a tensor; `model.writes` says whether its answer is odd.
        complex: what it reads.
        seed: of the reversals.

    Raises:
        LawError: when the answer changes in another way.
    """
    if not complex.oriented or complex.domain == "digraph" or not sum(complex.sizes[1:]):
        why = "is the direction of an edge, which is data" if complex.domain == "digraph" else "is not there"
        return LawResult("orientation", None, f"the orientation of this {complex.domain} {why}")
    model, complex = generic(model, seed), cast(complex, torch.float64)
    y = answer(model, complex)
    target = type_of_answer(model, complex, y)
    generator, worst = torch.Generator().manual_seed(seed), 0.0
    for _ in range(DRAWS):
        flips = signs(complex, generator)
        found = attempt(model, complex.reorient(flips), "orientation", "the complex with some cells reversed")
        odd = target is not None and target.odd and target.rank in flips
        expected = flips[target.rank][:, None] * y if odd and target is not None else y
        worst = max(worst, deviation(found, expected))
        if worst > TOLERANCE:
            raise LawError(
                f"orientation: reversing cells should {'reverse an odd' if odd else 'leave an even'} answer"
                f"{'' if odd else ' alone'}, but the answer {describe_difference(found, expected)}; an even "
                "nonlinearity or a bias acts on an odd cochain, or the absolute value is taken of a signed operator"
            )
    return LawResult("orientation", True, f"largest difference {worst:.1e}")
