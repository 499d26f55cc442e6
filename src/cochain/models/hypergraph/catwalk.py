"""CAt-Walk: hyperedges of a temporal hypergraph told by walks into their past."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.kernels import aggregate, segment
from cochain.nn import Network, incident, mlp, pool_nodes, read_out
from cochain.nn.set_walks import WalkMembers, set_walks, walk_members
from cochain.nn.sets import Mixer, SetMixer


@dataclass(frozen=True)
class CAtWalkConfig:
    """Hyperparameters of `CAtWalk`."""

    hidden: int = 32
    """Channels of every encoding."""
    layers: int = 1
    """Blocks of the network that mixes the positions of a walk."""
    dropout: float = 0.1
    """Probability of dropping a channel of a walk."""
    walks: int = 8
    """Walks from each node of each hyperedge."""
    length: int = 3
    """Hyperedges of a walk."""
    decay: float = 0.0
    """How much walks prefer the near past, per unit of time."""


class CAtWalk(Network):
    r"""Score every hyperedge at its time by walks backward from its nodes, in which nodes are known by counts alone.

    $$g(w, x)_k = \tfrac{1}{M} |\{\text{walks from } x \text{ with } w \text{ at position } k\}|, \qquad
      \mathrm{id}_e(w) = \frac{1}{|e|} \sum_{x \in e} \phi(g(w, x)), \\
      z_k = \Psi(\{\mathrm{id}_e(w)\}_{w \in e_k}) \Vert \cos(\omega (t_e - t_{e_k}) + b), \qquad
      h_e = \rho\big(\mathrm{mean}_{walks} \, \mathrm{MIX}(z_1, ..., z_L) \Vert \mathrm{mean}_{x \in e} h_x\big)$$

    Walks go from hyperedge to intersecting, strictly earlier hyperedge (`cochain.nn.set_walks`). Nodes enter by counts
    and features only, and $\Psi$ (SetMixer) sees no order, so relabelling permutes the output; new nodes need no
    retraining. `time` on rank 1 says when hyperedges came up, 1 where there is none, so that nothing is past; `weight`
    there weighs them as steps: 0 for a candidate that may never have been. Walks are no neighbourhood of the cells;
    hence a forward of its own.

    Args:
        widths: channels per rank that come in.
        out: channels of the answer.
        target: a rank, or "whole"; nodes and wholes answer by the mean of their hyperedges.
        config: hyperparameters.
    Shape:
        x on rank 0 `(nodes, widths[0])`, time on rank 1 `(hyperedges,)` -> `(target rows, out)`.
    Cost:
        $O(M L C)$ time and memory for each node of each hyperedge, times the nodes of a hyperedge.
    Differs from the paper:
        counts are divided by M; evaluation walks along a low-discrepancy sequence in place of chance.
    Source:
        Behrouz et al., 2023, "CAt-Walk: Inductive Hypergraph Learning via Set Walks".
    """

    Config = CAtWalkConfig
    ranks = (0,)
    names = {1: ("time",)}  # noqa: RUF012 - a constant

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 1, config: CAtWalkConfig = CAtWalkConfig()
    ) -> None:
        place = 0 if target == 0 else 1
        readout = read_out(target, {place: config.hidden}, out)
        super().__init__([Cochain(0, widths[0]), Cochain(1, 1)], [_Encoder(widths[0], config)], readout)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        features = self.inputs(complex_)
        h = self.layers[0](complex_, features)
        nodes = aggregate(complex_.resolve(incident(0, 1)).matrix.pattern, h, "mean")
        return self.readout(complex_, [{0: nodes, 1: h}])  # type: ignore[no-any-return]


class _Encoder(nn.Module):
    def __init__(self, channels: int, config: CAtWalkConfig) -> None:
        super().__init__()
        hidden, self.config = config.hidden, config
        self.count, self.pool = nn.Linear(config.length, hidden, bias=False), SetMixer(hidden)
        self.rate, self.phase = nn.Parameter(10.0 ** -torch.linspace(0, 3, hidden)), nn.Parameter(torch.zeros(hidden))
        self.mix = nn.ModuleList(Mixer(config.length, 2 * hidden, config.dropout) for _ in range(config.layers))
        self.join = mlp(2 * hidden + channels, hidden, hidden)

    def forward(self, complex_: Complex, features: dict[int, Tensor]) -> Tensor:
        config, time = self.config, features[1][:, 0]
        weight = complex_[1].weight.view(-1) if "weight" in complex_[1] else None
        walks = set_walks(complex_, time, config.walks, config.length, config.decay, weight, self.training)
        members = complex_.cells(1).pattern
        seen = walk_members(members, complex_.sizes[0], walks)
        start = members.rows.repeat_interleave(config.walks * config.length)[seen.real]
        past = (time[start] - time[walks.flatten()[seen.real]])[:, None] * self.rate + self.phase
        told = torch.cat([self.anonymous(seen, members.degrees), torch.cos(past)], dim=1)
        z = told.new_zeros(walks.numel(), told.shape[1]).index_copy(0, seen.real, told)
        z = z.view(-1, config.length, told.shape[1])
        for block in self.mix:
            z = block(z)
        steps = z.view(members.nnz, config.walks * config.length, told.shape[1])
        past = segment(members, steps.mean(dim=1), "mean")
        return self.join(torch.cat([past, pool_nodes(complex_, 1, features[0])], dim=1))  # type: ignore[no-any-return]

    def anonymous(self, seen: WalkMembers, size: Tensor) -> Tensor:
        """Encode the hyperedge of each step by how often its nodes stand where in the walks."""
        told = torch.relu(self.count(seen.counts.to(self.rate.dtype) / self.config.walks)) / size[seen.hyperedge, None]
        identity = told.new_zeros(seen.pairs, told.shape[1]).index_add(0, seen.pair, told)
        return self.pool(seen.sets, identity[seen.pair[seen.counted]])  # type: ignore[no-any-return]

    def equations(self) -> list[str]:
        c = self.config
        walk = f"{c.walks} walks of {c.length} hyperedges into the past of each node of each hyperedge"
        return [f"z = Ψ(relu(counts W)) ‖ cos(ω Δt + b) on {walk}", "h₁ = MLP(mean MIX(z) ‖ mean x₀)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(1, 1, "walks"), (0, 1, "mean")]
