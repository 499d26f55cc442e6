"""Integration in fixed steps: by hand, orders, gradients."""

import math

import pytest
import torch

from cochain.errors import UnknownNameError
from cochain.nn.ode import integrate

F64 = torch.float64


def grow(state):
    return [state[0], 2 * state[1]]


def test_one_step_by_hand() -> None:
    start = [torch.tensor(1.0, dtype=F64), torch.tensor(1.0, dtype=F64)]
    by_method = {m: [float(each) for each in integrate(grow, start, 1, m)] for m in ("euler", "midpoint", "rk4")}
    assert by_method["euler"] == [2.0, 3.0]
    assert by_method["midpoint"] == [2.5, 5.0]  # 1 + t + t^2 / 2 for rates 1 and 2
    assert by_method["rk4"] == pytest.approx([1 + 1 + 1 / 2 + 1 / 6 + 1 / 24, 1 + 2 + 2 + 8 / 6 + 16 / 24])


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("midpoint", 2), ("rk4", 4)])
def test_orders(method: str, order: int) -> None:
    """Twice as many steps divide the error by 2^order: a rotation, over a time of 2."""

    def turn(state):
        return [-state[1], state[0]]

    def error(steps: int) -> float:
        x, y = integrate(turn, [torch.ones((), dtype=F64), torch.zeros((), dtype=F64)], steps, method, time=2.0)
        return math.hypot(float(x) - math.cos(2), float(y) - math.sin(2))

    assert math.log2(error(40) / error(80)) == pytest.approx(order, abs=0.15)


def test_gradients_go_through_the_steps() -> None:
    x = torch.rand(3, dtype=F64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s: integrate(lambda t: [t[0].sin()], [s], 3)[0], (x,))


def test_unknown_methods_are_named() -> None:
    with pytest.raises(UnknownNameError, match="no method is called 'rk5'; did you mean 'rk4'"):
        integrate(grow, [torch.ones(1), torch.ones(1)], 1, "rk5")
