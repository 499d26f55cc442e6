"""Splits of cells or components into training, validation and test parts, from seeds.

A split is int8 (n, folds): 0 training, 1 validation, 2 test, -1 in no part. An item whose label is -1 is in no part.
"""

import numpy as np

from cochain.errors import DataError

TRAIN, VALIDATION, TEST, UNUSED = 0, 1, 2, -1


def stratified_folds(y: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Deal items into folds, class by class.

    The items are shuffled, put in order of class, and dealt like cards, so the counts of one class in two folds differ
    by at most 1, and so do the sizes of the folds.

    Args:
        y: classes (n,).
        folds: number of folds.
        seed: of the shuffle.

    Returns:
        The fold of every item, int64 (n,).
    """
    order = _order_by_class(y, np.random.default_rng(seed))
    fold = np.empty(len(y), dtype=np.int64)
    fold[order] = np.arange(len(y)) % folds
    return fold


def fold_splits(fold: np.ndarray, folds: int) -> np.ndarray:
    """Make one split per fold k: test on fold k, validate on the next (after the last the first), train on the rest."""
    column = np.arange(folds)
    split = np.full((len(fold), folds), TRAIN, dtype=np.int8)
    split[fold[:, None] == (column + 1) % folds] = VALIDATION
    split[fold[:, None] == column] = TEST
    return split


def random_splits(
    y: np.ndarray, train: float, validation: float, folds: int, seed: int, stratified: bool = True
) -> np.ndarray:
    """Draw splits by shares; what is neither training nor validation is the test part.

    Stratified, every class has its share in every part, up to one item: the shuffled items stand in order of class, and
    each part takes them at even steps.
    """
    labelled = np.flatnonzero(y >= 0)
    split = np.full((len(y), folds), UNUSED, dtype=np.int8)
    for k in range(folds):
        rng = np.random.default_rng([seed, k])
        order = _order_by_class(y[labelled] if stratified else np.zeros(len(labelled), int), rng)
        items = labelled[order]
        chosen = _even_steps(len(items), train, rng.random())
        split[items[chosen], k] = TRAIN
        rest = items[~chosen]
        chosen = _even_steps(len(rest), validation / (1 - train), rng.random())
        split[rest[chosen], k] = VALIDATION
        split[rest[~chosen], k] = TEST
    return split


def few_label_splits(y: np.ndarray, per_class: int, validation: int, folds: int, seed: int) -> np.ndarray:
    """Draw splits with `per_class` training items in each class and about `validation` validation items, stratified."""
    split = np.full((len(y), folds), UNUSED, dtype=np.int8)
    for k in range(folds):
        rng = np.random.default_rng([seed, k])
        order = _order_by_class(y, rng)
        order = order[y[order] >= 0]
        classes = y[order]
        place = np.arange(len(order)) - np.searchsorted(classes, classes)
        split[order, k] = TEST
        split[order[place < per_class], k] = TRAIN
        rest = order[place >= per_class]
        split[rest[_even_steps(len(rest), min(1.0, validation / max(len(rest), 1)), rng.random())], k] = VALIDATION
    return split


def carve_validation(split: np.ndarray, y: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Turn a share of every fold's training part into a validation part, stratified; the test parts stay."""
    carved = split.copy()
    for k in range(split.shape[1]):
        rng = np.random.default_rng([seed, k])
        items = np.flatnonzero(split[:, k] == TRAIN)
        items = items[_order_by_class(y[items], rng)]
        carved[items[_even_steps(len(items), share, rng.random())], k] = VALIDATION
    return carved


def from_masks(train: np.ndarray, validation: np.ndarray, test: np.ndarray, name: str) -> np.ndarray:
    """Make a split of three boolean masks (n, folds).

    Raises:
        DataError: when an item is in two parts of one fold.
    """
    masks = np.stack([np.asarray(mask, dtype=bool) for mask in (train, validation, test)])
    twice = np.argwhere(masks.sum(axis=0) > 1)
    if len(twice):
        item, fold = twice[0]
        raise DataError(
            f"{name}: an item should be in one part, but item {item} is in {masks[:, item, fold].sum()} parts of fold "
            f"{fold}; the file is damaged, remove it and load again"
        )
    return np.select(list(masks), [TRAIN, VALIDATION, TEST], UNUSED).astype(np.int8)


def _order_by_class(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shuffle, then sort by class: items of one class stand together in random order."""
    shuffled = rng.permutation(len(y))
    return shuffled[np.argsort(y[shuffled], kind="stable")]


def _even_steps(n: int, share: float, phase: float) -> np.ndarray:
    """Mark round(share n) or one more of n places at even steps; `phase` in [0, 1) shifts them."""
    marks = np.floor(np.arange(n + 1) * share + phase)
    return np.diff(marks) > 0
