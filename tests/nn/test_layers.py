"""Layers and networks: values by hand, equations, diagrams, refusals."""

import xml.etree.ElementTree as ET

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ComplexError, ParityError, ShapeError, UnknownNameError
from cochain.nn import (
    Activate,
    Attention,
    CellReadout,
    Embed,
    Gated,
    Layer,
    Linear,
    MLPUpdate,
    Network,
    Pair,
    Polynomial,
    cofaces,
    faces,
    hodge,
    lower,
    mlp,
    read_inputs,
    route,
    self_,
    upper,
)

C = cc.Complex.simplicial([(0, 1, 2), (2, 3)], 4)
H = {0: torch.tensor([[1.0], [2.0], [4.0], [8.0]]), 1: torch.tensor([[1.0], [10.0], [100.0], [1000.0]])}

# Layers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("across", "expected"),
    [
        ("sum", [[17], [106], [1119], [1008]]),
        ("mean", [[8.5], [53], [559.5], [504]]),
        ("max", [[11], [101], [1110], [1000]]),
        ("concat", [[6, 11], [5, 101], [9 + 2 - 2 - 0, 1110], [4, 1000]]),
    ],
)
def test_routes_are_joined(across: str, expected: list[list[float]]) -> None:
    """Node 0 has neighbours 1, 2 (6) and edges 01, 02 (11); node 2 has neighbours 0, 1, 3 (11) and edges 02, 12, 23."""
    layer = Layer(route(upper(0), Linear()), route(cofaces(0), Linear()), across=across)  # type: ignore[arg-type]
    heard = torch.tensor([[6.0, 11], [5, 101], [11, 1110], [4, 1000]])
    joined = {
        "sum": heard.sum(1, keepdim=True),
        "mean": heard.mean(1, keepdim=True),
        "max": heard.amax(1, keepdim=True),
        "concat": heard,
    }
    out = layer(C, H)
    assert_close(out[0], joined[across])
    assert out[1] is H[1]


def test_the_default_update_is_the_message_itself() -> None:
    assert_close(Layer(route(faces(1), Linear()))(C, H)[1].flatten(), torch.tensor([3.0, 5, 6, 12]))


def test_equations() -> None:
    layer = Layer(
        route(upper(0).with_self().normalized("sym"), Linear(1, 2)),
        route(cofaces(0), Attention(1, 2), "sum"),
        route(faces(1), Linear(), "mean"),
        route(lower(1), Pair(mlp(3, 2), via=True), "max"),
        route(self_(1), Gated(1, 2)),
        across="concat",
        update={0: Activate("relu", bias=4, residual=True), 1: MLPUpdate(mlp(6, 2), join="concat")},
    )
    assert layer.equations() == [
        "h₀' = relu(h₀ + sym[(A↑₀ + I)] h₀ W ‖ softmax[|B₁|](additive(h₀, h₁)) h₁ V + b)",
        "h₁' = MLP(h₁ ‖ mean(|B₁|ᵀ h₀) ‖ max[A↓₁] M(h₁, h₁, h_u) ‖ Σ[I] σ(h₁ G + h₁ H) ⊙ h₁ W)",  # noqa: RUF001
    ]
    assert "h₀' = relu" in repr(layer)


@pytest.mark.parametrize("across", ["mean", "max"])
def test_equations_of_joined_routes(across: str) -> None:
    layer = Layer(route(upper(0), Linear()), route(self_(0), Linear(1, 1)), across=across)  # type: ignore[arg-type]
    assert layer.equations() == [f"h₀' = {across}(A↑₀ h₀, I h₀ W)"]


@pytest.mark.parametrize(
    ("basis", "symbol"),
    [("monomial", "({})^p"), ("chebyshev", "T_p(2 {} - I)"), ("bernstein", "b_p({})")],
)
def test_equations_of_polynomials(basis: str, symbol: str) -> None:
    formula = route(hodge(1).normalized("spectral"), Polynomial(1, 1, 3, basis, constant=False)).formula()  # type: ignore[arg-type]
    assert formula == f"Σ_p=1..3 {symbol.format('spectral[L₁]')} h₁ W_p"


@pytest.mark.usefixtures("untyped")
def test_layer_refusals() -> None:
    with pytest.raises(
        UnknownNameError, match="no way to join routes is called 'product'; known: concat, max, mean, sum"
    ):
        Layer(route(upper(0), Linear()), across="product")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match=r"one update for each of the ranks \[0, 1\] that it writes, but has \[0\]"):
        Layer(route(upper(0), Linear()), route(faces(1), Linear()), update={0: Activate()})
    with pytest.raises(ShapeError, match=r"one update for each of the ranks \[0\] that it writes, but has \[0, 1\]"):
        Layer(route(upper(0), Linear()), update={0: Activate(), 1: Activate()})


@pytest.mark.parametrize(
    ("message", "missing"), [(Linear(), 2), (Pair(mlp(2, 1)), 0), (Pair(mlp(3, 1), via=True, target=False), 2)]
)
def test_a_missing_rank_is_named(message: nn.Module, missing: int) -> None:
    symbol = {2: upper(1) if isinstance(message, Pair) else cofaces(1), 0: cofaces(0)}[missing]
    with pytest.raises(ShapeError, match=f"should find features on rank {missing}, but there are some on .* embed"):
        route(symbol, message)(C, {k: x for k, x in H.items() if k != missing})  # type: ignore[arg-type]


# Networks ------------------------------------------------------------------------------------------------------------


def network(**options: float) -> Network:
    layer = Layer(route(upper(0), Linear(4, 4)), route(cofaces(0), Linear(4, 4)), update={0: Activate("relu", bias=4)})
    embed = Embed({0: 3, 1: 2}, 4)
    reads = [cc.Cochain(0, 3), cc.Cochain(1, 2)]
    return Network(reads, [embed, layer, layer], CellReadout(0, {0: 4}, 2), **options)


def with_x(**x: Tensor) -> cc.Complex:
    c = C
    for name, value in x.items():
        c = c.with_cochain(int(name[1:]), "x", value)
    return c


def test_a_network_is_its_layers() -> None:
    c, model = with_x(x0=torch.randn(4, 3), x1=torch.randn(4, 2)), network()
    h = {0: model.layers[0].maps["0"](c[0].x), 1: model.layers[0].maps["1"](c[1].x)}
    for layer in list(model.layers)[1:]:
        h = layer(c, h)
    assert_close(model(c), model.readout.map(h[0]))


def test_a_network_drops_while_training_alone() -> None:
    c, model = with_x(x0=torch.randn(4, 3), x1=torch.randn(4, 2)), network(dropout=0.5)
    assert not torch.equal(model(c), model(c))
    model.eval()
    assert torch.equal(model(c), model(c))


def test_a_network_prints_its_equations() -> None:
    model = network()
    assert repr(model).splitlines() == [
        "Network: reads 3x0e, 2x1e; 74 parameters",
        "  h₀ = x₀ W + b",
        "  h₁ = x₁ W + b",
        "  h₀' = relu(A↑₀ h₀ W + |B₁| h₁ W + b)   (2 layers)",
        f"  {model.readout.formula()}",
    ]
    assert Embed({0: 3, 1: 3}, 2, odd=[1]).equations() == ["h₀ = x₀ W + b", "h₁ = x₁ W"]


def test_the_diagram_is_an_image_with_a_path_for_every_route() -> None:
    root = ET.fromstring(network().diagram())
    svg = "{http://www.w3.org/2000/svg}"
    drawn = [path for path in root.findall(f"{svg}path") if path.get("marker-end")]
    labels = [text.text for text in root.iter(f"{svg}text")]
    # Two embeddings, two routes of the layers that are drawn once, and rank 1 that stays.
    assert len(drawn) == 5
    assert sum(path.get("stroke-dasharray") is not None for path in drawn) == 1
    assert {"A↑₀", "|B₁|", "× 2", "h0", "h1"} <= set(labels)  # noqa: RUF001
    assert root.get("aria-label") == "Network"


def test_the_diagram_escapes_names_and_draws_layers_of_other_kinds() -> None:
    class Own(nn.Module):
        def arrows(self) -> list[tuple[int, int, str]]:
            return [(0, 1, "a < b & c")]

        def equations(self) -> list[str]:
            return ["h₁' = ?"]

        def forward(self, c: cc.Complex, h: dict[int, Tensor]) -> dict[int, Tensor]:
            return {**h, 1: torch.zeros(c.sizes[1], 3)}

    model = Network([cc.Cochain(0, 3)], [Own()], CellReadout(1, {1: 3}))
    texts = [text.text for text in ET.fromstring(model.diagram()).iter("{http://www.w3.org/2000/svg}text")]
    assert "a < b & c" in texts
    assert model.equations() == ["h₁' = ?", "y = h₁"]


# What a network reads ------------------------------------------------------------------------------------------------

READS = [cc.Cochain(0, 3), cc.Cochain(1, 1)]


def test_a_constant_stands_in_for_even_features() -> None:
    c = with_x(x0=torch.randn(4, 3, dtype=torch.float64))
    h = read_inputs(c, READS)
    assert_close(h[1], torch.ones(4, 1, dtype=torch.float64))
    assert (
        read_inputs(with_x(x1=torch.ones(4, 1, dtype=torch.float64)), [cc.Cochain(0, 1), READS[1]])[0].dtype
        == torch.float64
    )
    assert read_inputs(C, [cc.Cochain(0, 1)])[0].dtype == torch.float32


def test_other_names_are_read_in_their_order() -> None:
    c = C.with_cochain(0, "pos", torch.randn(4, 3)).with_cochain(1, "weight", torch.randn(4))
    h = read_inputs(c, READS, {0: ("x", "pos"), 1: ("weight",)})
    assert_close(h[0], c[0].pos)
    assert_close(h[1], c[1].weight[:, None])


@pytest.mark.parametrize(
    ("c", "reads", "error", "match"),
    [
        (C, [cc.Cochain(3, 1)], ComplexError, "reads 1x3e, but the top rank of this simplicial is 2; lift it first"),
        (C, [cc.Cochain(1, 2, odd=True)], ParityError, "no 'x' on rank 1, and a constant is not odd; add flows"),
        (C, [cc.Cochain(1, 2)], ShapeError, "has no 'x' on rank 1, and the constant that stands in has one channel"),
        (with_x(x0=torch.ones(4, 2)), READS, ShapeError, r"x should be 3x0e: 4 cells .* has shape \(4, 2\)"),
        (
            with_x(x0=torch.ones(4, 3).long()),
            READS,
            ShapeError,
            "should be of a floating type, but is torch.int64; cast",
        ),
        (
            with_x(x1=torch.ones(4, 1)),
            [cc.Cochain(1, 1, odd=True)],
            ParityError,
            "reads odd .* 'x' there is even; mark",
        ),
        (
            C.with_cochain(1, "x", torch.ones(4, 1), odd=True),
            [cc.Cochain(1, 1)],
            ParityError,
            "reads even features on rank 1 .1x1e., but 'x' there is odd; take its absolute value",
        ),
    ],
)
def test_read_inputs_refuses(c: cc.Complex, reads: list[cc.Cochain], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        read_inputs(c, reads)
