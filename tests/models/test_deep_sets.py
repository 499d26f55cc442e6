"""Deep Sets: its formulas densely, its laws, and the row of the table of systems."""

import itertools

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from cochain.nn import pool, spread
from model_checks import F64, check_gradients, check_laws, check_relabelling, graph, hypergraph, model, whole_mlp

POOL = {"sum": lambda h: h.sum(dim=0), "mean": lambda h: h.mean(dim=0), "max": lambda h: h.max(dim=0).values}


def cloud(counts: tuple[int, ...] = (4, 1, 6)) -> cc.Complex:
    return cc.Complex.points(torch.randn(sum(counts), 3, dtype=F64), counts)


def sets(c: cc.Complex, x: Tensor) -> list[Tensor]:
    return list(x.split(c.offsets(0).diff().tolist()))


@pytest.mark.parametrize("reduce", ["sum", "mean", "max"])
def test_a_whole_set_is_rho_of_the_sum_of_phi(reduce: str) -> None:
    c = cloud()
    network = model("deep_sets", c, "whole", layers=2, reduce=reduce)
    answers = []
    for points in sets(c, c[0].pos):
        phi = []
        for h in points:
            for layer in network.layers:
                h = torch.relu(h @ layer.routes[0].message.weight + layer.updates["0"].bias)
            phi.append(h)
        answers.append(whole_mlp(network.readout, POOL[reduce](torch.stack(phi))))
    assert_close(network(c), torch.stack(answers))


@pytest.mark.parametrize("shared", ["sum", "mean", "max"])
def test_points_hear_their_set(shared: str) -> None:
    c = cloud()
    network = model("deep_sets", c, 0, layers=2, shared=shared)
    answers = []
    for h in sets(c, c[0].pos):
        for layer in network.layers:
            together = layer.shared.weight @ POOL[shared](h)
            h = torch.stack([torch.relu(layer.own.weight @ each + layer.own.bias + together) for each in h])
        answers.append(network.readout.map(h))
    assert_close(network(c), torch.cat(answers))


def test_reads_features_before_positions() -> None:
    c = cloud()
    network = model("deep_sets", c, "whole")
    twice = c.with_cochain(0, "x", 2 * c[0].pos)
    assert_close(network(twice), network(c.with_cochain(0, "pos", 2 * c[0].pos)))
    assert model("deep_sets", c.with_cochain(0, "x", torch.randn(11, 5, dtype=F64)), 0).reads[0].channels == 5


def test_reads_a_constant_where_there_is_neither() -> None:
    c = graph().without_cochain(0, "x")
    assert model("deep_sets", c, "whole").reads[0].channels == 1


def test_laws_on_points() -> None:
    c = cloud((5,))
    for target in (0, "whole"):
        network = model("deep_sets", c, target)
        check_relabelling(network, c, target)
        check_gradients(network, c)


def test_laws() -> None:
    check_laws("deep_sets", graph(), layers=2)
    check_laws("deep_sets", hypergraph(), shared="max", reduce="max")


def test_says_what_it_is() -> None:
    points, whole = (model("deep_sets", cloud(), target, layers=2) for target in (0, "whole"))
    assert points.equations() == ["h₀' = relu(h₀ Λ + mean(h₀) Γ + b)   (2 layers)", "y = h₀ W"]
    assert whole.equations() == ["h₀' = relu(I h₀ W + b)   (2 layers)", "y = MLP(sum h₀)"]
    assert ">mean</text>" in points.diagram()


def test_structure_is_not_read() -> None:
    c = graph()
    bare = cc.Complex.graph([(0, 1)], 9).with_cochain(0, "x", c[0].x)
    for target in (0, "whole"):
        network = model("deep_sets", c, target)
        assert_close(network(bare), network(c))


def test_other_sets_in_the_batch_are_not_heard() -> None:
    """What padding would be elsewhere: the answer on a set does not depend on those beside it, nor on their sizes."""
    small, large = cloud((3,)), cloud((50,))
    for target in (0, "whole"):
        network = model("deep_sets", small, target)
        assert_close(network(cc.Complex.union([large, small]))[-len(network(small)) :], network(small))


def test_equivariant_linear_maps_have_dimension_two() -> None:
    """Averaging all matrices over the group leaves a space of dimension 2, which x and the shared sum span."""
    n = 4
    c = cc.Complex.points(torch.zeros(n, 1, dtype=F64))
    averaged = []
    for unit in torch.eye(n * n, dtype=F64).view(-1, n, n):
        group = [unit[list(p)][:, list(p)] for p in itertools.permutations(range(n))]
        averaged.append(torch.stack(group).mean(dim=0).flatten())
    assert torch.linalg.matrix_rank(torch.stack(averaged)) == 2
    eye = torch.eye(n, dtype=F64)
    ours = torch.stack([eye, spread(c, 0, pool(c, 0, eye, "sum"))]).flatten(1)
    assert torch.linalg.matrix_rank(ours) == 2
    assert torch.linalg.matrix_rank(torch.cat([ours, torch.stack(averaged)])) == 2
