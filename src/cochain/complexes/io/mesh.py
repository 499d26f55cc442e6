"""Triangle meshes in OFF, PLY, OBJ and STL: read without opening any other file, written without losing anything."""

from pathlib import Path

import numpy as np

from cochain.complexes.arrays import Ragged
from cochain.complexes.build_simplicial import unique_rows
from cochain.complexes.complex import Complex
from cochain.complexes.files import replacing
from cochain.complexes.io.draft import Draft
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.mesh_text import REMEDY, RawMesh, merged, parse_obj, parse_off, parse_stl_text
from cochain.complexes.io.mesh_write import obj_text, off_text, ply_bytes, stl_bytes
from cochain.complexes.io.ply import parse_ply
from cochain.complexes.trimesh import triangle_mesh
from cochain.errors import DataError

_FACET = np.dtype([("normal", "<f4", (3,)), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def read(path: Path, limits: Limits) -> Draft:
    """Read a mesh: a simplicial complex with positions in `c[0].pos`, or a cloud of points where there is no face.

    Polygons of more than three corners are cut into triangles that share their first corner. Faces that name a vertex
    twice and faces that are there twice are left out, and it is said. Corners of STL that are equal to the last digit
    are one vertex. `c[2].winding` is 1 where a face goes round as its triangle is oriented, -1 where it goes against.
    Colours are `color`, normals `normal`, other numbers of PLY tensors of their names.

    Raises:
        DataError: with file and line, where the file is not what its suffix says, or a corner names no vertex.
    """
    data, name = limits.read_bytes(path), str(path)
    suffix = path.suffix.lower()
    parse = {".off": parse_off, ".ply": parse_ply, ".obj": parse_obj, ".stl": _parse_stl}.get(suffix)
    if parse is None:
        raise DataError(f"{path} should end in .off, .ply, .obj or .stl, but ends in {suffix or 'nothing'}; rename it")
    return assemble(parse(data, name, limits), name)


def _parse_stl(data: bytes, name: str, limits: Limits) -> RawMesh:
    """Read STL: binary where the length is the one that its 80th byte implies, otherwise text."""
    count = int.from_bytes(data[80:84], "little") if len(data) >= 84 else -1
    if count >= 0 and len(data) == 84 + count * _FACET.itemsize:
        corners = np.frombuffer(data, _FACET, count, 84)["corners"].astype(np.float64).reshape(-1, 3)
        return merged(corners, np.arange(count), "facet")
    if data.lstrip()[:5].lower() == b"solid":
        return parse_stl_text(data, name, limits)
    raise DataError(
        f"{name}, byte 80: should have {count if count >= 0 else 'its number of'} facets of {_FACET.itemsize} bytes "
        f"after 84 bytes, or be text that begins with solid, but has {len(data)} bytes; it is truncated or damaged"
    )


def assemble(raw: RawMesh, name: str) -> Draft:
    """Make a complex of what a file holds.

    Raises:
        DataError: when a corner names no vertex.
    """
    wrong = np.flatnonzero((raw.polygons.values < 0) | (raw.polygons.values >= len(raw.vertices)))
    if len(wrong):
        where = raw.where[np.searchsorted(raw.polygons.offsets, wrong[0], side="right") - 1]
        raise DataError(
            f"{name}, {raw.unit} {where}: corners should name one of {len(raw.vertices)} vertices, but one names "
            f"vertex {raw.polygons.values[wrong[0]]} (counted from 0); {REMEDY}"
        )
    triangles, owner, losses = _triangles(raw.polygons)
    losses = [*raw.losses, *losses]
    on_faces = {key: values[owner] for key, values in raw.on_polygons.items()}
    found = triangle_mesh(raw.vertices, triangles, raw.on_vertices, on_faces)
    kept = {*found[0].keys(), *(found[2].keys() if found.rank == 2 else [])}
    lost = [key for key in (*raw.on_vertices, *raw.on_polygons) if key not in kept]
    losses += [f"'{key:.40}' was left out: it is no name of a tensor" for key in lost]
    return Draft(found, notes=_notes(found), losses=tuple(losses))


def _triangles(polygons: Ragged) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Cut polygons into fans, and leave out degenerate and repeated triangles."""
    lengths = polygons.lengths
    fans = np.maximum(lengths - 2, 0)
    owner = np.repeat(np.arange(len(polygons)), fans)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(fans) - fans, fans)
    first = polygons.offsets[:-1][owner]
    triangles = np.stack([polygons.values[first + shift] for shift in (0, step + 1, step + 2)], axis=1)
    rows = np.sort(triangles, axis=1)
    whole = (rows[:, 1:] != rows[:, :-1]).all(axis=1)
    keep = np.flatnonzero(whole)
    _, code = unique_rows(rows[keep], int(rows.max(initial=0)) + 1)
    keep = np.sort(keep[np.unique(code, return_index=True)[1]])
    losses = []
    for count, what in (
        (int((lengths > 3).sum()), "faces of more than 3 corners were cut into triangles"),
        (int((lengths < 3).sum()), "faces of fewer than 3 corners were left out"),
        (int((~whole).sum()), "triangles that name a vertex twice were left out"),
        (int(whole.sum()) - len(keep), "triangles that were there before were left out"),
    ):
        losses += [f"{count} {what}"] if count else []
    return triangles[keep], owner[keep], losses


def _notes(found: Complex) -> tuple[str, ...]:
    if found.rank < 2:
        return ("there are no faces: the vertices are a cloud of points",)
    shared = np.bincount(found.faces(2, 1).pattern.indices.numpy(), minlength=found.sizes[1])
    used = np.zeros(found.sizes[0], dtype=bool)
    used[found.faces(1, 0).pattern.indices.numpy()] = True
    counts = (
        (int((shared > 2).sum()), "edges lie in more than two triangles"),
        (int((shared == 1).sum()), "edges lie on the border"),
        (int((~used).sum()), "vertices lie in no triangle"),
    )
    return tuple(f"{count} {what}" for count, what in counts if count)


def write(complex_: Complex, path: Path) -> None:
    """Write one mesh, or a cloud of points, as the suffix says; faces are wound as `c[2].winding` says.

    OFF and OBJ hold positions and colours of vertices, STL positions alone, PLY also normals, colours of faces and
    every tensor with one number for each vertex or face.

    Raises:
        ComplexError: for a tensor, an edge or a vertex that the format cannot hold.
    """
    suffix = path.suffix.lower()
    make = {".off": off_text, ".ply": ply_bytes, ".obj": obj_text, ".stl": stl_bytes}.get(suffix)
    if make is None:
        raise DataError(f"{path} should end in .off, .ply, .obj or .stl, but ends in {suffix or 'nothing'}; rename it")
    data = make(complex_)
    with replacing(path) as temporary:
        temporary.write_bytes(data)
