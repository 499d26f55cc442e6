"""PLY: elements with properties, in text or binary, read by their header."""

from dataclasses import dataclass

import numpy as np

from cochain.complexes.arrays import Ragged
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.lines import Lines, parse_lines, whole
from cochain.complexes.io.mesh_text import REMEDY, RawMesh, rgba
from cochain.errors import DataError

TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8", "int64": "i8", "uint64": "u8",
}  # fmt: skip
FORMATS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
CORNERS = ("vertex_indices", "vertex_index")
COLORS = ("red", "green", "blue", "alpha")
_MOST_PROPERTIES = 256
_LONGEST_RECORD = 1 << 16  # numpy takes records of less than 2 GiB


@dataclass(frozen=True)
class Property:
    """One number of an element, or a list of numbers."""

    name: str
    kind: str
    """Type of the number, as numpy writes it."""
    count: str | None = None
    """Type of the length of a list; None for a single number."""


@dataclass(frozen=True)
class Element:
    """What the header says of vertices, of faces, or of others."""

    name: str
    rows: int
    properties: tuple[Property, ...]


Columns = dict[str, np.ndarray | Ragged]
"""The properties of one element: an array, or lists."""


def parse_ply(data: bytes, name: str, limits: Limits) -> RawMesh:
    """Read PLY: vertices, faces and properties that are numbers; colours join to `color`, normals to `normal`.

    Raises:
        DataError: with line or byte, where the header or the body does not fit.
    """
    order, elements, start = _header(data, name, limits)
    if order:
        body = _Binary(data, start, order, name)
        read = {each.name: body.columns(each) for each in elements}
        where, unit = None, "face"
        if body.at != len(data):
            raise DataError(
                f"{name}, byte {body.at}: the file should end here, but has {len(data) - body.at} more bytes"
            )
    else:
        read, where = _text(data[start:], elements, name, data[:start].count(b"\n"))
        unit = "line"
    return _mesh(read, elements, where, unit, name)


def _header(data: bytes, name: str, limits: Limits) -> tuple[str, list[Element], int]:
    end = data.find(b"end_header")
    if not data.startswith(b"ply") or end < 0 or end > 1 << 20:
        raise DataError(f"{name}, line 1: should begin with ply and a header, but begins with {data[:12]!r}; {REMEDY}")
    start = data.find(b"\n", end) + 1 or len(data)
    order, elements = None, []
    for number, line in enumerate(data[:end].decode("latin-1").splitlines()[1:], start=2):
        words = line.split()
        where = f"{name}, line {number}"
        if not words or words[0] in ("comment", "obj_info"):
            continue
        if words[0] == "format" and len(words) == 3 and words[1] in FORMATS:
            order = FORMATS[words[1]]
        elif words[0] == "element" and len(words) == 3 and words[2].isdecimal() and len(words[2]) < 4000:
            limits.check(int(words[2]), len(data), f"{where}: elements {words[1]!r:.20}", 8)
            elements.append(Element(words[1], int(words[2]), ()))
        elif words[0] == "property" and elements and len(elements[-1].properties) < _MOST_PROPERTIES:
            last = elements[-1]
            elements[-1] = Element(last.name, last.rows, (*last.properties, _property(words, where)))
        else:
            raise DataError(f"{where}: should be a line of a PLY header, but is {line[:60]!r}; {REMEDY}")
    if order is None:
        raise DataError(f"{name}, line 2: should name the format, one of {', '.join(FORMATS)}, but does not; {REMEDY}")
    _refuse_names(elements, name)
    return order, elements, start


def _refuse_names(elements: list[Element], name: str) -> None:
    names = [each.name for each in elements]
    for kind, found in (("element", names), *((e.name, [p.name for p in e.properties]) for e in elements)):
        if len(set(found)) < len(found):
            raise DataError(
                f"{name}: every {kind} in the header should have a name of its own, but two have one; {REMEDY}"
            )


def _property(words: list[str], where: str) -> Property:
    if len(words) == 3 and words[1] in TYPES:
        return Property(words[2], TYPES[words[1]])
    if len(words) == 5 and words[1] == "list" and TYPES.get(words[2], "f")[0] in "iu" and words[3] in TYPES:
        return Property(words[4], TYPES[words[3]], TYPES[words[2]])
    shown = " ".join(words)[:60]
    raise DataError(f"{where}: should be a property of a known type, but is {shown!r}; types are {', '.join(TYPES)}")


class _Binary:
    """The body of a binary file, read from front to back."""

    def __init__(self, data: bytes, at: int, order: str, name: str) -> None:
        self.data, self.at, self.order, self.name = data, at, order, name

    def columns(self, element: Element) -> Columns:
        """Read an element: at once where all lists have the length of the first, otherwise row by row."""
        if not element.rows or not element.properties:
            return {each.name: np.zeros(0) if each.count is None else _lists([]) for each in element.properties}
        lengths = self._lengths(element)
        if max(lengths) <= _LONGEST_RECORD:
            kind = np.dtype([f for k, each in enumerate(element.properties) for f in self._fields(k, each, lengths[k])])
            if self.at + element.rows * kind.itemsize <= len(self.data):
                block = np.frombuffer(self.data, kind, element.rows, self.at)
                listed = [k for k, each in enumerate(element.properties) if each.count is not None]
                if all((block[f"n{k}"] == lengths[k]).all() for k in listed):
                    self.at += element.rows * kind.itemsize
                    return {p.name: _column(block, k, p, lengths[k]) for k, p in enumerate(element.properties)}
        return self._row_by_row(element)

    def _fields(self, k: int, each: Property, length: int) -> list[tuple[str, str, tuple[int, ...]]]:
        """Give the fields of one property in a record; numbers name them, since headers may hold any names."""
        if each.count is None:
            return [(f"v{k}", self.order + each.kind, ())]
        return [(f"n{k}", self.order + each.count, ()), (f"v{k}", self.order + each.kind, (length,))]

    def _lengths(self, element: Element) -> list[int]:
        """Give the length of each list in the first row, and 1 for single numbers."""
        at, found = self.at, []
        for each in element.properties:
            n = 1
            if each.count is not None:
                n = self._number(at, each.count)
                at += np.dtype(each.count).itemsize
            at += n * np.dtype(each.kind).itemsize
            self._refuse_end(at, element)
            found.append(n)
        return found

    def _number(self, at: int, kind: str) -> int:
        size = np.dtype(kind).itemsize
        if at + size > len(self.data):
            raise DataError(f"{self.name}, byte {at}: a list should follow, but the file ends; it is truncated")
        found = int(np.frombuffer(self.data, self.order + kind, 1, at)[0])
        if found < 0 or found > len(self.data):
            raise DataError(f"{self.name}, byte {at}: a list should fit the file, but claims {found} entries; {REMEDY}")
        return found

    def _refuse_end(self, at: int, element: Element) -> None:
        if at > len(self.data):
            raise DataError(
                f"{self.name}, byte {len(self.data)}: {element.rows} rows of '{element.name:.20}' should be there, but "
                "the file ends; it is truncated"
            )

    def _row_by_row(self, element: Element) -> Columns:
        """Read rows of different lengths: where one ends is known only when it has been read, hence the loop."""
        values: dict[str, list[np.ndarray]] = {each.name: [] for each in element.properties}
        for _ in range(element.rows):
            for each in element.properties:
                n = 1
                if each.count is not None:
                    n = self._number(self.at, each.count)
                    self.at += np.dtype(each.count).itemsize
                size = np.dtype(each.kind).itemsize
                self._refuse_end(self.at + n * size, element)
                values[each.name].append(np.frombuffer(self.data, self.order + each.kind, n, self.at))
                self.at += n * size
        return {
            each.name: np.concatenate(values[each.name]) if each.count is None else _lists(values[each.name])
            for each in element.properties
        }


def _lists(rows: list[np.ndarray]) -> Ragged:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Ragged(offsets, np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64))


def _column(block: np.ndarray, k: int, each: Property, length: int) -> np.ndarray | Ragged:
    values: np.ndarray = block[f"v{k}"]
    return values if each.count is None else Ragged(np.arange(len(block) + 1) * length, values.reshape(-1))


def _text(body: bytes, elements: list[Element], name: str, skip: int) -> tuple[dict[str, Columns], np.ndarray]:
    """Read the elements, and the lines that the faces stand on."""
    lines = parse_lines(b"\n" * skip + body, name, remedy=REMEDY)
    rows = np.flatnonzero(lines.lengths)
    wanted = sum(each.rows for each in elements if each.properties)
    if len(rows) != wanted:
        raise lines.broken(skip, f"{wanted} lines should follow the header", f"{len(rows)} follow")
    read, where, first = {}, rows[:0], 0
    for each in elements:
        own = rows[first : first + each.rows] if each.properties else rows[:0]
        first += len(own)
        read[each.name] = _text_columns(lines, own, each)
        where = own + 1 if each.name == "face" else where
    return read, where


def _text_columns(lines: Lines, rows: np.ndarray, element: Element) -> Columns:
    """Walk through the properties with a place in every row at once."""
    at, end, out = lines.offsets[rows].copy(), lines.offsets[rows + 1] if len(rows) else rows, {}

    def refuse(wrong: np.ndarray) -> None:
        if wrong.any():
            row = rows[np.argmax(wrong)]
            should = f"should have the properties {', '.join(p.name for p in element.properties)[:80]}"
            raise lines.broken(row, should, f"has {lines.lengths[row]} numbers")

    for each in element.properties:
        refuse(at >= end)
        first = lines.values[at]
        at = at + 1
        if each.count is None:
            out[each.name] = first
            continue
        sizes = whole(first)
        refuse((sizes != first) | (sizes < 0) | (sizes > end - at))
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        places = np.repeat(at - offsets[:-1], sizes) + np.arange(offsets[-1])
        out[each.name] = Ragged(offsets, lines.values[places])
        at = at + sizes
    refuse(at != end)
    return out


def _mesh(read: dict[str, Columns], elements: list[Element], where: np.ndarray | None, unit: str, name: str) -> RawMesh:
    vertex, face = dict(read.get("vertex", {})), dict(read.get("face", {}))
    axes = [vertex.pop(axis, None) for axis in "xyz"]
    if any(not isinstance(axis, np.ndarray) for axis in axes):
        raise DataError(f"{name} should have vertices with x, y and z, but its header has none; {REMEDY}")
    corners = next((face.pop(key) for key in CORNERS if isinstance(face.get(key), Ragged)), _lists([]))
    assert isinstance(corners, Ragged)
    if len(corners) != next((each.rows for each in elements if each.name == "face"), 0):
        raise DataError(f"{name} should have faces with a list {CORNERS[0]}, but its header has none; {REMEDY}")
    values = whole(corners.values)
    wrong = np.flatnonzero(values != corners.values)
    if len(wrong):
        raise DataError(
            f"{name}: corners should be numbers of vertices, but one is {corners.values[wrong[0]]}; {REMEDY}"
        )
    others = [each.name for each in elements if each.name not in ("vertex", "face") and each.rows]
    lists = [key for part in (vertex, face) for key, value in part.items() if isinstance(value, Ragged)]
    losses = tuple(
        f"{what} '{each:.40}' were left out" for what, es in (("elements", others), ("lists", lists)) for each in es
    )
    positions = np.stack([np.asarray(axis, dtype=np.float64) for axis in axes], axis=1)
    polygons = Ragged(corners.offsets, values)
    where = np.arange(len(polygons)) if where is None else where
    return RawMesh(positions, polygons, where, unit, _joined(vertex), _joined(face), losses)


def _joined(columns: Columns) -> dict[str, np.ndarray]:
    """Join the parts of colours and normals into one tensor each."""
    plain = {key: np.ascontiguousarray(value) for key, value in columns.items() if isinstance(value, np.ndarray)}
    parts = [plain.pop(key) for key in COLORS if key in plain] if all(key in plain for key in COLORS[:3]) else []
    if parts:
        fractions = None if all(part.dtype.kind == "f" for part in parts) else False
        plain["color"] = rgba(np.stack(parts, axis=1).astype(np.float64), fractions)
    if all(key in plain for key in ("nx", "ny", "nz")):
        plain["normal"] = np.stack([plain.pop(key) for key in ("nx", "ny", "nz")], axis=1)
    return plain
