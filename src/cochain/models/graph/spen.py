"""Subgraph permutation equivariant network (SPEN)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Complex
from cochain.errors import SpecError
from cochain.kernels import segment
from cochain.nn import Embed, Network, mlp, read_out, upper
from cochain.nn.equivariant import EquivariantLinear
from cochain.nn.pairs import Pairs


@dataclass(frozen=True)
class SPENConfig:
    """Hyperparameters of `SPEN`."""

    hidden: int = 32
    """Channels of every layer, on nodes and on pairs."""
    layers: int = 2
    """Number of layers."""
    hops: int = 1
    """Radius k of the subgraphs around nodes."""
    dropout: float = 0.0
    """Probability of dropping a channel of a node before each layer."""


class SPEN(Network):
    r"""On the subgraph around every node, linear maps of members and of pairs that no renumbering of it can tell.

    $$(u, z) \mapsto \mathrm{relu} \sum_b W_b B_b (u, z), \qquad
      h_x' = h_x + \mathrm{MLP}\Big(u_x^{(x)} \,\Vert\, \sum_{r: x \in B_k(r)} u_x^{(r)}\Big)$$

    The subgraph of a root r is what its k-hop ball $B_k(r)$ induces. It carries numbers $u_i^{(r)}$ on members, which
    begin as h and whether i is r, and $z_{ij}^{(r)}$ on pairs, which begin as its adjacency. $B_b$ are the 2 maps
    between members, 15 between pairs and 5 each way between the two that commute with all permutations, in a basis.
    Nodes then hear themselves as roots and as members of all subgraphs they lie in; so relabelling permutes the output.
    Pairs of nodes are no cells; hence a forward of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer $O(C^2)$ time and $O(C)$ memory for each pair of members of each subgraph.
    Differs from the paper:
        subgraphs of all sizes share their weights, by means in place of sums; the root is marked.
    Source:
        Mitton, Murray-Smith, 2021, "Subgraph Permutation Equivariant Networks".
    """

    Config = SPENConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SPENConfig = SPENConfig()
    ) -> None:
        if config.hops < 1:
            raise SpecError(f"hops should be a number of steps >= 1, but is {config.hops}")
        layers = [_Layer(config, 1 if k == 0 else config.hidden, k + 1 < config.layers) for k in range(config.layers)]
        embed, readout = Embed({0: widths[0]}, config.hidden), read_out(target, {0: config.hidden}, out, "sum")
        super().__init__([Cochain(0, widths[0])], [embed, *layers], readout, config.dropout)
        self.ball = upper(0).with_self().power(config.hops)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        features = self.inputs(complex_)
        embed, *layers = self.layers
        h = embed(complex_, features)[0]
        pairs = Pairs(complex_.resolve(self.ball).matrix.pattern)
        z = pairs.joined(complex_.resolve(upper(0)).matrix.pattern).to(h.dtype)[:, None]
        for layer in layers:
            h, z = layer(pairs, dropout(h, self.dropout, self.training), z)
        return self.readout(complex_, [{0: h}])  # type: ignore[no-any-return]


class _Layer(nn.Module):
    def __init__(self, config: SPENConfig, before: int, goes_on: bool) -> None:
        super().__init__()
        self.linear = EquivariantLinear((config.hidden + 1, before), config.hidden, goes_on)
        self.join = mlp(2 * config.hidden, config.hidden, config.hidden)

    def forward(self, pairs: Pairs, h: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        balls = pairs.groups
        mine, (back, order) = balls.rows == balls.indices, balls.transposed
        u, z = self.linear(pairs, torch.cat([h.index_select(0, balls.indices), mine[:, None].to(h.dtype)], dim=1), z)
        u = torch.relu(u)
        return h + self.join(torch.cat([u[mine], segment(back, u.index_select(0, order), "sum")], dim=1)), torch.relu(z)

    def equations(self) -> list[str]:
        maps = "(u, z)' = relu(Σ_b W_b B_b (u, z)) on the ball of each node"
        return [maps, "h₀' = h₀ + MLP(u of itself ‖ Σ_r u of the balls around)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "balls")]
