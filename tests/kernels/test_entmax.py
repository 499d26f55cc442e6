"""Entmax: by hand, against sorting and bisection, its gradient, its limits, messages."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain.errors import ShapeError, SpecError
from cochain.kernels import Pattern, segment, softmax
from cochain.kernels.entmax import entmax
from kernels.cases import patterns, random_pattern

F64 = torch.float64
ALPHAS = [1.05, 1.25, 1.5, 1.75, 2.0]


def row_of(length: int) -> Pattern:
    return Pattern(torch.tensor([0, length]), torch.arange(length), (1, length))


def by_sorting(scores: torch.Tensor) -> torch.Tensor:
    """alpha = 1.5 of one row: the largest support whose threshold its last member exceeds."""
    z = (scores / 2).sort(descending=True).values
    for size in range(len(z), 0, -1):
        top = z[:size]
        rest = 1 - (top - top.mean()).square().sum()
        if rest >= 0 and top.mean() - (rest / size).sqrt() <= top[-1]:
            return (scores / 2 - (top.mean() - (rest / size).sqrt())).clamp(min=0).square()
    raise AssertionError("there is always a support of size 1")


def by_bisection(scores: torch.Tensor, alpha: float) -> torch.Tensor:
    z = (alpha - 1) * scores
    low, high = z.max() - 1, z.max()
    for _ in range(100):
        middle = (low + high) / 2
        total = ((z - middle).clamp(min=0) ** (1 / (alpha - 1))).sum()
        low, high = (middle, high) if total >= 1 else (low, middle)
    return (z - low).clamp(min=0) ** (1 / (alpha - 1))


def test_by_hand() -> None:
    # Sparsemax of (1, 0.5, -1): tau = (1 + 0.5 - 1) / 2 = 0.25. Entmax of (2, 0): tau = 0, so only the first is left.
    assert_close(entmax(row_of(3), torch.tensor([1.0, 0.5, -1.0]), 2.0), torch.tensor([0.75, 0.25, 0.0]))
    assert entmax(row_of(2), torch.tensor([2.0, 0.0])).tolist() == [1.0, 0.0]
    # Two equal scores: (0 - tau)^2 = 1/2.
    assert_close(entmax(row_of(2), torch.tensor([3.0, 3.0])), torch.tensor([0.5, 0.5]))


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=12), st.sampled_from(ALPHAS))
def test_it_is_the_root(scores: list[float], alpha: float) -> None:
    x = torch.tensor(scores, dtype=F64)
    assert_close(entmax(row_of(len(x)), x, alpha), by_bisection(x, alpha), atol=1e-9, rtol=1e-7)
    if alpha == 1.5:
        assert_close(entmax(row_of(len(x)), x), by_sorting(x), atol=1e-12, rtol=1e-9)


@pytest.mark.parametrize("alpha", ALPHAS)
@given(pattern=patterns())
def test_rows_sum_to_one_and_do_not_hear_each_other(alpha: float, pattern: Pattern) -> None:
    x = 5 * torch.randn(pattern.nnz, dtype=F64)
    shares = entmax(pattern, x, alpha)
    total = segment(pattern, shares, "sum")
    assert_close(total, (pattern.degrees > 0).to(F64))
    assert bool((shares >= 0).all())
    for row in range(pattern.shape[0]):
        mine = pattern.rows == row
        if mine.any():
            assert_close(shares[mine], entmax(row_of(int(mine.sum())), x[mine], alpha))
    assert_close(entmax(pattern, x + 100, alpha), shares)


def test_low_scores_get_exactly_zero_and_order_stays() -> None:
    x = torch.linspace(-3, 3, 50, dtype=F64)
    supports = [int((entmax(row_of(50), x, alpha) > 0).sum()) for alpha in (1.0, 1.25, 1.5, 2.0)]
    assert supports[0] == 50
    assert sorted(supports, reverse=True) == supports
    assert supports[2] < 25
    assert bool((entmax(row_of(50), x).diff() >= 0).all())
    assert_close(entmax(row_of(50), x, 1.0), softmax(row_of(50), x))


@pytest.mark.parametrize("alpha", ALPHAS)
def test_gradient(alpha: float) -> None:
    pattern = random_pattern(5, 6, 14)
    x = (2 * torch.randn(pattern.nnz, dtype=F64)).requires_grad_()
    assert torch.autograd.gradcheck(lambda s: entmax(pattern, s, alpha), (x,))
    shares = entmax(pattern, x, alpha)
    (shares * torch.randn_like(shares)).sum().backward()
    assert bool((x.grad[shares == 0] == 0).all())


def test_float32_agrees_on_many_rows() -> None:
    pattern = random_pattern(2000, 2000, 40000)
    x = 10 * torch.randn(pattern.nnz, dtype=F64)
    exact, fast = entmax(pattern, x), entmax(pattern, x.float())
    assert fast.dtype == torch.float32
    assert_close(fast.double(), exact, atol=1e-5, rtol=1e-4)


def test_messages() -> None:
    with pytest.raises(SpecError, match=r"alpha should be from 1 \(softmax\) to 2 \(sparsemax\), but is 3"):
        entmax(row_of(2), torch.zeros(2), 3.0)
    with pytest.raises(ShapeError, match="scores should have 2 rows"):
        entmax(row_of(2), torch.zeros(3))
