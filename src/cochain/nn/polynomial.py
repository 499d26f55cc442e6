"""Polynomials of a square neighbourhood: filters with several steps."""

from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Operator
from cochain.errors import ShapeError
from cochain.nn.message import Message

Basis = Literal["monomial", "chebyshev", "bernstein"]


class Polynomial(Message):
    r"""A filter of several steps: $m = \sum_{p=p_0}^{P} q_p(A) X W_p$.

    Linear in X and built from A alone, so it keeps parity along a signed operator and commutes with relabelling. P
    sparse products, P (P + 1) / 2 for the Bernstein basis. Powers are summed by Horner's scheme, after the weights
    where that makes X no wider: then X is all that the backward keeps.

    Args:
        in_channels: channels in.
        out_channels: channels out.
        order: the degree P.
        basis: $q_p$: `monomial` $A^p$; `chebyshev` $T_p(2A - I)$ and `bernstein` $\binom{P}{p} A^p (I-A)^{P-p}$, both
            for operators with spectrum in [0, 1], which `.normalized("spectral")` gives a Laplacian.
        constant: whether the sum begins at p = 0 ($q_0$ is the cell itself in the first two bases, $(I - A)^P$ in the
            third) or at p = 1.
    """

    keeps_odd = True
    sums_only = True
    square = True

    def __init__(
        self, in_channels: int, out_channels: int, order: int = 2, basis: Basis = "monomial", constant: bool = True
    ) -> None:
        super().__init__()
        if order < 1 or basis not in ("monomial", "chebyshev", "bernstein"):
            raise ShapeError(f"a polynomial should have order >= 1 and a known basis, but has {order} and {basis!r}")
        self.order, self.basis, self.constant = order, basis, constant
        terms = order + 1 if constant else order
        self.weight = nn.Parameter(torch.empty(terms, in_channels, out_channels))
        bound = (6.0 / (in_channels * terms + out_channels)) ** 0.5
        nn.init.uniform_(self.weight, -bound, bound)

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        """Give the filtered features."""
        if self.basis == "monomial" and self.weight.shape[2] <= self.weight.shape[1]:
            return self._horner(operator, source)
        terms: list[Tensor] = getattr(self, f"_{self.basis}")(operator, source)
        if not self.constant:
            terms = terms[1:]
        return sum_products(terms, self.weight)

    def _horner(self, operator: Operator, x: Tensor) -> Tensor:
        """X W_0 + A (X W_1 + A (X W_2 + ...))."""
        *lower, highest = self.weight.unbind()
        total = x @ highest
        for weight in reversed(lower):
            total = (operator @ total).addmm_(x, weight)
        return total if self.constant else operator @ total

    def _monomial(self, operator: Operator, x: Tensor) -> list[Tensor]:
        terms = [x]
        for _ in range(self.order):
            terms.append(operator @ terms[-1])
        return terms

    def _chebyshev(self, operator: Operator, x: Tensor) -> list[Tensor]:
        terms = [x, 2 * (operator @ x) - x]
        for _ in range(self.order - 1):
            terms.append(2 * (2 * (operator @ terms[-1]) - terms[-1]) - terms[-2])
        return terms

    def _bernstein(self, operator: Operator, x: Tensor) -> list[Tensor]:
        terms = [x]
        # de Casteljau's triangle: B_{p,n+1} = (1 - A) B_{p,n} + A B_{p-1,n}.
        for _ in range(self.order):
            moved = [operator @ term for term in terms]
            rest = [term - step for term, step in zip(terms, moved, strict=True)]
            terms = [rest[0], *(a + b for a, b in zip(rest[1:], moved[:-1], strict=True)), moved[-1]]
        return terms

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        """Give the sum of powers."""
        first = 0 if self.constant else 1
        symbol = {
            "monomial": f"({neighborhood})^p",
            "chebyshev": f"T_p(2 {neighborhood} - I)",
            "bernstein": f"b_p({neighborhood})",
        }
        return f"Σ_p={first}..{self.order} {symbol[self.basis]} {source} W_p"


def sum_products(
    terms: Sequence[Float[Tensor, "cells channels"]], weights: Float[Tensor, "terms channels out"]
) -> Float[Tensor, "cells out"]:
    r"""Give $\sum_p X_p W_p$ without joining the terms."""
    total = terms[0] @ weights[0]
    for term, weight in zip(terms[1:], weights[1:], strict=True):
        total = total.addmm_(term, weight)
    return total
