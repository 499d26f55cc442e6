"""Splits are disjoint, cover everything, keep the classes' shares and follow their seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cochain.datasets import splits
from cochain.errors import DataError

LABELS = st.lists(st.integers(0, 3), min_size=1, max_size=80).map(lambda y: np.array(y, dtype=np.int64))


@given(LABELS, st.integers(2, 10), st.integers(0, 3))
def test_folds_cover_and_are_stratified(y: np.ndarray, folds: int, seed: int) -> None:
    fold = splits.stratified_folds(y, folds, seed)
    sizes = np.bincount(fold, minlength=folds)
    assert fold.min() >= 0
    assert len(sizes) == folds
    assert np.ptp(sizes) <= 1
    for label in np.unique(y):
        assert np.ptp(np.bincount(fold[y == label], minlength=folds)) <= 1
    np.testing.assert_array_equal(fold, splits.stratified_folds(y, folds, seed))


def test_every_item_is_tested_once_and_validated_once() -> None:
    split = splits.fold_splits(splits.stratified_folds(np.arange(37) % 3, 5, seed=0), 5)
    assert split.dtype == np.int8
    assert ((split == splits.TEST).sum(axis=1) == 1).all()
    assert ((split == splits.VALIDATION).sum(axis=1) == 1).all()
    assert ((split == splits.TRAIN).sum(axis=1) == 3).all()


@given(LABELS, st.floats(0.1, 0.6), st.floats(0.0, 0.4), st.booleans())
def test_random_splits_keep_shares(y: np.ndarray, train: float, validation: float, stratified: bool) -> None:
    split = splits.random_splits(y, train, validation, folds=2, seed=5, stratified=stratified)
    assert split.min() >= 0
    for part, share in ((splits.TRAIN, train), (splits.VALIDATION, validation)):
        counts = (split == part).sum(axis=0)
        assert (np.abs(counts - share * len(y)) <= 2).all()
        for label in np.unique(y) if stratified else ():
            own = (split[y == label] == part).sum(axis=0)
            assert (np.abs(own - share * (y == label).sum()) <= 2).all()


def test_unlabelled_items_are_in_no_part_and_seeds_differ() -> None:
    y = np.array([-1, 0, 1] * 20)
    one, other = (splits.random_splits(y, 0.5, 0.25, folds=3, seed=seed) for seed in (0, 1))
    assert (one[y < 0] == splits.UNUSED).all()
    assert (one[y >= 0] != splits.UNUSED).all()
    assert (one != other).any()
    assert (one[:, 0] != one[:, 1]).any()
    np.testing.assert_array_equal(one, splits.random_splits(y, 0.5, 0.25, folds=3, seed=0))


def test_few_labels_by_hand() -> None:
    y = np.array([0] * 10 + [1] * 30 + [-1])
    split = splits.few_label_splits(y, per_class=4, validation=16, folds=6, seed=0)
    for label, validation in ((0, 3), (1, 13)):
        assert ((split[y == label] == splits.TRAIN).sum(axis=0) == 4).all()
        assert (np.abs((split[y == label] == splits.VALIDATION).sum(axis=0) - validation) <= 1).all()
    assert (split[y < 0] == splits.UNUSED).all()


def test_carving_leaves_the_test_part_and_is_stratified() -> None:
    y = np.repeat([0, 1], [60, 30])
    before = splits.fold_splits(splits.stratified_folds(y, 10, seed=0), 10)
    before[before == splits.VALIDATION] = splits.TRAIN
    after = splits.carve_validation(before, y, 1 / 9, seed=0)
    np.testing.assert_array_equal(after == splits.TEST, before == splits.TEST)
    assert ((after[y == 0] == splits.VALIDATION).sum(axis=0) == 6).all()
    assert ((after[y == 1] == splits.VALIDATION).sum(axis=0) == 3).all()


def test_masks_that_overlap_are_refused() -> None:
    train = np.array([[True, False], [False, True]])
    np.testing.assert_array_equal(splits.from_masks(train, ~train, train & False, "f"), [[0, 1], [1, 0]])
    with pytest.raises(DataError, match=r"f: an item should be in one part, but item 1 is in 2 parts of fold 1"):
        splits.from_masks(train, ~train, np.array([[False, False], [False, True]]), "f")
