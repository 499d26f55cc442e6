"""Sort numbers by their digits, lowest first: stable, linear in their count, for use inside other kernels."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
from numba import njit

from cochain.kernels._numba_compile import compile_serial

_SIGN = np.uint64(1 << 63)
_ALL = np.uint64(2**64 - 1)


@njit
def sortable(bits):
    """The bits of a float64, changed so that they rise as the number does; both zeros give the same."""
    if bits == _SIGN:
        return _SIGN
    return bits ^ (_ALL if bits >= _SIGN else _SIGN)


@njit
def sort_by_digits(keys, items, count):
    """Sort the first `count` keys (uint64) ascending and move the items along; equal keys keep their order.

    Digits that all keys share are passed over: whole numbers and float32 values cost half.
    """
    width = np.uint64(8 if count < 8192 else 11)
    digits = (64 + int(width) - 1) // int(width)
    buckets = 1 << int(width)
    low = np.uint64(buckets - 1)
    counts = np.zeros((digits, buckets), np.int32)
    for i in range(count):
        key = keys[i]
        for d in range(digits):
            counts[d, key & low] += 1
            key >>= width
    from_keys, from_items = keys, items
    to_keys, to_items = np.empty(count, np.uint64), np.empty(count, items.dtype)
    for d in range(digits):
        shift = np.uint64(d) * width
        if count == 0 or counts[d, (from_keys[0] >> shift) & low] == count:
            continue
        place = counts[d]
        total = 0
        for b in range(buckets):
            here = place[b]
            place[b] = total
            total += here
        for i in range(count):
            digit = (from_keys[i] >> shift) & low
            to = place[digit]
            place[digit] = to + 1
            to_keys[to] = from_keys[i]
            to_items[to] = from_items[i]
        from_keys, to_keys = to_keys, from_keys
        from_items, to_items = to_items, from_items
    return from_keys, from_items


@njit
def rank_values(values, sign):
    """The place of every number in the order of sign * value; of equal ones the earlier is lower."""
    keys = sign * values
    bits = keys.view(np.uint64)
    for k in range(len(values)):
        bits[k] = sortable(bits[k])
    order = sort_by_digits(bits, np.arange(len(values)).astype(np.int32), len(values))[1]
    ranks = np.empty(len(values), np.int32)
    for k in range(len(values)):
        ranks[order[k]] = k
    return ranks


@compile_serial
def rank_each(values, starts, sign, ranks, first, step):
    """Rank each `step`-th stretch of values from the `first` on: values[starts[i] : starts[i + 1]]."""
    for i in range(first, len(starts) - 1, step):
        ranks[starts[i] : starts[i + 1]] = rank_values(values[starts[i] : starts[i + 1]], sign)
