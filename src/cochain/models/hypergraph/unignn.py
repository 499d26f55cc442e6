"""UniGNN: UniGCN, UniGIN, UniSAGE and UniGAT."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from torch import nn

from cochain.complexes import Cochain
from cochain.errors import unknown_name
from cochain.nn import Activate, Attention, CellReadout, Layer, Linear, MLPUpdate, Network, incident, read_out, route
from cochain.nn.incidence import DegreeScaled

KINDS = ("gcn", "gin", "sage", "gat")


@dataclass(frozen=True)
class UniGNNConfig:
    """Hyperparameters of `UniGNN`."""

    hidden: int = 64
    """Channels of the hidden layers, over all heads together."""
    layers: int = 2
    """Number of layers; on nodes the last one writes the answer."""
    dropout: float = 0.6
    """Probability of dropping a channel after each hidden layer; in gat before both steps, and of a weight."""
    kind: str = "gin"
    """gcn, gin, sage or gat."""
    reduce: str = "mean"
    """How a node of sage reduces its hyperedges: mean or sum, as in the paper, or max."""
    heads: int = 8
    """Heads of the hidden layers of gat, concatenated; the layer that writes the answer has one."""


class UniGNN(Network):
    r"""Average over the nodes of each hyperedge, then let every node hear its hyperedges as a graph network would.

    $$h_e = \frac{1}{|e|} \sum_{x \in e} h_x, \qquad
      \text{GCN: } h_x' = \sigma\Big(\frac{1}{\sqrt{d_x}} \sum_{e \ni x} \frac{1}{\sqrt{d_e}} W h_e\Big), \quad
      \text{GIN: } h_x' = \sigma\Big(W \big((1 + \varepsilon) h_x + \sum_{e \ni x} h_e\big)\Big), \\
      \text{SAGE: } h_x' = \sigma\big(W (h_x + \mathrm{AGG}_{e \ni x} h_e)\big), \quad
      \text{GAT: } h_x' = \sigma\Big(\Vert_k \sum_{e \ni x} \alpha^k_{xe} W_k h_e\Big), \quad
      \alpha^k_{xe} = \mathrm{softmax}_e \, \mathrm{LeakyReLU}(a_k^T [W_k h_x \Vert W_k h_e])$$

    $d_x$ counts the hyperedges of x and $d_e$ is the mean of $d_x$ over its nodes. Sums, means and softmax do not
    depend on an order, so relabelling nodes permutes the output and relabelling hyperedges leaves it. A node in no
    hyperedge hears itself alone (GIN, SAGE) or nothing.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer two passes over the incidence, $O(C \, nnz)$ time, $O(C (n_0 + n_1))$ memory; GAT with dropout
        $O(H \, nnz)$ more for H heads.
    Differs from the paper:
        the hyperedges that hold one node each, its self-loops, are left to the data, and so is scaling every node's
        features to norm 1; other targets than nodes, which the paper does not have, read the last hidden layer.
    Source:
        Huang, Yang, 2021, "UniGNN: a Unified Framework for Graph and Hypergraph Neural Networks".
    """

    Config = UniGNNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: UniGNNConfig = UniGNNConfig()
    ) -> None:
        if config.kind not in KINDS:
            raise unknown_name("kind of UniGNN", config.kind, KINDS)
        nodes = target == 0
        channels = [widths[0]] + [config.hidden] * (config.layers - nodes)
        layers = [part for ends in pairwise(channels) for part in _steps(*ends, config)]
        if nodes:
            layers += _steps(channels[-1], out, config, last=True)
        carried = {0: out if nodes else config.hidden}
        readout = CellReadout(0, carried) if nodes else read_out(target, carried, out)
        # The other kinds drop after their activation alone; `Network` would drop before either step.
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout if config.kind == "gat" else 0.0)


def _steps(before: int, after: int, config: UniGNNConfig, last: bool = False) -> list[Layer]:
    first = Layer(route(incident(1, 0).normalized("row"), Linear()))
    if config.kind == "gat":
        attention = Attention(before, after, 1 if last else config.heads, dropout=config.dropout)
        update = Activate("identity" if last else "elu")
        return [first, Layer(route(incident(0, 1), attention), update={0: update})]
    weight: nn.Module = nn.Linear(before, after, bias=False)
    weight = weight if last else nn.Sequential(weight, nn.ReLU(), nn.Dropout(config.dropout))
    second = {
        "gcn": (route(incident(0, 1), DegreeScaled()), MLPUpdate(weight, join="none")),
        "gin": (route(incident(0, 1), Linear()), MLPUpdate(weight)),
        "sage": (route(incident(0, 1), Linear(), config.reduce), MLPUpdate(weight, epsilon=False)),
    }
    heard, joined = second[config.kind]
    return [first, Layer(heard, update={0: joined})]
