"""Selections of ranges and of the blocks of a block-diagonal pattern."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cochain.errors import ShapeError
from cochain.kernels import Pattern, SparseMatrix, backend, gather_ranges, select_components
from kernels.cases import random_pattern

BACKENDS = ["numba", "reference"]


@pytest.mark.parametrize("name", BACKENDS)
def test_gather_ranges_by_hand(name):
    with backend(name):
        items, bounds = gather_ranges(torch.tensor([0, 2, 2, 5]), torch.tensor([2, 1, 0, 2]))
        assert items.tolist() == [2, 3, 4, 0, 1, 2, 3, 4]
        assert bounds.tolist() == [0, 3, 3, 5, 8]
        assert items.dtype == bounds.dtype == torch.int64
        items, bounds = gather_ranges(torch.tensor([0, 2]), torch.tensor([], dtype=torch.int64))
        assert (items.tolist(), bounds.tolist()) == ([], [0])


def block_diagonal(blocks: list[Pattern]) -> tuple[Pattern, torch.Tensor, torch.Tensor]:
    """One pattern of several, and where the rows and columns of each begin."""
    rows = torch.tensor([0, *(b.shape[0] for b in blocks)]).cumsum(0)
    columns = torch.tensor([0, *(b.shape[1] for b in blocks)]).cumsum(0)
    i = torch.cat([b.rows + rows[n] for n, b in enumerate(blocks)] or [torch.tensor([])]).long()
    j = torch.cat([b.indices + columns[n] for n, b in enumerate(blocks)] or [torch.tensor([])]).long()
    return Pattern.from_coo(i, j, (int(rows[-1]), int(columns[-1])))[0], rows, columns


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=5),
    st.data(),
    st.sampled_from([torch.int32, torch.int64]),
)
def test_select_components_is_the_block_diagonal_of_the_chosen(sizes, data, dtype):
    blocks = [random_pattern(r, c, n if r and c else 0, seed=k) for k, (r, c, n) in enumerate(sizes)]
    pattern, rows, columns = block_diagonal(blocks)
    pattern = Pattern(pattern.indptr.to(dtype), pattern.indices.to(dtype), pattern.shape)
    ids = data.draw(st.lists(st.integers(0, len(blocks) - 1), max_size=6))
    expected, _, _ = block_diagonal([blocks[b] for b in ids])
    values = torch.randn(pattern.nnz)
    for name in BACKENDS:
        with backend(name):
            chosen, nonzeros = select_components(pattern, rows, columns, torch.tensor(ids, dtype=torch.int64))
        assert chosen.validate().shape == expected.shape
        assert chosen.indptr.equal(expected.indptr)
        assert chosen.indices.equal(expected.indices)
        assert chosen.dtype == torch.int32
        dense = SparseMatrix(pattern, values).to_dense()
        parts = [dense[rows[b] : rows[b + 1], columns[b] : columns[b + 1]] for b in ids]
        block = torch.block_diag(*parts) if parts else torch.zeros(0, 0)
        torch.testing.assert_close(SparseMatrix(chosen, values[nonzeros]).to_dense(), block.reshape(chosen.shape))


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("wrong", [-1, 2])
def test_an_id_that_names_nothing_is_refused(name, wrong):
    pattern, offsets = random_pattern(4, 4, 6), torch.tensor([0, 4, 4])
    ids = torch.tensor([0, wrong])
    with backend(name):
        with pytest.raises(ShapeError, match=rf"ids should lie in 0\.\.1, but entry 1 is {wrong}"):
            gather_ranges(offsets, ids)
        with pytest.raises(ShapeError, match=rf"ids should lie in 0\.\.1, but entry 1 is {wrong}"):
            select_components(pattern, offsets, offsets, ids)
