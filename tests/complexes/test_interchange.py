"""networkx and PyTorch Geometric: round trips against the real libraries."""

import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close
from torch_geometric.data import Batch, Data, HeteroData
from torch_geometric.data.hypergraph_data import HyperGraphData
from torch_geometric.nn import HypergraphConv

import cochain as cc
from oracles import same
from strategies import graphs, hypergraphs, unions, with_features


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
    with pytest.raises(cc.ComplexError, match="this is a combinatorial"):
        cc.to_pyg(cc.Complex.combinatorial({0: 2, 1: [[0, 1]]}))


@given(with_features(st.one_of(hypergraphs(), unions("hypergraph"))))
def test_pyg_round_trip_of_hypergraphs(c: cc.Complex) -> None:
    if all(n for n in c.offsets(0).diff().tolist()):  # PyG's batch vector cannot tell of a component without nodes
        same(cc.from_pyg(cc.to_pyg(c)), c)


def test_hypergraphs_of_pyg_in_both_forms() -> None:
    index = torch.tensor([[0, 1, 2, 1, 2, 3], [0, 0, 0, 1, 1, 1]])
    c = cc.from_pyg(HyperGraphData(x=torch.ones(5, 2), edge_index=index, edge_attr=torch.tensor([[1.0], [2.0]])))
    assert (c.domain, c.sizes, c[1].x.tolist()) == ("hypergraph", (5, 2), [[1.0], [2.0]])
    again = cc.from_pyg(Data(hyperedge_index=index, num_nodes=5))
    assert_close(again.faces(1, 0).to_dense(), c.faces(1, 0).to_dense())
    # What a layer of PyG makes of it is what the incidence says.
    layer = HypergraphConv(2, 2, bias=False)
    data = cc.to_pyg(c)
    incidence = c.incidence(0, 1).to_dense()
    degree, size = incidence.sum(1, keepdim=True).clamp(min=1), incidence.sum(0)[:, None]
    expected = (incidence @ ((incidence.T @ layer.lin(data.x)) / size)) / degree
    assert_close(layer(data.x, data.hyperedge_index), expected)


def hetero() -> HeteroData:
    data = HeteroData()
    data["author"].x = torch.arange(4.0).reshape(2, 2)
    data["paper"].x = torch.arange(9.0).reshape(3, 3)
    data["paper"].y = torch.tensor([1, 0, 2])
    data["author", "writes", "paper"].edge_index = torch.tensor([[0, 0, 1], [0, 2, 1]])
    data["paper", "cites", "paper"].edge_index = torch.tensor([[0, 2], [1, 0]])
    data["paper", "cites", "paper"].edge_attr = torch.tensor([[0.5], [0.25]])
    return data


def test_heterogeneous_graphs_keep_their_types() -> None:
    data = hetero()
    c = cc.from_pyg(data)
    assert (c.domain, c.sizes) == ("digraph", (5, 5))
    assert c[0].type.tolist() == [0, 0, 1, 1, 1]
    assert c[0].y.tolist() == [-1, -1, 1, 0, 2]
    assert_close(c[0].x, torch.block_diag(data["author"].x, data["paper"].x))
    assert c[1].type[c.find(1, [(0, 2), (4, 2)])].tolist() == [0, 1]
    assert c[1].x[c.find(1, [(2, 3), (4, 2), (0, 2)])].tolist() == [[0.5], [0.25], [0.0]]
    back = cc.to_pyg(c, data.node_types, data.edge_types)
    assert back.validate()
    assert back.node_types == data.node_types
    for kind in data.edge_types:
        assert set(map(tuple, back[kind].edge_index.T.tolist())) == set(map(tuple, data[kind].edge_index.T.tolist()))
    same(
        cc.from_pyg(back).without_cochain(0, "x").without_cochain(1, "x"),
        c.without_cochain(0, "x").without_cochain(1, "x"),
    )


def test_features_of_one_width_share_their_channels() -> None:
    data = hetero()
    data["author"].x = torch.ones(2, 3)
    data["paper", "cites", "paper"].edge_index = torch.tensor([[0, 1], [1, 0]])
    data["paper", "cites", "paper"].edge_attr = torch.tensor([[0.5], [0.5]])
    del data["author", "writes", "paper"]
    c = cc.from_pyg(data)
    assert (c.domain, c.sizes, c[0].x.shape) == ("graph", (5, 1), (5, 3))
    same(cc.from_pyg(cc.to_pyg(c, data.node_types, data.edge_types)), c)


def test_what_has_no_place_in_one_graph_is_refused() -> None:
    data = hetero()
    data["paper", "likes", "paper"].edge_index = torch.tensor([[0], [1]])
    with pytest.raises(cc.ComplexError, match="every edge should be listed once, but some repeat with another edge_"):
        cc.from_pyg(data)
    del data["paper"].x, data["paper"].y
    with pytest.raises(cc.ComplexError, match="nodes of type 'paper' should have features or num_nodes"):
        cc.from_pyg(data)
    with pytest.raises(cc.ComplexError, match="should be one graph, but is a batch"):
        cc.from_pyg(Batch.from_data_list([hetero(), hetero()]))
    with pytest.raises(cc.ComplexError, match="node_types and edge_types, but one is missing"):
        cc.to_pyg(cc.Complex.graph([(0, 1)]), ["a"], [("a", "to", "a")])
    with pytest.raises(cc.ComplexError, match="should join these types"):
        cc.to_pyg(cc.from_pyg(hetero()), ["author", "paper"], [("paper", "cites", "paper"), ("author", "x", "paper")])
    with pytest.raises(cc.ComplexError, match="should have one edge_index, but has none"):
        cc.from_pyg(object())
