"""A filter of several steps whose operator is an attention over the neighbourhood."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Operator
from cochain.kernels import SparseMatrix, sddmm, softmax, spmm
from cochain.nn.message import Message
from cochain.nn.polynomial import sum_products


class AttentionFilter(Message):
    r"""Walk up to P steps along an attention: $m = \sum_{p=1}^{P} \alpha^p X W_p$.

    $$\alpha_{xy} = \mathrm{softmax}_{y \in N(x)} \ \mathrm{LeakyReLU}(a^T z_x + b^T z_y), \qquad
      z = X W_1 \Vert \dots \Vert X W_P$$

    Scores of odd features depend on orientations. With `odd`, scores read $|z|$ and every $\alpha_{xy}$ carries the
    sign of the neighbourhood's value, so that odd cochains stay odd. A cell without neighbours hears zero.

    Args:
        in_channels: channels in.
        out_channels: channels out.
        order: P, the steps.
        odd: whether to carry odd cochains along a signed neighbourhood.
        slope: of the leaky rectifier.
    Cost:
        memory $O(nnz + P C n)$, time $O(P C \, nnz)$.
    Source:
        Giusti et al., 2022, "Simplicial Attention Neural Networks"; the odd form as in Goh, Bodnar, Lio, 2022,
        "Simplicial Attention Networks".
    """

    sums_only = True
    square = True

    def __init__(
        self, in_channels: int, out_channels: int, order: int = 1, odd: bool = False, slope: float = 0.2
    ) -> None:
        super().__init__()
        self.keeps_odd, self.slope = odd, slope
        self.weight = nn.Parameter(torch.empty(order, in_channels, out_channels))
        bound = (6.0 / (in_channels * order + out_channels)) ** 0.5
        nn.init.uniform_(self.weight, -bound, bound)
        self.score = nn.Linear(order * out_channels, 2, bias=False)

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        """Give the filtered features."""
        mapped = [source @ weight for weight in self.weight]
        alpha = self._attend(operator, source, mapped)
        total = mapped.pop()
        while mapped:  # Horner's scheme
            total = spmm(alpha, total).add_(mapped.pop())
        return spmm(alpha, total)

    def _attend(self, operator: Operator, x: Tensor, mapped: list[Tensor]) -> SparseMatrix:
        """Give the attention, with signs where it is odd."""
        matrix, maps = operator.matrix, torch.stack(self.score.weight.T.chunk(len(mapped)))
        if self.keeps_odd:
            ends = sum_products([z.abs() for z in mapped], maps)
        else:  # linear in z = X W, so a map of X itself
            ends = x @ torch.bmm(self.weight, maps).sum(dim=0)
        one = torch.ones_like(ends[:, 0])
        left, right = torch.stack([ends[:, 0], one], dim=1), torch.stack([one, ends[:, 1]], dim=1)
        scores = sddmm(matrix.pattern, left, right)
        weights = softmax(matrix.pattern, nn.functional.leaky_relu(scores, self.slope))
        if self.keeps_odd and matrix.values is not None:
            weights = weights * matrix.values.sign().to(weights.dtype)
        return SparseMatrix(matrix.pattern, weights)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        """Give the sum of powers of the attention."""
        sign = "±" if self.keeps_odd else ""
        z = "|z|" if self.keeps_odd else "z"
        attention = f"{sign}softmax[{neighborhood}](LeakyReLU(a {z}_x + b {z}_y))"
        if len(self.weight) == 1:
            return f"{attention} {source} W"
        return f"Σ_p=1..{len(self.weight)} ({attention})^p {source} W_p"
