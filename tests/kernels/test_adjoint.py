"""The adjoint product and the degrees of a coboundary: by hand, against the reference, gradients, threads."""

import pytest
import torch

from cochain.kernels import SparseMatrix, _numba_compile, adjoint, backend, gram, spmm
from kernels.cases import pattern_of, random_pattern

SHAPES = {"heads": (3,), "blocks": (2, 3)}


def arguments(kind: str) -> tuple:
    pattern = random_pattern(9, 7, 30)
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(30, *SHAPES[kind], generator=generator, dtype=torch.float64, requires_grad=True)
    x = torch.randn(9, SHAPES[kind][0], 13, generator=generator, dtype=torch.float64, requires_grad=True)
    return pattern, values, x


def test_by_hand():
    # one block [[1, 2, 0], [0, 0, 1]] from column 1 to row 0: its transpose takes (5, 7) to (5, 10, 7)
    matrix = SparseMatrix(pattern_of([0], [1], (1, 2)), torch.tensor([[[1.0, 2.0, 0.0], [0.0, 0.0, 1.0]]]))
    assert adjoint(matrix, torch.tensor([[[5.0], [7.0]]])).tolist() == [[[0], [0], [0]], [[5], [10], [7]]]
    assert gram(matrix.pattern, matrix.values)[1].tolist() == [[1, 2, 0], [2, 4, 0], [0, 0, 1]]
    assert gram(matrix.pattern, matrix.values)[0].eq(0).all()


@pytest.mark.parametrize("kind", SHAPES)
def test_the_adjoint_is_the_product_with_the_transpose(kind, monkeypatch):
    pattern, values, x = arguments(kind)
    wanted = spmm(SparseMatrix(pattern, values).T, x)
    expected = [wanted, *torch.autograd.grad(wanted.sin().sum(), (values, x))]
    for parallel in (False, True):
        if parallel:
            monkeypatch.setattr(_numba_compile, "PARALLEL_WORK", 0)
            monkeypatch.setattr(_numba_compile, "MOST_THREADS", 2)
        got = adjoint(SparseMatrix(pattern, values), x)
        for one, other in zip([got, *torch.autograd.grad(got.sin().sum(), (values, x))], expected, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("kind", SHAPES)
def test_gradients_of_the_adjoint_agree_with_differences(kind):
    pattern, values, x = arguments(kind)
    assert torch.autograd.gradcheck(lambda v, y: adjoint(SparseMatrix(pattern, v), y), (values, x))


def test_degrees_agree_with_the_reference_and_with_differences():
    pattern, values, _ = arguments("blocks")
    assert torch.autograd.gradcheck(lambda v: gram(pattern, v), (values,))
    got = gram(pattern, values)
    with backend("reference"):
        wanted = gram(pattern, values)
    torch.testing.assert_close(got, wanted, rtol=1e-10, atol=1e-10)
    dense = SparseMatrix(random_pattern(6, 1, 0), torch.zeros(0, 2, 2))
    assert gram(dense.pattern, dense.values).eq(0).all()


def test_a_wrong_shape_gets_the_message_of_the_product():
    pattern, values, x = arguments("blocks")
    with pytest.raises(ValueError, match="x should"):
        adjoint(SparseMatrix(pattern, values), x[:, :1])
