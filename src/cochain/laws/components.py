"""Laws of batches: components do not hear each other, and a cell alone is still a cell."""

import torch
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.errors import LawError
from cochain.laws.result import LawResult
from cochain.laws.running import TOLERANCE, answer, attempt, describe_difference, deviation, generic, type_of_answer
from cochain.laws.specimen import cast, with_isolated
from cochain.laws.strips import strip


def union(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    r"""Check that a batch is answered as its members are, one by one.

    $$f(a \sqcup b \sqcup c) = (f(a), f(b), f(c))$$

    Two batches of three in evaluation mode and float64: the complex between a short and a long strip, and the complex
    between single nodes. Tolerance 1e-8 of the largest number of the answer: the sums are the same, and matrix products
    of other sizes may add in another order.

    Args:
        model: maps a complex to a tensor.
        complex: what it reads.
        seed: of the other members.

    Raises:
        LawError: when a member's answer depends on the others.
    """
    model, complex = generic(model, seed), cast(complex, torch.float64)
    y = answer(model, complex)
    short, long, dot = (strip(complex, nodes, seed + nodes) for nodes in (6, 14, 1 if complex.domain != "cell" else 2))
    worst = 0.0
    for what, batch in {"other components": [short, complex, long], "single nodes": [dot, complex, dot]}.items():
        alone = [y if each is complex else attempt(model, each, "union", "a strip or a single node") for each in batch]
        found, expected = attempt(model, Complex.union(batch), "union", "a batch of three"), torch.cat(alone)
        worst = max(worst, deviation(found, expected))
        if worst > TOLERANCE:
            raise LawError(
                f"union: a batch should be answered as its members are alone, but beside {what} the answer "
                f"{describe_difference(found, expected)}; something is normalised or pooled over the whole batch"
            )
    return LawResult("union", True, f"largest difference {worst:.1e}")


def isolated_cells(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    r"""Check that isolated cells get an answer wherever they stand, and that other cells' answers stay as they are.

    $$f(c \sqcup v)|_c = f(c), \qquad f(c \sqcup v)_v \text{ finite}$$

    An isolated node first, in the middle and last, and an isolated edge first and last, all inside the first component,
    in float64. Answers on whole components, and on points, where every cell is isolated, should be finite alone: their
    means may change. Tolerance 1e-8 of the largest number of the answer, for sums in another order.

    Args:
        model: maps a complex to a tensor.
        complex: what it reads.
        seed: of the features of the isolated cells.

    Raises:
        LawError: when rows are missing, not finite, or changed by cells that they do not touch.
    """
    model, complex = generic(model, seed), cast(complex, torch.float64)
    y = answer(model, complex)
    target = type_of_answer(model, complex, y)
    nodes, worst = int(complex.offsets(0)[1]), 0.0
    tries = [("node", at) for at in (0, nodes // 2, nodes)] + [("edge", at) for at in (0, nodes) if complex.rank]
    for kind, at in tries:
        what = f"an isolated {kind} {'first' if at == 0 else 'last' if at == nodes else 'in the middle'}"
        more, moved = with_isolated(complex, at, kind == "edge", seed)
        found = attempt(model, more, "isolated_cells", what)
        rows = len(more) if target is None else more.sizes[target.rank]
        _check_rows(found, rows, what)
        if target is not None and complex.domain != "points":
            rest = found[moved[target.rank]]
            worst = max(worst, deviation(rest, y))
            if worst > TOLERANCE:
                raise LawError(
                    f"isolated_cells: {what} should change no other answer, but the answer "
                    f"{describe_difference(rest, y)}; cells that share nothing are mixed, or rows are lost and shifted"
                )
    return LawResult("isolated_cells", True, f"largest difference {worst:.1e}")


def _check_rows(found: Tensor, rows: int, what: str) -> None:
    if found.shape[0] != rows:
        raise LawError(
            f"isolated_cells: with {what} the answer should have {rows} rows, but has {found.shape[0]}; "
            "its size is taken from the largest index that occurs"
        )
    bad = (~torch.isfinite(found)).nonzero()
    if len(bad):
        raise LawError(
            f"isolated_cells: with {what} the answer should be finite, but row {int(bad[0, 0])} is not; "
            "something divides by a degree that is zero"
        )
