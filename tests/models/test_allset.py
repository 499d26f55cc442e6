"""AllSetTransformer: its formula densely, and its laws."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ShapeError
from model_checks import F64, check_laws, graph, hypergraph, members, model, whole_mlp


def layer_norm(norm: nn.LayerNorm, x: Tensor) -> Tensor:
    centred = x - x.mean()
    return centred / (centred.square().mean() + norm.eps).sqrt() * norm.weight + norm.bias


def read_set(message: nn.Module, update: nn.Module, h: Tensor, chosen: list[int]) -> Tensor:
    """LN(Y + MLP(Y)), Y = LN(theta + heads of softmax(theta (S K)^T) S V), for one set."""
    heads, width = message.seed.shape
    parts = []
    for k in range(heads):
        rows = slice(k * width, (k + 1) * width)
        answer = message.seed[k].clone()
        if chosen:
            keys = torch.stack([message.key.weight[rows] @ h[y] for y in chosen])
            values = torch.stack([message.value.weight[rows] @ h[y] + message.value.bias[rows] for y in chosen])
            share = (keys @ message.seed[k]).exp()
            answer = answer + (share / share.sum()) @ values
        parts.append(answer)
    y = layer_norm(update.before, torch.cat(parts))
    first, last = update.mlp[0], update.mlp[-1]
    z = last.weight @ torch.relu(first.weight @ y + first.bias) + last.bias
    return layer_norm(update.after, y + z)


def run(network: nn.Module, c: cc.Complex) -> dict[int, Tensor]:
    sets = members(c)
    reads = {1: sets, 0: [[e for e, each in enumerate(sets) if x in each] for x in range(c.sizes[0])]}
    state = {0: c[0].x}
    for layer in network.layers:
        (rank,) = map(int, layer.updates)
        message, update = layer.routes[0].message, layer.updates[str(rank)]
        state[rank] = torch.stack([read_set(message, update, state[1 - rank], each) for each in reads[rank]])
    return state


@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (1, 4), (2, 2)])
@pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex, layers: int, heads: int) -> None:
    network = model("allset_transformer", c, 0, layers=layers, heads=heads)
    assert_close(network(c), network.readout.map(run(network, c)[0]))


def test_hyperedges_are_read_before_they_speak_back() -> None:
    c = hypergraph()
    network = model("allset_transformer", c, 1, layers=2)
    assert len(network.layers) == 3
    assert_close(network(c), network.readout.map(run(network, c)[1]))


def test_whole() -> None:
    c = hypergraph()
    network = model("allset_transformer", c, "whole")
    assert_close(network(c), whole_mlp(network.readout, run(network, c)[0].mean(dim=0, keepdim=True)))


def test_a_seed_of_zero_gives_the_mean_of_the_set() -> None:
    c = hypergraph()
    message = model("allset_transformer", c, 1).layers[0].routes[0].message
    with torch.no_grad():
        message.seed.zero_()
    value = message.value(c[0].x)
    means = torch.stack([value[each].mean(dim=0) for each in members(c)])
    assert_close(message(c.resolve(cc.nn.incident(1, 0), F64), c[0].x, None, None, "sum"), means)


def test_laws() -> None:
    check_laws("allset_transformer", hypergraph())
    check_laws("allset_transformer", graph(), layers=2, heads=2)


def test_heads_should_divide_the_channels() -> None:
    with pytest.raises(ShapeError, match="hidden should be a multiple of heads = 3, but is 8"):
        model("allset_transformer", hypergraph(), 0, heads=3)
