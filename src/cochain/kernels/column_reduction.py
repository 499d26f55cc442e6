r"""Reduce a sparse matrix from left to right over a prime field, so that no two columns share their lowest entry.

This module imports numba; import it where it is used.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from cochain.kernels._numba_compile import compile_serial
from cochain.kernels._numba_elimination import inverse

Index = npt.NDArray[np.integer[Any]]
Signs = npt.NDArray[np.int8]


def reduce_columns(
    indptr: Index, indices: Index, signs: Signs, columns: Index, position: Index, p: int
) -> npt.NDArray[np.int64]:
    r"""Add multiples of earlier columns to later ones until the lowest entries of all columns differ.

    Args:
        indptr: column c has its entries at indptr[c] ... indptr[c + 1] - 1, each row at most once.
        indices: row of each entry.
        signs: value of each entry, not divisible by p.
        columns: the columns to reduce, in their order. Those left out (cleared) are not looked at.
        position: place of every row; the lowest entry of a column is the one of highest place.
        p: a prime up to $2^{31} - 1$.

    Returns:
        For every column the row of its lowest entry after reduction, -1 for zero columns and for those left out.

    Cost:
        A column whose lowest entry is new costs its length. The others cost the lengths of all that is added to them;
        the worst case is cubic and boundary matrices are far from it.

    Source:
        Edelsbrunner, Letscher, Zomorodian, 2002, "Topological Persistence and Simplification", for the reduction.
        Bauer, Kerber, Reininghaus, Wagner, 2017, "Phat: Persistent Homology Algorithms Toolbox", for the column as a
        tree of bits.
    """
    lowest = np.full(len(indptr) - 1, -1, np.int64)
    rows = len(position)
    sizes = [max(-(-rows // 64), 1)]  # words of each level of the tree of bits, up to a level of one word
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // 64))
    levels = np.concatenate([[0], np.cumsum(sizes)])
    place = np.ascontiguousarray(position, np.int64)
    row_at = np.empty(rows, np.int64)
    row_at[place] = np.arange(rows)
    bits = np.zeros(levels[-1], np.uint64)
    _reduce(indptr, indices, signs, np.ascontiguousarray(columns, np.int64), place, row_at, p, bits, levels, lowest)
    return lowest


@numba.njit(cache=True, nogil=True)
def _raise_bit(bits, levels, item):  # type: ignore[no-untyped-def]
    for level in range(len(levels) - 1):
        word, bit = levels[level] + (item >> 6), np.uint64(1) << np.uint64(item & 63)
        before = bits[word]
        bits[word] = before | bit
        if before:
            return
        item >>= 6


@numba.njit(cache=True, nogil=True)
def _lower_bit(bits, levels, item):  # type: ignore[no-untyped-def]
    for level in range(len(levels) - 1):
        word, bit = levels[level] + (item >> 6), np.uint64(1) << np.uint64(item & 63)
        bits[word] &= ~bit
        if bits[word]:
            return
        item >>= 6


@numba.njit(cache=True, nogil=True)
def _highest_bit(bits, levels):  # type: ignore[no-untyped-def]
    """Find the largest item whose bit is raised, -1 if there is none, walking down from the top word."""
    item = 0
    for level in range(len(levels) - 2, -1, -1):
        word = bits[levels[level] + item]
        if not word:
            return -1  # only the top word can be empty
        high = 0
        for shift in (32, 16, 8, 4, 2, 1):
            if word >> np.uint64(shift):
                word >>= np.uint64(shift)
                high += shift
        item = (item << 6) + high
    return item


@numba.njit(cache=True, nogil=True)
def _add_entry(bits, levels, total, place, value, p):  # type: ignore[no-untyped-def]
    """Add a value to the column in work. A bit is raised exactly where the total is not zero."""
    before = total[place]
    after = (before + value) % p if p > 2 else before ^ 1
    total[place] = after
    if not before:
        _raise_bit(bits, levels, place)
    elif not after:
        _lower_bit(bits, levels, place)


@numba.njit(cache=True, nogil=True)
def _longer(pool, need):  # type: ignore[no-untyped-def]
    """The same pool, or a copy twice as long where the need does not fit."""
    if need <= len(pool):
        return pool
    larger = np.empty(2 * need, pool.dtype)
    larger[: len(pool)] = pool
    return larger


@numba.njit(cache=True, nogil=True)
def _lowest_place(indptr, indices, position, c):  # type: ignore[no-untyped-def]
    top = -1
    for k in range(indptr[c], indptr[c + 1]):
        top = max(top, position[indices[k]])
    return top


@numba.njit(cache=True, nogil=True)
def _entry(indptr, indices, signs, position, c, place, p):  # type: ignore[no-untyped-def]
    """The value of a column as it was given at a place where it has one."""
    found = 0
    for k in range(indptr[c], indptr[c + 1]):
        if position[indices[k]] == place:
            found = signs[k] % p
    return found


@numba.njit(cache=True, nogil=True)
def _add_given(bits, levels, total, indptr, indices, signs, position, c, factor, p):  # type: ignore[no-untyped-def]
    for k in range(indptr[c], indptr[c + 1]):
        _add_entry(bits, levels, total, position[indices[k]], factor * (signs[k] % p), p)


@numba.njit(cache=True, nogil=True)
def _add_stored(bits, levels, total, places, values, low, high, factor, p):  # type: ignore[no-untyped-def]
    for k in range(low, high):
        _add_entry(bits, levels, total, places[k], factor * values[k] if p > 2 else 1, p)


@numba.njit(cache=True, nogil=True)
def _store(bits, levels, total, top, places, values, end, p):  # type: ignore[no-untyped-def]
    """Move the column in work to the pool, highest place first, scaled so that its value there is 1."""
    scale = inverse(total[top], p)
    while top >= 0:
        places = _longer(places, end + 1)
        places[end] = top
        if p > 2:
            values = _longer(values, end + 1)
            values[end] = total[top] * scale % p
        end += 1
        total[top] = 0
        _lower_bit(bits, levels, top)
        top = _highest_bit(bits, levels)
    return places, values, end


@compile_serial
def _reduce(indptr, indices, signs, columns, position, row_at, p, bits, levels, lowest):  # type: ignore[no-untyped-def]
    owner = np.full(len(position), -1, np.int64)  # the column whose lowest entry stands at a place
    bounds = np.full((len(lowest), 2), -1, np.int64)  # where a changed column stands in the pool
    total = np.zeros(len(position), np.int64)
    places, values, end = np.empty(1024, np.int32), np.empty(1024 if p > 2 else 0, np.int32), 0
    for c in columns:
        top = _lowest_place(indptr, indices, position, c)
        changed = top >= 0 and owner[top] >= 0
        if changed:
            _add_given(bits, levels, total, indptr, indices, signs, position, c, 1, p)
        while top >= 0 and owner[top] >= 0:
            other = owner[top]
            low, high = bounds[other]
            if low >= 0:  # its lowest entry is 1
                _add_stored(bits, levels, total, places, values, low, high, p - total[top], p)
            else:
                factor = (p - total[top]) * inverse(_entry(indptr, indices, signs, position, other, top, p), p) % p
                _add_given(bits, levels, total, indptr, indices, signs, position, other, factor, p)
            top = _highest_bit(bits, levels)
        if top < 0:
            continue
        owner[top] = c
        lowest[c] = row_at[top]
        if changed:
            bounds[c, 0] = end
            places, values, end = _store(bits, levels, total, top, places, values, end, p)
            bounds[c, 1] = end
