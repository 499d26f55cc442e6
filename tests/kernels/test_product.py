"""Sums of sparse products: by hand, against dense integers, and what is left out."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain.kernels import SparseMatrix, backend
from cochain.kernels.product import product

BOTH = pytest.mark.parametrize("name", ["reference", "numba"])


def matrix_of(dense: torch.Tensor) -> SparseMatrix:
    rows, columns = dense.nonzero(as_tuple=True)
    return SparseMatrix.from_coo(rows, columns, dense[rows, columns].to(torch.int8), tuple(dense.shape))


@st.composite
def integers(draw: st.DrawFn, rows: int, columns: int) -> torch.Tensor:
    entry = st.sampled_from([0, 0, 0, -1, 1, 2])
    numbers = draw(st.lists(entry, min_size=rows * columns, max_size=rows * columns))
    return torch.tensor(numbers, dtype=torch.int64).reshape(rows, columns)


@st.composite
def terms(draw: st.DrawFn) -> list[tuple[torch.Tensor, torch.Tensor]]:
    rows, columns = draw(st.integers(0, 7)), draw(st.integers(0, 7))
    inner = draw(st.lists(st.integers(0, 7), min_size=1, max_size=2))
    return [(draw(integers(rows, n)), draw(integers(n, columns))) for n in inner]


@BOTH
def test_by_hand(name: str) -> None:
    # The boundary of a triangle's edges and of the triangle: up and down parts of L_1 cancel off the diagonal.
    edges = matrix_of(torch.tensor([[-1, 1, 0], [-1, 0, 1], [0, -1, 1]]))
    triangle = matrix_of(torch.tensor([[1, -1, 1]]))
    with backend(name):
        found = product([(edges, edges.T), (triangle.T, triangle)], torch.float64)
    assert found.pattern.indptr.tolist() == [0, 1, 2, 3]
    assert found.pattern.indices.tolist() == [0, 1, 2]
    assert found.values is not None
    assert found.values.tolist() == [3, 3, 3]


@BOTH
@given(given_=terms(), loops=st.booleans())
def test_product_is_the_sum_of_dense_products(
    name: str, given_: list[tuple[torch.Tensor, torch.Tensor]], loops: bool
) -> None:
    dense = sum(one @ two for one, two in given_)
    if not loops:
        dense = dense * (torch.arange(dense.shape[0])[:, None] != torch.arange(dense.shape[1]))
    with backend(name):
        found = product([(matrix_of(one), matrix_of(two)) for one, two in given_], torch.float64, loops=loops)
        alone = product([(matrix_of(one), matrix_of(two)) for one, two in given_], None, loops=loops)
    assert found.shape == tuple(dense.shape)
    found.validate()
    assert found.nnz == int((dense != 0).sum())
    assert_close(found.to_dense(), dense.double())
    assert alone.values is None
    assert_close(alone.pattern.indices, found.pattern.indices)
    assert_close(alone.pattern.indptr, found.pattern.indptr)


@BOTH
@given(given_=terms(), data=st.data())
def test_only_entries_of_the_needed_size_are_kept(
    name: str, given_: list[tuple[torch.Tensor, torch.Tensor]], data: st.DataObject
) -> None:
    dense = sum(one @ two for one, two in given_)
    needed = torch.tensor(data.draw(st.lists(st.integers(1, 3), min_size=dense.shape[1], max_size=dense.shape[1])))
    with backend(name):
        found = product([(matrix_of(one), matrix_of(two)) for one, two in given_], None, needed=needed.long())
    assert_close(found.to_dense() != 0, dense == needed.long())


@pytest.mark.parametrize("wrong", [0, 1])
def test_counts_are_taken_where_right_and_corrected_where_wrong(wrong: int) -> None:
    generator = torch.Generator().manual_seed(0)
    one = (torch.rand(300, 40, generator=generator) < 0.1).long()
    matrix = matrix_of(one)
    counts = ((one @ one.T) != 0).sum(dim=1) + wrong
    found = product([(matrix, matrix.T)], torch.float32, counts=counts)
    assert_close(found.to_dense(), (one @ one.T).float())


def test_long_rows_and_many_runs_are_sorted() -> None:
    # A hub: its row has more entries than are sorted by insertion, from more runs than are merged.
    hub = torch.zeros(90, 90, dtype=torch.int64)
    hub[0], hub[:, 0] = 1, -1
    hub[torch.arange(90), torch.arange(90).flip(0)] = 1
    found = product([(matrix_of(hub), matrix_of(hub))], torch.float64)
    found.validate()
    assert_close(found.to_dense(), (hub @ hub).double())


def test_parts_do_not_change_a_bit() -> None:
    generator = torch.Generator().manual_seed(0)
    dense = (torch.rand(2000, 500, generator=generator) < 0.02).long() - (torch.rand(2000, 500) < 0.01).long()
    matrix = matrix_of(dense)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        two = product([(matrix, matrix.T)], torch.float32)
        torch.set_num_threads(1)
        one = product([(matrix, matrix.T)], torch.float32)
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(one.pattern.indices, two.pattern.indices)
    assert torch.equal(one.filled_values(), two.filled_values())
    assert_close(one.to_dense(), (dense @ dense.T).float())


@pytest.mark.parametrize("dtype", [torch.float16, torch.int64, torch.float32])
def test_every_type_of_values(dtype: torch.dtype) -> None:
    dense = torch.tensor([[1, -1, 0], [0, 2, 1]])
    found = product([(matrix_of(dense), matrix_of(dense).T)], dtype)
    assert found.dtype == dtype
    assert_close(found.to_dense(), (dense @ dense.T).to(dtype))


def test_wide_indices_go_the_slow_way() -> None:
    dense = torch.tensor([[1, -1, 0], [0, 1, 1]])
    matrix = matrix_of(dense)
    wide = SparseMatrix(
        type(matrix.pattern)(matrix.pattern.indptr.long(), matrix.pattern.indices.long(), (2, 3)), matrix.values
    )
    assert_close(product([(wide, wide.T)], torch.float64).to_dense(), (dense @ dense.T).double())
    assert np.array_equal(wide.pattern.indices, matrix.pattern.indices)
