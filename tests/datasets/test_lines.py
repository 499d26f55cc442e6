"""Numbers in ragged lines, with the line of every mistake."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cochain.complexes.io.lines import parse_lines
from cochain.errors import DataError


def test_by_hand() -> None:
    found = parse_lines(b"3\n1 2 3\n\n -4\t5 ", "t")
    assert found.values.dtype == np.int64
    np.testing.assert_array_equal(found.values, [3, 1, 2, 3, -4, 5])
    np.testing.assert_array_equal(found.offsets, [0, 1, 4, 4, 6])
    np.testing.assert_array_equal(found.lengths, [1, 3, 0, 2])


def test_floats_headers_and_separators() -> None:
    found = parse_lines(b"node features\n7\t1,0.5\n", "t", skip=1, separators=b",")
    np.testing.assert_array_equal(found.values, [7, 1, 0.5])
    assert found.first == 2
    assert str(found.broken(0, "a", "b")).startswith("t, line 2: a, but b;")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"1 2\n3 x4\n", r"t, line 2: every entry should be a number, but one is b'x4'; the file is damaged"),
        (b"1\n\n2 nan\n", r"t, line 3: .* one is b'nan'"),
        (b"1 1e40\n", r"t, line 1: .* one is b'1e40'"),
        (b"1-2\n", r"t, line 1: .* one is b'1-2'"),
        (b"1 2\x003\n", r"t, line 1: .* one is b'2\\x003'"),
    ],
)
def test_entries_that_are_no_numbers(text: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_lines(text, "t")


def test_table_names_the_line_of_another_length() -> None:
    with pytest.raises(DataError, match=r"t, line 3: should have 2 entries, but has 1"):
        parse_lines(b"1 2\n\n3\n", "t").table(2)


@given(st.lists(st.lists(st.integers(-(10**9), 10**9), max_size=4), max_size=6))
def test_what_was_written_is_read(rows: list[list[int]]) -> None:
    found = parse_lines("".join(" ".join(map(str, row)) + "\n" for row in rows).encode(), "t")
    ranges = zip(found.offsets[:-1], found.offsets[1:], strict=True)
    assert [found.values[first:last].tolist() for first, last in ranges] == (rows or [[]])
