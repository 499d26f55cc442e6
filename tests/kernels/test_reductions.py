"""Reductions over rows and softmax: by hand, against loops, edges, messages."""

import math

import pytest
import torch
from hypothesis import given

from cochain.errors import ShapeError, UnknownNameError
from cochain.kernels import aggregate, backend, segment, softmax
from kernels.cases import REDUCTIONS, pattern_of, patterns, random_pattern

BACKENDS = ["numba", "reference"]
EMPTY = {"logsumexp": -math.inf}


@pytest.fixture(params=BACKENDS, autouse=True)
def _each_backend(request):
    with backend(request.param):
        yield


def reduce_by_loops(entries: list[torch.Tensor], reduce: str, shape: torch.Size) -> torch.Tensor:
    if not entries:
        return torch.full(shape, EMPTY.get(reduce, 0.0), dtype=torch.float64)
    stack = torch.stack(entries)
    return {
        "sum": lambda: stack.sum(0),
        "mean": lambda: stack.mean(0),
        "max": lambda: stack.amax(0),
        "min": lambda: stack.amin(0),
        "std": lambda: stack.std(0, correction=0),
        "logsumexp": lambda: stack.logsumexp(0),
    }[reduce]()


@pytest.mark.parametrize("reduce", REDUCTIONS)
@given(pattern=patterns())
def test_reductions_agree_with_loops(reduce, pattern):
    x = torch.randn(pattern.shape[1], 3, dtype=torch.float64)
    values = torch.randn(pattern.nnz, 2, 2, dtype=torch.float64)
    y, z = aggregate(pattern, x, reduce), segment(pattern, values, reduce)
    assert y.shape == (pattern.shape[0], 3)
    assert z.shape == (pattern.shape[0], 2, 2)
    for i in range(pattern.shape[0]):
        nonzeros = range(int(pattern.indptr[i]), int(pattern.indptr[i + 1]))
        columns = [x[int(pattern.indices[k])] for k in nonzeros]
        torch.testing.assert_close(y[i], reduce_by_loops(columns, reduce, x.shape[1:]), rtol=1e-7, atol=1e-7)
        held = [values[k] for k in nonzeros]
        torch.testing.assert_close(z[i], reduce_by_loops(held, reduce, values.shape[1:]), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize(
    ("reduce", "result", "gradient"),
    [
        ("sum", [6, 0], [1, 1, 1]),
        ("mean", [2, 0], [1 / 3, 1 / 3, 1 / 3]),
        ("max", [3, 0], [0, 0, 1]),
        ("min", [1, 0], [1, 0, 0]),
        ("std", [math.sqrt(2 / 3), 0], [-1 / math.sqrt(6), 0, 1 / math.sqrt(6)]),
        ("logsumexp", [3.4076059644443806, -math.inf], [0.09003057317038046, 0.24472847105479767, 0.6652409557748218]),
    ],
)
def test_reductions_by_hand(reduce, result, gradient):
    pattern = pattern_of([0, 0, 0], [2, 0, 1], (2, 4))
    values = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    y = segment(pattern, values, reduce)
    torch.testing.assert_close(y, torch.tensor(result, dtype=torch.float64))
    y[0].backward()
    torch.testing.assert_close(values.grad, torch.tensor(gradient, dtype=torch.float64))
    x = torch.tensor([1.0, 2.0, 3.0, 9.0], dtype=torch.float64, requires_grad=True)
    aggregate(pattern, x, reduce)[0].backward()
    torch.testing.assert_close(x.grad, torch.tensor([*gradient, 0], dtype=torch.float64))


@pytest.mark.parametrize("reduce", ["max", "min"])
def test_the_first_of_equal_entries_takes_the_gradient(reduce):
    pattern = pattern_of([0, 0, 0, 1, 1], [0, 1, 2, 1, 2], (2, 3))
    x = torch.ones(3, 1, requires_grad=True)
    aggregate(pattern, x, reduce).sum().backward()
    assert x.grad.flatten().tolist() == [1, 1, 0]
    values = torch.zeros(5, requires_grad=True)
    segment(pattern, values, reduce).sum().backward()
    assert values.grad.tolist() == [1, 0, 0, 1, 0]


def test_std_of_equal_numbers_is_exactly_zero_with_gradient_zero():
    pattern = pattern_of([0] * 3, [0, 1, 2], (1, 3))
    x = torch.full((3,), 0.1, requires_grad=True)  # whose mean, summed first, rounds to another number
    y = aggregate(pattern, x, "std")
    y.backward()
    assert y.item() == 0
    assert x.grad.tolist() == [0, 0, 0]


def test_logsumexp_and_softmax_do_not_overflow():
    pattern = pattern_of([0, 0], [0, 1], (1, 2))
    large = torch.tensor([1000.0, 1000.0])
    torch.testing.assert_close(segment(pattern, large, "logsumexp"), torch.tensor([1000 + math.log(2)]))
    torch.testing.assert_close(softmax(pattern, large), torch.tensor([0.5, 0.5]))
    masked = torch.full((2,), -math.inf, requires_grad=True)
    total = segment(pattern, masked, "logsumexp")
    assert total.tolist() == [-math.inf]
    total.backward()
    assert masked.grad.tolist() == [0, 0]


@pytest.mark.parametrize("reduce", REDUCTIONS)
def test_not_a_number_is_not_hidden(reduce):
    for place in range(3):
        values = torch.tensor([1.0, 2.0, 3.0])
        values[place] = math.nan
        assert segment(pattern_of([0] * 3, [0, 1, 2], (1, 3)), values, reduce).isnan().all()


def test_softmax_by_hand():
    pattern = pattern_of([0, 0, 2], [0, 1, 1], (3, 2))
    scores = torch.tensor([0.0, math.log(3), 7.0], dtype=torch.float64, requires_grad=True)
    shares = softmax(pattern, scores)
    torch.testing.assert_close(shares, torch.tensor([0.25, 0.75, 1.0], dtype=torch.float64))
    shares[0].backward()
    torch.testing.assert_close(scores.grad, torch.tensor([0.1875, -0.1875, 0.0], dtype=torch.float64))


@given(pattern=patterns())
def test_shares_of_a_row_sum_to_one(pattern):
    shares = softmax(pattern, torch.randn(pattern.nnz, 2, dtype=torch.float64))
    expected = (pattern.degrees > 0).double()[:, None].expand(-1, 2)
    torch.testing.assert_close(segment(pattern, shares, "sum"), expected.contiguous())


def test_softmax_of_masked_scores():
    pattern = pattern_of([0, 0, 1, 1], [0, 1, 0, 1], (2, 2))
    scores = torch.tensor([-math.inf, 1.0, -math.inf, -math.inf], requires_grad=True)
    shares = softmax(pattern, scores)
    assert shares.tolist() == [0, 1, 0, 0]
    shares.sum().backward()
    assert scores.grad.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("reduce", REDUCTIONS)
def test_no_channels(reduce):
    pattern = random_pattern(5, 6, 12)
    assert aggregate(pattern, torch.randn(6, 0), reduce).shape == (5, 0)
    assert segment(pattern, torch.randn(12, 2, 0), reduce).shape == (5, 2, 0)
    assert softmax(pattern, torch.randn(12, 0)).shape == (12, 0)


def test_messages():
    pattern = random_pattern(5, 6, 12)
    with pytest.raises(
        ShapeError, match=r"x should have 6 rows \(one per column of the pattern\), but has shape \(5, 2\)"
    ):
        aggregate(pattern, torch.randn(5, 2), "sum")
    with pytest.raises(ShapeError, match=r"values should have 12 rows \(one per nonzero of the pattern\)"):
        segment(pattern, torch.randn(6), "max")
    with pytest.raises(UnknownNameError, match="no reduction is called 'maxx'; did you mean 'max'"):
        segment(pattern, torch.randn(12), "maxx")
    with pytest.raises(ShapeError, match=r"scores should have 12 rows \(one per nonzero of the pattern\)"):
        softmax(pattern, torch.randn(5))
    with pytest.raises(ShapeError, match=r"scores should be \(nnz,\) or \(nnz, H\), but have shape \(12, 1, 1\)"):
        softmax(pattern, torch.randn(12, 1, 1))
