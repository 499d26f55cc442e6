"""What meshes look like in OFF, OBJ, STL and PLY."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.trimesh import wound
from cochain.errors import ComplexError

_PLY_TYPES = {"i1": "char", "u1": "uchar", "i2": "short", "u2": "ushort", "i4": "int", "u4": "uint",
              "f4": "float", "f8": "double"}  # fmt: skip
_PLY_WORDS = ("x", "y", "z", "nx", "ny", "nz", "red", "green", "blue", "alpha", "vertex_index", "vertex_indices")


class _Mesh(NamedTuple):
    """The parts of a mesh that a file may hold."""

    pos: np.ndarray
    faces: np.ndarray
    on_vertices: dict[str, np.ndarray]
    on_faces: dict[str, np.ndarray]


Holds = Callable[[str, np.ndarray], bool]
"""Whether a file can hold a tensor on vertices or on faces, by name and values."""


def _nothing(name: str, values: np.ndarray) -> bool:
    return False


def _colors(name: str, values: np.ndarray) -> bool:
    return name == "color" and values.dtype == np.uint8 and values.ndim == 2 and values.shape[1] == 4


def _properties(name: str, values: np.ndarray) -> bool:
    if name == "normal":
        return values.ndim == 2 and values.shape[1] == 3 and values.dtype.str[1:] in _PLY_TYPES
    single = values.ndim == 1 and values.dtype.str[1:] in _PLY_TYPES
    return _colors(name, values) or (single and name not in _PLY_WORDS)


def _mesh(complex_: Complex, kind: str, vertex: Holds, face: Holds) -> _Mesh:
    """Take a complex apart after refusing what the file cannot hold."""
    if complex_.domain not in ("points", "simplicial") or complex_.rank not in (0, 2) or len(complex_) != 1:
        raise ComplexError(
            f"{kind} should hold one mesh of triangles or one cloud of points, but is given a {complex_.domain} of "
            f"rank {complex_.rank} with {len(complex_)} components; select one, or write to a .cochain file"
        )
    if "pos" not in complex_[0] or complex_[0].pos.ndim != 2 or complex_[0].pos.shape[1] != 3:
        raise ComplexError(f"{kind} should hold positions in three dimensions, but c[0].pos is missing or has others")
    on_vertices, on_faces = _tensors(complex_, 0), _tensors(complex_, 2)
    pos, winding = on_vertices.pop("pos"), on_faces.pop("winding", None)
    places = ((0, on_vertices, vertex), (1, _tensors(complex_, 1), _nothing), (2, on_faces, face))
    for place, own, holds in (*places, ("whole", _tensors(complex_, "whole"), _nothing)):
        lost = next((name for name, values in own.items() if not holds(name, values)), None)
        if lost is not None:
            raise ComplexError(
                f"{kind} should hold everything that is written, but has no place for '{lost}' on {place}, of type "
                f"{own[lost].dtype} and shape {own[lost].shape}; write to a .cochain file, or take it off with "
                f"c.without_cochain({place!r}, '{lost}')"
            )
    faces = np.zeros((0, 3), dtype=np.int64)
    if complex_.rank == 2:
        loose = np.flatnonzero(np.bincount(complex_.faces(2, 1).pattern.indices, minlength=complex_.sizes[1]) == 0)
        if len(loose):
            raise ComplexError(
                f"{kind} should hold every edge in a triangle, but edge {loose[0]} is in none; remove it"
            )
        faces = wound(complex_, winding)
    return _Mesh(pos, faces, on_vertices, on_faces)


def _tensors(complex_: Complex, place: Place) -> dict[str, np.ndarray]:
    if place != "whole" and place > complex_.rank:
        return {}
    cells = complex_.whole if place == "whole" else complex_[place]
    return {name: cells[name].detach().cpu().numpy() for name in cells.keys()}  # noqa: SIM118


def _rows(table: np.ndarray) -> list[str]:
    """Give rows of numbers, each with as few digits as tell it from its neighbours."""
    return [" ".join(map(str, row)) for row in table]


def _fractions(colors: np.ndarray) -> np.ndarray:
    return (colors / 255).astype(np.float32)


def off_text(complex_: Complex) -> bytes:
    """Give an OFF file, COFF with colours."""
    mesh = _mesh(complex_, "an OFF file", _colors, _nothing)
    colors = mesh.on_vertices.get("color")
    drawn = _rows(mesh.pos)
    if colors is not None:
        dark = colors.max(initial=0) <= 1  # read as fractions, where no number is above 1
        drawn = [f"{a} {b}" for a, b in zip(drawn, _rows(_fractions(colors) if dark else colors), strict=True)]
    head = ["OFF" if colors is None else "COFF", f"{len(mesh.pos)} {len(mesh.faces)} 0"]
    return "\n".join([*head, *drawn, *(f"3 {face}" for face in _rows(mesh.faces)), ""]).encode()


def obj_text(complex_: Complex) -> bytes:
    """Give an OBJ file; colours stand behind the positions, as fractions."""
    mesh = _mesh(complex_, "an OBJ file", _colors, _nothing)
    drawn, colors = _rows(mesh.pos), mesh.on_vertices.get("color")
    if colors is not None:
        if (colors[:, 3] != 255).any():
            raise ComplexError(
                "an OBJ file should hold opaque colours, but c[0].color has others; write to .ply or .off"
            )
        drawn = [f"{a} {b}" for a, b in zip(drawn, _rows(_fractions(colors[:, :3])), strict=True)]
    return "\n".join([*(f"v {row}" for row in drawn), *(f"f {face}" for face in _rows(mesh.faces + 1)), ""]).encode()


def stl_bytes(complex_: Complex) -> bytes:
    """Give a binary STL file."""
    mesh = _mesh(complex_, "an STL file", _nothing, _nothing)
    alone = np.flatnonzero(np.bincount(mesh.faces.reshape(-1), minlength=len(mesh.pos)) == 0)
    if len(alone) or not len(mesh.faces):
        but = f"vertex {alone[0]} is in none" if len(alone) else "there is none"
        raise ComplexError(f"an STL file should hold every vertex in a triangle, but {but}; write to .ply or .off")
    corners = mesh.pos.astype(np.float64)[mesh.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    table = np.zeros(
        len(corners), np.dtype([("normal", "<f4", (3,)), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    )
    table["normal"] = np.divide(normal, length, out=np.zeros_like(normal), where=length > 0)
    table["corners"] = corners
    return b"\0" * 80 + len(table).to_bytes(4, "little") + table.tobytes()


def ply_bytes(complex_: Complex) -> bytes:
    """Give a binary PLY file."""
    mesh = _mesh(complex_, "a PLY file", _properties, _properties)
    kind = "f8" if mesh.pos.dtype == np.float64 else "f4"
    vertex = {axis: mesh.pos[:, k].astype(kind) for k, axis in enumerate("xyz")} | _flat(mesh.on_vertices)
    face = _flat(mesh.on_faces)
    header = ["ply", "format binary_little_endian 1.0", f"element vertex {len(mesh.pos)}"]
    header += [f"property {_PLY_TYPES[values.dtype.str[1:]]} {name}" for name, values in vertex.items()]
    header += [f"element face {len(mesh.faces)}", "property list uchar int vertex_indices"]
    header += [f"property {_PLY_TYPES[values.dtype.str[1:]]} {name}" for name, values in face.items()]
    corners = {"/n": np.full(len(mesh.faces), 3, np.uint8)} | {f"/{k}": mesh.faces[:, k].astype("i4") for k in range(3)}
    header += ["end_header", ""]
    return "\n".join(header).encode() + _records(vertex, len(mesh.pos)) + _records(corners | face, len(mesh.faces))


def _flat(named: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    out: dict[str, np.ndarray] = {}
    for name, values in named.items():
        if name == "color":
            out |= dict(zip(("red", "green", "blue", "alpha"), values.T, strict=True))
        elif name == "normal":
            out |= dict(zip(("nx", "ny", "nz"), values.T, strict=True))
        else:
            out[name] = values
    return out


def _records(columns: dict[str, np.ndarray], rows: int) -> bytes:
    table = np.zeros(rows, np.dtype([(name, f"<{values.dtype.str[1:]}") for name, values in columns.items()]))
    for name, values in columns.items():
        table[name] = values
    return table.tobytes()
