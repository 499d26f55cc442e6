"""Eight numbers at once: exponentials, sums and inner products against numpy's, at every length."""

import numba
import numpy as np
import pytest

from cochain.kernels._numba_compile import FAST_MATH
from cochain.kernels._numba_vector import add_scaled, dot, exponentials


@numba.njit(fastmath=FAST_MATH)  # as every kernel is: the exponential must bear it
def _exponentials(x, count):
    exponentials(x, count)


@numba.njit
def _add(out, weight, x, count):
    add_scaled(out, 2, weight, x, 3, count)


@numba.njit
def _dot(left, right, count):
    return dot(left, 2, right, 3, count)


@pytest.mark.parametrize(("dtype", "least"), [(np.float32, -87.0), (np.float64, -708.0)])
def test_exponentials_are_right_to_two_units_in_the_last_place(dtype, least):
    x = np.concatenate(
        [np.random.default_rng(0).uniform(least, 5, 4096), [0, 1, -1e-9, -0.34657, 0.34658, least, 3, 2]]
    )
    x = x.astype(dtype)
    wanted = np.exp(x.astype(np.longdouble))
    _exponentials(x, len(x))
    assert np.max(np.abs(x - wanted) / wanted) < 2 * np.finfo(dtype).eps


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_exponentials_at_the_ends(dtype):
    x = np.array([-np.inf, np.nan, -1e30, -1000, 0, 0, 0, 0], dtype)
    _exponentials(x, 4)
    np.testing.assert_array_equal(x, np.array([0, np.nan, 0, 0, 1, 1, 1, 1], dtype))


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 7, 8, 12, 15, 16, 20, 33])
def test_sums_and_inner_products_touch_their_numbers_alone(count):
    x, y = np.random.default_rng(count).standard_normal((2, 40))
    out = y.copy()
    out[2 : 2 + count] += 0.5 * x[3 : 3 + count]
    np.testing.assert_allclose(_dot(y, x, count), y[2 : 2 + count] @ x[3 : 3 + count], rtol=1e-12, atol=1e-14)
    _add(y, 0.5, x, count)
    np.testing.assert_allclose(y, out, rtol=1e-14)
