"""Meshes in text: OFF, OBJ and the text form of STL, read line by line so that a message can name the line."""

import re
from dataclasses import dataclass, field

import numpy as np

from cochain.complexes.arrays import Ragged
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.lines import Lines, parse_lines, whole
from cochain.errors import DataError

REMEDY = "the file is damaged or of another format"


@dataclass(frozen=True)
class RawMesh:
    """A mesh as a file has it: polygons of any size, not yet checked against one another."""

    vertices: np.ndarray
    """Positions, (vertices, 3)."""
    polygons: Ragged
    """The corners of every face, counted from 0."""
    where: np.ndarray
    """The line (or byte) of every polygon, for messages."""
    unit: str = "line"
    """What `where` counts."""
    on_vertices: dict[str, np.ndarray] = field(default_factory=dict)
    """Further numbers of every vertex."""
    on_polygons: dict[str, np.ndarray] = field(default_factory=dict)
    """Further numbers of every polygon."""
    losses: tuple[str, ...] = ()
    """What the reader left out."""


def parse_off(data: bytes, name: str, limits: Limits) -> RawMesh:
    """Read OFF: a line OFF (or COFF), the numbers of vertices and faces, the vertices, the faces with their sizes.

    Colours, to 255, or fractions where none is above 1, are `color` on vertices (COFF) and are left out on faces.

    Raises:
        DataError: with file and line, where a line does not fit.
    """
    body = re.sub(rb"#[^\n]*", b"", data)
    head = re.match(rb"\s*(ST)?(C?)(N?)OFF(?=\s|$)", body)
    if head is None or head.group(1) or head.group(3):
        raise DataError(f"{name}, line 1: should begin with OFF or COFF, but begins with {data[:20]!r}; {REMEDY}")
    above = b"\n" * body[: head.end()].count(b"\n")  # keeps the numbers of the lines
    lines = parse_lines(above + body[head.end() :], name, remedy=REMEDY)
    rows = np.flatnonzero(lines.lengths)
    if not len(rows) or lines.lengths[rows[0]] not in (2, 3):
        raise lines.broken(
            rows[0] if len(rows) else 0, "should have the numbers of vertices, faces and edges", "has not"
        )
    claimed = lines.values[lines.offsets[rows[0]] :][:2]
    for count, what in zip(claimed.tolist(), ("vertices", "faces"), strict=True):
        if count != int(count):
            raise lines.broken(rows[0], f"the number of {what} should be a whole number", f"is {count}")
        limits.check(int(count), len(data), f"{name}, line {rows[0] + 1}: {what}", 24)
    vertices, faces = (int(count) for count in claimed)
    if len(rows) - 1 != vertices + faces:
        should = f"{vertices} lines of vertices and {faces} lines of faces should follow"
        raise lines.broken(rows[0], should, f"{len(rows) - 1} lines follow")
    positions, colors = _vertices(lines, rows[1 : vertices + 1], bool(head.group(2)))
    polygons, extra = _sized(lines, rows[vertices + 1 :])
    losses = ("the colours of faces were left out",) if extra else ()
    return RawMesh(positions, polygons, rows[vertices + 1 :] + lines.first, on_vertices=colors, losses=losses)


def _vertices(lines: Lines, rows: np.ndarray, colored: bool) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    lengths = lines.lengths[rows]
    allowed = (6, 7) if colored else (3,)
    wrong = np.flatnonzero(~np.isin(lengths, allowed) | (lengths != lengths[:1]))
    if len(wrong):
        should = "a vertex should have 3 coordinates" + (" and 3 or 4 parts of a colour" if colored else "")
        raise lines.broken(rows[wrong[0]], should, f"has {lengths[wrong[0]]} numbers")
    width = int(lengths[0]) if len(rows) else 3
    table = lines.values[lines.offsets[rows][:, None] + np.arange(width)].astype(np.float64)
    return table[:, :3], {"color": rgba(table[:, 3:])} if colored and len(rows) else {}


def _sized(lines: Lines, rows: np.ndarray) -> tuple[Ragged, bool]:
    """Read polygons whose line begins with the number of their corners; tell whether more follows."""
    start, lengths = lines.offsets[rows], lines.lengths[rows]
    first = lines.values[start]
    sizes = whole(first)
    wrong = np.flatnonzero((sizes != first) | (sizes < 1) | (sizes > lengths - 1))
    if len(wrong):
        should = "a face should have its number of corners and as many vertices"
        raise lines.broken(
            rows[wrong[0]], should, f"begins with {first[wrong[0]]} and has {lengths[wrong[0]] - 1} more"
        )
    return Ragged(_offsets(sizes), _corners(lines, rows, start + 1, sizes)), bool((sizes < lengths - 1).any())


def _corners(lines: Lines, rows: np.ndarray, start: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    offsets = _offsets(sizes)
    places = np.repeat(start - offsets[:-1], sizes) + np.arange(offsets[-1])
    found = lines.values[places]
    numbers: np.ndarray = whole(found)
    wrong = np.flatnonzero(numbers != found)
    if len(wrong):
        row = rows[np.searchsorted(offsets, wrong[0], side="right") - 1]
        raise lines.broken(row, "corners should be numbers of vertices", f"one is {found[wrong[0]]}")
    return numbers


def _offsets(sizes: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def rgba(table: np.ndarray, fractions: bool | None = None) -> np.ndarray:
    """Give colours as uint8 with alpha, 255 where it is missing.

    Args:
        table: red, green, blue and perhaps alpha.
        fractions: whether 1 is full; None means yes where no number is larger.
    """
    if fractions is None:
        fractions = bool(table.size and table.max() <= 1)
    full = np.full((len(table), 4), 255.0)
    full[:, : table.shape[1]] = table * 255 if fractions else table
    colors: np.ndarray = np.clip(np.rint(full), 0, 255).astype(np.uint8)
    return colors


_OBJ_LEFT = {b"vt": "texture coordinates", b"vn": "normals", b"l": "lines", b"p": "points", b"usemtl": "materials"}
_OBJ_LEFT |= {b"curv": "curves", b"surf": "surfaces", b"mtllib": "materials"}


def parse_obj(data: bytes, name: str, limits: Limits) -> RawMesh:
    """Read OBJ: its vertices (with colours, where they have them) and faces. No other file is opened.

    Raises:
        DataError: with file and line, where a line does not fit.
    """
    limits.check(data.count(b"\n"), len(data), f"{name}: lines", 100)
    text = data.replace(b"\r\n", b"\n").replace(b"\\\n", b" ")
    lines = [line.split(b"#", 1)[0].strip() for line in text.split(b"\n")]
    keys = [line.split(None, 1)[0] if line else b"" for line in lines]
    drawn = [line[1:] if key == b"v" else b"" for line, key in zip(lines, keys, strict=True)]
    vertices = parse_lines(b"\n".join([*drawn, b""]), name, remedy=REMEDY)
    faces = [re.sub(rb"/\S*", b"", line[1:]) if key == b"f" else b"" for line, key in zip(lines, keys, strict=True)]
    corners = parse_lines(b"\n".join([*faces, b""]), name, remedy=REMEDY)
    at = np.flatnonzero([key == b"v" for key in keys])
    rows = np.flatnonzero([key == b"f" for key in keys])
    if not len(at) and not len(rows):
        raise DataError(f"{name} should hold lines of vertices, v x y z, but has none; {REMEDY}")
    positions, colors = _obj_vertices(vertices, at)
    found = _corners(corners, rows, corners.offsets[rows], corners.lengths[rows])
    owner = np.repeat(rows, corners.lengths[rows])
    before = np.searchsorted(at, owner)  # a negative number counts back from the vertices before it
    zero = np.flatnonzero(found == 0)
    if len(zero):
        raise corners.broken(owner[zero[0]], "corners should be counted from 1, or back from -1", "one is 0")
    polygons = Ragged(_offsets(corners.lengths[rows]), np.where(found > 0, found - 1, before + found))
    left = dict.fromkeys(word for key, word in _OBJ_LEFT.items() if key in set(keys))
    return RawMesh(positions, polygons, rows + 1, on_vertices=colors, losses=tuple(f"{w} were left out" for w in left))


def _obj_vertices(lines: Lines, rows: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    lengths = lines.lengths[rows]
    wrong = np.flatnonzero(~np.isin(lengths, (3, 4, 6, 7)) | (lengths != lengths[:1]))
    if len(wrong):
        should = "a vertex should have 3 coordinates (and a weight, or a colour), as the first"
        raise lines.broken(rows[wrong[0]], should, f"has {lengths[wrong[0]]} numbers")
    width = int(lengths[0]) if len(rows) else 3
    table = lines.values[lines.offsets[rows][:, None] + np.arange(width)].astype(np.float64)
    return table[:, :3], {"color": rgba(table[:, 3:])} if width >= 6 else {}


def parse_stl_text(data: bytes, name: str, limits: Limits) -> RawMesh:
    """Read the text form of STL: three lines `vertex x y z` for each facet; normals follow from them.

    Raises:
        DataError: with file and line, where a line does not fit.
    """
    limits.check(data.count(b"\n"), len(data), f"{name}: lines", 100)
    lines = [line.strip() for line in data.lower().split(b"\n")]
    known = (b"", b"solid", b"facet", b"outer", b"vertex", b"endloop", b"endfacet", b"endsolid")
    keys = [line.split(None, 1)[0] if line else b"" for line in lines]
    strange = next((k for k, key in enumerate(keys) if key not in known), None)
    if strange is not None:
        raise DataError(
            f"{name}, line {strange + 1}: should be a line of STL, but is {lines[strange][:40]!r}; {REMEDY}"
        )
    if b"endsolid" not in keys:
        raise DataError(f"{name}, line {len(lines)}: should end with endsolid, but does not; the file is truncated")
    drawn = [line[6:] if key == b"vertex" else b"" for line, key in zip(lines, keys, strict=True)]
    table = parse_lines(b"\n".join([*drawn, b""]), name, remedy=REMEDY).table(3)
    if len(table) % 3 or len(table) // 3 != keys.count(b"facet"):
        but = f"has {keys.count(b'facet')} facets and {len(table)} vertices"
        raise DataError(f"{name} should have three vertices in each facet, but {but}; {REMEDY}")
    at = np.flatnonzero([key == b"facet" for key in keys]) + 1
    return merged(table.astype(np.float64), at, "line")


def merged(corners: np.ndarray, where: np.ndarray, unit: str) -> RawMesh:
    """Join the corners of loose triangles that are equal to the last digit; vertices are sorted by position."""
    vertices, number = np.unique(corners + 0.0, axis=0, return_inverse=True)  # -0.0 is 0.0
    number = number.reshape(-1).astype(np.int64)
    return RawMesh(vertices.reshape(-1, 3), Ragged(np.arange(0, len(number) + 1, 3), number), where, unit)
