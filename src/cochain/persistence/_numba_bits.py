"""Sets of small numbers as words of 64 bits, and a queue of numbers from which the largest is taken first.

This module imports numba; import it where it is used.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba.core import types
from numba.extending import intrinsic

Words = npt.NDArray[np.uint64]
Whole = npt.NDArray[np.int64]

ONE = np.uint64(1)
HEAD = 8
"""Words at the beginning of a queue; there are never more than six levels."""


def _instruction(name: str) -> Any:
    """Make a function of one word out of an instruction that numpy and numba have no name for."""

    @intrinsic
    def call(typing_context: Any, word: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            if name == "ctpop":
                return builder.ctpop(arguments[0])
            counted = getattr(builder, name)(arguments[0], context.get_constant(types.boolean, False))
            return builder.sub(context.get_constant(types.uint64, 63), counted) if name == "ctlz" else counted

        return types.uint64(types.uint64), generate

    return call


inner: Any = numba.njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]
"""Compile a function that is called by compiled ones alone: no entry from Python is made, which saves much time."""

highest = _instruction("ctlz")
"""Place of the highest bit of a word that is not zero."""
lowest = _instruction("cttz")
"""Place of the lowest bit of a word that is not zero."""
count = _instruction("ctpop")
"""How many bits of a word are set."""


def queue_of(size: int) -> Words:
    """Make an empty queue of numbers below `size`: a tree of words in which a bit says that a word below is not zero.

    The first words say how many levels there are and where each begins, lowest first.
    """
    begins: list[int] = []
    level = max(size, 1)
    place = HEAD
    while not begins or level > 1:
        level = -(-level // 64)
        begins.append(place)
        place += level
    tree = np.zeros(place, np.uint64)
    tree[0] = len(begins)
    tree[1 : len(begins) + 1] = begins
    return tree


@inner
def put(words: Words, place: int) -> None:
    """Put a number into a set."""
    words[place >> 6] |= ONE << np.uint64(place & 63)


@inner
def drop(words: Words, place: int) -> None:
    """Take a number out of a set."""
    words[place >> 6] &= ~(ONE << np.uint64(place & 63))


@inner
def push(tree, number):  # type: ignore[no-untyped-def]
    """Put a number into the queue; one that is in it already stays there once."""
    for level in range(1, np.int64(tree[0]) + 1):
        place = np.int64(tree[level]) + (number >> 6)
        before = tree[place]
        tree[place] = before | (ONE << np.uint64(number & 63))
        if before != 0:
            return
        number >>= 6


@inner
def pop(tree):  # type: ignore[no-untyped-def]
    """Take the largest number out of the queue; -1 where it is empty."""
    top = np.int64(tree[0])
    if tree[np.int64(tree[top])] == 0:
        return -1
    number = np.int64(0)
    for level in range(top, 0, -1):
        number = (number << 6) + np.int64(highest(tree[np.int64(tree[level]) + number]))
    taken = number
    for level in range(1, top + 1):
        place = np.int64(tree[level]) + (number >> 6)
        tree[place] &= ~(ONE << np.uint64(number & 63))
        if tree[place] != 0:
            break
        number >>= 6
    return taken


@inner
def longer(array):  # type: ignore[no-untyped-def]
    """Give a matrix of twice as many rows that begins with the given ones; the new ones hold anything."""
    more = np.empty((2 * array.shape[0], array.shape[1]), array.dtype)
    for i in range(array.shape[0]):
        for j in range(array.shape[1]):
            more[i, j] = array[i, j]
    return more
