"""Continuous equivariant topological network, the base of TopNets."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.errors import SpecError
from cochain.nn import Embed, Features, Network, read_neighborhoods, read_out
from cochain.nn.geometry import GeometricLayer, positions_of
from cochain.nn.ode import State, integrate


@dataclass(frozen=True)
class TopNetsConfig:
    """Hyperparameters of `TopNets`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of fields, one followed after the other."""
    steps: int = 1
    """Steps in which each of them is integrated, over `time`."""
    method: str = "rk4"
    """euler, midpoint or rk4; one step of euler is a plain layer."""
    time: float = 1.0
    """How long each field is followed."""
    neighborhoods: str = "upper:0 upper:1 lower:1 lower:2 0:1 1:0 1:2 2:1"
    """Any set of neighbourhoods: upper:r, lower:r, or t:s for what rank t hears from incident cells of rank s."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer."""


class TopNets(Network):
    r"""Features of cells and positions of nodes flow along what an equivariant layer would add to them.

    $$\dot h_x = \beta\Big(h_x, \big\Vert_N \sum_{y \in N(x)} \psi_N(h_x, h_y, \lVert c_x - c_y \rVert^2, \rho_x,
      \rho_y)\Big), \qquad \dot z_v = \mathop{\mathrm{mean}}_{u \in \mathrm{upper}(v)} (z_v - z_u) \tanh \xi(m_{vu})$$

    z are the positions of nodes, c the mean position of a cell's nodes and $\rho$ their mean squared distance from it;
    layers are integrated in fixed steps, and gradients go through these. Every stage is equivariant, so rotations,
    reflections and shifts leave the answer and move the positions along; patterns are unsigned, so relabelling permutes
    the output. Without positions all distances are 0. A layer is evaluated several times in one step; hence a forward
    of its own.

    Shape:
        x on rank r `(cells of r, widths[r])`, pos on rank 0 `(nodes, n)` -> `(target rows, out)`.
    Cost:
        that of a layer times steps and stages (4 for rk4), in time and in memory.
    Differs from the paper:
        there is no persistence: this is its base network and its continuous form. Diagrams, once there are any, are
        made of the features between two layers and join them there, in `run`. The layer is that of `ETNN`, with a tanh,
        without which positions may become infinite in finite time.
    Source:
        Verma, Souza, Garg, 2024, "Topological Neural Networks go Persistent, Equivariant, and Continuous".
    """

    Config = TopNetsConfig
    ranks = (0, 1, 2)
    positions = True

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: TopNetsConfig = TopNetsConfig()
    ) -> None:
        if config.steps < 1:
            raise SpecError(f"steps should be at least 1, but are {config.steps}")
        symbols, embed = read_neighborhoods(config.neighborhoods), Embed(dict(widths), config.hidden)
        layers = [GeometricLayer(symbols, self.ranks, config.hidden, True, bounded=True) for _ in range(config.layers)]
        readout = read_out(target, dict.fromkeys(self.ranks, config.hidden), out)
        super().__init__(
            [Cochain(k, widths[k]) for k in self.ranks],
            [embed, *(_Flow(each, config) for each in layers)],
            readout,
            config.dropout,
        )

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        return self.readout(complex_, [self.run(complex_)[0]])  # type: ignore[no-any-return]

    def run(self, complex_: Complex) -> tuple[Features, Tensor]:
        """Give the last features of every rank, and where the nodes have moved."""
        embed, *flows = self.layers
        h = embed(complex_, self.inputs(complex_))
        z = positions_of(complex_, h[0])
        for flow in flows:
            h = {k: nn.functional.dropout(each, self.dropout, self.training) for k, each in h.items()}
            h, z = flow(complex_, h, z)
        return h, z


class _Flow(nn.Module):
    def __init__(self, layer: GeometricLayer, config: TopNetsConfig) -> None:
        super().__init__()
        self.layer, self.config = layer, config

    def forward(self, complex_: Complex, h: Features, z: Tensor) -> tuple[Features, Tensor]:
        def field(state: State) -> State:
            moved, there = self.layer(complex_, dict(zip(h, state[:-1], strict=True)), state[-1])
            return [after - before for after, before in zip([*moved.values(), there], state, strict=True)]

        *last, z = integrate(field, [*h.values(), z], self.config.steps, self.config.method, self.config.time)
        return dict(zip(h, last, strict=True)), z

    def equations(self) -> list[str]:
        how = f"{self.config.steps} steps of {self.config.method} to t = {self.config.time:g}"
        lines = [line.replace("' = h + ", "˙ = ").replace("' = z + ", "˙ = ") for line in self.layer.equations()]
        return [f"{line}   ({how})" for line in lines]

    def arrows(self) -> list[tuple[int, int, str]]:
        return self.layer.arrows()
