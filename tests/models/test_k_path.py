"""k-path network: its formula path by path, and the cycles that it counts and plain message passing does not."""

import networkx as nx
import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from dense_cells import embedded, two_layers
from graph_pairs import hexagon_and_triangles, rook_and_shrikhande
from model_checks import adjacency, check_laws, graph, model, neighbours, whole_mlp


def run(network, c) -> Tensor:
    a, near = adjacency(c), neighbours(c)
    h = embedded(network, c)[0]
    for layer in network.layers[1:]:
        rows = []
        for v in range(c.sizes[0]):
            parts, found = [h[v]], [[v]]
            for encode in layer.encode:
                found = [[*path, tip] for path in found for tip in near[path[-1]] if tip not in path]
                total = torch.zeros_like(h[v])
                for path in found:
                    beside = [a[p, q] for i, p in enumerate(path) for q in path[i + 2 :]]
                    total = total + two_layers(
                        encode, torch.cat([*(h[p] for p in path), torch.tensor(beside).double()])
                    )
                parts.append(total)
            rows.append(two_layers(layer.join, torch.cat(parts)))
        h = torch.stack(rows)
    return h


@pytest.mark.parametrize("length", [1, 3])
def test_formula(length) -> None:
    c = graph()
    network = model("k_path", c, "whole", hidden=4, length=length)
    assert_close(network(c), whole_mlp(network.readout, run(network, c).sum(dim=0)[None]))


def test_laws() -> None:
    check_laws("k_path", graph())


def test_tells_graphs_apart() -> None:
    """The nodes of a path of three are a clique of four in the rook's graph alone, which 3-WL does not see."""
    for one, two in (hexagon_and_triangles(), rook_and_shrikhande()):
        network = model("k_path", one, "whole", layers=1)
        assert not torch.allclose(network(one), network(two))


def test_drawn_paths_are_for_training_alone() -> None:
    c = graph()
    network = model("k_path", c, 0, samples=1)
    assert_close(network(c), network(c))
    answers = torch.stack([network.train()(c) for _ in range(5)])
    assert (answers.std(dim=0) > 0).any()
    every = model("k_path", c, 0, samples=99)
    assert_close(every.train()(c), every.eval()(c))


def cycles_at(c: cc.Complex) -> Tensor:
    """For every node, the cycles of 3, 4 and 5 nodes through it."""
    counts = torch.zeros(c.sizes[0], 3)
    for cycle in nx.simple_cycles(nx.Graph(c.simplices(1).tolist()), length_bound=5):
        counts[cycle, len(cycle) - 3] += 1
    return counts


def regular(seeds: range) -> cc.Complex:
    """Random graphs of degree 3 with 10 nodes, all features equal: message passing gives all nodes one answer."""
    found = [nx.random_regular_graph(3, 10, seed) for seed in seeds]
    c = cc.Complex.union([cc.Complex.graph([*each.edges], 10) for each in found])
    return c.with_cochain(0, "x", torch.ones(c.sizes[0], 1))


def error(network: nn.Module, c: cc.Complex, y: Tensor) -> Tensor:
    with torch.no_grad():
        return (network.eval()(c) - y).square().mean(dim=0) / y.var(dim=0)


def test_counts_cycles() -> None:
    train, test = regular(range(14)), regular(range(100, 110))
    y, goal = cycles_at(train), cycles_at(test)
    network = cc.models.build("k_path", train, 8, 3, 1, target=0, seed=1, options={"length": 4})
    optimizer = torch.optim.LBFGS(network.parameters(), max_iter=150, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = nn.functional.mse_loss(network(train), y)
        value.backward()
        return value

    optimizer.step(loss)
    assert (error(network, test, goal) < 0.05).all()
    plain = cc.models.build("gin", test, 16, 3, 3, target=0, seed=0).eval()
    answers = plain(test)
    assert_close(answers, answers[:1].expand_as(answers))  # so that no training brings its error below the variance
