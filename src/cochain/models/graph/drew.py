"""Dynamically rewired message passing with delay (DRew)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Complex
from cochain.nn import Embed, Linear, Network, read_out, upper


@dataclass(frozen=True)
class DRewConfig:
    """Hyperparameters of `DRew`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 4
    """Number of layers L; the last one reads nodes up to L steps away."""
    delay: int = 1
    """Rate nu: a node k > nu steps away is heard as it was k - nu layers ago; 0 for no delay at all."""
    dropout: float = 0.0
    """Probability of dropping a channel of a node before each layer."""


class DRew(Network):
    r"""Hear one step farther in every layer, and the far nodes as they were when a message would have left them.

    $$h_x^{(l+1)} = h_x^{(l)} + \mathrm{relu}\Big(h_x^{(l)} W_0^{(l)} + \sum_{k=1}^{l+1} \hat A_k \, h^{(l - \max(0, k -
      \nu))} W_k^{(l)}\Big), \qquad \hat A_k = D_k^{-1/2} A_k D_k^{-1/2}$$

    $A_k$ joins the nodes at distance exactly k, found once for a graph. With $\nu = 1$ nothing travels faster than one
    step per layer, as in plain message passing, but straight; without delay layers reach $1 + 2 + \dots + L$ steps.
    Sums over shells know no order, so relabelling permutes the output. Layers read states of several earlier layers;
    hence a forward of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        L (L + 1) / 2 products with shells, $O(C \, nnz(A_k))$ each; shells grow fast where the graph is not sparse.
    Differs from the paper:
        the DRew-GCN of its long-range benchmark, without positional encodings; a linear embedding first.
    Source:
        Gutteridge, Dong, Bronstein, Di Giovanni, 2023, "DRew: Dynamically Rewired Message Passing with Delay".
    """

    Config = DRewConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: DRewConfig = DRewConfig()
    ) -> None:
        embed = Embed({0: widths[0]}, config.hidden)
        layers = [_Layer(config, place) for place in range(config.layers)]
        readout = read_out(target, {0: config.hidden}, out)
        super().__init__([Cochain(0, widths[0])], [embed, *layers], readout, config.dropout)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        features = self.inputs(complex_)
        embed, *layers = self.layers
        states = [embed(complex_, features)[0]]
        for layer in layers:
            states.append(layer(complex_, [dropout(h, self.dropout, self.training) for h in states]))
        return self.readout(complex_, [{0: states[-1]}])  # type: ignore[no-any-return]


class _Layer(nn.Module):
    def __init__(self, config: DRewConfig, place: int) -> None:
        super().__init__()
        self.delay, self.place = config.delay, place
        self.own = nn.Linear(config.hidden, config.hidden)
        self.shells = nn.ModuleList(Linear(config.hidden, config.hidden) for _ in range(place + 1))

    def heard(self, steps: int) -> int:
        """Give the layer of which nodes so many steps away are heard."""
        return self.place - max(0, steps - self.delay) if self.delay else self.place

    def forward(self, complex_: Complex, states: list[Tensor]) -> Tensor:
        h = states[-1]
        m = self.own(h)
        for steps, message in enumerate(self.shells, start=1):
            shell = complex_.resolve(upper(0).shell(steps).normalized("sym"), h.dtype)
            m = m + message(shell, states[self.heard(steps)], None, None, "sum")
        return h + torch.relu(m)

    def equations(self) -> list[str]:
        far = [f"A_{k} h₀^({self.heard(k)}) W_{k}" for k in range(1, len(self.shells) + 1)]
        return [f"h₀^({self.place + 1}) = h₀^({self.place}) + relu(h₀ W + b + {' + '.join(far)})"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, f"A_1..{len(self.shells)}")]
