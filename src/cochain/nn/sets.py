"""Networks on sets and on sequences of fixed length, by mixing."""

from jaxtyping import Float
from torch import Tensor, nn

from cochain.kernels import Pattern, segment, softmax


class SetMixer(nn.Module):
    r"""Pool sets of any sizes into one row each, with members that see each other.

    $$T = V + \sigma(\mathrm{softmax}_{set}(\mathrm{LN}(V))), \qquad
      \Psi(V) = \mathrm{mean}_{set}\big(T + \sigma(\mathrm{LN}(T) W_1) W_2\big)$$

    A softmax over a set and a mean know no order. An empty set gives 0.

    Args:
        channels: of the members, and of the answer.
    Source:
        Behrouz et al., 2023, "CAt-Walk: Inductive Hypergraph Learning via Set Walks".
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        # A bias would shift all members alike, which the softmax over the set does not see.
        self.before, self.after = nn.LayerNorm(channels, bias=False), nn.LayerNorm(channels)
        self.first, self.second = nn.Linear(channels, channels), nn.Linear(channels, channels)

    def forward(self, sets: Pattern, x: Float[Tensor, "members channels"]) -> Float[Tensor, "sets channels"]:
        """Give one row per row of the pattern, whose nonzeros are the members in the order of `x`."""
        token = x + nn.functional.gelu(softmax(sets, self.before(x)))
        return segment(sets, token + self.second(nn.functional.gelu(self.first(self.after(token)))), "mean")


class Mixer(nn.Module):
    r"""Mix sequences of one length: first their positions, then their channels.

    $$T = X + W_2 \, \sigma(W_1 \mathrm{LN}(X)), \qquad Y = T + \sigma(\mathrm{LN}(T) W_3) W_4$$

    Args:
        length: positions.
        channels: of each.
        dropout: probability of dropping a channel after each step.
    Source:
        Tolstikhin et al., 2021, "MLP-Mixer: An All-MLP Architecture for Vision".
    """

    def __init__(self, length: int, channels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.before, self.after = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.positions = nn.Sequential(nn.Linear(length, length), nn.GELU(), nn.Linear(length, length))
        self.channels = nn.Sequential(nn.Linear(channels, channels), nn.GELU(), nn.Linear(channels, channels))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "sequences length channels"]) -> Float[Tensor, "sequences length channels"]:
        """Give the mixed sequences."""
        token = x + self.dropout(self.positions(self.before(x).transpose(1, 2)).transpose(1, 2))
        return token + self.dropout(self.channels(self.after(token)))  # type: ignore[no-any-return]
