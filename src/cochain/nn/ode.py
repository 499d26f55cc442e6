"""Ordinary differential equations, integrated in steps of fixed length and differentiated through the steps."""

from collections.abc import Callable, Sequence

from torch import Tensor

from cochain.errors import unknown_name

State = Sequence[Tensor]
# Per method: for each stage, how far along the last stage's slope it is evaluated; and the weights of the stages.
METHODS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "euler": ((0.0,), (1.0,)),
    "midpoint": ((0.0, 0.5), (0.0, 1.0)),
    "rk4": ((0.0, 0.5, 0.5, 1.0), (1 / 6, 1 / 3, 1 / 3, 1 / 6)),
}


def integrate(
    field: Callable[[State], State], state: State, steps: int, method: str = "rk4", time: float = 1.0
) -> list[Tensor]:
    r"""Follow $\dot s = F(s)$ from a state, by a Runge-Kutta method.

    $$k_i = F(s + a_i \, \tau \, k_{i-1}), \qquad s \mapsto s + \tau \sum_i b_i k_i, \qquad \tau = \mathrm{time} /
      \mathrm{steps}$$

    Args:
        field: gives the slope of every tensor of a state.
        state: the tensors at the beginning.
        steps: how many.
        method: euler, midpoint or rk4, of order 1, 2 and 4.
        time: how long.
    Cost:
        1, 2 or 4 evaluations of the field per step, all of them kept for the gradient.

    Raises:
        UnknownNameError: for another method.
    """
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    far, weights = METHODS[method]
    step, here = time / steps, list(state)
    for _ in range(steps):
        slopes: list[State] = []
        for ahead in far:
            at = [s + ahead * step * k for s, k in zip(here, slopes[-1], strict=True)] if ahead else here
            slopes.append(field(at))
        for weight, slope in zip(weights, slopes, strict=True):
            here = [s + weight * step * k for s, k in zip(here, slope, strict=True)] if weight else here
    return here
