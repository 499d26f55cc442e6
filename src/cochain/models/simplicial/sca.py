"""Simplicial Complex Autoencoder's networks: message passing by adjacency, by coadjacency, and by both."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.errors import unknown_name
from cochain.nn import Attention, Embed, Layer, MLPUpdate, Network, Route, cofaces, faces, lower, mlp, read_out, route
from cochain.nn import upper as above

SCHEMES = ("coadjacent", "adjacent", "homology")


@dataclass(frozen=True)
class SCAConfig:
    """Hyperparameters of `SCA`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    scheme: str = "coadjacent"
    """coadjacent: up the ranks; adjacent: down the ranks; homology: both ways between ranks."""
    dropout: float = 0.0
    """Probability of dropping a channel of a simplex before each layer."""


class SCA(Network):
    r"""Simplices hear with attention from neighbours of their rank, and from the next rank on one side or on both.

    $$h_x' = U\Big(h_x \Vert \sum_{y \in \mathrm{lower}(x)} \alpha_{xy} W h_y \Vert
      \sum_{y \in \mathrm{faces}(x)} \alpha_{xy} W' h_y\Big)$$

    is the coadjacent scheme; adjacent: the same with upper neighbours and cofaces; homology: with faces and cofaces. U
    is an MLP of all joined; a rank with nothing on the scheme's side keeps its features. Patterns alone enter, so
    orientations do not matter. What cannot reach the answer is not read: an answer on rank r reads ranks up to r
    (coadjacent), from r (adjacent), or all.

    Shape:
        x on rank r `(simplices of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer two attentions for each rank, $O(C)$ time per nonzero.
    Differs from the paper:
        the encoder of the autoencoder, trained for an answer; the messages, which the paper leaves open, are
        attentions, as in its experiments.
    Source:
        Hajij, Zamzmi, Papamarkou, Maroulas, Cai, 2022, "Simplicial Complex Representation Learning".
    """

    Config = SCAConfig
    ranks = (0, 1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SCAConfig = SCAConfig()
    ) -> None:
        if config.scheme not in SCHEMES:
            raise unknown_name("scheme", config.scheme, SCHEMES)
        ranks: tuple[int, ...] = self.ranks
        if target != "whole" and config.scheme != "homology":
            ranks = tuple(k for k in ranks if (k <= int(target) if config.scheme == "coadjacent" else k >= int(target)))
        embed = Embed({k: widths[k] for k in ranks}, config.hidden)
        layers = [_layer(ranks, config) for _ in range(config.layers)]
        layers = [each for each in layers if each.routes]
        readout = read_out(target, dict.fromkeys(ranks, config.hidden), out)
        super().__init__([Cochain(k, widths[k]) for k in ranks], [embed, *layers], readout, config.dropout)


def _layer(ranks: tuple[int, ...], config: SCAConfig) -> Layer:
    hidden = config.hidden
    routes: list[Route] = []
    updates: dict[int, MLPUpdate] = {}
    for k in ranks:
        heard = []
        if k > ranks[0] and config.scheme != "adjacent":
            heard += [lower(k)] * (config.scheme == "coadjacent") + [faces(k)]
        if k < ranks[-1] and config.scheme != "coadjacent":
            heard += [above(k)] * (config.scheme == "adjacent") + [cofaces(k)]
        for symbol in heard:
            between = None if symbol.source == symbol.target else hidden
            routes.append(route(symbol, Attention(hidden, hidden, target_channels=between)))
        if heard:
            updates[k] = MLPUpdate(mlp((1 + len(heard)) * hidden, hidden, hidden), join="concat")
    return Layer(*routes, update=updates, across="concat")
