"""HCHA: hypergraph convolution and hypergraph attention."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from cochain.complexes import Cochain, Complex
from cochain.errors import SpecError
from cochain.kernels import SparseMatrix, softmax, spmm
from cochain.nn import Features, Network, incident, read_out


@dataclass(frozen=True)
class HCHAConfig:
    """Hyperparameters of `HCHA`."""

    hidden: int = 64
    """Channels of nodes, over all heads together."""
    layers: int = 2
    """Number of layers."""
    dropout: float = 0.6
    """Probability of dropping a channel of a cell before each layer."""
    heads: int = 4
    """Heads of the attention, concatenated."""


class HCHA(Network):
    r"""Average over hyperedges and back, with memberships that attention weighs.

    $$X' = \mathrm{elu}\big(\Vert_k D^{-1} \hat H_k B^{-1} \hat H_k^T X P_k + b\big), \qquad
      \hat H_{xe} = \mathrm{softmax}_{e \ni x} \, \mathrm{LeakyReLU}(a_k^T [P_k h_x \Vert P_k' h_e])$$

    $h_e$ are features of the hyperedges, a constant where there are none; D counts the hyperedges of a node and B the
    nodes of a hyperedge. Scores are functions of a node and a hyperedge alone, so relabelling permutes the output. A
    node in no hyperedge hears the bias alone. Both steps share one attention, which two routes do not; hence a layer of
    its own.

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer $O(C (nnz + C (n_0 + n_1)))$ time, $O(C (n_0 + n_1) + H \, nnz)$ memory for H heads.
    Differs from the paper:
        hyperedges have a map of their own, since their features need not be as wide; hyperedge weights are left out.
    Source:
        Bai, Zhang, Torr, 2021, "Hypergraph Convolution and Hypergraph Attention".
    """

    Config = HCHAConfig
    ranks = (0, 1)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: HCHAConfig = HCHAConfig()
    ) -> None:
        if config.hidden % config.heads:
            raise SpecError(f"hidden should be a multiple of heads = {config.heads}, but is {config.hidden}")
        channels = [widths[0]] + [config.hidden] * config.layers
        layers = [_Layer(before, widths[1], after, config.heads) for before, after in pairwise(channels)]
        readout = read_out(target, {0: channels[-1]}, out)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], layers, readout, config.dropout)


class _Layer(nn.Module):
    def __init__(self, before: int, beside: int, after: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.value, self.other = nn.Linear(before, after, bias=False), nn.Linear(beside, after, bias=False)
        self.bias = nn.Parameter(torch.zeros(after))
        self.score = nn.Parameter(torch.empty(2, heads, after // heads))
        nn.init.xavier_uniform_(self.score)

    def forward(self, complex_: Complex, features: Features) -> Features:
        h = complex_.resolve(incident(0, 1), features[0].dtype).matrix
        value, other = (
            each(features[rank]).unflatten(1, (self.heads, -1)) for rank, each in enumerate((self.value, self.other))
        )
        member = SparseMatrix(h.pattern, self.attend(h, value, other))
        back = member.T
        y = _over_degrees(member, spmm(member, _over_degrees(back, spmm(back, value))))
        return {**features, 0: nn.functional.elu(y.flatten(1) + self.bias)}

    def attend(
        self, h: SparseMatrix, value: Float[Tensor, "nodes heads width"], other: Float[Tensor, "edges heads width"]
    ) -> Float[Tensor, "nnz heads"]:
        """Share every node's attention among its hyperedges."""
        left, right = ((each * score).sum(dim=-1) for each, score in zip((value, other), self.score, strict=True))
        scores = leaky_relu(left[h.pattern.rows] + right[h.pattern.indices], 0.2)
        return softmax(h.pattern, scores)

    def equations(self) -> list[str]:
        h = str(incident(0, 1))
        return [f"h₀' = elu(D^-1 Ĥ B^-1 Ĥᵀ h₀ P + b), Ĥ = softmax[{h}](LeakyReLU(⟨a, h₀ P ‖ h₁ P'⟩))"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 1, "Ĥᵀ"), (1, 0, "Ĥ")]


def _over_degrees(member: SparseMatrix, x: Tensor) -> Tensor:
    return x / member.pattern.degrees.clamp(min=1).to(x.dtype)[:, None, None]
