"""Messages: what a neighbour says. `Linear`, the convolution, is here; the others have files of their own."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Operator
from cochain.errors import ShapeError
from cochain.kernels import aggregate, matmul

REDUCTIONS = ("sum", "mean", "max", "min", "std", "logsumexp")
SPARSE_COST = 8
"""A multiplication of a sparse product takes as long as so many of a dense one, which reads each number once."""


class Message(nn.Module):
    """One neighbourhood's messages, reduced onto the cells that hear them: steps one and two of a layer.

    A message reads the features of the source cells and, if it says so, of the target cells and of the cells that each
    pair shares. `keeps_odd` says that an odd cochain passes through it as an odd one: linear, without bias;
    `sums_only` that it knows no reduction but its own sum, and `square` that it needs a neighbourhood of one rank;
    `there_and_back` that it goes along the transposed neighbourhood first, from the target cells.
    """

    keeps_odd = False
    reads_target = False
    reads_via = False
    sums_only = False
    square = False
    there_and_back = False

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        """Compute every message and reduce them over each row of the operator."""
        raise NotImplementedError

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        """Give the message as it stands in the layer's equation."""
        raise NotImplementedError


def reduce_neighbors(
    operator: Operator, x: Float[Tensor, "sources channels"], reduce: str
) -> Float[Tensor, "targets channels"]:
    """Reduce the neighbours' features as they are: a sum is weighted by the operator's values, the rest is not."""
    if reduce == "sum":
        return operator @ x
    return aggregate(operator.matrix.pattern, x, reduce)


def with_reduction(text: str, reduce: str) -> str:
    """Write the reduction around a formula, unless it is a sum, which the matrix product says already."""
    return text if reduce == "sum" else f"{reduce}({text})"


class Linear(Message):
    r"""The convolution: $m = A X W$, or $A X$ without arguments.

    Linear and without bias, so it commutes with relabelling, and along a signed neighbourhood with reorientation. The
    product runs in the cheaper order, (A X) W or A (X W).

    Args:
        in_channels: channels of the source; 0 together with `out_channels` = 0 means no weight.
        out_channels: channels of the message.
    """

    keeps_odd = True

    def __init__(self, in_channels: int = 0, out_channels: int = 0) -> None:
        super().__init__()
        if (in_channels == 0) != (out_channels == 0):
            raise ShapeError(f"Linear should have both widths or neither, but has {in_channels} and {out_channels}")
        self.weight: nn.Parameter | None = None
        if in_channels:
            self.weight = nn.Parameter(torch.empty(in_channels, out_channels))
            nn.init.xavier_uniform_(self.weight)

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        """Give A X W."""
        if self.weight is None:
            return reduce_neighbors(operator, source, reduce)
        if reduce != "sum" or self._weight_first(operator, source):
            return reduce_neighbors(operator, matmul(source, self.weight), reduce)
        return (operator @ source) @ self.weight

    def _weight_first(self, operator: Operator, source: Tensor) -> bool:
        """Say whether A (X W) costs no more than (A X) W, gradients included; of equals it keeps less for the backward.

        The gradient of W comes through A where A stands outside, that of X where A stands next to it; and features that
        nothing before them learns from take none.
        """
        assert self.weight is not None
        channels, out = self.weight.shape
        rows, columns = operator.shape
        learns = torch.is_grad_enabled() and self.weight.requires_grad
        back = torch.is_grad_enabled() and source.requires_grad
        dense = channels * out * (1 + learns + back)
        first = SPARSE_COST * operator.nnz * out * (1 + (learns or back)) + columns * dense
        last = SPARSE_COST * operator.nnz * channels * (1 + back) + rows * dense
        return first <= last

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        """Give `A h W`."""
        return f"{neighborhood} {source}" + (" W" if self.weight is not None else "")
