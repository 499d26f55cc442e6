"""Numbers in lines of different lengths, read without a Python object per number."""

from typing import NamedTuple

import numpy as np

from cochain.errors import DataError

LARGEST = 1e30  # beyond it a feature would not fit into float32
DAMAGED = "the file is damaged, remove it and load again"


class Lines(NamedTuple):
    """The numbers of a text: line i holds `values[offsets[i]:offsets[i + 1]]`."""

    name: str
    values: np.ndarray
    offsets: np.ndarray
    first: int
    """Number that people give to line 0: 1 plus the header lines that were skipped."""
    remedy: str
    """What to do about a line that is not what it should be."""

    @property
    def lengths(self) -> np.ndarray:
        """How many numbers each line holds."""
        return np.diff(self.offsets)

    def broken(self, line: int | np.integer, should: str, but: str) -> DataError:
        """Build the error for a line that is not what it should be."""
        return broken(self.name, self.first + int(line), should, but, self.remedy)

    def table(self, columns: int) -> np.ndarray:
        """Give the lines as an array (lines, columns); blank lines are left out.

        Raises:
            DataError: when a line holds another number of entries.
        """
        lengths = self.lengths
        wrong = np.flatnonzero((lengths != columns) & (lengths != 0))
        if len(wrong):
            raise self.broken(wrong[0], f"should have {columns} entries", f"has {lengths[wrong[0]]}")
        return self.values.reshape(-1, columns)


def whole(values: np.ndarray) -> np.ndarray:
    """Cast to int64; compare with `values` to find those that are no whole numbers of that size."""
    with np.errstate(invalid="ignore"):
        return values.astype(np.int64)


def broken(name: str, line: int, should: str, but: str, remedy: str = DAMAGED) -> DataError:
    """Build the error for line `line`, counted from 1, of the file `name`."""
    return DataError(f"{name}, line {line}: {should}, but {but}; {remedy}")


def parse_lines(data: bytes, name: str, skip: int = 0, separators: bytes = b"", remedy: str = DAMAGED) -> Lines:
    """Read whitespace-separated numbers: int64 when all are whole numbers, else float64.

    Args:
        data: the text.
        name: how messages call the file.
        skip: header lines to leave out.
        separators: further bytes that separate numbers.
        remedy: what messages say to do.

    Raises:
        DataError: for an entry that is no number below 1e30, with its line.
    """
    body = data.split(b"\n", skip)[-1] if skip else data
    if separators:
        body = body.translate(bytes.maketrans(separators, b" " * len(separators)))
    starts, offsets = _token_starts(body)
    for kind in (np.int64, np.float64):
        try:
            values = np.fromstring(body, dtype=kind, sep=" ") if len(starts) else np.zeros(0, kind)
        except ValueError:
            continue
        if len(values) == len(starts) and (np.abs(values) < LARGEST).all():
            return Lines(name, values, offsets, skip + 1, remedy)
    raise _bad_token(body, name, skip, remedy)


def _token_starts(body: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Give where the tokens of a text start, and how many tokens precede each line."""
    text = np.frombuffer(body, np.uint8)
    space = (text == 32) | ((text >= 9) & (text <= 13))
    starts = np.flatnonzero(~space & np.concatenate([[True], space[:-1]]))
    ends = np.flatnonzero(text == 10)
    if not body.endswith(b"\n"):
        ends = np.append(ends, len(text))
    return starts, np.concatenate([[0], np.searchsorted(starts, ends)])


def _bad_token(body: bytes, name: str, skip: int, remedy: str) -> DataError:
    """Find the first entry that is no finite number; only called when there is one."""
    for number, line in enumerate(body.split(b"\n"), start=skip + 1):
        for token in line.split():
            try:
                values = np.fromstring(token, dtype=np.float64, sep=" ")
                good = len(values) == 1 and bool(np.abs(values[0]) < LARGEST)
            except ValueError:
                good = False
            if not good:
                return broken(name, number, "every entry should be a number", f"one is {token[:40]!r}", remedy)
    return DataError(f"{name}: every entry should be a number, but some are not; {remedy}")
