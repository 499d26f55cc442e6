"""Orders of operations that are chosen by cost, and change nothing but the cost."""

import pytest
import torch
from torch import nn

import cochain as cc
from cochain.nn import Layer, Linear, MLPUpdate, mlp, route, upper


@pytest.fixture
def square() -> cc.Complex:
    return cc.Complex.graph(torch.tensor([[0, 1, 2, 0], [1, 2, 3, 3]]), 5)


@pytest.mark.parametrize("epsilon", [False, True])
@pytest.mark.parametrize("module", [mlp(6, 2, 3), nn.Linear(6, 2), nn.Linear(6, 2, bias=False)])
def test_an_update_that_narrows_first_sums_fewer_channels(square: cc.Complex, module: nn.Module, epsilon: bool) -> None:
    update = MLPUpdate(module, epsilon=epsilon).double()
    if update.epsilon is not None:
        nn.init.constant_(update.epsilon, 0.3)
    layer = Layer(route(upper(0), Linear()), update={0: update})
    x = torch.randn(5, 6, dtype=torch.float64)
    assert update.project(x).shape == (5, 2)  # type: ignore[union-attr]
    wanted = update(x, square.resolve(upper(0), x.dtype).to_dense() @ x)
    torch.testing.assert_close(layer(square, {0: x})[0], wanted, rtol=1e-10, atol=1e-10)


def test_an_update_that_widens_or_joins_otherwise_reads_the_sums(square: cc.Complex) -> None:
    x = torch.randn(5, 6)
    assert MLPUpdate(mlp(6, 6)).project(x) is None
    assert MLPUpdate(mlp(12, 3), join="concat").project(x) is None
    assert MLPUpdate(nn.Sequential(nn.ReLU(), nn.Linear(6, 2))).project(x) is None
    reduced = Layer(route(upper(0), Linear(), reduce="max"), update={0: MLPUpdate(mlp(6, 2))})
    assert reduced._narrowed({0: x}) == {}


@pytest.mark.parametrize(
    ("widths", "learns", "first"), [((4, 4), True, True), ((4, 4), False, False), ((4, 2), False, True)]
)
def test_a_weight_goes_first_where_its_gradient_is_cheaper_there(
    square: cc.Complex, widths: tuple[int, int], learns: bool, first: bool
) -> None:
    """Features that take no gradient need no transposed product, if the sum comes before the weight."""
    message, x = Linear(*widths), torch.randn(5, widths[0], requires_grad=learns)
    operator = square.resolve(upper(0))
    assert message._weight_first(operator, x) is first
    torch.testing.assert_close(message(operator, x, None, None, "sum"), operator.to_dense() @ x @ message.weight)
