"""Random walks over simplices, read by one-dimensional convolutions (SCRaWl)."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.nn import Embed, Features, Network, mlp, read_out
from cochain.nn.layer import symbol_of
from cochain.nn.simplex_walks import ReadWalks, SimplexWalks, simplex_walks


@dataclass(frozen=True)
class SCRaWlConfig:
    """Hyperparameters of `SCRaWl`."""

    hidden: int = 32
    """Channels of every rank."""
    layers: int = 2
    """Number of layers; all read the same walks."""
    dropout: float = 0.0
    """Probability of dropping a channel of a simplex before each layer."""
    walks: int = 2
    """Walks that begin at each simplex."""
    length: int = 12
    """Steps of a walk."""
    window: int = 4
    """How many steps back encodings look; convolutions see so many steps to each side."""


class SCRaWl(Network):
    r"""Walk over the simplices of each rank, and convolve what is met, and what was met before, along the walk.

    $$W_i = h_{\sigma_i} \Vert h_{f_i} \Vert h_{c_i} \Vert \big([\sigma_i = \sigma_{i-j}], \; [\sigma_i \sim_{lower}
      \sigma_{i-j}], \; [\sigma_i \sim_{upper} \sigma_{i-j}]\big)_{j \le s}, \qquad
      h_\sigma' = h_\sigma + \mathrm{MLP}\Big(\mathrm{mean}_{w, i: \sigma_i = \sigma} \mathrm{CNN}(W^w)_i\Big)$$

    $f_i$ or $c_i$ is the face or coface that the walk passed on its way to $\sigma_i$ (`cochain.nn.simplex_walks`). The
    bits tell cycles of different lengths apart, which message passing cannot. Nothing reads a number of a cell: for
    renumbered walks (`replay`) outputs are renumbered. Which walks are taken depends on the order in which neighbours
    are listed, so without `replay` relabelling is kept in distribution alone. Walks are drawn anew in training, and in
    evaluation by the same choices for every simplex. Walks are no neighbourhood; hence a forward of its own.

    Shape:
        x on rank r `(simplices of r, widths[r])` -> `(target rows, out)`.
    Cost:
        $O(m \ell s (C + s) C)$ per simplex, for m walks of $\ell$ steps and a window of s.
    Differs from the paper:
        convolutions pad, so that starts are heard too; two convolutions without batch normalisation.
    Source:
        Frantzen, Schaub, 2024, "Learning From Simplicial Data Based on Random Walks and 1D Convolutions".
    """

    Config = SCRaWlConfig
    ranks = (0, 1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SCRaWlConfig = SCRaWlConfig()
    ) -> None:
        self.config = config
        ranks = set(self.ranks) if target == "whole" else {int(target)}
        layers: list[nn.Module] = []
        for _ in range(config.layers):  # from the last
            layers.insert(0, _Convolutions(sorted(ranks), config))
            ranks = {k + step for k in ranks for step in (-1, 0, 1)} & set(self.ranks)
        readout = read_out(target, dict.fromkeys(ranks if target == "whole" else [int(target)], config.hidden), out)
        embed = Embed({k: widths[k] for k in sorted(ranks)}, config.hidden)
        super().__init__([Cochain(k, widths[k]) for k in sorted(ranks)], [embed, *layers], readout, config.dropout)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        return self.replay(complex_, self.draw(complex_))

    def draw(self, complex_: Complex) -> dict[int, SimplexWalks]:
        """Walk over every rank that a layer writes."""
        c, ranks = self.config, {k for each in self.layers if isinstance(each, _Convolutions) for k in each.ranks}
        return {k: simplex_walks(complex_, k, c.walks, c.length, self.ranks[-1], self.training) for k in sorted(ranks)}

    def replay(self, complex_: Complex, walks: Mapping[int, SimplexWalks]) -> Tensor:
        """Give the answer for given walks."""
        states, window, top = [self.inputs(complex_)], self.config.window, self.ranks[-1]
        taken = {k: ReadWalks(complex_, k, each, window, top) for k, each in walks.items()}
        for layer in self.layers:
            kept = {k: nn.functional.dropout(h, self.dropout, self.training) for k, h in states[-1].items()}
            states.append(layer(complex_, kept, taken) if isinstance(layer, _Convolutions) else layer(complex_, kept))
        return self.readout(complex_, states)  # type: ignore[no-any-return]


class _Convolutions(nn.Module):
    def __init__(self, ranks: list[int], config: SCRaWlConfig) -> None:
        super().__init__()
        hidden, window, self.ranks = config.hidden, config.window, ranks
        self.net, self.update = nn.ModuleDict(), nn.ModuleDict()
        for k in ranks:
            met = 3 if k == 1 else 2  # the simplex itself, faces above rank 0, cofaces below rank 2
            first = nn.Conv1d(met * (hidden + window), hidden, 2 * window + 1, padding="same")
            self.net[str(k)] = nn.Sequential(first, nn.ReLU(), nn.Conv1d(hidden, hidden, 1))
            self.update[str(k)] = mlp(hidden, hidden, hidden)

    def forward(self, complex_: Complex, features: Features, taken: Mapping[int, ReadWalks]) -> Features:
        heard = {k: taken[k].mean(self.net[str(k)](taken[k].features(features))) for k in self.ranks}
        return features | {k: features[k] + self.update[str(k)](mean) for k, mean in heard.items()}

    def equations(self) -> list[str]:
        met = {0: "h₀ ‖ h₁", 1: "h₁ ‖ h₀ ‖ h₂", 2: "h₂ ‖ h₁"}
        return [f"{symbol_of(k)}' = {symbol_of(k)} + MLP(mean CNN({met[k]} ‖ bits) along walks)" for k in self.ranks]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(s, k, "walks") for k in self.ranks for s in SCRaWl.ranks if abs(s - k) < 2]
