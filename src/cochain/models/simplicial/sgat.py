"""Simplicial graph attention network (SGAT)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Cochain, Operator
from cochain.errors import ShapeError
from cochain.kernels import attention
from cochain.nn import Activate, Embed, Layer, Message, Network, read_out, route, upper


@dataclass(frozen=True)
class SGATConfig:
    """Hyperparameters of `SGAT`."""

    hidden: int = 32
    """Channels of every layer, over all heads together."""
    layers: int = 2
    """Number of layers."""
    dropout: float = 0.0
    """Probability of dropping a channel of a simplex before each layer."""
    heads: int = 4
    """Heads of each attention."""


class SGAT(Network):
    r"""Simplices attend to their upper neighbours, and the simplex that two of them share has a say in how much.

    $$h_x' = \mathrm{elu}\Big(h_x + \Vert_k \sum_{y \in \mathrm{upper}(x)} \alpha^k_{xy} W_k h_y\Big), \qquad
      \alpha^k_{xy} = \mathrm{softmax}_y \, \mathrm{LeakyReLU}\big(a_k^T W_k h_x + b_k^T W_k h_y + c_k^T h_{x \cup
      y}\big)$$

    The features of a shared simplex carry what nodes of other types, from which it was made, say. No orientation enters
    and sums know no order, so relabelling permutes the output. The top rank speaks to the ranks below through shared
    simplices, and hears nothing: an answer on rank r reads ranks from r up.

    Shape:
        x on rank r `(simplices of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer $O(C)$ for each pair of simplices with a shared coface.
    Differs from the paper:
        begins at a complex with features on its simplices, where the paper makes both from the meta-paths of a
        heterogeneous graph; the cell's own features are added, so that one without neighbours keeps them.
    Source:
        Lee, Ji, Tay, 2022, "SGAT: Simplicial Graph Attention Network".
    """

    Config = SGATConfig
    ranks = (0, 1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SGATConfig = SGATConfig()
    ) -> None:
        ranks = [k for k in self.ranks if target == "whole" or k >= int(target)]
        hears = [k for k in ranks if k < 2]
        layers = [_layer(hears, config) for _ in range(config.layers if hears else 0)]
        readout = read_out(target, dict.fromkeys(ranks, config.hidden), out)
        embed = Embed({k: widths[k] for k in ranks}, config.hidden)
        super().__init__([Cochain(k, widths[k]) for k in ranks], [embed, *layers], readout, config.dropout)


def _layer(ranks: list[int], config: SGATConfig) -> Layer:
    routes = [route(upper(k), _SharedAttention(config.hidden, config.heads)) for k in ranks]
    return Layer(*routes, update=lambda k: Activate("elu", residual=True))


class _SharedAttention(Message):
    """Attention whose scores read both ends and what they share."""

    reads_target = True
    reads_via = True
    sums_only = True

    def __init__(self, hidden: int, heads: int) -> None:
        super().__init__()
        if hidden % heads:
            raise ShapeError(f"hidden should be a multiple of heads = {heads}, but is {hidden}")
        self.value = nn.Linear(hidden, hidden, bias=False)
        self.target_score, self.source_score = (nn.Parameter(torch.empty(heads, hidden // heads)) for _ in range(2))
        nn.init.xavier_uniform_(self.target_score)
        nn.init.xavier_uniform_(self.source_score)
        self.shared_score = nn.Linear(hidden, heads, bias=False)

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        assert via is not None
        assert operator.via is not None
        value = self.value(source).view(-1, *self.target_score.shape)
        left, right = (value * self.target_score).sum(dim=2), (value * self.source_score).sum(dim=2)
        shared = self.shared_score(via).index_select(0, operator.via)
        return attention(operator.matrix.pattern, left, right, value, 0.2, shared).flatten(1)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        return f"softmax[{neighborhood}](LeakyReLU(a W {target} + b W {source} + c h_u)) {source} W"
