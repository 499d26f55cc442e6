"""The law of bases: a sheaf's stalks have no preferred coordinates."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.errors import LawError
from cochain.laws.result import LawResult
from cochain.laws.running import TOLERANCE, answer, attempt, describe_difference, deviation, generic
from cochain.laws.specimen import cast, replaced


def gauge(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    r"""Check that changing the bases of a sheaf's stalks on edges changes nothing.

    $$F_{v \triangleleft e} \mapsto O_e F_{v \triangleleft e}, \quad O_e^T O_e = I: \qquad f \mapsto f$$

    Nothing is read from a stalk of an edge: features live on nodes, and an edge's two maps only compare them. An
    orthogonal change of its basis moves both maps and leaves $F^T F$, and so every sheaf Laplacian, as it is. One
    random basis for every edge, signs where the maps are diagonal, in float64; tolerance 1e-8 of the largest of the
    answer, for the rounding of the products.

    A model exposes a sheaf by reading `maps` on rank 1 of the complex, `(edges, 2, d, d)` or `(edges, 2, d)`, or by
    modules with a method `restrict(complex, x)` that gives the maps, one for each nonzero of `complex.faces(1, 0)`.

    Args:
        model: maps a complex to a tensor.
        complex: what it reads.
        seed: of the bases.

    Raises:
        LawError: when the answer depends on the bases.
    """
    model, complex = generic(model, seed), cast(complex, torch.float64)
    given = complex.rank >= 1 and "maps" in complex[1]
    learners = [module for module in model.modules() if callable(getattr(module, "restrict", None))]
    if not given and not learners:
        return LawResult("gauge", None, "the model exposes no sheaf")
    y = answer(model, complex)
    for module in learners:
        module.restrict = _turned(module.restrict, seed)  # type: ignore[assignment, arg-type]
    if given:
        complex = replaced(complex, 1, "maps", _change(complex[1].maps, seed))
    found = attempt(model, complex, "gauge", "other bases of the stalks on edges")
    off = deviation(found, y)
    if off > TOLERANCE:
        raise LawError(
            "gauge: other bases of the stalks on edges should change nothing, but the answer "
            f"{describe_difference(found, y)}; the maps of an edge should be compared with each other, not read"
        )
    return LawResult("gauge", True, f"largest difference {off:.1e}")


def _bases(count: int, d: int, diagonal: bool, like: Tensor, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    if diagonal:
        return (1 - 2 * torch.randint(2, (count, d), generator=generator)).to(like)
    bases, _ = torch.linalg.qr(torch.randn(count, d, d, dtype=torch.float64, generator=generator))
    return bases.to(like)  # type: ignore[no-any-return]


def _change(maps: Tensor, seed: int) -> Tensor:
    """Change the bases of maps (edges, 2, d, d), or (edges, 2, d) where they are diagonal."""
    diagonal = maps.ndim == 3
    bases = _bases(maps.shape[0], maps.shape[-1], diagonal, maps, seed)[:, None]
    return bases * maps if diagonal else bases @ maps


def _turned(restrict: Callable[[Complex, Tensor], Tensor], seed: int) -> Callable[[Complex, Tensor], Tensor]:
    """Change the bases of maps (nonzeros, d, d), or (nonzeros, d), after they were computed."""

    def turned(complex_: Complex, x: Tensor) -> Tensor:
        maps, edge = restrict(complex_, x), complex_.faces(1, 0).pattern.rows.long()
        diagonal = maps.ndim == 2
        bases = _bases(complex_.sizes[1], maps.shape[-1], diagonal, maps, seed)[edge]
        return bases * maps if diagonal else bases @ maps

    return turned
