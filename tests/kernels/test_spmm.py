"""Sparse times dense and its sampled adjoint: by hand, against dense matrices, messages."""

import pytest
import torch
from hypothesis import given

from cochain.errors import ShapeError
from cochain.kernels import Pattern, SparseMatrix, backend, sddmm, spmm
from kernels.cases import pattern_of, patterns, random_pattern

BACKENDS = ["numba", "reference"]


@pytest.fixture(params=BACKENDS, autouse=True)
def _each_backend(request):
    with backend(request.param):
        yield


def test_numbers_by_hand():
    # [[0, 2, 3], [0, 0, 0]] with 3 = 1 + 2 in one place
    matrix = SparseMatrix(pattern_of([0, 0, 0], [1, 2, 2], (2, 3)), torch.tensor([2.0, 1.0, 2.0], requires_grad=True))
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], requires_grad=True)
    y = matrix @ x
    assert y.tolist() == [[21, 26], [0, 0]]
    y.backward(torch.tensor([[1.0, 10.0], [100.0, 100.0]]))
    assert x.grad.tolist() == [[0, 0], [2, 20], [3, 30]]
    assert matrix.values.grad.tolist() == [43, 65, 65]


def test_blocks_by_hand():
    # row 0 reads column 1 through [[1, 2, 0], [0, 0, 1]]
    block = torch.tensor([[[1.0, 2.0, 0.0], [0.0, 0.0, 1.0]]], requires_grad=True)
    x = torch.tensor([[[9.0], [9.0], [9.0]], [[1.0], [10.0], [100.0]]], requires_grad=True)
    y = spmm(SparseMatrix(pattern_of([0], [1], (1, 2)), block), x)
    assert y.tolist() == [[[21], [100]]]
    y.backward(torch.tensor([[[1.0], [5.0]]]))
    assert x.grad.tolist() == [[[0], [0], [0]], [[1], [2], [5]]]
    assert block.grad.tolist() == [[[1, 10, 100], [5, 50, 500]]]


@given(pattern=patterns())
def test_every_kind_of_value_is_its_dense_product(pattern):
    rows, columns = pattern.shape
    x = torch.randn(columns, 4, 3, dtype=torch.float64)
    numbers = SparseMatrix(pattern, torch.randn(pattern.nnz, dtype=torch.float64))
    torch.testing.assert_close(numbers @ x, torch.einsum("ij,jhc->ihc", numbers.to_dense(), x))
    ones = SparseMatrix(pattern, dtype=torch.float64)
    torch.testing.assert_close(ones @ x, torch.einsum("ij,jhc->ihc", ones.to_dense(), x))
    torch.testing.assert_close(numbers @ x[:, 0, 0], numbers.to_dense() @ x[:, 0, 0])
    heads = SparseMatrix(pattern, torch.randn(pattern.nnz, 4, dtype=torch.float64))
    torch.testing.assert_close(heads @ x, torch.einsum("ijh,jhc->ihc", heads.to_dense(), x))
    blocks = SparseMatrix(pattern, torch.randn(pattern.nnz, 2, 4, dtype=torch.float64))
    torch.testing.assert_close(blocks @ x, (blocks.to_dense() @ x.reshape(-1, 3)).reshape(rows, 2, 3))


@given(pattern=patterns())
def test_sddmm_is_the_dense_product_at_the_nonzeros(pattern):
    rows, columns = pattern.shape
    left = torch.randn(rows, 2, 3, dtype=torch.float64)
    right = torch.randn(columns, 2, 3, dtype=torch.float64)
    dense = torch.einsum("ihc,jhc->ijh", left, right)
    torch.testing.assert_close(sddmm(pattern, left, right), dense[pattern.rows.long(), pattern.indices.long()])
    single = sddmm(pattern, left[:, 0], right[:, 0])
    torch.testing.assert_close(single, dense[pattern.rows.long(), pattern.indices.long(), 0])


def test_sddmm_by_hand():
    pattern = pattern_of([0, 0, 1], [0, 1, 1], (2, 2))
    left, right = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[10.0, 1.0], [0.0, 5.0]])
    assert sddmm(pattern, left, right).tolist() == [12, 10, 20]


def test_strided_and_expanded_inputs():
    pattern = random_pattern(5, 6, 12)
    x = torch.randn(3, 6, requires_grad=True)
    y = SparseMatrix(pattern) @ x.T
    y.sum().backward()  # the gradient of a sum arrives expanded, with strides of 0
    torch.testing.assert_close(y, SparseMatrix(pattern).to_dense() @ x.T)
    torch.testing.assert_close(x.grad, SparseMatrix(pattern).to_dense().sum(0).expand(3, 6))


@pytest.mark.parametrize("shape", [(6, 0), (6, 2, 0), (6, 0, 2)])
def test_no_channels(shape):
    pattern = random_pattern(5, 6, 12)
    x = torch.randn(shape, requires_grad=True)
    y = SparseMatrix(pattern, torch.randn(12)) @ x
    assert y.shape == (5, *shape[1:])
    y.sum().backward()
    assert x.grad.shape == shape
    heads = SparseMatrix(pattern, torch.randn(12, 2, requires_grad=True))
    (heads @ torch.randn(6, 2, 0)).sum().backward()
    assert heads.values.grad.equal(torch.zeros(12, 2))
    assert sddmm(pattern, torch.randn(5, 0), torch.randn(6, 0)).equal(torch.zeros(12))


def test_no_heads():
    heads = SparseMatrix(random_pattern(5, 6, 12), torch.randn(12, 0))
    assert (heads @ torch.randn(6, 0, 3)).shape == (5, 0, 3)


def test_values_take_the_type_of_x_and_keep_their_gradient():
    values = torch.randn(12, dtype=torch.float64, requires_grad=True)
    pattern = random_pattern(5, 6, 12)
    y = SparseMatrix(pattern, values) @ torch.randn(6, 2)
    y.sum().backward()
    assert (y.dtype, values.grad.dtype) == (torch.float32, torch.float64)
    assert sddmm(pattern, torch.randn(5, 2), torch.randn(6, 2, dtype=torch.float64)).dtype == torch.float64


def test_messages():
    pattern = random_pattern(5, 6, 12)
    rows = r"x should have 6 rows \(one per column of the matrix\), but has shape \({}\)"
    with pytest.raises(ShapeError, match=rows.format("5, 2")):
        SparseMatrix(pattern) @ torch.randn(5, 2)
    with pytest.raises(ShapeError, match=rows.format("2, 6") + "; it looks transposed"):
        SparseMatrix(pattern) @ torch.randn(2, 6)
    with pytest.raises(ShapeError, match=rows.format("")):
        SparseMatrix(pattern) @ torch.tensor(1.0)
    with pytest.raises(ShapeError, match=r"x should be \(6, 2, channels\), 2 heads, but has shape \(6, 3, 2\)"):
        SparseMatrix(pattern, torch.randn(12, 2)) @ torch.randn(6, 3, 2)
    with pytest.raises(ShapeError, match=r"x should be \(6, 3, channels\), 3 entries per cell.*but has shape \(6, 3\)"):
        SparseMatrix(pattern, torch.randn(12, 2, 3)) @ torch.randn(6, 3)
    with pytest.raises(
        ShapeError, match=r"left should have 5 rows \(one per row of the pattern\), but has shape \(6, 2\)"
    ):
        sddmm(pattern, torch.randn(6, 2), torch.randn(6, 2))
    with pytest.raises(ShapeError, match=r"right should have 6 rows \(one per column of the pattern\)"):
        sddmm(pattern, torch.randn(5, 2), torch.randn(5, 2))
    with pytest.raises(ShapeError, match=r"both \(cells, H, C\), but have shapes \(5, 2\) and \(6, 3\)"):
        sddmm(pattern, torch.randn(5, 2), torch.randn(6, 3))


def test_the_first_backward_transposes_and_keeps_it():
    pattern = random_pattern(5, 6, 12)
    fresh = Pattern(pattern.indptr, pattern.indices, pattern.shape)
    x = torch.randn(6, 2, requires_grad=True)
    (SparseMatrix(fresh) @ x).sum().backward()
    assert fresh.transposed is fresh.transposed
