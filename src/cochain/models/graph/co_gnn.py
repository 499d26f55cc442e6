"""Cooperative graph neural network (Co-GNN)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, gumbel_softmax, one_hot

from cochain.complexes import Cochain, Complex
from cochain.errors import unknown_name
from cochain.kernels import SparseMatrix, spmm
from cochain.nn import Embed, Network, mlp, read_out, upper

ACTIONS = ("standard", "listen", "broadcast", "isolate")


@dataclass(frozen=True)
class CoGNNConfig:
    """Hyperparameters of `CoGNN`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 3
    """Number of layers."""
    temperature: float = 0.1
    """Of the draw of actions while training; in evaluation the likeliest one is taken."""
    action: str = ""
    """An action that all nodes take always, in place of their choice."""
    dropout: float = 0.0
    """Probability of dropping a channel of a node before each layer."""


class CoGNN(Network):
    r"""Nodes choose in every layer whether they listen, broadcast, do both or neither, and messages follow.

    $$a_x \sim \mathrm{Gumbel}\text{-}\mathrm{softmax}\big(\pi(h)_x\big) \in \{S, L, B, I\}, \qquad
      h_x' = h_x + \mathrm{relu}\big(h_x W + \ell_x \textstyle\sum_{y \in N(x)} b_y h_y W'\big)$$

    with $\ell_x = 1$ for the actions S and L, and $b_y = 1$ for S and B: an edge carries y's message to x where y
    broadcasts and x listens. The action network $\pi$ is one layer of the same kind, shared by all layers; gradients
    pass the choice straight through. While training, choices are drawn; in evaluation the likeliest is taken, so
    relabelling permutes the output. The graph of messages is state of a run, not of the complex; hence a forward of its
    own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer two products with the adjacency.
    Differs from the paper:
        mean aggregation in both networks and a fixed temperature, which the paper may learn.
    Source:
        Finkelshtein, Huang, Bronstein, Ceylan, 2024, "Cooperative Graph Neural Networks".
    """

    Config = CoGNNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: CoGNNConfig = CoGNNConfig()
    ) -> None:
        if config.action and config.action not in ACTIONS:
            raise unknown_name("action", config.action, ACTIONS)
        layers = [_Environment(config.hidden) for _ in range(config.layers)]
        readout = read_out(target, {0: config.hidden}, out)
        super().__init__(
            [Cochain(0, widths[0])], [Embed({0: widths[0]}, config.hidden), *layers], readout, config.dropout
        )
        chooses = config.layers > 0 and not config.action
        self.policy = mlp(2 * config.hidden, config.hidden, len(ACTIONS)) if chooses else None
        self.action, self.temperature = config.action, config.temperature

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        features = self.inputs(complex_)
        embed, *layers = self.layers
        h = embed(complex_, features)[0]
        means = complex_.resolve(upper(0).normalized("row"), h.dtype).matrix
        for layer in layers:
            h = dropout(h, self.dropout, self.training)
            h = layer(means, h, self.choose(means, h))
        return self.readout(complex_, [{0: h}])  # type: ignore[no-any-return]

    def choose(self, means: SparseMatrix, h: Tensor) -> Tensor:
        """Give a row for each node, 1 at the action that it takes."""
        if self.policy is None:
            return one_hot(torch.full((len(h),), ACTIONS.index(self.action)), len(ACTIONS)).to(h)
        scores = self.policy(torch.cat([h, spmm(means, h)], dim=1))
        if self.training:
            drawn: Tensor = gumbel_softmax(scores, self.temperature, hard=True)
            return drawn
        soft = (scores / self.temperature).softmax(dim=1)
        hard = one_hot(soft.argmax(dim=1), len(ACTIONS)).to(soft)
        chosen: Tensor = hard + soft - soft.detach()
        return chosen


class _Environment(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.own, self.heard = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden, bias=False)

    def forward(self, means: SparseMatrix, h: Tensor, actions: Tensor) -> Tensor:
        standard, listens, broadcasts, _ = actions.unsqueeze(2).unbind(dim=1)
        m = spmm(means, (standard + broadcasts) * self.heard(h))
        return h + torch.relu(self.own(h) + (standard + listens) * m)

    def equations(self) -> list[str]:
        return ["h₀' = h₀ + relu(h₀ W + b + l ⊙ mean[A](b ⊙ h₀ W')), l and b from gumbel-softmax(MLP(h₀ ‖ mean[A] h₀))"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "l A b")]
