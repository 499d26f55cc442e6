"""Ranks over Z/p: by hand, against dense elimination, by law, and the messages."""

import time

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from cochain.errors import CochainError, ShapeError
from cochain.kernels._numba_elimination import inverse
from cochain.kernels.elimination import LARGEST_PRIME, rank_mod_p, ranks_mod_p

PRIMES = (2, 3, 5, 7, 101, 46337, LARGEST_PRIME)


def rank(matrix: np.ndarray, p: int) -> int:
    sparse = scipy.sparse.csr_array(matrix)
    return rank_mod_p(sparse.indptr, sparse.indices, sparse.data, matrix.shape, p)


def dense_rank(matrix: np.ndarray, p: int) -> int:
    """Gaussian elimination as in a textbook, in Python's own integers."""
    rows, found = [[int(v) % p for v in row] for row in matrix], 0
    for column in range(matrix.shape[1]):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        scale = pow(rows[found][column], -1, p)
        for i in range(found + 1, len(rows)):
            factor = rows[i][column] * scale
            rows[i] = [(a - factor * b) % p for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


@st.composite
def matrices(draw: st.DrawFn) -> np.ndarray:
    shape = draw(st.tuples(st.integers(0, 12), st.integers(0, 12)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    bound, density = draw(st.sampled_from([1, 3, 2**40])), draw(st.floats(0, 1))
    return rng.integers(-bound, bound + 1, shape) * (rng.random(shape) < density)


# By hand


def test_triangle_boundary() -> None:
    boundary = np.array([[-1, -1, 0], [1, 0, -1], [0, 1, 1]])  # edges 01, 02, 12
    assert [rank(boundary, p) for p in PRIMES] == [2] * len(PRIMES)


def test_rank_drops_where_p_divides_the_determinant() -> None:
    matrix = np.array([[2, 4], [1, 5]])  # determinant 6
    assert [rank(matrix, p) for p in (2, 3, 5)] == [1, 1, 2]
    assert [rank(6 * np.eye(3, dtype=int), p) for p in (2, 3, 5)] == [0, 0, 3]


def test_odd_cycle_without_signs() -> None:
    cycle = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])  # determinant 2
    assert [rank(cycle, p) for p in (2, 3)] == [2, 3]


def test_values_of_none_are_ones_and_repeated_places_add_up() -> None:
    assert rank_mod_p([0, 2], [0, 0], None, (1, 1), 2) == 0
    assert rank_mod_p([0, 2], [0, 0], None, (1, 1), 3) == 1
    assert rank_mod_p([0, 3], [1, 0, 1], [1, 0, -1], (1, 2), 3) == 0


def test_empty() -> None:
    for shape in ((0, 0), (0, 4), (4, 0), (3, 3)):
        assert rank_mod_p(np.zeros(shape[0] + 1, int), [], None, shape, 2) == 0
    assert ranks_mod_p([0], [], None, (0, 0), 2, [0], [0]).shape == (0,)


@pytest.mark.parametrize("p", PRIMES)
def test_inverse(p: int) -> None:
    for a in {1, 2, 3, p // 2, p - 2, p - 1} - {0}:
        if a % p:
            assert inverse(a % p, p) == pow(a, -1, p)


# Oracle and laws


@given(matrices(), st.sampled_from(PRIMES))
def test_as_dense(matrix: np.ndarray, p: int) -> None:
    assert rank(matrix, p) == dense_rank(matrix, p)


@given(matrices(), st.sampled_from(PRIMES), st.randoms(use_true_random=False))
def test_transposed_permuted_and_scaled(matrix: np.ndarray, p: int, random) -> None:
    rows, columns = np.arange(matrix.shape[0]), np.arange(matrix.shape[1])
    random.shuffle(rows)
    random.shuffle(columns)
    moved = (matrix % p)[rows][:, columns] * (p - 1)
    assert rank(matrix, p) == rank(matrix.T, p) == rank(moved, p)


@given(st.lists(matrices(), max_size=5), st.sampled_from(PRIMES))
def test_blocks_are_ranked_one_by_one(blocks: list[np.ndarray], p: int) -> None:
    whole = scipy.sparse.block_diag([scipy.sparse.coo_array(b) for b in blocks] or [np.zeros((0, 0))], format="csr")
    rows, columns = (np.cumsum([0, *(b.shape[axis] for b in blocks)]) for axis in (0, 1))
    found = ranks_mod_p(whole.indptr, whole.indices, whole.data, whole.shape, p, rows, columns)
    assert found.tolist() == [dense_rank(b, p) for b in blocks]


@pytest.mark.parametrize("dtype", ["int8", "int32", "uint8", "float32", "float64", "bool"])
def test_types_of_values(dtype: str) -> None:
    assert rank_mod_p(np.array([0, 1, 2], "int32"), np.array([0, 1], "int32"), np.ones(2, dtype), (2, 2), 5) == 2


def test_low_rank_product_fills_in(rng: np.random.Generator) -> None:
    matrix = rng.integers(-9, 10, (80, 9)) @ rng.integers(-9, 10, (9, 70))
    assert rank(matrix, LARGEST_PRIME) == 9


def test_inputs_are_left_alone(rng: np.random.Generator) -> None:
    matrix = scipy.sparse.random_array((30, 30), density=0.3, format="csr", rng=rng)
    matrix.data = rng.integers(-5, 6, matrix.nnz)
    before = matrix.copy()
    rank_mod_p(matrix.indptr, matrix.indices, matrix.data, matrix.shape, 5)
    assert (matrix.indices == before.indices).all()
    assert (matrix.data == before.data).all()


@pytest.mark.parametrize("order", ["sorted", "shuffled"])
def test_large_grid_takes_no_time(order: str, rng: np.random.Generator) -> None:
    n = 200  # 40,000 nodes, 79,600 edges, one component
    nodes = np.arange(n * n) if order == "sorted" else rng.permutation(n * n)
    grid = nodes.reshape(n, n)
    ends = np.concatenate(
        [np.stack([grid[1:], grid[:-1]], -1).reshape(-1), np.stack([grid[:, 1:], grid[:, :-1]], -1).reshape(-1)]
    )
    edges, signs = len(ends) // 2, np.tile([1, -1], len(ends) // 2)
    start = time.perf_counter()
    assert rank_mod_p(np.arange(0, 2 * edges + 1, 2), ends, signs, (edges, n * n), 3) == n * n - 1
    assert time.perf_counter() - start < 5  # takes 0.1 s; a quadratic method takes minutes


# Messages


@pytest.mark.parametrize("p", [4, 9, 15, 46337 * 46327, 2**31 - 3])
def test_composite_p_is_refused(p: int) -> None:
    with pytest.raises(ShapeError, match=rf"p should be prime, but {p} is \d+ \* \d+; Z/{p} is not a field"):
        rank_mod_p([0, 1], [0], None, (1, 1), p)


@pytest.mark.parametrize("p", [0, 1, -3, 2**31, 2.0, True])
def test_what_is_no_prime_at_all_is_refused(p: object) -> None:
    with pytest.raises(ShapeError, match=r"p should be a prime from 2 to 2147483647, but is .*; Betti numbers need"):
        rank_mod_p([0, 1], [0], None, (1, 1), p)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"indptr": [0, 1]},
            r"indptr should rise from 0 to 2, the number of nonzeros, in 2 steps, but has shape \(2,\)",
        ),
        ({"indptr": [0, 3, 2]}, r"indptr should rise from 0 to 2"),
        ({"indptr": [1, 1, 2]}, r"indptr should rise from 0 to 2"),
        ({"indptr": [0, 1, 3]}, r"indptr should rise from 0 to 2"),
        (
            {"values": [1]},
            r"values and integer indices should have one entry per nonzero, but have shapes \(1,\) and \(2,",
        ),
        ({"indices": [0.0, 1.0]}, r"integer indices .*, indices of type float64"),
        (
            {"indices": [0, 2]},
            r"indices should lie in 0 ... 1, but reach from 0 to 2; is the matrix given transposed\?",
        ),
        ({"indices": [-1, 1]}, r"indices should lie in 0 ... 1, but reach from -1 to 1"),
        ({"values": [1.0, 0.5]}, r"values should be whole numbers below 2\^53, but are of type float64"),
        ({"values": [1.0, np.nan]}, r"values should be whole numbers"),
        ({"values": [1.0, 1e300]}, r"values should be whole numbers"),
        ({"values": [1.0, 1j]}, r"values should be whole numbers below 2\^53, but are of type complex128"),
        ({"row_offsets": [0, 1]}, r"row_offsets should rise from 0 to 2, the number of rows, but begins \[0, 1\]"),
        ({"column_offsets": [1, 2]}, r"column_offsets should rise from 0 to 2"),
        ({"row_offsets": [0, 2, 1, 2]}, r"row_offsets should rise"),
        ({"column_offsets": [0, 1, 2]}, r"row_offsets and column_offsets should name as many blocks, but name 1 and 2"),
        (
            {"row_offsets": [0, 1, 2], "column_offsets": [0, 2, 2]},
            r"every nonzero should lie in its row's block, but one in column 1 \(block 0\) is in a row of block 1",
        ),
        ({"row_offsets": [0, 2, 2], "column_offsets": [0, 1, 2]}, r"every nonzero should lie in its row's block"),
    ],
)
def test_bad_input_is_refused(change: dict[str, object], message: str) -> None:
    good = {"indptr": [0, 1, 2], "indices": [0, 1], "values": None, "row_offsets": [0, 2], "column_offsets": [0, 2]}
    assert ranks_mod_p(**good, shape=(2, 2), p=3).tolist() == [2]
    with pytest.raises(ShapeError, match=message) as refused:
        ranks_mod_p(**(good | change), shape=(2, 2), p=3)
    assert isinstance(refused.value, CochainError)
