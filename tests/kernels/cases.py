"""Patterns to test on, and every primitive as a case: what it computes and the shapes of its floating arguments."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from torch import Tensor

from cochain.kernels import (
    Pattern,
    SparseMatrix,
    aggregate,
    attention,
    backend,
    dot_attention,
    sddmm,
    segment,
    softmax,
    spmm,
)

REDUCTIONS = ("sum", "mean", "max", "min", "std", "logsumexp")


def pattern_of(
    rows: list[int], columns: list[int], shape: tuple[int, int], dtype: torch.dtype = torch.int32
) -> Pattern:
    """A validated pattern from coordinates in any order, with the integer type wanted."""
    pattern, _ = Pattern.from_coo(torch.tensor(rows).long(), torch.tensor(columns).long(), shape)
    return Pattern(pattern.indptr.to(dtype), pattern.indices.to(dtype), shape).validate()


def random_pattern(rows: int, columns: int, nnz: int, dtype: torch.dtype = torch.int32, seed: int = 0) -> Pattern:
    """A pattern with empty rows and columns (the last of each) and with places that several nonzeros share."""
    generator = torch.Generator().manual_seed(seed)
    i = torch.randint(max(rows - 1, 1), (nnz,), generator=generator)
    j = torch.randint(max(columns - 1, 1), (nnz,), generator=generator)
    return pattern_of(i.tolist(), j.tolist(), (rows, columns), dtype)


@st.composite
def patterns(draw: st.DrawFn, dtype: torch.dtype = torch.int32) -> Pattern:
    """Patterns of up to 6 x 6 cells and 14 nonzeros, empty ones among them."""
    rows, columns = draw(st.integers(0, 6)), draw(st.integers(0, 6))
    nnz = draw(st.integers(0, 14)) if rows and columns else 0
    i = draw(st.lists(st.integers(0, max(rows - 1, 0)), min_size=nnz, max_size=nnz))
    j = draw(st.lists(st.integers(0, max(columns - 1, 0)), min_size=nnz, max_size=nnz))
    return pattern_of(i, j, (rows, columns), dtype)


@dataclass(frozen=True)
class Case:
    """A primitive and the shapes of its arguments, in numbers and the letters r(ows), c(olumns), n(onzeros)."""

    function: Callable[..., Tensor]
    shapes: tuple[tuple[str | int, ...], ...]

    def arguments(self, pattern: Pattern, dtype: torch.dtype, seed: int = 0) -> list[Tensor]:
        sizes = {"r": pattern.shape[0], "c": pattern.shape[1], "n": pattern.nnz}
        generator = torch.Generator().manual_seed(seed)
        return [
            torch.randn(
                [sizes[s] if isinstance(s, str) else s for s in shape], generator=generator, dtype=torch.float64
            )
            .to(dtype)
            .requires_grad_()
            for shape in self.shapes
        ]


def _transposed(pattern: Pattern, values: Tensor, x: Tensor) -> Tensor:
    return spmm(SparseMatrix(pattern, values).T, x)


CASES = {
    "spmm ones": Case(lambda p, x: spmm(SparseMatrix(p), x), (("c", 3),)),
    "spmm vector": Case(lambda p, v, x: spmm(SparseMatrix(p, v), x), (("n",), ("c",))),
    "spmm numbers": Case(lambda p, v, x: spmm(SparseMatrix(p, v), x), (("n",), ("c", 2, 3))),
    "spmm heads": Case(lambda p, v, x: spmm(SparseMatrix(p, v), x), (("n", 2), ("c", 2, 3))),
    "spmm blocks": Case(lambda p, v, x: spmm(SparseMatrix(p, v), x), (("n", 2, 3), ("c", 3, 2))),
    "spmm transposed numbers": Case(_transposed, (("n",), ("r", 3))),
    "spmm transposed blocks": Case(_transposed, (("n", 2, 3), ("r", 2, 2))),
    "sddmm": Case(sddmm, (("r", 3), ("c", 3))),
    "sddmm heads": Case(sddmm, (("r", 2, 3), ("c", 2, 3))),
    **{f"segment {r}": Case(lambda p, v, r=r: segment(p, v, r), (("n", 3),)) for r in REDUCTIONS},
    **{f"segment {r} vector": Case(lambda p, v, r=r: segment(p, v, r), (("n",),)) for r in ("mean", "max", "std")},
    **{f"aggregate {r}": Case(lambda p, x, r=r: aggregate(p, x, r), (("c", 3),)) for r in REDUCTIONS},
    "softmax": Case(softmax, (("n",),)),
    "softmax heads": Case(softmax, (("n", 2),)),
    "attention": Case(attention, (("r", 2), ("c", 2), ("c", 2, 3))),
    "attention bias": Case(
        lambda p, a, b, v, e: attention(p, a, b, v, 0.1, e), (("r", 2), ("c", 2), ("c", 2, 3), ("n", 2))
    ),
    "dot attention": Case(lambda p, q, k, v: dot_attention(p, q, k, v, 0.7), (("r", 2, 4), ("c", 2, 4), ("c", 2, 3))),
    "dot attention bias": Case(
        lambda p, q, k, v, e: dot_attention(p, q, k, v, 0.7, e), (("r", 2, 4), ("c", 2, 4), ("c", 2, 3), ("n", 2))
    ),
}


def run(case: Case, pattern: Pattern, dtype: torch.dtype, name: str | None = None, seed: int = 0) -> list[Tensor]:
    """The result and the gradients of one case on one backend, on a fresh pattern (nothing cached)."""
    pattern = Pattern(pattern.indptr, pattern.indices, pattern.shape)
    arguments = case.arguments(pattern, dtype, seed)
    with backend(name):
        out = case.function(pattern, *arguments)
        weight = torch.randn(out.shape, generator=torch.Generator().manual_seed(9), dtype=torch.float64).to(dtype)
        torch.where(out.isinf(), 0, out).mul(weight).sum().backward()
    return [out.detach(), *(a.grad for a in arguments if a.grad is not None)]
