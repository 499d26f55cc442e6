"""Features that are mostly zeros: products and dropout against torch's own, and when they step aside."""

import math

import pytest
import torch

from cochain.kernels import _numba_sparsity, backend, dropout, matmul
from cochain.kernels.sparsity import LEAST_ENTRIES


def bag(rows: int = 600, words: int = 300, part: float = 0.02, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(rows, words, generator=generator, dtype=torch.float64)
    return torch.where(torch.rand(rows, words, generator=generator) < part, x, 0.0).to(dtype)


@pytest.fixture
def compressed(monkeypatch):
    """How often a matrix was compressed, and gave one."""
    seen = []
    plain = _numba_sparsity.compress

    def count(x, most):
        found = plain(x, most)
        seen.append(found is not None)
        return found

    monkeypatch.setattr(_numba_sparsity, "compress", count)
    return seen


def test_a_product_with_few_entries_is_the_dense_one(compressed):
    x, weight = bag(), torch.randn(300, 5, dtype=torch.float64, requires_grad=True)
    assert x.numel() >= LEAST_ENTRIES
    got, wanted = matmul(x, weight), x @ weight
    torch.testing.assert_close(got, wanted, rtol=1e-10, atol=1e-10)
    ours, theirs = (torch.autograd.grad(y.sin().sum(), weight)[0] for y in (got, wanted))
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)
    with backend("reference"):
        assert matmul(x, weight).equal(wanted)
    assert compressed == [True]


def test_gradients_agree_with_differences():
    x = bag(900, 150, 0.01)
    assert torch.autograd.gradcheck(lambda w: matmul(x, w)[::100], torch.randn(150, 2).double().requires_grad_())


def test_a_full_learning_or_small_matrix_is_multiplied_as_it_is(compressed):
    weight = torch.randn(300, 5, dtype=torch.float64)
    full, learns, small = bag(part=0.5), bag().requires_grad_(), bag(20)
    for x in (full, learns, small):
        assert matmul(x, weight).equal(x @ weight)
    half = bag()
    half[300:] = 1.0  # no sample of it is mostly zeros
    assert matmul(half, weight).equal(half @ weight)
    assert True not in compressed


def test_dropout_keeps_zeros_and_drops_the_rest_as_often_as_it_says(compressed):
    x = bag(part=0.05, dtype=torch.float32)
    torch.manual_seed(0)
    y = dropout(x, 0.25, True)
    kept = y != 0
    assert kept.logical_and(x == 0).sum() == 0
    torch.testing.assert_close(y[kept], x[kept] / 0.75)
    entries = int((x != 0).sum())
    deviation = math.sqrt(entries * 0.25 * 0.75)
    assert abs(int(kept.sum()) - 0.75 * entries) < 4 * deviation
    assert compressed == [True]


def test_dropout_of_nothing_or_of_all():
    x = bag(part=0.05)
    assert dropout(x, 0.5, False) is x
    assert dropout(x, 0.0, True) is x
    assert dropout(x, 1.0, True).eq(0).all()
