"""Blocks chosen from what is block diagonal: by hand, and against torch's index arithmetic."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain.errors import ShapeError
from cochain.kernels import Pattern, backend
from cochain.kernels.select import block_offsets, cut_blocks, take_ranges

BOTH = pytest.mark.parametrize("name", ["reference", "numba"])
OFFSETS = torch.tensor([[0, 2, 2, 5], [0, 1, 3, 4]])


@BOTH
def test_offsets_by_hand(name: str) -> None:
    with backend(name):
        assert block_offsets(OFFSETS, torch.tensor([2, 0, 2])).tolist() == [[0, 3, 5, 8], [0, 1, 2, 3]]
        assert block_offsets(OFFSETS, torch.tensor([], dtype=torch.int64)).tolist() == [[0], [0]]
        with pytest.raises(ShapeError, match=r"ids should lie in 0..2, but one is 3"):
            block_offsets(OFFSETS, torch.tensor([0, 3]))
        with pytest.raises(ShapeError, match="but one is -1"):
            block_offsets(OFFSETS, torch.tensor([-1]))


@BOTH
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.bool, torch.int8, torch.complex64, torch.int64])
@pytest.mark.parametrize("shape", [(), (3,), (2, 2), (0,)])
def test_rows_of_every_type_and_shape(name: str, dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    x = torch.arange(5 * torch.Size(shape).numel()).reshape(5, *shape).to(dtype)
    ids = torch.tensor([2, 0, 1, 2])
    with backend(name):
        found = take_ranges(x, OFFSETS[0], ids, 8)
        turned = take_ranges(x.flip(0), OFFSETS[0], ids, 8)
    rows = torch.tensor([2, 3, 4, 0, 1, 2, 3, 4])
    assert found.dtype == dtype
    assert_close(found, x[rows])
    assert_close(turned, x.flip(0)[rows])


@BOTH
def test_blocks_by_hand(name: str) -> None:
    # Blocks of 2 x 1, 0 x 2 and 3 x 1, each nonzero passing a cell of a third group with one cell per block.
    pattern = Pattern(*(torch.tensor(a, dtype=torch.int32) for a in ([0, 1, 2, 3, 3, 5], [0, 0, 3, 3, 3])), (5, 4))
    offsets = torch.cat([OFFSETS, torch.tensor([[0, 1, 2, 3]])])
    via, ids = torch.tensor([0, 0, 2, 2, 2], dtype=torch.int32), torch.tensor([2, 1, 0])
    with backend(name):
        chosen = block_offsets(offsets, ids)
        found, passed = cut_blocks(pattern, via, offsets, ids, chosen, (0, 1, 2))
        plain, nothing = cut_blocks(pattern, None, offsets, ids, chosen, (0, 1, 0))
    assert found.shape == plain.shape == (5, 4)
    assert found.indptr.tolist() == plain.indptr.tolist() == [0, 1, 1, 3, 4, 5]
    assert found.indices.tolist() == plain.indices.tolist() == [0, 0, 0, 3, 3]
    assert passed is not None
    assert passed.tolist() == [0, 0, 0, 2, 2]
    assert nothing is None


@given(sizes=st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=5), data=st.data())
def test_both_ways_agree(sizes: list[tuple[int, int, int]], data: st.DataObject) -> None:
    counts = torch.tensor(sizes).T
    offsets = torch.cat([torch.zeros(3, 1, dtype=torch.int64), counts.cumsum(1)], dim=1)
    rows, columns, via = [], [], []
    for block, (n, m, p) in enumerate(sizes):
        if n and m and p:
            count = data.draw(st.integers(0, 6))
            places = [[data.draw(st.integers(0, size - 1)) for _ in range(count)] for size in (n, m, p)]
            for each, place, group in zip((rows, columns, via), places, range(3), strict=True):
                each.extend(place[k] + int(offsets[group, block]) for k in range(count))
    shape = int(offsets[0, -1]), int(offsets[1, -1])
    pattern, order = Pattern.from_coo(torch.tensor(rows).long(), torch.tensor(columns).long(), shape)
    passed = torch.tensor(via).long()[order.long()]
    ids = torch.tensor(data.draw(st.lists(st.integers(0, len(sizes) - 1), max_size=6)), dtype=torch.int64)
    found = []
    for name in ("reference", "numba"):
        with backend(name):
            chosen = block_offsets(offsets, ids)
            part, kept = cut_blocks(pattern, passed, offsets, ids, chosen, (0, 1, 2))
            found.append((chosen, part.indptr, part.indices, kept))
            assert part.validate().shape == (int(chosen[0, -1]), int(chosen[1, -1]))
    for one, other in zip(*found, strict=True):
        assert_close(one, other, check_dtype=False)
