"""Sums of two sparse products in numba: each row is found, sorted and written in place, with no matrix in between.

A row of A B is the sum of a few rows of B, its runs. Few runs are merged, one after another; many are gathered column
by column and then sorted. An entry is one integer: its column in the upper half, its number in the lower.
"""

# mypy: disable-error-code="no-untyped-def"

from typing import Any

import numba
import numpy as np

from cochain.kernels._numba_compile import Kernel

_BLOCK = 256  # rows that one part takes at a time: small enough to balance, large enough to cost nothing
_FEW_RUNS = 4  # runs up to which merging beats gathering
_SHORT = 40  # entries up to which a row is sorted by insertion
_LOWER = (1 << 32) - 1
_MIDDLE = 1 << 31  # added to a number, so that the lower half of an entry is not negative


@numba.njit
def _merge(row, starts, middle, factors, ends, columns, numbers, entries, side, found):
    """Merge the runs of a row into the sorted entries of one side; give the side that holds them then, and how many."""
    for k in range(starts[row], starts[row + 1]):
        factor, m, last = np.int64(factors[k]), ends[middle[k]], ends[middle[k] + 1]
        before, p, count = np.int64(-1), 0, 0
        while p < found or m < last:
            if p < found and (m == last or entries[side, p] >> 32 <= columns[m]):
                entry = entries[side, p]
                p += 1
            else:
                entry = (np.int64(columns[m]) << 32) + _MIDDLE + factor * numbers[m]
                m += 1
            if entry >> 32 == before:
                entries[1 - side, count - 1] += (entry & _LOWER) - _MIDDLE
            else:
                entries[1 - side, count] = entry
                before = entry >> 32
                count += 1
        side, found = 1 - side, count
    return side, found


@numba.njit
def _gather(row, starts, middle, factors, ends, columns, numbers, entries, place, found):
    """Add the runs of a row to the entries, unsorted; place[j] is where column j stands among them, or -1."""
    for k in range(starts[row], starts[row + 1]):
        factor = np.int64(factors[k])
        for m in range(ends[middle[k]], ends[middle[k] + 1]):
            j = columns[m]
            at = place[j]
            if at < 0:
                place[j] = found
                entries[0, found] = (np.int64(j) << 32) + _MIDDLE + factor * numbers[m]
                found += 1
            else:
                entries[0, at] += factor * numbers[m]
    return found


@numba.njit
def _forget(entries, found, place):
    for k in range(found):
        place[entries[0, k] >> 32] = -1


@numba.njit
def _keep(row, entries, side, found, needed, loops):
    """Move the entries that are wanted to the front, and count them."""
    kept = 0
    for k in range(found):
        entry = entries[side, k]
        j, number = entry >> 32, (entry & _LOWER) - _MIDDLE
        wanted = number != 0 if len(needed) == 0 else number == needed[j]
        entries[side, kept] = entry
        kept += wanted and (loops or j != row)
    return kept


@numba.njit
def _sort(entries, count):
    """Sort the first entries of the first side."""
    if count > _SHORT:
        entries[0, :count].sort()
        return
    for k in range(1, count):
        entry, slot = entries[0, k], k
        while slot > 0 and entries[0, slot - 1] > entry:
            entries[0, slot] = entries[0, slot - 1]
            slot -= 1
        entries[0, slot] = entry


@numba.njit
def _write(entries, side, kept, begin, indices, values):
    for k in range(kept):
        indices[begin + k] = entries[side, k] >> 32
    if len(values):
        for k in range(kept):
            values[begin + k] = (entries[side, k] & _LOWER) - _MIDDLE


def _rows(one, two, three, four, width, widest, needed, loops, indptr, indices, values, fill, wrong, parts):
    """Count (indptr[i + 1] becomes the entries of row i) or fill (indptr says where each row begins).

    No row has more than `widest` entries. Where a row to fill has not as many as indptr says, wrong[part] becomes 1.
    """
    rows = len(indptr) - 1
    # unpacked once: a tuple that is taken apart in the loop costs more than the row
    (p1, i1, v1), (p2, i2, v2), (p3, i3, v3), (p4, i4, v4) = one, two, three, four
    for part in numba.prange(parts):
        place = np.full(width, -1, np.int32)
        entries = np.empty((2, widest), np.int64)
        for block in range(part * _BLOCK, rows, _BLOCK * parts):
            for row in range(block, min(rows, block + _BLOCK)):
                merged = fill and p1[row + 1] - p1[row] + p3[row + 1] - p3[row] <= _FEW_RUNS
                side = 0
                if merged:
                    side, found = _merge(row, p1, i1, v1, p2, i2, v2, entries, side, 0)
                    side, found = _merge(row, p3, i3, v3, p4, i4, v4, entries, side, found)
                else:
                    found = _gather(row, p1, i1, v1, p2, i2, v2, entries, place, 0)
                    found = _gather(row, p3, i3, v3, p4, i4, v4, entries, place, found)
                    _forget(entries, found, place)
                kept = _keep(row, entries, side, found, needed, loops)
                if not fill:
                    indptr[row + 1] = kept
                elif kept != indptr[row + 1] - indptr[row]:
                    wrong[part] = 1
                else:
                    if not merged:
                        _sort(entries, kept)
                    _write(entries, side, kept, indptr[row], indices, values)


_kernel = Kernel(_rows)
_MOST_PARTS = 1024


def product(
    terms: list[tuple[Any, Any]], width: int, needed: Any, loops: bool, values: Any, counts: Any
) -> tuple[Any, Any, Any]:
    """Add up one or two products of CSR triples (int32, int32, int8).

    Args:
        terms: pairs of triples.
        width: columns of the result.
        needed: int64, what an entry of each column must be to be kept; empty where any but zero will do.
        loops: whether the diagonal is kept.
        values: numpy's type of the values; None for the pattern alone.
        counts: entries per row, where they are known beforehand; None where they are not. Never trusted: where they
            turn out wrong, the rows are counted.

    Returns:
        indptr (int64), indices (int32), and values or None.
    """
    rows = len(terms[0][0][0]) - 1
    empty = (np.zeros(rows + 1, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int8))
    (one, two), (three, four) = terms if len(terms) > 1 else (terms[0], (empty, empty))
    widest = min(width, _longest(one) * _longest(two) + _longest(three) * _longest(four))
    given = (one, two, three, four, width, widest, needed, loops)
    work = len(one[1]) * _mean_row(two) + len(three[1]) * _mean_row(four)
    indptr, wrong = np.zeros(rows + 1, np.int64), np.zeros(_MOST_PARTS, np.int64)
    nothing = np.zeros(0, values or np.float32)
    if counts is None:
        _kernel(work, *given, indptr, np.zeros(0, np.int32), nothing, False, wrong)
    else:
        indptr[1:] = counts
    np.cumsum(indptr, out=indptr)
    indices = np.empty(indptr[-1], np.int32)
    entries = nothing if values is None else np.empty(len(indices), values)
    _kernel(work, *given, indptr, indices, entries, True, wrong)
    if counts is not None and wrong.any():
        return product(terms, width, needed, loops, values, None)
    return indptr, indices, None if values is None else entries


def _longest(matrix: tuple[Any, ...]) -> int:
    return int(np.diff(matrix[0]).max(initial=0))


def _mean_row(matrix: tuple[Any, ...]) -> int:
    return 1 + len(matrix[1]) // max(1, len(matrix[0]) - 1)
