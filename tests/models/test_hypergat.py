"""HyperGAT: its formula densely, the part of its score that cancels, and its laws."""

import pytest
import torch
from torch import Tensor
from torch.nn.functional import leaky_relu
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ShapeError
from model_checks import check_laws, graph, hypergraph, members, model


def attend(message: torch.nn.Module, h: Tensor, chosen: list[int], other: Tensor | None = None) -> Tensor:
    """One set's answer; `other` adds to each score what the paper's concatenation with the reader would add."""
    parts = []
    for k, a in enumerate(message.score):
        rows = slice(k * len(a), (k + 1) * len(a))
        values = [message.map.weight[rows] @ h[y] for y in chosen]
        shift = 0.0 if other is None else leaky_relu(other, 0.2).sum()
        shares = [(a @ leaky_relu(v, 0.2) + shift).exp() for v in values]
        total = sum((s * v for s, v in zip(shares, values, strict=True)), torch.zeros_like(a))
        parts.append(total / sum(shares) if shares else total)
    return torch.relu(torch.cat(parts))


def run(network: torch.nn.Module, c: cc.Complex, concatenated: bool = False) -> dict[int, Tensor]:
    sets = members(c)
    reads = {1: sets, 0: [[e for e, each in enumerate(sets) if x in each] for x in range(c.sizes[0])]}
    state = {0: c[0].x}
    for layer in network.layers:
        (rank,) = map(int, layer.updates)
        message, old = layer.routes[0].message, state.get(rank)
        rows = []
        for place, chosen in enumerate(reads[rank]):
            other = old[place] if concatenated and old is not None else None
            rows.append(attend(message, state[1 - rank], chosen, other))
        state[rank] = torch.stack(rows)
    return state


@pytest.mark.parametrize("heads", [1, 4])
@pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex, heads: int) -> None:
    for target in (0, 1):
        network = model("hypergat", c, target, heads=heads)
        assert_close(network(c), network.readout.map(run(network, c)[target]))


def test_the_reader_in_the_score_cancels() -> None:
    """a^T LeakyReLU([W_2 h_e || W_1 h_x]) splits, and the softmax over hyperedges does not see the node's half."""
    c = hypergraph()
    network = model("hypergat", c, 0)
    assert_close(run(network, c, concatenated=True)[0], run(network, c)[0])


def test_laws() -> None:
    check_laws("hypergat", hypergraph())
    check_laws("hypergat", graph(), layers=1, heads=2)


def test_heads_should_divide_the_channels() -> None:
    with pytest.raises(ShapeError, match="hidden should be a multiple of heads = 3, but is 8"):
        model("hypergat", hypergraph(), 0, heads=3)
