"""DHGNN: its layer densely, the hyperedges that it draws, and its laws."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from cochain.nn.grouping import cluster_groups, nearest_groups
from model_checks import F64, check_laws, graph, hypergraph, members, model


def rows_of(pattern: object) -> list[list[int]]:
    return [each.tolist() for each in pattern.indices.split(pattern.degrees.tolist())]


def drawn(c: cc.Complex, x: Tensor, size: int, clusters: int) -> list[list[int]]:
    """Given hyperedges, each node with its nearest, and k-means node by node."""
    near = [sorted(range(len(x)), key=lambda y, v=v: float((x[v] - x[y]).square().sum()))[:size] for v in range(len(x))]
    centres = [x.mean(dim=0)]
    for _ in range(clusters - 1):
        away = [min(float((v - z).square().sum()) for z in centres) for v in x]
        centres.append(x[away.index(max(away))])
    for _ in range(6):
        own = [min(range(clusters), key=lambda k, v=v: float((v - centres[k]).square().sum())) for v in x]
        mine = [[v for v, k in enumerate(own) if k == each] for each in range(clusters)]
        centres = [x[each].mean(dim=0) if each else z for each, z in zip(mine, centres, strict=True)]
    return [*members(c), *near, *(each for each in mine if each)]


@pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex) -> None:
    network = model("dhgnn", c, 0, layers=2, neighbors=3, clusters=2)
    h = c[0].x
    for layer in network.layers:
        sets, rows = drawn(c, h.detach(), 3, 2), []
        told = torch.stack([h[each].mean(dim=0) for each in sets])
        for x in range(len(h)):
            around = range(c.sizes[1], c.sizes[1] + len(h))
            mine = told[[x in each if k not in around else k == c.sizes[1] + x for k, each in enumerate(sets)]]
            rows.append((mine @ layer.score.weight[0]).softmax(dim=0) @ mine)
        h = torch.relu(torch.stack(rows) @ layer.map.weight.T + layer.map.bias)
    assert_close(network(c), network.readout.map(h))


def test_nearest_by_hand() -> None:
    c = cc.Complex.points(torch.zeros(6, 1), [4, 2])
    x = torch.tensor([[0.0], [1.0], [3.0], [10.0], [0.0], [50.0]])
    assert rows_of(nearest_groups(c, x, 2)) == [[0, 1], [0, 1], [1, 2], [2, 3], [4, 5], [4, 5]]
    assert rows_of(nearest_groups(c, x, 4))[4:] == [[4, 5], [4, 5]]


def test_clusters_by_hand() -> None:
    """Two heaps each, in two components; one cluster takes all; more clusters than nodes leave some empty."""
    c = cc.Complex.points(torch.zeros(6, 1), [4, 2])
    x = torch.tensor([[0.0], [1.0], [20.0], [22.0], [5.0], [-5.0]])
    found = rows_of(cluster_groups(c, x, 2))
    assert sorted(found[:2]) == [[0, 1], [2, 3]]
    assert sorted(found[2:]) == [
        [],
        [4, 5],
    ]  # two alone are equally far from their mean, and nothing but a name parts them
    assert rows_of(cluster_groups(c, x, 1)) == [[0, 1, 2, 3], [4, 5]]
    many = rows_of(cluster_groups(c, x, 3))
    assert sorted([*many[3], *many[4], *many[5]]) == [4, 5]
    assert rows_of(cluster_groups(cc.Complex.points(torch.zeros(0, 1)), x[:0], 2)) == [[], []]


def test_hyperedges_follow_the_features_of_each_layer() -> None:
    c = hypergraph()
    near = model("dhgnn", c, 0, layers=1).layers[0]
    first, second = near.groups(c, c[0].x)[0], near.groups(c, torch.randn(9, 3, dtype=F64))[0]
    assert rows_of(first)[:5] == rows_of(second)[:5]
    assert rows_of(first)[5:] != rows_of(second)[5:]


def test_laws() -> None:
    check_laws("dhgnn", hypergraph())
    check_laws("dhgnn", graph(), layers=3, neighbors=2, clusters=3)
