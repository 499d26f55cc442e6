"""E(n)-equivariant topological neural network (ETNN)."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.nn import Embed, Features, Network, read_neighborhoods, read_out, upper
from cochain.nn.geometry import GeometricLayer, positions_of


@dataclass(frozen=True)
class ETNNConfig:
    """Hyperparameters of `ETNN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 3
    """Number of layers."""
    neighborhoods: str = "upper:0 upper:1 lower:1 lower:2 0:1 1:0 1:2 2:1"
    """Any set of neighbourhoods: upper:r, lower:r, or t:s for what rank t hears from incident cells of rank s."""
    move: bool = True
    """Whether nodes move from layer to layer, along the messages of upper:0."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer."""


class ETNN(Network):
    r"""Cells speak along any neighbourhoods, and hear how far away and how large the speakers are.

    $$m_x^N = \sum_{y \in N(x)} \psi_N\big(h_x, h_y, \lVert c_x - c_y \rVert^2, \rho_x, \rho_y\big), \qquad
      h_x' = h_x + \beta\big(h_x, \Vert_N m_x^N\big), \\
      z_v' = z_v + \tfrac{1}{|N(v)|} \sum_{u \in N(v)} (z_v - z_u) \, \xi(m_{vu}), \quad N = \mathrm{upper}(0)$$

    z are the positions of nodes, c the mean position of a cell's nodes and $\rho$ their mean squared distance from it.
    Only distances enter, so rotations, reflections and shifts leave the answer and move the positions along; patterns
    are unsigned, so relabelling permutes the output. Without positions on the nodes all distances are 0.

    Shape:
        x on rank r `(cells of r, widths[r])`, pos on rank 0 `(nodes, n)` -> `(target rows, out)`.
    Cost:
        per layer $O(C^2)$ for each nonzero of the neighbourhoods, and as much memory per channel.
    Differs from the paper:
        of its geometric invariants, centroid distance and spread; the spread of a cell in place of its volume.
    Source:
        Battiloro, Karaismailoglu, Tec, Dasoulas, Audirac, Dominici, 2025, "E(n) Equivariant Topological Neural
        Networks".
    """

    Config = ETNNConfig
    ranks = (0, 1, 2)
    positions = True

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: ETNNConfig = ETNNConfig()
    ) -> None:
        symbols = read_neighborhoods(config.neighborhoods)
        layers: list[nn.Module] = []
        wanted = set(self.ranks) if target == "whole" else {int(target)}
        for later in range(config.layers):  # from the last, so that nothing is learned that no answer sees
            moves = config.move and later > 0 and upper(0) in symbols
            heard = [each for each in symbols if each.target in wanted or (moves and each == upper(0))]
            layers.insert(0, GeometricLayer(heard, sorted(wanted), config.hidden, moves))
            wanted |= {rank for each in heard for rank in (each.source, each.target)}
        embed = Embed({k: widths[k] for k in self.ranks if k in wanted}, config.hidden)
        readout = read_out(target, dict.fromkeys(self.ranks, config.hidden), out)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], [embed, *layers], readout, config.dropout)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        return self.readout(complex_, [self.run(complex_)[0]])  # type: ignore[no-any-return]

    def run(self, complex_: Complex) -> tuple[Features, Tensor]:
        """Give the last features of every rank, and where the nodes have moved."""
        embed, *layers = self.layers
        h = embed(complex_, self.inputs(complex_))
        z = positions_of(complex_, h[0])
        for layer in layers:
            h = {k: nn.functional.dropout(each, self.dropout, self.training) for k, each in h.items()}
            h, z = layer(complex_, h, z)
        return h, z
