"""Sparse Gaussian elimination over Z/p, right-looking, with Markowitz's choice of pivots. Imported on first use only.

The matrix lives as sorted sparse rows in one pool, and each column keeps a list of the rows that may hold it. A step
takes the shortest row or the emptiest column, whichever promises less fill, clears the pivot's column from all other
rows, and drops the pivot's row and column. On boundary matrices this collapses free faces first and contracts dual
graphs afterwards.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]


class Rows(NamedTuple):
    """Sorted sparse rows in one pool."""

    columns: Ints  # of row i: columns[start[i] : start[i] + length[i]]
    values: Ints
    start: Ints
    length: Ints
    room: Ints  # a row may grow to this length where it stands
    end: Ints  # one number: from here on the pool is free


class Lists(NamedTuple):
    """A linked list of rows per column. It may be stale: a row that has left the column, or one named twice."""

    head: Ints
    link: Ints
    row: Ints
    free: Ints  # two numbers: the first free link, how many there are


class Queue(NamedTuple):
    """Items by key, first in, first out: a ring of links per key, whose sentinel has the number items + key."""

    after: Ints
    before: Ints
    key: Ints  # 0 for an item that is not in the queue
    low: Ints  # one number: no key is below it


@njit(cache=True)
def new_queue(items: int, keys: int) -> Queue:
    ring = np.arange(items + keys + 1)
    return Queue(ring, ring.copy(), np.zeros(items, np.int64), np.full(1, keys, np.int64))


@njit(cache=True)
def put(queue: Queue, item: int, key: int) -> None:
    """Move an item to the end of its key's ring; key 0 takes it out. An item whose key stays keeps its place."""
    if queue.key[item] == key:
        return
    after, before = queue.after, queue.before
    after[before[item]], before[after[item]] = after[item], before[item]
    after[item] = before[item] = item
    queue.key[item] = key
    if key > 0:
        sentinel = queue.key.size + key
        last = before[sentinel]
        after[last], before[item], after[item], before[sentinel] = item, last, sentinel, item
        queue.low[0] = min(queue.low[0], key)


@njit(cache=True)
def first(queue: Queue) -> int:
    """The item that has waited longest under the lowest key, -1 if there is none."""
    items = queue.key.size
    highest = queue.after.size - items - 1
    while queue.low[0] <= highest:
        sentinel = items + queue.low[0]
        if queue.after[sentinel] != sentinel:
            return queue.after[sentinel]
        queue.low[0] += 1
    queue.low[0] = highest
    return -1


@njit(cache=True)
def inverse(a: int, p: int) -> int:
    """a^-1 mod p by Euclid's extended algorithm, for 0 < a < p."""
    old, new, x, y = a, p, 1, 0
    while new:
        quotient = old // new
        old, new = new, old - quotient * new
        x, y = y, x - quotient * y
    return x % p


@njit(cache=True)
def new_rows(indptr: Ints, indices: Ints, values: Ints) -> Rows:
    length = indptr[1:] - indptr[:-1]
    return Rows(
        indices.copy(), values.copy(), indptr[:-1].copy(), length, length.copy(), np.full(1, indices.size, np.int64)
    )


@njit(cache=True)
def with_space(rows: Rows, need: int) -> Rows:
    """The same rows with `need` places free at the end of the pool: as they are, or packed into a larger one."""
    if rows.end[0] + need <= rows.columns.size:
        return rows
    size = 2 * (rows.length.sum() + need)
    columns, values, end = np.empty(size, np.int64), np.empty(size, np.int64), 0
    for i in range(rows.length.size):
        n = rows.length[i]
        at = rows.start[i]
        columns[end : end + n] = rows.columns[at : at + n]
        values[end : end + n] = rows.values[at : at + n]
        rows.start[i], rows.room[i] = end, n
        end += n
    rows.end[0] = end
    return Rows(columns, values, rows.start, rows.length, rows.room, rows.end)


@njit(cache=True)
def new_lists(indptr: Ints, indices: Ints, columns: int) -> Lists:
    head = np.full(columns, -1, np.int64)
    link, row = np.empty(indices.size, np.int64), np.empty(indices.size, np.int64)
    for i in range(indptr.size - 1):
        for k in range(indptr[i], indptr[i + 1]):
            link[k], row[k] = head[indices[k]], i
            head[indices[k]] = k
    return Lists(head, link, row, np.array([-1, 0]))


@njit(cache=True)
def with_links(lists: Lists, need: int) -> Lists:
    """The same lists with at least `need` free links."""
    if lists.free[1] >= need:
        return lists
    old, size = lists.link.size, 2 * lists.link.size + need
    link, row = np.empty(size, np.int64), np.empty(size, np.int64)
    link[:old], row[:old] = lists.link, lists.row
    for k in range(old, size):
        link[k] = k + 1
    link[size - 1] = lists.free[0]
    lists.free[0], lists.free[1] = old, lists.free[1] + size - old
    return Lists(lists.head, link, row, lists.free)


@njit(cache=True)
def add_link(lists: Lists, column: int, row: int) -> None:
    k = lists.free[0]
    lists.free[0], lists.free[1] = lists.link[k], lists.free[1] - 1
    lists.link[k], lists.row[k] = lists.head[column], row
    lists.head[column] = k


@njit(cache=True)
def entry(rows: Rows, i: int, column: int) -> int:
    """Value of row i at a column, 0 where it has none: binary search."""
    low, high = rows.start[i], rows.start[i] + rows.length[i]
    end = high
    while low < high:
        middle = (low + high) // 2
        if rows.columns[middle] < column:
            low = middle + 1
        else:
            high = middle
    return rows.values[low] if low < end and rows.columns[low] == column else 0


@njit(cache=True)
def take_column(rows: Rows, lists: Lists, column: int, members: Ints, mark: Ints) -> int:
    """Write the rows that hold a column to `members`, return their number, and free the column's links."""
    found, k = 0, lists.head[column]
    while k >= 0:
        i, following = lists.row[k], lists.link[k]
        if mark[i] != column and entry(rows, i, column) != 0:
            mark[i] = column
            members[found] = i
            found += 1
        lists.link[k] = lists.free[0]
        lists.free[0], lists.free[1] = k, lists.free[1] + 1
        k = following
    lists.head[column] = -1
    return found


@njit(cache=True)
def merge(rows: Rows, lists: Lists, count: Ints, target: int, pivot: int, factor: int, p: int, scratch: Ints) -> int:
    """Write row `target` + factor * row `pivot` to the scratch, keeping the counts of columns; return its length."""
    columns, values = rows.columns, rows.values
    a, a_end = rows.start[target], rows.start[target] + rows.length[target]
    b, b_end = rows.start[pivot], rows.start[pivot] + rows.length[pivot]
    n = 0
    while a < a_end or b < b_end:
        if b == b_end or (a < a_end and columns[a] < columns[b]):
            scratch[0, n], scratch[1, n] = columns[a], values[a]
            a, n = a + 1, n + 1
        elif a == a_end or columns[b] < columns[a]:
            scratch[0, n], scratch[1, n] = columns[b], factor * values[b] % p
            count[columns[b]] += 1
            add_link(lists, columns[b], target)
            b, n = b + 1, n + 1
        else:
            total = (values[a] + factor * values[b]) % p
            if total:
                scratch[0, n], scratch[1, n] = columns[a], total
                n += 1
            else:
                count[columns[a]] -= 1
            a, b = a + 1, b + 1
    return n


@njit(cache=True)
def store(rows: Rows, i: int, scratch: Ints, n: int) -> None:
    """Copy the scratch into row i: in place, or with room to grow at the end of the pool."""
    if n > rows.room[i]:
        rows.start[i], rows.room[i] = rows.end[0], n + n // 2
        rows.end[0] += rows.room[i]
    at = rows.start[i]
    rows.columns[at : at + n] = scratch[0, :n]
    rows.values[at : at + n] = scratch[1, :n]
    rows.length[i] = n


@njit(cache=True)
def emptiest_column(rows: Rows, i: int, count: Ints) -> int:
    best = rows.columns[rows.start[i]]
    for k in range(rows.start[i] + 1, rows.start[i] + rows.length[i]):
        if count[rows.columns[k]] < count[best]:
            best = rows.columns[k]
    return best


@njit(cache=True)
def shortest_row(rows: Rows, members: Ints) -> int:
    best = members[0]
    for i in members:
        if rows.length[i] < rows.length[best]:
            best = i
    return best


@njit(cache=True)
def retire(rows: Rows, pivot: int, count: Ints, by_length: Queue, by_count: Queue) -> None:
    """Drop the pivot's row. Only columns in its support have changed their counts, so they alone move in the queue."""
    for k in range(rows.start[pivot], rows.start[pivot] + rows.length[pivot]):
        count[rows.columns[k]] -= 1
        put(by_count, rows.columns[k], count[rows.columns[k]])
    rows.length[pivot] = 0
    put(by_length, pivot, 0)


@njit(cache=True)
def clear_column(
    rows: Rows,
    lists: Lists,
    count: Ints,
    by_length: Queue,
    members: Ints,
    column: int,
    pivot: int,
    p: int,
    scratch: Ints,
) -> tuple[Rows, Lists]:
    """Add multiples of the pivot's row to the other members of its column, so that they leave it."""
    scale = p - inverse(entry(rows, pivot, column), p)
    for i in members:
        if i == pivot:
            continue
        rows = with_space(rows, 2 * (rows.length[i] + rows.length[pivot]))
        lists = with_links(lists, rows.length[pivot])
        n = merge(rows, lists, count, i, pivot, entry(rows, i, column) * scale % p, p, scratch)
        store(rows, i, scratch, n)
        put(by_length, i, n)
    return rows, lists


@njit(cache=True)
def queue_of(keys: Ints, highest: int) -> Queue:
    queue = new_queue(keys.size, highest)
    for item in range(keys.size):
        put(queue, item, keys[item])
    return queue


@njit(cache=True)
def pivot_rows(indptr: Ints, indices: Ints, values: Ints, width: int, p: int) -> npt.NDArray[np.bool_]:
    """Mark the rows that serve as pivots: independent, as many as the rank.

    CSR as int64 with sorted rows, no two entries of one place, and values in 1 ... p - 1.
    """
    height = indptr.size - 1
    rows, lists = new_rows(indptr, indices, values), new_lists(indptr, indices, width)
    count = np.bincount(indices, minlength=width).astype(np.int64)
    by_length, by_count = queue_of(rows.length, width), queue_of(count, height)
    pivots, mark = np.zeros(height, np.bool_), np.full(height, -1, np.int64)
    members, scratch = np.empty(height, np.int64), np.empty((2, width), np.int64)
    while True:
        pivot, column = first(by_length), first(by_count)
        if pivot < 0:
            return pivots
        row_first = by_length.low[0] <= by_count.low[0]
        if row_first:
            column = emptiest_column(rows, pivot, count)
        found = take_column(rows, lists, column, members, mark)
        if not row_first:
            pivot = shortest_row(rows, members[:found])
        rows, lists = clear_column(rows, lists, count, by_length, members[:found], column, pivot, p, scratch)
        pivots[pivot] = True
        retire(rows, pivot, count, by_length, by_count)
