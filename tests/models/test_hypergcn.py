"""HyperGCN: its graph of farthest pairs and mediators hyperedge by hyperedge, ties, and its laws."""

from itertools import combinations

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from cochain.models.hypergraph.hypergcn import mediated
from model_checks import F64, check_laws, graph, hypergraph, members, model


def edges_of(c: cc.Complex, x: Tensor) -> Tensor:
    """A: of each hyperedge 1 / (2 |e| - 3) on the edges of its farthest pair with all its nodes; equal pairs share."""
    a = torch.zeros(c.sizes[0], c.sizes[0], dtype=F64)
    for each in members(c):
        pairs = list(combinations(each, 2))
        if not pairs:
            continue
        distances = [(x[i] - x[j]).square().sum().item() for i, j in pairs]
        farthest = [pair for pair, d in zip(pairs, distances, strict=True) if d == max(distances)]
        for i, j in farthest:
            edges = {frozenset((i, j))} | {frozenset((end, k)) for end in (i, j) for k in each if k not in (i, j)}
            assert len(edges) == 2 * len(each) - 3
            for u, v in map(tuple, edges):
                a[u, v] += 1 / len(edges) / len(farthest)
                a[v, u] += 1 / len(edges) / len(farthest)
    return a


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex, layers: int) -> None:
    network = model("hypergcn", c, 0, layers=layers)
    h = c[0].x
    for place, layer in enumerate(network.layers):
        x = h @ layer.routes[0].message.weight
        a = edges_of(c, x) + torch.eye(len(x), dtype=F64)
        root = a.sum(dim=1) ** -0.5
        h = root[:, None] * a * root @ x + layer.updates["0"].bias
        h = h if place == layers - 1 else torch.relu(h)
    assert_close(network(c), h)


def test_weights_of_a_hyperedge_add_up_to_one() -> None:
    """Also where all nodes are alike, so that all pairs are equally far."""
    c = hypergraph()
    for x in (c[0].x, torch.ones(9, 2, dtype=F64), torch.randint(3, (9, 1)).double()):
        operator = c.resolve(cc.nn.adjacent(0, via=1).triples, F64)
        values = mediated(operator.matrix.pattern, operator.via, x)
        sums = torch.zeros(c.sizes[1], dtype=F64).index_add(0, operator.via.long(), values) / 2
        assert_close(sums, torch.tensor([1.0, 1.0, 1.0, 0.0, 1.0], dtype=F64))
        dense = torch.zeros(9, 9, dtype=F64).index_put(
            (operator.matrix.pattern.rows.long(), operator.matrix.pattern.indices.long()), values, accumulate=True
        )
        assert_close(dense, edges_of(c, x))


def test_on_a_graph_it_is_the_graph_convolution() -> None:
    c = graph()
    one, other = model("hypergcn", c, 0), model("gcn", c, 0)
    with torch.no_grad():
        for mine, theirs in zip(one.layers, other.layers, strict=True):
            mine.routes[0].message.weight.copy_(theirs.routes[0].message.weight)
            mine.updates["0"].bias.copy_(theirs.updates["0"].bias)
    assert_close(one(c), other(c))


def test_laws() -> None:
    check_laws("hypergcn", hypergraph())
    check_laws("hypergcn", graph(), layers=3)
