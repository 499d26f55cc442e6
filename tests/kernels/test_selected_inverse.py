"""Entries of an inverse: by hand, against the dense inverse, stored zeros, and a refusal before memory is taken."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cochain.kernels.limits import LimitError
from cochain.kernels.selected_inverse import inverse_entries


def definite(size: int, seed: int) -> sp.csr_array:
    if not size:
        return sp.csr_array((0, 0))
    rng = np.random.default_rng(seed)
    sides = sp.random_array((size, size), density=min(1.0, 3 / size), rng=rng, format="csr")
    return sp.csr_array(sides @ sides.T + sp.eye_array(size))


def test_by_hand() -> None:
    matrix = sp.csr_array(np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0]]))
    found = inverse_entries(matrix).toarray()
    assert_allclose(found, np.array([[3.0, -2.0, 0.0], [-2.0, 4.0, -2.0], [0.0, -2.0, 3.0]]) / 4, atol=1e-15)


@given(st.integers(0, 25), st.integers(0, 1000))
def test_equals_the_dense_inverse_on_the_pattern(size, seed) -> None:
    matrix = definite(size, seed)
    found = inverse_entries(matrix)
    assert found.shape == matrix.shape
    expected = np.where(matrix.toarray() != 0, np.linalg.inv(matrix.toarray()), 0)
    assert_allclose(found.toarray(), expected, atol=1e-12)


def test_stored_zeros_are_part_of_the_pattern() -> None:
    dense = np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0]])
    rows, columns = np.divmod(np.arange(9), 3)
    matrix = sp.csr_array(sp.coo_array((dense.ravel(), (rows, columns)), shape=(3, 3)))
    assert matrix.nnz == 9
    assert_allclose(inverse_entries(matrix).toarray(), np.linalg.inv(dense), atol=1e-15)


def test_the_order_of_rows_does_not_matter() -> None:
    matrix, order = definite(30, 1), np.random.default_rng(0).permutation(30)
    moved = sp.csr_array(matrix[order][:, order])
    assert_allclose(
        inverse_entries(moved).toarray(), inverse_entries(matrix).toarray()[np.ix_(order, order)], atol=1e-13
    )


def test_the_given_matrix_stays_as_it_is() -> None:
    matrix = definite(10, 2)
    data, indices = matrix.data.copy(), matrix.indices.copy()
    inverse_entries(matrix)
    assert (matrix.data == data).all()
    assert (matrix.indices == indices).all()


def test_a_dense_factor_is_refused_before_its_memory_is_taken() -> None:
    matrix = sp.csr_array(np.ones((50, 50)) + np.eye(50))
    assert inverse_entries(matrix, limit=1225).nnz == 2500
    with pytest.raises(LimitError, match="at most 1224 should be enumerated, but there are 1225"):
        inverse_entries(matrix, limit=1224)
