"""Sparse matrices: kinds of values, transposes, conversions, messages."""

import gc
import pickle
import weakref

import numpy as np
import pytest
import scipy.sparse
import torch
from hypothesis import given

from cochain.errors import ShapeError
from cochain.kernels import SparseMatrix
from kernels.cases import pattern_of, patterns, random_pattern

SHAPES = {"ones": None, "scalars": (), "heads": (2,), "blocks": (2, 3)}


def matrix_of(pattern, kind: str) -> SparseMatrix:
    shape = SHAPES[kind]
    return SparseMatrix(pattern, None if shape is None else torch.randn(pattern.nnz, *shape))


def dense_by_loops(matrix: SparseMatrix) -> torch.Tensor:
    values = matrix.filled_values()
    rows, columns = matrix.shape
    d, e = values.shape[1:] if values.ndim == 3 else (1, 1)
    dense = torch.zeros(rows * d, columns * e, *(values.shape[1:] if values.ndim == 2 else ()))
    for k in range(matrix.nnz):
        i, j = int(matrix.pattern.rows[k]), int(matrix.pattern.indices[k])
        if values.ndim == 3:
            dense[i * d : (i + 1) * d, j * e : (j + 1) * e] += values[k]
        else:
            dense[i, j] += values[k]
    return dense


def test_from_coo_by_hand():
    matrix = SparseMatrix.from_coo(
        torch.tensor([1, 0, 1, 1]), torch.tensor([2, 1, 2, 0]), torch.tensor([1.0, 2.0, 3.0, 4.0]), (2, 3)
    )
    assert matrix.values.tolist() == [2.0, 4.0, 1.0, 3.0]
    assert matrix.to_dense().tolist() == [[0, 2, 0], [4, 0, 4]]
    assert matrix.T.to_dense().tolist() == [[0, 4], [2, 0], [0, 4]]
    assert (matrix.shape, matrix.nnz, matrix.kind, matrix.dtype) == ((2, 3), 4, "scalars", torch.float32)
    assert (matrix @ torch.tensor([1.0, 10.0, 100.0])).tolist() == [20, 404]
    ones = SparseMatrix.from_coo(torch.tensor([0, 0]), torch.tensor([1, 1]), None, (1, 2))
    assert ones.to_dense().tolist() == [[0, 2]]


@pytest.mark.parametrize("kind", SHAPES)
@given(pattern=patterns())
def test_conversions_agree_with_loops(kind, pattern):
    matrix = matrix_of(pattern, kind).validate()
    dense = dense_by_loops(matrix)
    torch.testing.assert_close(matrix.to_dense(), dense)
    for layout in ("csr", "coo"):
        torch.testing.assert_close(matrix.to_torch(layout).to_dense(), dense)
    if kind != "heads":
        torch.testing.assert_close(torch.from_numpy(matrix.to_scipy().toarray()), dense)
    expected = dense.mT if dense.ndim == 2 else dense.transpose(0, 1)
    torch.testing.assert_close(matrix.T.to_dense(), expected.contiguous(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", SHAPES)
def test_transpose_of_the_transpose_is_the_same_object(kind):
    matrix = matrix_of(random_pattern(5, 4, 9), kind)
    assert matrix.T.T is matrix
    assert matrix.T is matrix.T
    assert matrix.T.pattern is matrix.pattern.transposed[0]
    assert matrix.T.shape == (4, 5)


def test_transpose_frees_its_origin_by_counting_alone():
    matrix = matrix_of(random_pattern(5, 4, 9), "blocks")
    dense, transposed, ghost = matrix.to_dense(), matrix.T, weakref.ref(matrix)
    gc.disable()
    try:
        del matrix
        assert ghost() is None
    finally:
        gc.enable()
    torch.testing.assert_close(transposed.T.to_dense(), dense)


def test_transpose_of_values_that_learn_survives_two_backwards():
    values = torch.randn(9, requires_grad=True)
    matrix = SparseMatrix(random_pattern(5, 4, 9), values)
    x = torch.randn(5, 2)
    for _ in range(2):
        (matrix.T @ x).sum().backward()
    once = values.grad / 2
    expected = x.sum(1)[matrix.pattern.rows.long()]
    torch.testing.assert_close(once, expected)
    assert matrix.T.T is matrix


def test_scipy_round_trip_keeps_blocks_and_narrows():
    blocks = matrix_of(random_pattern(5, 4, 9), "blocks")
    read = SparseMatrix.from_scipy(blocks.to_scipy())
    assert read.kind == "blocks"
    torch.testing.assert_close(read.to_dense(), blocks.to_dense())
    unsorted = scipy.sparse.csr_array((np.array([1.0, 2.0]), np.array([2, 0]), np.array([0, 2], dtype=np.int64)))
    read = SparseMatrix.from_scipy(unsorted).validate()
    assert (read.to_dense().tolist(), read.dtype, read.pattern.dtype) == ([[2, 0, 1]], torch.float64, torch.int32)
    assert unsorted.indices.tolist() == [2, 0]
    coo = scipy.sparse.coo_matrix(([1.0, 2.0], ([1, 0], [0, 1])), shape=(2, 2))
    assert SparseMatrix.from_scipy(coo).to_dense().tolist() == [[0, 2], [1, 0]]


def test_casts_and_other_values():
    matrix = SparseMatrix(pattern_of([0], [1], (1, 2)))
    assert matrix.astype(torch.float64).to_dense().dtype == torch.float64
    assert matrix.astype(torch.float64).kind == "ones"
    assert matrix.astype(torch.float32) is matrix
    assert matrix.to("cpu") is matrix
    other = matrix.with_values(torch.tensor([3.0]))
    assert other.pattern is matrix.pattern
    assert other.astype(torch.float64).values.dtype == torch.float64
    assert matrix.with_values(None).values is None
    assert matrix.device == torch.device("cpu")


def test_repr_says_what_a_nonzero_holds():
    pattern = pattern_of([0], [1], (1, 2))
    assert repr(SparseMatrix(pattern)) == "SparseMatrix(1 x 2, 1 nonzeros, ones, float32)"
    assert repr(SparseMatrix(pattern, torch.ones(1, 2, 3))) == "SparseMatrix(1 x 2, 1 nonzeros, (2, 3) blocks, float32)"


def test_pickle_copies():
    matrix = matrix_of(random_pattern(5, 4, 9), "scalars")
    _ = matrix.T
    copy = pickle.loads(pickle.dumps(matrix))  # noqa: S301 - our own bytes
    torch.testing.assert_close(copy.to_dense(), matrix.to_dense())


def test_messages():
    pattern = random_pattern(5, 4, 9)
    with pytest.raises(ShapeError, match=r"values should be \(9,\), \(9, heads\) or \(9, d, e\).*shape \(8,\)"):
        SparseMatrix(pattern, torch.randn(8)).validate()
    with pytest.raises(ShapeError, match=r"one for every nonzero, but have shape \(9, 1, 1, 1\)"):
        SparseMatrix(pattern, torch.randn(9, 1, 1, 1)).validate()
    with pytest.raises(ShapeError, match=r"values should be \(1,\).*shape \(2,\)"):
        SparseMatrix.from_coo(torch.tensor([0]), torch.tensor([0]), torch.ones(2), (1, 1))
    with pytest.raises(ShapeError, match=r"one number or one block per nonzero, but holds 2 heads; convert one head"):
        matrix_of(pattern, "heads").to_scipy()
