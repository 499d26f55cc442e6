"""networkx and PyTorch Geometric: round trips against the real libraries."""

import networkx as nx
import pytest
import torch
from hypothesis import given
from torch.testing import assert_close
from torch_geometric.data import Batch, Data

import cochain as cc
from oracles import same
from strategies import graphs, with_features


@given(with_features(graphs()))
def test_networkx_round_trip(c: cc.Complex) -> None:
    back = cc.from_networkx(cc.to_networkx(c))
    assert back.sizes == c.sizes
    assert_close(back.simplices(1), c.simplices(1))
    if c.sizes[0]:
        assert_close(back[0].x, c[0].x.float())
    if c.sizes[1]:
        assert_close(back[1].x, c[1].x.float())


@given(graphs(directed=True))
def test_networkx_round_trip_of_digraphs(c: cc.Complex) -> None:
    graph = cc.to_networkx(c)
    assert graph.is_directed()
    assert_close(cc.from_networkx(graph).boundary(1).to_dense(), c.boundary(1).to_dense())


def test_networkx_attributes_follow_their_cells() -> None:
    graph = nx.Graph()
    graph.add_node("b", size=2.0, name="x")
    graph.add_node("a", size=1.0, name="y")
    graph.add_node("c", size=3.0, name="z")
    graph.add_edge("c", "b", weight=0.5)
    graph.add_edge("b", "a", weight=0.25)
    c = cc.from_networkx(graph)
    assert c[0].size.tolist() == [2, 1, 3]
    assert c[0].keys() == ["size"]
    assert c.simplices(1).tolist() == [[0, 1], [0, 2]]
    assert c[1].weight.tolist() == [0.25, 0.5]
    with pytest.raises(cc.ComplexError, match="multigraph"):
        cc.from_networkx(nx.MultiGraph([(0, 1)]))


def test_networkx_of_a_hypergraph_is_bipartite() -> None:
    graph = cc.to_networkx(cc.Complex.hypergraph([[0, 1], [1, 2]]))
    assert nx.is_bipartite(graph)
    assert sorted(graph[(1, 1)]) == [(0, 1), (0, 2)]


@given(with_features(graphs()))
def test_pyg_round_trip(c: cc.Complex) -> None:
    if not c.sizes[0]:
        return
    data = cc.to_pyg(c)
    assert data.validate()
    same(cc.from_pyg(data), c)


def test_pyg_batches_masks_and_directions() -> None:
    one = Data(x=torch.ones(3, 2), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), y=torch.tensor([4]))
    two = Data(x=torch.zeros(2, 2), edge_index=torch.tensor([[0, 1], [1, 0]]), y=torch.tensor([5]))
    c = cc.from_pyg(Batch.from_data_list([one, two]))
    assert (len(c), c.domain, c.sizes, c.whole.y.tolist()) == (2, "graph", (5, 3), [4, 5])
    again = cc.to_pyg(c)
    assert again.num_graphs == 2
    same(cc.from_pyg(again), c)
    masks = {
        f"{k}_mask": torch.tensor(v)
        for k, v in {"train": [True, False, False], "val": [False, True, False], "test": [False, False, True]}.items()
    }
    node = Data(
        x=torch.ones(3, 1), edge_index=torch.tensor([[0], [1]]), y=torch.tensor([0, 1, 0]), num_nodes=3, **masks
    )
    directed = cc.from_pyg(node)
    assert directed.domain == "digraph"
    assert directed[0].split[:, 0].tolist() == [0, 1, 2]
    assert cc.to_pyg(directed).train_mask.tolist() == [True, False, False]
    with pytest.raises(cc.ComplexError, match="this is a hypergraph"):
        cc.to_pyg(cc.Complex.hypergraph([[0, 1]]))
