"""Tables in text: CSV and TSV with a header, in columns."""

import csv
import io
from dataclasses import dataclass
from pathlib import PurePath

from cochain.complexes.io.limits import Limits, as_text
from cochain.errors import DataError

DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True)
class Table:
    """The columns of a table, as texts without blanks around them."""

    name: str
    """The file, for messages."""
    header: tuple[str, ...]
    """Names of the columns, as written."""
    columns: dict[str, list[str]]
    """The values by name, one per row."""
    rows: int
    """How many rows there are."""
    text: str
    """The text, from which the line of a row is found when a message needs it."""
    delimiter: str
    """What stands between the values."""

    def line(self, row: int) -> int:
        """Give the number of the line that a row starts on, counted from 1 with the header."""
        reader = csv.reader(io.StringIO(self.text), delimiter=self.delimiter, strict=True)
        start, seen = 1, -2
        for cells in reader:
            seen += bool(cells)
            if seen == row:
                break
            start = reader.line_num + 1
        return start

    def at(self, row: int) -> str:
        """Give the place of a row for a message: file and line."""
        return f"{self.name}, line {self.line(row)}"

    def find(self, *names: str) -> str | None:
        """Give the first column whose name, without case, is one of `names`."""
        lowered = {each.lower(): each for each in reversed(self.header)}
        return next((lowered[name] for name in names if name in lowered), None)

    def without(self, *names: str | None) -> dict[str, list[str]]:
        """Give the columns but for some."""
        return {name: values for name, values in self.columns.items() if name not in names}


def parse_table(data: bytes, path: PurePath, limits: Limits) -> Table:
    """Read a table whose first line names the columns.

    Args:
        data: the file.
        path: its name, whose suffix .tsv means tabulators; otherwise the header tells what stands between the values.
        limits: bounds; a table takes some hundred bytes for each of its values.

    Raises:
        DataError: with the line, where a row has more or fewer values than the header, or quotes do not close.
    """
    text = as_text(data, path)
    header_line = text.lstrip("\n").split("\n", 1)[0]
    if not header_line.strip():
        raise DataError(f"{path} should be a table whose first line names the columns, but is empty")
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(DELIMITERS, key=header_line.count)
    limits.check(text.count(delimiter) + text.count("\n"), len(data), f"{path}: values", 100)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(cells for cells in reader if cells)
    except csv.Error as error:
        raise DataError(
            f"{path}, line {reader.line_num}: should be a table, but {error}; close or remove quotes"
        ) from error
    header = tuple(name.strip() for name in rows[0])
    _check_header(header, path)
    body = rows[1:]
    if set(map(len, body)) - {len(header)}:
        _refuse_ragged(body, header, Table(str(path), header, {}, 0, text, delimiter))
    columns = {
        name: [value.strip() for value in values] for name, values in zip(header, zip(*body, strict=True), strict=False)
    }
    return Table(str(path), header, columns or {name: [] for name in header}, len(body), text, delimiter)


def _check_header(header: tuple[str, ...], path: PurePath) -> None:
    twice = (
        next((name for k, name in enumerate(header) if name in header[:k]), None)
        if len(set(header)) < len(header)
        else None
    )
    if twice is not None:
        raise DataError(f"{path}, line 1: every column should have a name of its own, but two are called '{twice:.60}'")
    if all(_looks_like_number(name) for name in header):
        raise DataError(
            f"{path}, line 1: should name the columns, but holds numbers, {header[0]!r:.20} first; add a header such "
            "as source,target"
        )


def _looks_like_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _refuse_ragged(body: list[list[str]], header: tuple[str, ...], table: Table) -> None:
    row = next(k for k, cells in enumerate(body) if len(cells) != len(header))
    raise DataError(
        f"{table.at(row)}: should have {len(header)} values, one for each of the columns {', '.join(header)[:80]}, but "
        f"has {len(body[row])}; quote values that contain {table.delimiter!r}"
    )
