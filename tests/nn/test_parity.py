"""Odd cochains: what a layer refuses when it is built, and what a network built from accepted layers keeps."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

import cochain as cc
from cochain import laws
from cochain.errors import ParityError
from cochain.nn import (
    Activate,
    Attention,
    CellReadout,
    Embed,
    Gated,
    JumpingReadout,
    Layer,
    Linear,
    MLPUpdate,
    Network,
    Pair,
    Polynomial,
    Route,
    WholeReadout,
    cofaces,
    faces,
    hodge,
    laplacian,
    lower,
    mlp,
    route,
    self_,
    upper,
)
from law_specimens import specimen

FLOW = cc.Cochain(1, 3, odd=True)


def layer(*routes: Route, odd: tuple[int, ...] = (1,), **options: object) -> Callable[[], Layer]:
    return lambda: Layer(*routes, odd=odd, **options)  # type: ignore[arg-type]


REFUSED = [
    (layer(route(lower(1), Linear())), r"A↓₁ should carry even cochains, but rank 1 is odd; use the signed"),
    (layer(route(hodge(1), Linear()), odd=()), r"L₁ should carry odd cochains, but rank 1 is even; declare it odd"),
    (layer(route(faces(1), Linear())), r"\|B₁\|ᵀ should carry even cochains, but rank 1 is odd"),
    (layer(route(faces(2).signed, Linear())), r"B₂ᵀ should carry odd cochains, but rank 2 is even"),
    (layer(route(cofaces(1), Linear()), odd=(2,)), r"\|B₂\| should carry even cochains, but rank 2 is odd"),
    (layer(route(hodge(1), Attention(3, 3))), "message on odd rank 1 should be linear .* but Attention is not"),
    (layer(route(self_(1), Pair(mlp(6, 3)))), "message on odd rank 1 should be linear .* but Pair is not"),
    (layer(route(faces(1).signed, Gated(3, 3))), "message on odd rank 1 .* but Gated is not an odd function"),
    (layer(route(hodge(1), Linear(), "mean")), "summed with their signs, but are reduced by mean"),
    (layer(route(hodge(1), Linear()), route(self_(1), Linear()), across="max"), "but are joined by max"),
    (layer(route(upper(0), Pair(mlp(6, 3), target=False, via=True))), "of the shared cell, but rank 1 is odd"),
    (layer(route(hodge(1), Linear()), update={1: Activate("relu")}), r"update of odd rank 1 .* but relu\(m\) is not"),
    (layer(route(hodge(1), Linear()), update={1: Activate("tanh", bias=3)}), r"but tanh\(m \+ b\) is not; use tanh"),
    (layer(route(hodge(1), Linear()), update=lambda rank: MLPUpdate(mlp(3, 3))), r"but MLP\(.* is not"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "match"), REFUSED)
def test_a_layer_refuses(build: Callable[[], Layer], match: str) -> None:
    with pytest.raises(ParityError, match=f"(?s){match}"):
        build()


@pytest.mark.parametrize(
    "build",
    [
        layer(route(hodge(1), Linear()), route(self_(1), Linear()), across="concat"),
        layer(route(hodge(1), Linear()), route(self_(1), Linear()), across="mean"),
        layer(route(faces(1).signed, Linear()), route(cofaces(0).signed, Linear()), update=lambda k: Activate("tanh")),
        layer(route(hodge(0), Attention(3, 3)), route(upper(0), Pair(mlp(6, 3)), "max"), across="max"),
        layer(route(faces(2), Linear()), route(faces(1), Linear()), odd=()),
        layer(route(laplacian(1, "up").normalized("spectral"), Polynomial(3, 3)), update={1: Activate("odd_silu")}),
        layer(route(hodge(1), Linear()), update={1: Activate("relu")}, breaks=("orientation",)),
        layer(route(upper(0), Linear()), odd=(0,)),
    ],
)
def test_a_layer_accepts(build: Callable[[], Layer]) -> None:
    build()


@pytest.mark.parametrize("name", ["identity", "tanh", "softsign", "odd_silu"])
def test_odd_activations_are_odd_and_the_law_agrees(name: str) -> None:
    x = torch.randn(50, 1)
    update = Activate(name)
    torch.testing.assert_close(update(None, -x), -update(None, x))
    stack = Layer(route(hodge(1), Linear(3, 3)), update={1: Activate(name)}, odd=[1])
    network = Network([FLOW], [stack], CellReadout(1, {1: 3}, 2, odd=True))
    assert laws.orientation(network, specimen("simplicial", [1], [1])).kept


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid"])
def test_other_activations_are_not_odd(name: str) -> None:
    x = torch.randn(50, 1)
    assert not Activate(name).keeps_odd
    assert not torch.allclose(Activate(name)(None, -x), -Activate(name)(None, x))


# A network checks that its parts agree -------------------------------------------------------------------------------

ODD = Layer(route(hodge(1), Linear(3, 3)), odd=[1])
EVEN = Layer(route(lower(1), Linear(3, 3)))


@pytest.mark.parametrize(
    ("layers", "readout", "match"),
    [
        ([EVEN], CellReadout(1, {1: 3}, 2), "layer 0 should take rank 1 as odd, .* but takes it as even; give it odd="),
        ([Embed({1: 3}, 3)], CellReadout(1, {1: 3}, 2), "layer 0 should take rank 1 as odd"),
        ([ODD, EVEN], CellReadout(1, {1: 3}, 2), "layer 1 should take rank 1 as odd"),
        ([ODD], CellReadout(1, {1: 3}, 2), "the readout should take rank 1 as odd"),
        ([ODD], WholeReadout({1: 3}, 2), "the readout should take rank 1 as odd"),
        ([ODD], JumpingReadout(1, [3, 3], 2), "the readout should take rank 1 as odd"),
    ],
)
def test_a_network_refuses_parts_that_disagree(layers: list[nn.Module], readout: nn.Module, match: str) -> None:
    with pytest.raises(ParityError, match=match):
        Network([FLOW], layers, readout)  # type: ignore[arg-type]


def test_a_network_refuses_odd_parts_on_even_features() -> None:
    with pytest.raises(ParityError, match=r"layer 0 should take rank 1 as even, .* but takes it as odd"):
        Network([cc.Cochain(1, 3)], [ODD], CellReadout(1, {1: 3}, 2))


def test_a_network_stops_checking_where_parity_is_broken_by_design() -> None:
    broken = Layer(route(hodge(1), Linear(3, 3)), update={1: Activate("relu")}, breaks=("orientation",))
    Network([FLOW], [broken], CellReadout(1, {1: 3}, 2))

    class Magnitude(nn.Module):
        def forward(self, c: cc.Complex, h: dict[int, torch.Tensor]) -> dict[int, torch.Tensor]:
            return {1: h[1].abs()}

    assert laws.orientation(Network([FLOW], [Magnitude(), EVEN], CellReadout(1, {1: 3}, 2)), specimen("cell", [1], [1]))


def test_writes() -> None:
    assert Network([FLOW], [ODD], CellReadout(1, {1: 3}, 2, odd=True)).writes == (cc.Cochain(1, 2, odd=True),)
    assert Network([FLOW], [ODD], CellReadout(1, {1: 3}, odd=True)).writes == (cc.Cochain(1, 3, odd=True),)
    assert Network([FLOW], [ODD], WholeReadout({1: 3}, 2, odd=[1])).writes == ()
    nodes = Layer(route(upper(0), Linear(3, 3)))
    assert Network([cc.Cochain(0, 3)], [nodes], CellReadout(2, {0: 3}, 5)).writes == (cc.Cochain(2, 5),)
