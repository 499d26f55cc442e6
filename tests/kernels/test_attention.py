"""Attention: by hand, against loops, masks, messages."""

import math

import pytest
import torch
from hypothesis import given

from cochain.errors import ShapeError
from cochain.kernels import attention, backend, dot_attention
from kernels.cases import pattern_of, patterns, random_pattern

BACKENDS = ["numba", "reference"]


@pytest.fixture(params=BACKENDS, autouse=True)
def _each_backend(request):
    with backend(request.param):
        yield


def attend_by_loops(pattern, scores, value):
    """Softmax of scores[k, h] over each row, times value, summed."""
    out = torch.zeros(pattern.shape[0], *value.shape[1:], dtype=value.dtype)
    for i in range(pattern.shape[0]):
        nonzeros = list(range(int(pattern.indptr[i]), int(pattern.indptr[i + 1])))
        for h in range(value.shape[1]):
            if nonzeros:
                share = torch.softmax(scores[nonzeros, h], 0)
                out[i, h] = sum(share[n] * value[int(pattern.indices[k]), h] for n, k in enumerate(nonzeros))
    return out


@given(pattern=patterns())
def test_attention_agrees_with_loops(pattern):
    rows, columns, nnz = *pattern.shape, pattern.nnz
    left, right, bias = (torch.randn(n, 2, dtype=torch.float64) for n in (rows, columns, nnz))
    value = torch.randn(columns, 2, 3, dtype=torch.float64)
    i, j = pattern.rows.long(), pattern.indices.long()
    for added in (None, bias):
        scores = left[i] + right[j] + (0 if added is None else added)
        scores = torch.where(scores > 0, scores, 0.3 * scores)
        expected = attend_by_loops(pattern, scores, value)
        torch.testing.assert_close(attention(pattern, left, right, value, 0.3, added), expected)


@given(pattern=patterns())
def test_dot_attention_agrees_with_loops(pattern):
    rows, columns, nnz = *pattern.shape, pattern.nnz
    query, key = (torch.randn(n, 2, 4, dtype=torch.float64) for n in (rows, columns))
    value, bias = torch.randn(columns, 2, 3, dtype=torch.float64), torch.randn(nnz, 2, dtype=torch.float64)
    i, j = pattern.rows.long(), pattern.indices.long()
    for added in (None, bias):
        scores = 0.5 * (query[i] * key[j]).sum(-1) + (0 if added is None else added)
        expected = attend_by_loops(pattern, scores, value)
        torch.testing.assert_close(dot_attention(pattern, query, key, value, 0.5, added), expected)


def test_by_hand():
    # scores log 3 and leaky_relu(-5 log 3) = -log 3 at the slope 0.2: shares 9/10 and 1/10
    pattern = pattern_of([0, 0], [0, 1], (2, 2))
    left, right = torch.tensor([[math.log(3)], [5.0]]), torch.tensor([[0.0], [-6 * math.log(3)]])
    value = torch.tensor([[[10.0]], [[20.0]]])
    torch.testing.assert_close(attention(pattern, left, right, value), torch.tensor([[[11.0]], [[0.0]]]))
    query, key = torch.tensor([[[2.0]], [[1.0]]]), torch.tensor([[[math.log(3)]], [[0.0]]])
    torch.testing.assert_close(dot_attention(pattern, query, key, value, 0.5), torch.tensor([[[12.5]], [[0.0]]]))


def test_large_scores_do_not_overflow():
    pattern = pattern_of([0, 0, 0], [0, 1, 2], (1, 3))
    value = torch.tensor([[[1.0]], [[2.0]], [[3.0]]])
    scores = torch.tensor([[-1000.0], [1000.0], [1000.0]])
    out = attention(pattern, torch.zeros(1, 1), scores, value)
    torch.testing.assert_close(out, torch.tensor([[[2.5]]]))


def test_masked_nonzeros_and_masked_rows():
    pattern = pattern_of([0, 0, 1], [0, 1, 1], (2, 2))
    left, right = torch.zeros(2, 1, requires_grad=True), torch.zeros(2, 1, requires_grad=True)
    value = torch.tensor([[[1.0]], [[2.0]]], requires_grad=True)
    bias = torch.tensor([[0.0], [-math.inf], [-math.inf]])
    out = attention(pattern, left, right, value, 0.2, bias)
    assert out.flatten().tolist() == [1, 0]
    out.sum().backward()
    assert value.grad.flatten().tolist() == [1, 0]
    assert left.grad.isfinite().all()
    assert right.grad.isfinite().all()


@pytest.mark.parametrize(("heads", "channels"), [(2, 0), (0, 3)])
def test_no_channels_and_no_heads(heads, channels):
    pattern = random_pattern(5, 6, 12)
    left, right = torch.randn(5, heads, requires_grad=True), torch.randn(6, heads, requires_grad=True)
    out = attention(pattern, left, right, torch.randn(6, heads, channels))
    assert out.shape == (5, heads, channels)
    out.sum().backward()
    assert left.grad.equal(torch.zeros(5, heads))


def test_types_are_promoted():
    pattern = random_pattern(5, 6, 12)
    out = attention(pattern, torch.randn(5, 1), torch.randn(6, 1), torch.randn(6, 1, 2, dtype=torch.float64))
    assert out.dtype == torch.float64


def test_messages():
    pattern = random_pattern(5, 6, 12)
    left, right, value = torch.randn(5, 2), torch.randn(6, 2), torch.randn(6, 2, 3)
    query, key = torch.randn(5, 2, 4), torch.randn(6, 2, 4)
    with pytest.raises(ShapeError, match=r"value should have 6 rows \(one per column of the pattern\)"):
        attention(pattern, left, right, torch.randn(5, 2, 3))
    with pytest.raises(ShapeError, match=r"value should be \(columns, heads, channels\), but has shape \(6, 2\)"):
        attention(pattern, left, right, right)
    with pytest.raises(ShapeError, match=r"left should be \(rows, heads\) = \(5, 2\), but has shape \(5, 3\)"):
        attention(pattern, torch.randn(5, 3), right, value)
    with pytest.raises(ShapeError, match=r"right should be \(columns, heads\) = \(6, 2\), but has shape \(6,\)"):
        attention(pattern, left, torch.randn(6), value)
    with pytest.raises(ShapeError, match=r"bias should be \(nnz, heads\) = \(12, 2\), but has shape \(12,\)"):
        attention(pattern, left, right, value, bias=torch.randn(12))
    with pytest.raises(
        ShapeError, match=r"query should be \(rows, heads, width\) = \(5, 2, 4\), but has shape \(6, 2, 4\)"
    ):
        dot_attention(pattern, key, key, value, 1.0)
    with pytest.raises(
        ShapeError, match=r"key should be \(columns, heads, width\) = \(6, 2, 4\), but has shape \(6, 2, 3\)"
    ):
        dot_attention(pattern, query, value, value, 1.0)
