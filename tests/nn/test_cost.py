"""What routes cost: tensors of the size of the cells, not of the nonzeros, wherever the mathematics allows it."""

import pytest
import torch

import cochain as cc
from cochain import laws
from cochain.nn import Attention, Linear, Message, Pair, Polynomial, mlp, route, upper

NODES, CHANNELS, DEGREE = 200, 16, 40


@pytest.fixture(scope="module")
def ring() -> cc.Complex:
    first = torch.arange(NODES).repeat_interleave(DEGREE // 2)
    step = torch.arange(1, DEGREE // 2 + 1).repeat(NODES)
    return cc.Complex.graph(torch.stack([first, (first + step) % NODES]), NODES)


def largest(c: cc.Complex, message: Message, reduce: str = "sum") -> int:
    x = torch.randn(NODES, CHANNELS, requires_grad=True)
    step = route(upper(0), message, reduce)
    step(c, {0: x}).sum().backward()  # operators and their transposes are there
    with laws.Recorder() as seen:
        step(c, {0: x}).square().sum().backward()
    assert x.grad is not None
    return seen.largest


@pytest.mark.parametrize("reduce", ["sum", "mean", "max", "min", "std", "logsumexp"])
@pytest.mark.parametrize("widths", [(0, 0), (CHANNELS, 4), (CHANNELS, 16)])
def test_a_linear_route_writes_nothing_per_nonzero(ring: cc.Complex, widths: tuple[int, int], reduce: str) -> None:
    assert ring.resolve(upper(0)).nnz == NODES * DEGREE
    assert largest(ring, Linear(*widths), reduce) <= NODES * CHANNELS


@pytest.mark.parametrize("out", [4, 64])
def test_a_linear_route_multiplies_in_the_cheaper_order(ring: cc.Complex, out: int) -> None:
    """The sparse product runs on 16 channels before a weight that widens, on 4 after one that narrows."""
    x = torch.randn(NODES, CHANNELS)
    message = Linear(CHANNELS, out)
    with laws.Recorder() as seen:
        route(upper(0), message)(ring, {0: x})
    a = ring.resolve(upper(0)).to_dense()
    torch.testing.assert_close(route(upper(0), message)(ring, {0: x}), a @ x @ message.weight)
    assert seen.largest <= NODES * max(out, CHANNELS)


@pytest.mark.parametrize("score", ["additive", "dot"])
def test_fused_attention_writes_no_features_per_nonzero(ring: cc.Complex, score: str) -> None:
    bound = max(NODES * CHANNELS, NODES * DEGREE * 2)  # two heads: at most one number for each head and nonzero
    assert largest(ring, Attention(CHANNELS, CHANNELS, heads=2, score=score)) <= bound  # type: ignore[arg-type]


def test_a_polynomial_writes_its_terms(ring: cc.Complex) -> None:
    assert largest(ring, Polynomial(CHANNELS, CHANNELS, order=3)) <= 4 * NODES * CHANNELS


def test_a_pair_writes_a_row_per_nonzero(ring: cc.Complex) -> None:
    assert largest(ring, Pair(mlp(2 * CHANNELS, CHANNELS))) >= NODES * DEGREE * CHANNELS


def test_a_pair_that_is_linear_and_rectified_writes_rows_of_cells_alone(ring: cc.Complex) -> None:
    assert largest(ring, Pair(mlp(2 * CHANNELS, CHANNELS, last=True))) <= NODES * DEGREE
