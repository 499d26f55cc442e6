"""Sort the items of every block of an array at once, and sort by keys that are small integers.

Many small blocks (the nodes of a thousand small graphs) are sorted in place of one large array: shorter sorts, and the
blocks stay together in memory. This module imports numba; import it where it is used.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from cochain.kernels._numba_compile import compile_serial

Index = npt.NDArray[np.integer[Any]]
Order = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
LARGEST_SMALL = 128
"""Blocks up to this length are sorted where they stand; with a longer one among them, all are sorted together."""
SMALLEST_PACKED = 2048
"""Keys from which packing them costs less than it saves."""


def sort_blocks(keys: Floats, offsets: Index) -> tuple[Order, Order]:
    """Sort every block by (key, index).

    Args:
        keys: no NaN among them.
        offsets: block b is keys[offsets[b] : offsets[b + 1]].

    Returns:
        The positions in `keys`, block after block, and for every item the class of its key: how many different keys of
        its block are smaller.
    """
    order, unsorted = first_order(keys, offsets)
    classes = np.empty(len(keys), np.int64)
    _sort_blocks(np.ascontiguousarray(keys), offsets, order, classes, unsorted)
    return order, classes


def first_order(keys: Floats, offsets: Index) -> tuple[Order, bool]:
    """Give an order to begin with, and whether `sort_block` has yet to sort it: so it is where all blocks are small."""
    lengths = np.diff(offsets)
    if not len(lengths) or int(lengths.max()) <= LARGEST_SMALL:
        return np.empty(len(keys), np.int64), True
    order = stable_order(keys)
    if len(lengths) > 1:
        owner = np.repeat(np.arange(len(lengths)), lengths)
        order = order[sort_by_class(np.arange(len(lengths)), owner[order], np.array([0, len(keys)]))]
    return order, False


def stable_order(keys: Floats) -> Order:
    """Sort by (key, index). Where the keys fit 32 bits, key and index are packed into one integer, which sorts faster.

    Args:
        keys: no NaN among them.
    """
    with np.errstate(over="ignore"):
        narrow = keys.astype(np.float32) + np.float32(0)  # which makes one zero of the two
    if len(keys) < SMALLEST_PACKED or len(keys) > 2**32 or not (narrow == keys).all():
        return np.argsort(keys, kind="stable")
    bits = narrow.view(np.int32)
    rising = (bits ^ ((bits >> 31) & 0x7FFFFFFF)).astype(np.int64)  # integers in the order of the numbers
    packed = (rising << 32) | np.arange(len(keys))
    packed.sort()
    return packed & 0xFFFFFFFF


def sort_by_class(classes: Index, items: Index, offsets: Index) -> Order:
    """Sort every block by (class of the item, index) in linear time.

    Args:
        classes: integers from 0, below their number, one for every thing that an item may stand for.
        items: what each item stands for.
        offsets: block b is items[offsets[b] : offsets[b + 1]].

    Returns:
        The positions in `items`, block after block.
    """
    order = np.empty(len(items), np.int64)
    _sort_by_class(classes, items, offsets, np.zeros(len(classes) + 2, np.int64), order)
    return order


@numba.njit(cache=True, nogil=True)
def sort_block(keys, low, high, order, classes, unsorted):  # type: ignore[no-untyped-def]
    """Sort one block by insertion, which is quickest on few items and stable, and number its different keys."""
    if unsorted:
        for i in range(low, high):
            key = keys[i]
            k = i - 1
            while k >= low and keys[order[k]] > key:
                order[k + 1] = order[k]
                k -= 1
            order[k + 1] = i
    number = 0
    for k in range(low, high):
        if k > low and keys[order[k]] > keys[order[k - 1]]:
            number += 1
        classes[order[k]] = number


@numba.njit(cache=True, nogil=True)
def count_block(classes, items, low, high, counts, order):  # type: ignore[no-untyped-def]
    """Sort one block by the class of each item's representative. The counts arrive as zeros and leave as zeros.

    Item i of the block has the class classes[items[i]], and stands at order[i] for i from low to high - 1 afterwards.
    """
    most = -1
    for i in range(low, high):
        own = classes[items[i]]
        counts[own + 1] += 1
        most = max(most, own)
    for k in range(1, most + 1):
        counts[k] += counts[k - 1]
    for i in range(low, high):
        own = classes[items[i]]
        order[low + counts[own]] = i
        counts[own] += 1
    counts[: most + 2] = 0


@compile_serial
def _sort_blocks(keys, offsets, order, classes, unsorted):  # type: ignore[no-untyped-def]
    for b in range(len(offsets) - 1):
        sort_block(keys, offsets[b], offsets[b + 1], order, classes, unsorted)


@compile_serial
def _sort_by_class(classes, items, offsets, counts, order):  # type: ignore[no-untyped-def]
    for b in range(len(offsets) - 1):
        count_block(classes, items, offsets[b], offsets[b + 1], counts, order)
