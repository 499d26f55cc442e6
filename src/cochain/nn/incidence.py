"""Messages along incidences that are scaled by degrees on both sides."""

from weakref import WeakKeyDictionary

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Operator
from cochain.kernels import Pattern, SparseMatrix, aggregate, spmm
from cochain.nn.message import Message


class Smoothed(Message):
    r"""There and back along an incidence H, weighted: $D^{-1/2} H W D_e^{-1} H^T D^{-1/2} X \Theta$, D = diag(H w).

    Both steps at once, since both need the degrees of the targets: the source is w, the target x. Symmetric, with
    eigenvalues in [0, 1]. A cell that nothing of positive weight contains hears nothing.

    Args:
        in_channels: channels of the target.
        out_channels: channels of the message.
        dropout: probability of dropping a channel of the target.
    """

    reads_target = True
    there_and_back = True

    def __init__(self, in_channels: int, out_channels: int, dropout: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_channels, out_channels))
        nn.init.xavier_uniform_(self.weight)
        self.dropout = dropout

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "hyperedges one"],
        target: Float[Tensor, "nodes channels"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "nodes out"]:
        """Give D_v^-1/2 H W D_e^-1 H^T D_v^-1/2 X Theta."""
        assert target is not None
        weight = source.to(target.dtype)
        degree = operator @ weight
        # Where the degree is 0 no hyperedge is heard, so 1 stands for its inverse and no gradient is infinite.
        scale = torch.where(degree > 0, degree, torch.ones_like(degree)).rsqrt()
        size = operator.T.matrix.pattern.degrees.clamp(min=1)[:, None]
        x = nn.functional.dropout(target, self.dropout, self.training) @ self.weight
        return scale * (operator @ (weight / size * (operator.T @ (scale * x))))

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        """Give `D^-1/2 H diag(w) D^-1 H^T D^-1/2 x W`."""
        return f"Dᵥ^-1/2 {neighborhood} diag({source}) Dₑ^-1 {neighborhood}ᵀ Dᵥ^-1/2 {target} W"


class DegreeScaled(Message):
    r"""Along an incidence H, scaled by degrees: $D^{-1/2} H D_e^{-1/2} h$, D_e being the mean degree of e's targets.

    A target without sources hears zero.
    """

    sums_only = True

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "hyperedges channels"],
        target: Float[Tensor, "nodes others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "nodes channels"]:
        """Give the scaled sums."""
        pattern = operator.matrix.pattern
        values = _degree_scales.get(pattern)
        if values is None:
            values = _degree_scales[pattern] = _scales(operator)
        return spmm(SparseMatrix(pattern, values.to(source.dtype)), source)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        """Give `D^-1/2 A D^-1/2 h`."""
        return f"Dₓ^-1/2 {neighborhood} Dₑ^-1/2 {source}"


# The values of `DegreeScaled` on the patterns that it has seen: they are the same in every step.
_degree_scales: "WeakKeyDictionary[Pattern, Tensor]" = WeakKeyDictionary()


@torch.inference_mode(mode=False)  # what is cached must serve training too
def _scales(operator: Operator) -> Float[Tensor, "nnz"]:
    """Give $(d_x d_e)^{-1/2}$ for every nonzero (x, e)."""
    pattern = operator.matrix.pattern
    degree = pattern.degrees.double()
    mean = aggregate(pattern.transposed[0], degree, "mean").clamp(min=1)
    return (degree.clamp(min=1)[pattern.rows] * mean[pattern.indices]).rsqrt()
