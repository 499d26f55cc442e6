"""E(n)-equivariant topological neural network (ETNN)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.kernels import segment
from cochain.nn import Embed, Features, Neighborhood, Network, mlp, read_neighborhoods, read_out, upper
from cochain.nn.geometry import place


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

    Args:
        widths: channels per rank (0, 1, 2) that come in.
        out: channels of the answer.
        target: a rank, or "whole".
        config: hyperparameters.
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
            layers.insert(0, _Layer(heard, sorted(wanted), config.hidden, moves))
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
        z = complex_[0].pos.to(h[0].dtype) if "pos" in complex_[0] else h[0].new_zeros(complex_.sizes[0], 1)
        for layer in layers:
            h = {k: nn.functional.dropout(each, self.dropout, self.training) for k, each in h.items()}
            h, z = layer(complex_, h, z)
        return h, z


class _Layer(nn.Module):
    def __init__(self, symbols: list[Neighborhood], ranks: list[int], hidden: int, moves: bool) -> None:
        super().__init__()
        self.symbols, width = symbols, {k: hidden * (1 + sum(k == s.target for s in symbols)) for k in ranks}
        self.messages = nn.ModuleList(mlp(2 * hidden + 3, hidden, hidden, activation="silu") for _ in symbols)
        self.updates = nn.ModuleDict({str(k): mlp(width[k], hidden, hidden, activation="silu") for k in ranks})
        self.shift = mlp(hidden, hidden, 1, activation="silu") if moves else None

    def forward(self, complex_: Complex, h: Features, z: Tensor) -> tuple[Features, Tensor]:
        places = {k: place(complex_, k, z) for k in h}
        heard, moved = {k: [each] for k, each in h.items()}, z
        for symbol, message in zip(self.symbols, self.messages, strict=True):
            r, s, pattern = symbol.target, symbol.source, complex_.resolve(symbol).matrix.pattern
            x, y, (c_x, size_x), (c_y, size_y) = pattern.rows, pattern.indices, places[r], places[s]
            far = (c_x[x] - c_y[y]).square().sum(dim=1, keepdim=True)
            m = message(torch.cat([h[r][x], h[s][y], far, size_x[x], size_y[y]], dim=1))
            heard[r].append(segment(pattern, m, "sum"))
            if self.shift is not None and symbol == upper(0):
                moved = z + segment(pattern, (z[x] - z[y]) * self.shift(m), "mean")
        new = {int(k): h[int(k)] + update(torch.cat(heard[int(k)], dim=1)) for k, update in self.updates.items()}
        return {**h, **new}, moved

    def equations(self) -> list[str]:
        names = ", ".join(map(str, self.symbols))
        moved = ["z' = z + mean[A↑₀]((z_x - z_y) MLP(m_xy))"] if self.shift is not None else []
        return [f"h' = h + MLP(h ‖ Σ[N] M(h_x, h_y, |c_x - c_y|, sizes)), N of {names}", *moved]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(symbol.source, symbol.target, str(symbol)) for symbol in self.symbols]
