"""HCHA: its formula densely, its convolution where attention is even, and its laws."""

import pytest
import torch
from torch.nn.functional import elu, leaky_relu
from torch.testing import assert_close
from torch_geometric.nn import HypergraphConv

import cochain as cc
from cochain.errors import SpecError
from model_checks import F64, check_laws, graph, hypergraph, members, model, with_features


def edges(c: cc.Complex) -> cc.Complex:
    return with_features(c, {1: 2})


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("c", [edges(hypergraph()), edges(graph())], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex, heads: int) -> None:
    network = model("hcha", c, 0, layers=2, heads=heads)
    h, sets = c[0].x, members(c)
    degree = torch.zeros(c.sizes[0], dtype=F64)
    for each in sets:
        degree[each] += 1
    for layer in network.layers:
        parts = []
        for k in range(heads):
            rows = slice(k * 8 // heads, (k + 1) * 8 // heads)
            x, other = h @ layer.value.weight[rows].T, c[1].x @ layer.other.weight[rows].T
            member = torch.zeros(c.sizes[:2], dtype=F64)
            for e, each in enumerate(sets):
                for v in each:
                    member[v, e] = leaky_relu(layer.score[0, k] @ x[v] + layer.score[1, k] @ other[e], 0.2).exp()
            member = member / member.sum(dim=1, keepdim=True).clamp(min=1e-300)
            size = torch.tensor([len(each) for each in sets], dtype=F64)
            parts.append(member @ (member.T @ x / size[:, None]) / degree.clamp(min=1)[:, None])
        h = elu(torch.cat(parts, dim=1) + layer.bias)
    assert_close(network(c), network.readout.map(h))


def test_even_attention_is_the_convolution() -> None:
    """With scores of 0 a membership is 1 / d, so that X' = D^-2 H B^-1 H^T D^-1 X P."""
    c = edges(hypergraph())
    layer = model("hcha", c, 0, layers=1, heads=1).layers[0]
    with torch.no_grad():
        layer.score.zero_()
        layer.bias.zero_()
    h = c.cells(1).to_dense().double().T
    inverse = torch.where(h.sum(dim=1) > 0, 1 / h.sum(dim=1).clamp(min=1), 0.0)[:, None]
    expected = elu(inverse**2 * h @ (h.T @ (inverse * (c[0].x @ layer.value.weight.T)) / h.sum(dim=0)[:, None]))
    assert_close(layer(c, {0: c[0].x, 1: c[1].x})[0], expected)


def test_features_of_hyperedges_count() -> None:
    c = edges(hypergraph())
    network = model("hcha", c, 0)
    assert (network(c) - network(c.with_cochain(1, "x", c[1].x.flip(0)))).abs().max() > 1e-3


def test_laws() -> None:
    check_laws("hcha", edges(hypergraph()))
    check_laws("hcha", edges(graph()), layers=1, heads=2)


def test_heads_should_divide_the_channels() -> None:
    with pytest.raises(SpecError, match="hidden should be a multiple of heads = 3, but is 8"):
        model("hcha", hypergraph(), 0, heads=3)


def test_it_agrees_with_torch_geometric() -> None:
    """Its default attends among the nodes of a hyperedge; its mode "edge" is the paper's."""
    c = with_features(hypergraph(), {1: 3})
    theirs = HypergraphConv(3, 4, use_attention=True, attention_mode="edge", heads=2, bias=False).double()
    layer = model("hcha", c, 0, layers=1, heads=2).layers[0]
    with torch.no_grad():
        layer.bias.zero_()
        layer.value.weight.copy_(theirs.lin.weight)
        layer.other.weight.copy_(theirs.lin.weight)
        layer.score.copy_(torch.stack(theirs.att[0].chunk(2, dim=1)))
    pairs = c.cells(1).to_dense().T.nonzero().T
    assert_close(layer(c, {0: c[0].x, 1: c[1].x})[0], elu(theirs(c[0].x, pairs, hyperedge_attr=c[1].x)))
