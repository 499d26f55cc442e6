"""PathNN: its formula path by path, the paths themselves, and the graphs that they tell apart."""

from itertools import pairwise

import networkx as nx
import pytest
import torch
from hypothesis import given
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ComplexError, UnknownNameError
from cochain.kernels import Pattern
from cochain.kernels.paths import simple_paths
from cochain.kernels.rooted_paths import rooted_paths
from cochain.nn import upper
from cochain.nn.paths import path_levels
from graph_pairs import hexagon_and_triangles, rook_and_shrikhande
from model_checks import F64, batch_norm, check_laws, graph, model, neighbours, whole_mlp
from small_graphs import csr, graphs
from small_graphs import walks as walks_of

CHOICES = ("simple", "shortest", "one shortest")


def distances(c: cc.Complex) -> torch.Tensor:
    """Steps between nodes, -1 where there is no way."""
    found = torch.full((c.sizes[0], c.sizes[0]), -1)
    for start, reached in nx.all_pairs_shortest_path_length(nx.Graph(c.simplices(1).tolist())):
        for end, steps in reached.items():
            found[start, end] = steps
    return found


def walks(c: cc.Complex, start: int, edges: int, choice: str) -> list[list[int]]:
    """The paths of so many edges from a node, by recursion over all walks."""
    near, far = neighbours(c), distances(c)
    found = [[start]]
    for _ in range(edges):
        found = [[*path, tip] for path in found for tip in near[path[-1]] if tip not in path]
    if choice == "simple":
        return found
    found = [path for path in found if far[start, path[-1]] == edges]
    return found if choice == "shortest" else [*{path[-1]: path for path in reversed(found)}.values()]


@pytest.mark.parametrize("choice", CHOICES)
def test_paths(choice) -> None:
    c = cc.Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3), (3, 4), (2, 4), (4, 5)], 7)
    for edges, level in enumerate(path_levels(c, 4, choice), start=1):
        expected = [path for start in range(7) for path in walks(c, start, edges, choice)]
        assert sorted(level.nodes.tolist()) == sorted(expected)
        assert level.nodes[:, 0].tolist() == sorted(level.nodes[:, 0].tolist())
        far = distances(c)
        assert_close(level.distances, far[level.nodes[:, :1], level.nodes])
        assert level.counts.tolist() == [len(walks(c, start, edges, choice)) for start in range(7)]


@given(graphs(max_nodes=7))
def test_paths_of_any_graph(found: nx.Graph) -> None:
    """Both directions of what the lift's search lists once; shortest ones as networkx lists them."""
    indptr, indices = (torch.from_numpy(each) for each in csr(found))
    pattern = Pattern(indptr, indices, (len(found), len(found)))
    once = walks_of(simple_paths(*csr(found), 4))
    there = [tuple(path) for level in rooted_paths(pattern, 4) for path in level.nodes.tolist()]
    assert sorted(there) == sorted([*once, *(path[::-1] for path in once)])
    shortest = [tuple(path) for level in rooted_paths(pattern, 7, "shortest") for path in level.nodes.tolist()]
    ends = [(u, v) for u in found for v in found if u != v and nx.has_path(found, u, v)]
    assert sorted(shortest) == sorted(tuple(p) for u, v in ends for p in nx.all_shortest_paths(found, u, v))
    single = [
        (path[0], path[-1]) for level in rooted_paths(pattern, 7, "one shortest") for path in level.nodes.tolist()
    ]
    assert sorted(map(tuple, single)) == sorted(ends)


def lstm(module: torch.nn.LSTM, xs: list[torch.Tensor]) -> torch.Tensor:
    """The last state, gate by gate."""
    h = state = torch.zeros(module.hidden_size, dtype=F64)
    for x in xs:
        gates = module.weight_ih_l0 @ x + module.bias_ih_l0 + module.weight_hh_l0 @ h + module.bias_hh_l0
        i, f, g, o = gates.chunk(4)
        state = f.sigmoid() * state + i.sigmoid() * g.tanh()
        h = o.sigmoid() * state.tanh()
    return h


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("marked", [False, True])
def test_formula(choice, marked) -> None:
    c = graph()
    network = model("path_nn", c, "whole", hidden=4, paths=choice, distances=marked)
    h, far = c[0].x, distances(c)
    for place in (0, 3):
        linear, norm = network.first[place], network.first[place + 1]
        h = torch.relu(batch_norm(norm, h @ linear.weight.T + linear.bias))
    for edges, layer in enumerate(network.layers, start=1):
        rows = []
        for v in range(9):
            total = h[v]
            for path in walks(c, v, edges, choice):
                xs = [torch.cat([h[p], network.embed.weight[far[v, p]]]) if marked else h[p] for p in reversed(path)]
                total = total + lstm(network.lstm, xs)
            rows.append(total)
        h = torch.relu(batch_norm(layer.norm, torch.stack(rows)))
    assert_close(network(c), whole_mlp(network.readout, h.sum(dim=0)[None]))


@pytest.mark.parametrize("name", ["path_nn", "path_nn_shortest"])
def test_laws(name) -> None:
    check_laws(name, graph(), hidden=8)
    check_laws(name, graph(), targets=("whole",), distances=True)


def test_without_layers_and_without_edges() -> None:
    c = cc.Complex.graph([(0, 1)], 3).with_cochain(0, "x", torch.randn(3, 2, dtype=F64))
    assert model("path_nn", c, 0, layers=0, distances=True)(c).shape == (3, 4)
    bare = cc.Complex.graph([], 3).with_cochain(0, "x", torch.randn(3, 2, dtype=F64))
    assert model("path_nn", bare, 0)(bare).isfinite().all()


@pytest.mark.parametrize(("layers", "apart"), [(2, False), (3, True)])
def test_simple_paths_tell_a_hexagon_from_two_triangles(layers, apart) -> None:
    """No path of two edges differs; paths of three edges there are in the hexagon alone."""
    one, two = hexagon_and_triangles()
    network = model("path_nn", one, "whole", layers=layers)
    assert torch.allclose(network(one), network(two)) is not apart


def test_shortest_paths_tell_them_apart_at_two_edges() -> None:
    one, two = hexagon_and_triangles()
    network = model("path_nn_shortest", one, "whole", layers=2)
    assert not torch.allclose(network(one), network(two))


def test_paths_of_the_rook_and_of_shrikhande() -> None:
    """From every node as many up to 6 edges, and 34452 against 34320 of 7: 3-WL does not tell these graphs apart."""
    counts = []
    for c in rook_and_shrikhande():
        found = rooted_paths(c.resolve(upper(0)).matrix.pattern, 7)
        counts.append([torch.bincount(level.nodes[:, 0]).unique().tolist() for level in found])
    rook, shrikhande = counts
    assert rook[:6] == shrikhande[:6] == [[6], [30], [138], [612], [2556], [9792]]
    assert (rook[6], shrikhande[6]) == ([34452], [34320])


def test_drawn_paths_estimate_the_sum() -> None:
    c = rook_and_shrikhande()[0]
    level = path_levels(c, 3)[2]
    x = level.nodes[:, -1:].double() + 0.1 * level.nodes[:, 1:2]
    drawn = [level.draw(20) for _ in range(300)]
    assert all(torch.bincount(each.nodes[:, 0]).eq(20).all() for each in drawn)
    means = torch.stack([each.sum(each.nodes[:, -1:].double() + 0.1 * each.nodes[:, 1:2]) for each in drawn])
    error = means.std(dim=0) / 300**0.5
    assert ((means.mean(dim=0) - level.sum(x)).abs() < 5 * error).all()
    assert_close(level.draw(138).sum(torch.ones(138 * 16, 1)), torch.full((16, 1), 138.0))


def test_too_many_paths_are_refused(monkeypatch) -> None:
    monkeypatch.setattr("cochain.nn.paths.MOST_PATHS", 1000)
    with pytest.raises(ComplexError, match="at most 1000 paths of 3 edges from all its nodes, but has about 2880"):
        path_levels(rook_and_shrikhande()[0], 4)


def test_unknown_choices_are_named() -> None:
    with pytest.raises(UnknownNameError, match="no choice of paths is called 'simpel'; did you mean 'simple'"):
        model("path_nn", graph(), "whole", paths="simpel")


def test_every_step_of_a_path_is_an_edge() -> None:
    c = graph()
    edges = {tuple(edge) for edge in c.simplices(1).tolist()}
    for level in path_levels(c, 3):
        assert all(tuple(sorted(step)) in edges for path in level.nodes.tolist() for step in pairwise(path))
