"""Patterns: built, sorted, transposed, checked."""

import gc
import pickle
import weakref

import pytest
import torch
from hypothesis import given

from cochain.errors import ShapeError
from cochain.kernels import Pattern, backend
from kernels.cases import pattern_of, patterns, random_pattern

INTEGERS = [torch.int32, torch.int64]


def test_from_coo_by_hand():
    pattern, order = Pattern.from_coo(torch.tensor([1, 0, 1, 1]), torch.tensor([2, 1, 2, 0]), (3, 4))
    assert pattern.indptr.tolist() == [0, 1, 4, 4]
    assert pattern.indices.tolist() == [1, 0, 2, 2]
    assert order.tolist() == [1, 3, 0, 2]
    assert pattern.rows.tolist() == [0, 1, 1, 1]
    assert pattern.degrees.tolist() == [1, 3, 0]
    assert (pattern.nnz, pattern.shape, pattern.dtype) == (4, (3, 4), torch.int32)
    assert pattern.device == torch.device("cpu")
    assert repr(pattern) == "Pattern(3 x 4, 4 nonzeros)"


def test_transposed_by_hand():
    transposed, order = pattern_of([1, 0, 1, 1], [2, 1, 2, 0], (3, 4)).transposed
    assert transposed.shape == (4, 3)
    assert transposed.indptr.tolist() == [0, 1, 2, 4, 4]
    assert transposed.indices.tolist() == [1, 0, 1, 1]
    assert order.tolist() == [1, 0, 2, 3]


def test_sorted_input_is_copied_not_shared():
    rows, columns = torch.tensor([0, 1], dtype=torch.int32), torch.tensor([1, 0], dtype=torch.int32)
    pattern, order = Pattern.from_coo(rows, columns, (2, 2))
    columns.fill_(0)
    assert pattern.indices.tolist() == [1, 0]
    assert order.tolist() == [0, 1]


@given(patterns())
def test_transposing_twice_gives_the_same_object_and_order(pattern):
    transposed, order = pattern.transposed
    again, inverse = transposed.transposed
    assert again is pattern
    assert order[inverse.long()].tolist() == list(range(pattern.nnz))
    assert transposed.validate().indices.equal(pattern.rows[order.long()])
    assert transposed.rows.equal(pattern.indices[order.long()])


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("shape", [(20, 30, 200), (5, 4, 0), (0, 3, 0), (3, 0, 0), (0, 0, 0)])
def test_index_kernels_agree_with_the_reference(dtype, shape):
    rows, columns, nnz = shape
    pattern = random_pattern(rows, columns, nnz, dtype)
    shuffle = torch.randperm(nnz)
    i, j = pattern.rows[shuffle], pattern.indices[shuffle]
    results = []
    for name in ("numba", "reference"):
        with backend(name):
            fresh, order = Pattern.from_coo(i, j, (rows, columns))
            same = Pattern(pattern.indptr, pattern.indices, pattern.shape)
            transposed, places = same.transposed
            results.append(
                [fresh.indptr, fresh.indices, order, same.rows, transposed.indptr, transposed.indices, places]
            )
    for ours, reference in zip(*results, strict=True):
        assert ours.dtype == reference.dtype
        assert ours.equal(reference)


def test_transposed_does_not_keep_its_origin_alive():
    pattern = random_pattern(5, 4, 10)
    transposed, order = pattern.transposed
    rows, ghost = pattern.indices.clone(), weakref.ref(pattern)
    gc.disable()
    try:
        del pattern
        assert ghost() is None  # freed by counting references alone: no cycle
    finally:
        gc.enable()
    again, inverse = transposed.transposed
    assert again.indices.equal(rows)
    assert order[inverse.long()].tolist() == list(range(10))


def test_membership_has_one_column_per_nonzero():
    pattern = pattern_of([0, 2, 2], [1, 0, 1], (3, 2))
    member = pattern.membership
    assert member.shape == (3, 3)
    assert member.validate().rows.tolist() == [0, 2, 2]
    transposed, order = member.transposed
    assert transposed.validate().indices.tolist() == [0, 2, 2]
    assert order.tolist() == [0, 1, 2]
    assert transposed.transposed[0] is member
    assert pattern.membership is member


def test_narrow_keeps_int32_where_it_fits():
    wide = pattern_of([0, 1], [1, 0], (2, 2), torch.int64)
    assert wide.narrow().dtype == torch.int32
    assert wide.narrow().narrow() is not wide
    large = Pattern(torch.tensor([0, 1]), torch.tensor([2**31]), (1, 2**31 + 1))
    assert large.narrow() is large
    assert large.validate().dtype == torch.int64


def test_to_the_same_device_is_the_same_object_and_pickle_copies():
    pattern = random_pattern(4, 4, 6)
    assert pattern.to("cpu") is pattern
    _ = pattern.transposed
    copy = pickle.loads(pickle.dumps(pattern))  # noqa: S301 - our own bytes
    assert copy.indices.equal(pattern.indices)
    assert copy.shape == pattern.shape


@pytest.mark.parametrize(
    ("indptr", "indices", "message"),
    [
        ([0, 1], [0], r"indptr should have 3 entries \(one more than the rows\), but has shape \(2,\)"),
        ([0, 1, 3], [0, 1], r"indptr should run from 0 to \(2,\), the nonzeros, but runs from 0 to 3"),
        ([0, 3, 2], [0, 1], "indptr should never fall, but falls after row 1"),
        ([0, 1, 2], [0, 5], r"columns should lie in 0\.\.2, but entry 1 is 5; is the shape too small"),
        ([0, 1, 2], [-1, 0], r"columns should lie in 0\.\.2, but entry 0 is -1"),
        (
            [0, 2, 2],
            [2, 1],
            "columns should be sorted within each row, but in row 0 column 2 comes before 1; build with",
        ),
    ],
)
def test_validate_says_what_is_wrong(indptr, indices, message):
    with pytest.raises(ShapeError, match=message):
        Pattern(torch.tensor(indptr), torch.tensor(indices), (2, 3)).validate()


def test_validate_refuses_mixed_integers():
    with pytest.raises(ShapeError, match=r"both be int32 or both int64, but are torch\.int32 and torch\.int64"):
        Pattern(torch.tensor([0, 1], dtype=torch.int32), torch.tensor([0]), (1, 1)).validate()


@pytest.mark.parametrize("name", ["numba", "reference"])
def test_from_coo_refuses_what_does_not_fit(name):
    with backend(name):
        with pytest.raises(ShapeError, match=r"rows should lie in 0\.\.1, but entry 1 is 2; is the shape too small"):
            Pattern.from_coo(torch.tensor([0, 2]), torch.tensor([0, 0]), (2, 2))
        with pytest.raises(ShapeError, match=r"columns should lie in 0\.\.1, but entry 0 is -3"):
            Pattern.from_coo(torch.tensor([0]), torch.tensor([-3]), (2, 2))
        with pytest.raises(ShapeError, match=r"one length, but have shapes \(2,\) and \(1,\)"):
            Pattern.from_coo(torch.tensor([0, 1]), torch.tensor([0]), (2, 2))
