"""Provably powerful graph network (PPGN), and with equivariant polynomials (PPGN++)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Complex
from cochain.kernels.polynomials import graph_polynomial
from cochain.nn import Network, mlp, read_out, upper
from cochain.nn.pairs import Pairs, component_pairs

CLIQUE = ((0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
"""The clique of four without the edge of the marked nodes 0 and 1: the least polynomial that needs three axes."""


@dataclass(frozen=True)
class PPGNConfig:
    """Hyperparameters of `PPGN`."""

    hidden: int = 32
    """Channels of every pair of nodes."""
    layers: int = 3
    """Number of blocks."""
    polynomials: bool = False
    """PPGN++: blocks read the transpose too, and the first one a polynomial that products of matrices do not reach."""
    max_nodes: int = 512
    """Nodes of the largest component that is taken; memory grows with their square."""
    dropout: float = 0.0
    """Probability of dropping a channel of a pair before each block."""


class PPGN(Network):
    r"""Multiply n x n matrices of features: as powerful as colour refinement of pairs of nodes (3-WL).

    $$X^0 = [A, I, \mathrm{diag}(x)], \quad X' = \mathrm{MLP}\big(X \,\Vert\, m_1(X) \, m_2(X)\big), \quad
      h_i = W \big(X_{ii} \,\Vert\, \textstyle\sum_j X_{ij}\big)$$

    $m_1$ and $m_2$ are MLPs of each entry; matrices of each channel are multiplied. PPGN++ also reads $X^T$, and
    begins with $\log(1 + P_H(A))$ for the clique of four at two marked nodes, which no product of matrices computes.
    Renumbering nodes permutes rows and columns alike, so relabelling permutes the output. Pairs of nodes are no cells,
    and dense; hence a forward of its own. The components of one size are multiplied at once, without padding.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per block $O(C n^3 + C^2 n^2)$ time and $O(C n^2)$ memory for each component; the polynomial once $O(n^4)$.
    Differs from the paper:
        an MLP joins what the paper concatenates; the last block alone is read, not the sum over all; entries of
        products are divided by $\sqrt{n}$. PPGN++ takes the least of the polynomials that PPGN misses.
    Source:
        Maron, Ben-Hamu, Serviansky, Lipman, 2019, "Provably Powerful Graph Networks"; Puny, Lim, Kiani, Maron, Lipman,
        2023, "Equivariant Polynomials for Graph Neural Networks" (PPGN++).
    """

    Config = PPGNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: PPGNConfig = PPGNConfig()
    ) -> None:
        first = widths[0] + 2 + config.polynomials
        blocks = [_Block(config.hidden if k else first, config) for k in range(config.layers)]
        readout = read_out(target, {0: config.hidden}, out, "sum")
        super().__init__([Cochain(0, widths[0])], blocks, readout, config.dropout)
        self.nodes = nn.Linear(2 * (config.hidden if blocks else first), config.hidden)
        self.polynomials, self.max_nodes = config.polynomials, config.max_nodes

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        x = self.inputs(complex_)[0]
        pairs = component_pairs(complex_, self.max_nodes)
        edges = pairs.joined(complex_.resolve(upper(0)).matrix.pattern).to(x.dtype)[:, None]
        parts = [edges, pairs.on_diagonal(torch.cat([x.new_ones(len(x), 1), x], dim=1))]
        if self.polynomials:
            parts.append(pairs.map_squares(lambda a: graph_polynomial(a, CLIQUE, (0, 1)), edges).log1p())
        z = torch.cat(parts, dim=1)
        for block in self.layers:
            z = block(pairs, dropout(z, self.dropout, self.training))
        h = self.nodes(torch.cat([z.index_select(0, pairs.diagonal), pairs.sum_rows(z)], dim=1))
        return self.readout(complex_, [{0: h}])  # type: ignore[no-any-return]

    def equations(self) -> list[str]:
        """Give the equations of what comes in, of the blocks, of the nodes and of the readout."""
        *blocks, readout = super().equations()
        first = f"X = A ‖ I ‖ diag(x₀){' ‖ log(1 + P_H(A))' if self.polynomials else ''}"
        return [first, *blocks, "h₀ = W (X_ii ‖ Σ_j X_ij)", readout]


class _Block(nn.Module):
    def __init__(self, before: int, config: PPGNConfig) -> None:
        super().__init__()
        self.left, self.right = (mlp(before, config.hidden, config.hidden) for _ in range(2))
        self.transposes = config.polynomials
        self.join = mlp((1 + self.transposes) * before + config.hidden, config.hidden, config.hidden)
        for part in self.modules():  # products of small numbers vanish, block after block, and Glorot's are larger
            if isinstance(part, nn.Linear):
                nn.init.xavier_uniform_(part.weight)

    def forward(self, pairs: Pairs, z: Tensor) -> Tensor:
        product = pairs.multiply(self.left(z), self.right(z)) / pairs.size[pairs.first, None].to(z.dtype).sqrt()
        turned = [z.index_select(0, pairs.swapped)] if self.transposes else []
        return self.join(torch.cat([z, *turned, product], dim=1))  # type: ignore[no-any-return]

    def equations(self) -> list[str]:
        return [f"X' = MLP(X ‖ {'Xᵀ ‖ ' if self.transposes else ''}m₁(X) m₂(X) / √n), X of nodes x nodes"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "X X")]
