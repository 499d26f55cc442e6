"""Attention: neighbours weighted by a softmax over each cell's neighbourhood."""

from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain import kernels
from cochain.complexes import Operator
from cochain.errors import ShapeError, unknown_name
from cochain.nn.message import Message

Score = Literal["additive", "dynamic", "dot"]


class Attention(Message):
    r"""Weigh each neighbour by a softmax of scores, with several heads.

    $$m_x = \Vert_h \sum_{y \in N(x)} \mathrm{softmax}_y(s^h_{xy}) \, V^h h_y$$

    `additive` (GAT): $s = \mathrm{LeakyReLU}(a^T W h_x + b^T W h_y)$; `dynamic` (GATv2):
    $s = a^T \mathrm{LeakyReLU}(W h_x + U h_y)$; `dot`: $s = \langle Q h_x, K h_y\rangle / \sqrt{d}$. Scores of odd
    features would depend on orientation, so it reads even cochains only. A cell without neighbours hears zero. Of the
    neighbourhood the pattern counts, not its values.

    Args:
        in_channels: channels of the source.
        out_channels: channels of the message, over all heads together (or of each head when they are averaged).
        heads: number of heads.
        target_channels: channels of the target, which then has a map of its own; by default it shares the source's.
        score: which score.
        average: average the heads in place of concatenating them.
        dropout: probability of dropping a weight while training.
        slope: of the leaky rectifier.
    Cost:
        `additive` and `dot` are fused, memory $O(n C)$; `dynamic` writes one row per nonzero, $O(nnz \cdot C)$, and so
        do weights that are dropped, $O(nnz \cdot heads)$.
    Source:
        Velickovic et al., 2018, "Graph Attention Networks"; Brody, Alon, Yahav, 2022, "How Attentive are Graph
        Attention Networks?"; Vaswani et al., 2017, "Attention Is All You Need".
    """

    reads_target = True
    sums_only = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        heads: int = 1,
        target_channels: int | None = None,
        score: Score = "additive",
        average: bool = False,
        dropout: float = 0.0,
        slope: float = 0.2,
    ) -> None:
        super().__init__()
        if not average and out_channels % heads:
            raise ShapeError(f"out_channels should be a multiple of heads = {heads}, but is {out_channels}")
        if score not in get_args(Score):
            raise unknown_name("score", score, get_args(Score))
        self.heads, self.score, self.average, self.dropout, self.slope = heads, score, average, dropout, slope
        self.width = out_channels if average else out_channels // heads
        shared = target_channels is None
        self.value = nn.Linear(in_channels, heads * self.width, bias=False)
        self.query: nn.Linear | None = None
        if score != "additive" or not shared:
            self.query = nn.Linear(target_channels or in_channels, heads * self.width, bias=False)
        self.key = nn.Linear(in_channels, heads * self.width, bias=False) if score == "dot" else None
        if score != "dot":
            self.source_score = nn.Parameter(torch.empty(heads, self.width))
            nn.init.xavier_uniform_(self.source_score)
        if score == "additive":
            self.target_score = nn.Parameter(torch.empty(heads, self.width))
            nn.init.xavier_uniform_(self.target_score)

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        """Give the weighted sums; `reduce` is always the softmax-weighted sum."""
        assert target is not None
        if self.score == "additive":
            out = self._additive(operator.matrix.pattern, source, target)
        else:
            value = self._split(self.value(source))
            own = self.query is None and target is source
            queries = value if own else self._split((self.query or self.value)(target))
            out = self._weighted(operator, queries, source, value)
        return out.mean(dim=1) if self.average else out.flatten(1)

    def _additive(self, pattern: kernels.Pattern, source: Tensor, target: Tensor) -> Tensor:
        """Score by maps of the features to one number per head: scores and weights meet first, a (W h) = (a W) h."""
        weight, query = self.value.weight, self.value if self.query is None else self.query
        left, right = self._per_head(query, self.target_score), self._per_head(self.value, self.source_score)
        parts = [weight, right, left] if target is source else [weight, right]
        read = kernels.matmul(source, torch.cat(parts).T).split_with_sizes([len(part) for part in parts], dim=1)
        value, right = self._split(read[0].contiguous()), read[1]
        left = read[2] if target is source else kernels.matmul(target, left.T)
        if self.dropout and self.training:
            scores = nn.functional.leaky_relu(left[pattern.rows] + right[pattern.indices], self.slope)
            return self._gather(pattern, scores, value)
        return kernels.attention(pattern, left, right, value, self.slope)

    def _per_head(self, map_: nn.Linear, score: Tensor) -> Tensor:
        """Give the map (heads, channels) that a row of a score and the weights of its head make together."""
        return (map_.weight.view(self.heads, self.width, -1) * score[:, :, None]).sum(dim=1)

    def _weighted(self, operator: Operator, queries: Tensor, source: Tensor, value: Tensor) -> Tensor:
        pattern = operator.matrix.pattern
        if self.key is None:
            return self._gather(pattern, self._dynamic(pattern, queries, value), value)
        keys, scale = self._split(self.key(source)), self.width**-0.5
        if self.dropout and self.training:
            return self._gather(pattern, kernels.sddmm(pattern, queries, keys) * scale, value)
        return kernels.dot_attention(pattern, queries, keys, value, scale)

    def _dynamic(self, pattern: kernels.Pattern, queries: Tensor, value: Tensor) -> Tensor:
        pairs = nn.functional.leaky_relu(queries[pattern.rows] + value[pattern.indices], self.slope)
        return (pairs * self.source_score).sum(-1)

    def _gather(self, pattern: kernels.Pattern, scores: Tensor, value: Tensor) -> Tensor:
        weights = nn.functional.dropout(kernels.softmax(pattern, scores), self.dropout, self.training)
        return kernels.spmm(kernels.SparseMatrix(pattern, weights), value)

    def _split(self, x: Tensor) -> Tensor:
        return x.view(-1, self.heads, self.width)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        """Give `softmax_A(score(h_x, h_y)) h_y V`."""
        return f"softmax[{neighborhood}]({self.score}({target}, {source})) {source} V"
