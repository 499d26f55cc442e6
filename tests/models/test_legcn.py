"""LEGCN: the line expansion as a graph, written out, and its laws."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_relabelling, check_union, graph, hypergraph, members, model


def expansion(pairs: list[tuple[int, int]]) -> Tensor:
    """D^-1/2 (A + 2 I) D^-1/2: memberships are joined when they share the node, and when they share the hyperedge."""
    a = torch.tensor([[float((x == y) + (e == f)) for y, f in pairs] for x, e in pairs], dtype=F64)
    root = a.sum(dim=1) ** -0.5
    return root[:, None] * a * root


@pytest.mark.parametrize("layers", [0, 1, 3])
@pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex, layers: int) -> None:
    network, sets = model("legcn", c, 0, layers=layers), members(c)
    pairs = [(x, e) for e, each in enumerate(sets) for x in each]
    a, h = expansion(pairs), c[0].x[[x for x, _ in pairs]]
    for step in network.layers[1:-1]:
        h = torch.relu(a @ h @ step.map.weight.T + step.bias)
    rows = []
    for x in range(c.sizes[0]):
        mine = [k for k, (y, _) in enumerate(pairs) if y == x]
        share = torch.tensor([1 / len(sets[pairs[k][1]]) for k in mine], dtype=F64)
        rows.append(share @ h[mine] / share.sum() if mine else torch.zeros(h.shape[1], dtype=F64))
    assert_close(network(c), network.readout.map(torch.stack(rows)))


def test_the_dual_has_the_same_expansion() -> None:
    """Constant features: what memberships hold does not tell nodes from hyperedges."""
    c = hypergraph()
    dual = cc.lift.dual(c.without_cochain(0, "x"))
    network = model("legcn", c.with_cochain(0, "x", torch.ones(9, 2, dtype=F64)), 0, layers=2)
    step = network.layers[1]
    one, other = (step(each, {0: torch.ones(12, 2, dtype=F64)})[0].sum(dim=0) for each in (c, dual))
    assert_close(one, other)


def test_laws() -> None:
    for c in (hypergraph(), graph()):
        for target in (0, 1, "whole"):
            network = model("legcn", c, target)
            check_relabelling(network, c, target)
            check_union(network, c)
