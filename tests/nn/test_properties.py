"""On any complex, with isolated cells, empty ranks and several components: formulas and laws hold."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

import cochain as cc
from cochain.nn import (
    Activate,
    Attention,
    CellReadout,
    Layer,
    Linear,
    Network,
    Pair,
    WholeReadout,
    cofaces,
    faces,
    hodge,
    lower,
    mlp,
    route,
    self_,
    upper,
)
from oracles import dense
from strategies import complexes, shuffled, with_features


@given(with_features(complexes()))
def test_a_linear_route_is_the_dense_product(c: cc.Complex) -> None:
    symbols = [upper(0).with_self().normalized("sym"), faces(1), cofaces(0), lower(1)] if c.rank else [self_(0)]
    for symbol in symbols:
        message = Linear(3, 2).double()
        found = route(symbol, message)(c, {k: c[k].x for k in range(c.rank + 1)})
        assert_close(found, dense(c, symbol) @ c[symbol.source].x @ message.weight)


def everything(c: cc.Complex, target: int | str) -> Network:
    """One even layer with a message of every kind, on the ranks that the complex has."""
    routes = [route(self_(k), Linear(3, 4)) for k in range(c.rank + 1)]
    if c.rank:
        routes += [
            route(upper(0), Pair(mlp(9, 4), via=True), "max"),
            route(cofaces(0), Attention(3, 4, heads=2), "sum"),
            route(faces(1), Linear(3, 4), "mean"),
            route(lower(1), Attention(3, 4, score="dot")),
        ]
    layer = Layer(*routes, update=lambda rank: Activate("elu", bias=4))
    carried = dict.fromkeys(range(c.rank + 1), 4)
    readout = WholeReadout(carried, 2) if target == "whole" else CellReadout(int(target), carried, 2)
    return Network([cc.Cochain(k, 3) for k in range(c.rank + 1)], [layer], readout).double().eval()


@given(with_features(complexes()), st.data())
def test_relabelling_and_batches(c: cc.Complex, data: st.DataObject) -> None:
    permutations, _ = data.draw(shuffled(c))
    for target in (0, c.rank, "whole"):
        network = everything(c, target)
        y = network(c)
        assert torch.isfinite(y).all()
        expected = y if target == "whole" else y[permutations[int(target)]]
        assert_close(network(c.relabel(permutations)), expected)
        assert_close(network(cc.Complex.union([c, c])), torch.cat([y, y]))
        parts = [network(part) for part in c.components()]
        assert_close(torch.cat(parts), y)


@given(with_features(complexes(oriented=True)), st.data())
def test_orientation(c: cc.Complex, data: st.DataObject) -> None:
    if not c.rank:
        return
    for k in range(1, c.rank + 1):
        c = c.with_cochain(k, "x", c[k].x, odd=True)
    _, signs = data.draw(shuffled(c))
    odd = range(1, c.rank + 1)
    routes = [route(hodge(k).normalized("spectral"), Linear(3, 4)) for k in range(c.rank + 1)]
    routes += [route(faces(k).signed, Linear(3, 4)) for k in odd] + [
        route(cofaces(k - 1).signed, Linear(3, 4)) for k in odd
    ]
    layer = Layer(*routes, update=lambda rank: Activate("tanh"), odd=odd)
    reads = [cc.Cochain(k, 3, odd=k > 0) for k in range(c.rank + 1)]
    for target in (0, 1):
        network = Network(reads, [layer], CellReadout(target, {target: 4}, 2, odd=target > 0)).double()
        y = network(c)
        expected = signs[target][:, None] * y if target else y
        assert_close(network(c.reorient(signs)), expected)
