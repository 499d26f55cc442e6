"""Entmax over the nonzeros of each row: shares that sum to 1, as in a softmax, but of which many are exactly 0."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from cochain.errors import ShapeError, SpecError
from cochain.kernels.function import check_rows
from cochain.kernels.segment import segment
from cochain.kernels.softmax import softmax
from cochain.kernels.sparse import Pattern

STEPS = 200
"""Newton steps at most; for alpha = 1.5 some 8 are taken, towards 1 about log(nonzeros of a row) / (alpha - 1)."""


def entmax(pattern: Pattern, scores: Float[Tensor, "nnz"], alpha: float = 1.5) -> Float[Tensor, "nnz"]:
    r"""Turn the scores of each row's nonzeros into shares that sum to 1, low scores into shares of exactly 0.

    $$p_k = \big[(\alpha - 1) s_k - \tau\big]_+^{1 / (\alpha - 1)}, \qquad
      \tau: \sum_{l \in \mathrm{row}(k)} p_l = 1$$

    alpha = 1 is the softmax, alpha = 2 the projection onto the simplex (sparsemax). The sum falls and is convex in
    $\tau$, so Newton's method from $\max (\alpha - 1) s - 1$, where it is at least 1, rises to the root and never
    passes it: no sorting, and a support that is exact. The gradient is that of the support, $J = \mathrm{diag}(g) - g
    g^T / \sum g$ with $g = p^{2 - \alpha}$.

    Args:
        pattern: which nonzeros each row has.
        scores: one finite score per nonzero.
        alpha: from 1 to 2; the greater, the fewer shares above 0.
    Cost:
        some ten sums over the nonzeros forward, one backward.

    Raises:
        ShapeError: when `scores` does not fit the pattern.
        SpecError: for another alpha.
    Source:
        Peters, Niculae, Martins, 2019, "Sparse Sequence-to-Sequence Models".
    """
    check_rows("scores", scores, pattern.nnz, "nonzero of the pattern")
    if scores.ndim != 1:
        raise ShapeError(f"scores should be (nnz,), but have shape {tuple(scores.shape)}")
    if not 1 <= alpha <= 2:
        raise SpecError(f"alpha should be from 1 (softmax) to 2 (sparsemax), but is {alpha}")
    if alpha == 1:
        return softmax(pattern, scores)
    shares: Tensor = _Entmax.apply(pattern, scores, alpha)  # type: ignore[no-untyped-call]
    return shares


def _threshold(pattern: Pattern, z: Tensor, power: float) -> Tensor:
    """Give tau of every row, for z whose largest in the row is 0: the root of sum [z - tau]_+^power = 1."""
    tau = torch.where(pattern.degrees > 0, -1.0, 0.0).to(z.dtype)
    for _ in range(STEPS):
        above = (z - tau[pattern.rows]).clamp(min=0.0)
        lower = torch.where(above > 0, above ** (power - 1), 0.0)
        total, slope = segment(pattern, torch.stack([above * lower, power * lower], dim=1), "sum").unbind(dim=1)
        step = torch.where(slope > 0, (total - 1) / slope.clamp(min=torch.finfo(z.dtype).tiny), 0.0)
        tau = tau + step
        if not bool((step > 4 * torch.finfo(z.dtype).eps).any()):
            break
    return tau


class _Entmax(torch.autograd.Function):
    """Scores to shares, both (nnz,)."""

    @staticmethod
    def forward(ctx: Any, pattern: Pattern, scores: Tensor, alpha: float) -> Tensor:
        z = (alpha - 1) * (scores - segment(pattern, scores, "max")[pattern.rows])
        power = 1 / (alpha - 1)
        shares = (z - _threshold(pattern, z, power)[pattern.rows]).clamp(min=0.0) ** power
        shares = shares / segment(pattern, shares, "sum")[pattern.rows]
        ctx.pattern, ctx.alpha = pattern, alpha
        ctx.save_for_backward(shares)
        return shares

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[None, Tensor, None]:
        (shares,) = ctx.saved_tensors
        weights = torch.where(shares > 0, shares ** (2 - ctx.alpha), 0.0)
        sums = segment(ctx.pattern, torch.stack([weights * grad, weights], dim=1), "sum")
        mean = sums[:, 0] / torch.where(sums[:, 1] > 0, sums[:, 1], 1.0)
        return None, weights * (grad - mean[ctx.pattern.rows]), None
