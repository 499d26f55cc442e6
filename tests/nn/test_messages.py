"""Every message against its formula, transcribed densely, and by hand."""

from math import comb

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.complexes import Neighborhood
from cochain.errors import ShapeError, UnknownNameError
from cochain.nn import (
    Attention,
    Gated,
    Linear,
    Message,
    Pair,
    Polynomial,
    adjacent,
    cofaces,
    faces,
    hodge,
    incident,
    laplacian,
    lower,
    mlp,
    pool,
    pool_nodes,
    route,
    self_,
    spread,
    upper,
)

PATH = cc.Complex.graph([(0, 1), (1, 2)], 4)
SIMPLICIAL = cc.Complex.simplicial([(0, 1, 2), (1, 2, 3), (3, 4), (4, 5, 6)], 8)
SYMBOLS = [
    upper(0),
    upper(0).with_self().normalized("sym"),
    lower(1),
    faces(1),
    faces(2).signed,
    cofaces(0),
    cofaces(1).signed,
    incident(2, 0),
    hodge(1).normalized("spectral"),
    self_(1),
]


def features(c: cc.Complex, channels: dict[int, int]) -> dict[int, Tensor]:
    return {k: torch.randn(c.sizes[k], width, dtype=torch.float64) for k, width in channels.items()}


def heard(symbol: Neighborhood, message: Message, h: dict[int, Tensor], reduce: str = "sum") -> Tensor:
    return route(symbol, message.double(), reduce)(SIMPLICIAL, h)


def neighbours(symbol: Neighborhood) -> list[list[int]]:
    """For every cell, its neighbours, from the dense operator."""
    dense = SIMPLICIAL.resolve(symbol).to_dense()
    return [[j for j in range(dense.shape[1]) if dense[i, j] != 0] for i in range(dense.shape[0])]


def reduced(rows: list[Tensor], reduce: str, width: int) -> Tensor:
    """One cell's reduction of a list of messages."""
    if not rows:
        return torch.full((width,), float("-inf") if reduce == "logsumexp" else 0.0, dtype=torch.float64)
    m = torch.stack(rows)
    return {
        "sum": m.sum(0), "mean": m.mean(0), "max": m.amax(0), "min": m.amin(0),
        "std": m.std(0, correction=0), "logsumexp": m.logsumexp(0),
    }[reduce]  # fmt: skip


# By hand -------------------------------------------------------------------------------------------------------------


def test_linear_by_hand() -> None:
    x = torch.tensor([[1.0], [10.0], [100.0], [1000.0]])
    assert route(upper(0), Linear())(PATH, {0: x}).flatten().tolist() == [10, 101, 10, 0]
    assert route(faces(1).signed, Linear())(PATH, {0: x}).flatten().tolist() == [9, 90]
    doubled = Linear(1, 2)
    doubled.weight.data = torch.tensor([[2.0, -1.0]])
    assert route(faces(1), doubled)(PATH, {0: x}).tolist() == [[22, -11], [220, -110]]


@pytest.mark.parametrize(
    ("reduce", "expected"),
    [
        ("sum", [10, 101, 10, 0]),
        ("mean", [10, 50.5, 10, 0]),
        ("max", [10, 100, 10, 0]),
        ("min", [10, 1, 10, 0]),
        ("std", [0, 49.5, 0, 0]),
    ],
)
def test_reductions_by_hand(reduce: str, expected: list[float]) -> None:
    x = torch.tensor([[1.0], [10.0], [100.0], [1000.0]])
    assert route(upper(0), Linear(), reduce)(PATH, {0: x}).flatten().tolist() == expected


def test_attention_by_hand() -> None:
    """With equal scores the weights are equal: the mean of the neighbours."""
    message = Attention(1, 1)
    message.value.weight.data.fill_(3.0)
    message.source_score.data.zero_()
    message.target_score.data.zero_()
    x = torch.tensor([[1.0], [10.0], [100.0], [1000.0]])
    assert_close(route(upper(0), message)(PATH, {0: x}).flatten(), torch.tensor([30.0, 151.5, 30.0, 0.0]))


def test_polynomial_by_hand() -> None:
    """On the edge with A = [[0, 1], [1, 0]] and x = (1, 0): A x = (0, 1), A^2 x = x."""
    c = cc.Complex.graph([(0, 1)])
    message = Polynomial(1, 1, order=2)
    message.weight.data = torch.tensor([[[1.0]], [[10.0]], [[100.0]]])
    assert route(upper(0), message)(c, {0: torch.tensor([[1.0], [0.0]])}).flatten().tolist() == [101, 10]


# Dense oracles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(0, 0), (3, 2), (3, 5)])
@pytest.mark.parametrize("symbol", SYMBOLS, ids=str)
def test_linear(symbol: Neighborhood, widths: tuple[int, int]) -> None:
    h = features(SIMPLICIAL, {symbol.source: 3})
    message = Linear(*widths).double()
    expected = SIMPLICIAL.resolve(symbol, torch.float64).to_dense() @ h[symbol.source]
    assert_close(heard(symbol, message, h), expected if message.weight is None else expected @ message.weight)


@pytest.mark.parametrize("reduce", ["mean", "max", "min", "std", "logsumexp"])
def test_linear_with_other_reductions(reduce: str) -> None:
    h, message = features(SIMPLICIAL, {1: 3}), Linear(3, 2).double()
    rows = h[1] @ message.weight
    expected = torch.stack([reduced([rows[j] for j in js], reduce, 2) for js in neighbours(lower(1))])
    assert_close(heard(lower(1), message, h, reduce), expected)
    bare = torch.stack([reduced([h[1][j] for j in js], reduce, 3) for js in neighbours(lower(1))])
    assert_close(heard(lower(1), Linear(), h, reduce), bare)


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("score", ["additive", "dynamic", "dot"])
@pytest.mark.parametrize("symbol", [upper(0).with_self(), faces(1), cofaces(1)], ids=str)
def test_attention(symbol: Neighborhood, score: str, average: bool) -> None:
    h = features(SIMPLICIAL, {0: 3, 1: 4, 2: 5})
    x, y = h[symbol.target], h[symbol.source]
    message = Attention(y.shape[1], 6, heads=2, target_channels=x.shape[1], score=score, average=average).double()  # type: ignore[arg-type]
    width, leaky = 6 if average else 3, nn.functional.leaky_relu
    value = (y @ message.value.weight.T).view(-1, 2, width)
    query = (x @ (message.query or message.value).weight.T).view(-1, 2, width)
    out = torch.zeros(len(x), 2, width, dtype=torch.float64)
    for i, js in enumerate(neighbours(symbol)):
        for k in range(2):
            if score == "additive":
                a, b = message.target_score[k], message.source_score[k]
                scores = [leaky(a @ query[i, k] + b @ value[j, k], 0.2) for j in js]
            elif score == "dynamic":
                scores = [message.source_score[k] @ leaky(query[i, k] + value[j, k], 0.2) for j in js]
            else:
                key = (y @ message.key.weight.T).view(-1, 2, width)
                scores = [query[i, k] @ key[j, k] / width**0.5 for j in js]
            for weight, j in zip(torch.softmax(torch.stack(scores), 0) if js else [], js, strict=True):
                out[i, k] += weight * value[j, k]
    assert_close(heard(symbol, message, h), out.mean(1) if average else out.flatten(1))


@pytest.mark.parametrize("score", ["additive", "dynamic", "dot"])
def test_attention_shares_the_value_map_only_where_it_can(score: str) -> None:
    same, other = Attention(3, 4, score=score), Attention(3, 4, target_channels=5, score=score)  # type: ignore[arg-type]
    assert (same.query is None) == (score == "additive")
    assert other.query is not None


@pytest.mark.parametrize("score", ["additive", "dynamic", "dot"])
def test_dropped_attention_keeps_its_mean_and_moves_with_the_module(score: str) -> None:
    """Weights that are dropped while training are scaled up; in evaluation the fused kernel runs, as without."""
    torch.manual_seed(0)
    h = features(SIMPLICIAL, {0: 3})
    dropped, plain = Attention(3, 4, score=score, dropout=0.5), Attention(3, 4, score=score)  # type: ignore[arg-type]
    plain.load_state_dict(dropped.state_dict())
    expected = heard(upper(0), plain, h)
    assert_close(heard(upper(0), dropped.eval(), h), expected)
    mean = sum(heard(upper(0), dropped.train(), h).detach() for _ in range(800)) / 800
    assert_close(mean, expected.detach(), atol=0.3, rtol=0)
    dropped.dropout = 1e-12
    assert_close(heard(upper(0), dropped.train(), h), expected)


@pytest.mark.parametrize("reduce", ["sum", "mean", "max", "min", "std", "logsumexp"])
@pytest.mark.parametrize("target", [False, True])
def test_pair(target: bool, reduce: str) -> None:
    h = features(SIMPLICIAL, {0: 3, 1: 4})
    module = mlp(3 + 4 * target, 5, 2).double()
    expected = []
    for i, js in enumerate(neighbours(faces(1))):
        rows = [module(torch.cat([h[1][i], h[0][j]]) if target else h[0][j]) for j in js]
        expected.append(reduced(rows, reduce, 2))
    assert_close(heard(faces(1), Pair(module, target=target), h, reduce), torch.stack(expected))


@pytest.mark.parametrize("symbol", [upper(0), upper(1), lower(1), lower(2), adjacent(0, 2)], ids=str)
def test_pair_with_the_shared_cell(symbol: Neighborhood) -> None:
    """One message for every cell that a pair shares: two nodes of two triangles speak twice."""
    h = features(SIMPLICIAL, {0: 3, 1: 4, 2: 5})
    rank, via = symbol.target, symbol.via
    assert via is not None
    members = SIMPLICIAL.resolve(incident(rank, via)).to_dense()
    module = mlp(2 * h[rank].shape[1] + h[via].shape[1], 4, 2).double()
    expected = torch.zeros(SIMPLICIAL.sizes[rank], 2, dtype=torch.float64)
    for u in range(members.shape[1]):
        cells = [x for x in range(members.shape[0]) if members[x, u]]
        for x in cells:
            for y in cells:
                if x != y:
                    expected[x] += module(torch.cat([h[rank][x], h[rank][y], h[via][u]]))
    assert_close(heard(symbol, Pair(module, via=True), h), expected)


def test_gated() -> None:
    h = features(SIMPLICIAL, {0: 3, 1: 4})
    message = Gated(3, 2, target_channels=4).double()
    expected = torch.zeros(SIMPLICIAL.sizes[1], 2, dtype=torch.float64)
    for i, js in enumerate(neighbours(faces(1))):
        for j in js:
            gate = (
                message.target_gate.weight @ h[1][i] + message.source_gate.weight @ h[0][j] + message.source_gate.bias
            )
            expected[i] += torch.sigmoid(gate) * (message.value.weight @ h[0][j])
    assert_close(heard(faces(1), message, h), expected)


def basis(name: str, a: Tensor, p: int, order: int) -> Tensor:
    """The p-th polynomial of a matrix: powers; cos(p arccos t) at t = 2 A - I; binomial(P, p) A^p (I - A)^(P - p)."""
    values, vectors = torch.linalg.eigh(a)
    if name == "monomial":
        q = values**p
    elif name == "chebyshev":
        q = torch.cos(p * torch.arccos((2 * values - 1).clamp(-1, 1)))
    else:
        q = comb(order, p) * values**p * (1 - values) ** (order - p)
    return vectors @ torch.diag(q) @ vectors.T


@pytest.mark.parametrize("constant", [True, False])
@pytest.mark.parametrize("order", [1, 2, 5])
@pytest.mark.parametrize("name", ["monomial", "chebyshev", "bernstein"])
def test_polynomial(name: str, order: int, constant: bool) -> None:
    symbol = hodge(1).normalized("spectral")
    h, message = features(SIMPLICIAL, {1: 3}), Polynomial(3, 2, order, name, constant).double()  # type: ignore[arg-type]
    a = SIMPLICIAL.resolve(symbol, torch.float64).to_dense()
    powers = range(0 if constant else 1, order + 1)
    expected = sum(basis(name, a, p, order) @ h[1] @ w for p, w in zip(powers, message.weight, strict=True))
    assert_close(heard(symbol, message, h), expected, atol=1e-7, rtol=1e-7)


def test_bernstein_polynomials_add_up_to_one() -> None:
    message = Polynomial(1, 1, 4, "bernstein").double()
    message.weight.data.fill_(1.0)
    h = features(SIMPLICIAL, {1: 1})
    assert_close(heard(laplacian(1, "up").normalized("spectral"), message, h), h[1])


def test_pools() -> None:
    c = cc.Complex.union([SIMPLICIAL, cc.Complex.simplicial([(0, 1)], 2), SIMPLICIAL])
    x = torch.randn(c.sizes[2], 3)
    total = pool(c, 2, x)
    n = SIMPLICIAL.sizes[2]
    assert_close(total, torch.stack([x[:n].sum(0), torch.zeros(3), x[n:].sum(0)]))
    assert_close(pool(c, 2, x, "mean")[0], x[:n].mean(0))
    assert_close(pool(c, 2, x, "max")[1], torch.zeros(3))
    assert_close(spread(c, 2, total), torch.cat([total[:1].expand(n, 3), total[2:].expand(n, 3)]))
    nodes = torch.randn(SIMPLICIAL.sizes[0], 3)
    corners = SIMPLICIAL.simplices(2)
    assert_close(pool_nodes(SIMPLICIAL, 2, nodes), nodes[corners].mean(1))
    assert_close(pool_nodes(SIMPLICIAL, 2, nodes, "max"), nodes[corners].amax(1))


# Messages on what cannot be ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "error", "match"),
    [
        (lambda: Linear(3), ShapeError, "both widths or neither, but has 3 and 0"),
        (lambda: Attention(3, 5, heads=2), ShapeError, "a multiple of heads = 2, but is 5"),
        (lambda: Attention(3, 4, score="adaptive"), UnknownNameError, "no score is called 'adaptive'"),
        (lambda: Polynomial(3, 4, 0), ShapeError, "order >= 1 and a known basis, but has 0"),
        (lambda: Polynomial(3, 4, 2, "legendre"), ShapeError, "but has 2 and 'legendre'"),
        (lambda: route(upper(0), Linear(), "median"), ShapeError, "should be one of sum, mean, .* but is 'median'"),
        (lambda: route(upper(0), Attention(3, 4), "mean"), ShapeError, "Attention has a sum of its own .* by 'mean'"),
        (lambda: route(upper(0), Polynomial(3, 4), "max"), ShapeError, "Polynomial has a sum of its own"),
        (lambda: route(faces(1), Polynomial(3, 4)), ShapeError, "should stay on one rank, but .* joins rank 0 to 1"),
        (lambda: mlp(2, 3, 2, activation="swish"), UnknownNameError, "no activation of an mlp is called 'swish'"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("untyped")
def test_refusals(build, error, match) -> None:
    with pytest.raises(error, match=match):
        build()


def test_the_base_class_is_abstract() -> None:
    operator = PATH.resolve(upper(0))
    with pytest.raises(NotImplementedError):
        Message()(operator, torch.zeros(4, 1), None, None, "sum")
    with pytest.raises(NotImplementedError):
        Message().formula("A", "h", "h")


def test_a_pair_asks_for_triples() -> None:
    message = Pair(mlp(3, 2), target=False, via=True)
    assert route(upper(0), message).neighborhood.listed
    with pytest.raises(ShapeError, match=r"needs a neighbourhood with \.triples"):
        message(PATH.resolve(upper(0)), torch.zeros(4, 2), None, torch.zeros(2, 1), "sum")
