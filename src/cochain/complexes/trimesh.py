"""Triangle meshes from and to trimesh."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.attributes import signs_by_nodes, single
from cochain.complexes.cells import is_tensor_name
from cochain.complexes.complex import Complex
from cochain.complexes.optional import library
from cochain.errors import ComplexError

_WIDE = (np.dtype("u2"), np.dtype("u4"), np.dtype("u8"))  # torch computes with none of these


def from_trimesh(mesh: Any) -> Complex:
    """Read a mesh of trimesh: a simplicial complex with positions in `c[0].pos` (float32).

    The order in which a face lists its corners is `c[2].winding`, an odd cochain: 1 where it agrees with the
    orientation of the triangle, -1 where it does not. Colours, where the mesh has them, are `color` (red, green, blue,
    alpha, from 0 to 255) on the vertices or the triangles, vertex normals that were given, not derived, are `normal`
    on the vertices, and numbers in `vertex_attributes` and `face_attributes` are tensors of their names. A texture is
    left out. Vertices that no face names stay.

    Raises:
        ComplexError: for anything but a `Trimesh`; for a face that names a vertex twice or lies there twice.
    """
    trimesh = library("trimesh")
    if not isinstance(mesh, trimesh.Trimesh):
        raise ComplexError(
            f"a mesh should be a trimesh.Trimesh, but is a {type(mesh).__name__}; a scene gives one by .to_mesh()"
        )
    vertices, faces = np.asarray(mesh.vertices), np.asarray(mesh.faces, dtype=np.int64).reshape(-1, 3)
    _refuse_faces(faces)
    normals = mesh._cache["vertex_normals"] if "vertex_normals" in mesh._cache else None  # noqa: SIM401 (it has no get)
    on_vertices = {"normal": normals, "color": _colors(mesh, "vertex"), **mesh.vertex_attributes}
    return triangle_mesh(vertices, faces, on_vertices, {"color": _colors(mesh, "face"), **mesh.face_attributes})


def triangle_mesh(
    vertices: np.ndarray, faces: np.ndarray, on_vertices: Mapping[str, Any], on_faces: Mapping[str, Any]
) -> Complex:
    """Build a mesh of different triangles, with the winding of its faces, and numbers on vertices and faces.

    Without any face it is a cloud of points.
    """
    positions = torch.from_numpy(single(vertices))
    found = Complex.mesh(positions, faces) if len(faces) else Complex.points(positions)
    for name, rows in on_vertices.items():
        found = _with(found, 0, name, rows, None)
    if found.rank < 2:
        return found
    place = found.find(2, faces)
    found = _with(found, 2, "winding", _parity(faces), place, odd=True)
    for name, rows in on_faces.items():
        found = _with(found, 2, name, rows, place)
    return found


def _refuse_faces(faces: np.ndarray) -> None:
    rows = np.sort(faces, axis=1)
    flat = np.flatnonzero((rows[:, 1:] == rows[:, :-1]).any(axis=1))
    if len(flat):
        raise ComplexError(
            f"a face should have three different vertices, but face {flat[0]} is {faces[flat[0]].tolist()}; remove "
            "it with mesh.update_faces(mesh.nondegenerate_faces())"
        )
    order = np.lexsort(rows.T[::-1])
    twice = np.flatnonzero((rows[order][1:] == rows[order][:-1]).all(axis=1))
    if len(twice):
        one, other = sorted(order[twice[0] : twice[0] + 2].tolist())
        raise ComplexError(
            f"every face should be there once, but faces {one} and {other} have the same vertices; remove one with "
            "mesh.update_faces(mesh.unique_faces())"
        )


def _colors(mesh: Any, kind: str) -> Any:
    return getattr(mesh.visual, f"{kind}_colors") if mesh.visual.kind == kind else None


def _parity(faces: np.ndarray) -> np.ndarray:
    """Give 1 where the corners are an even permutation of their increasing order, else -1."""
    swaps = sum((faces[:, i] > faces[:, j]).astype(np.int64) for i, j in ((0, 1), (0, 2), (1, 2)))
    return np.asarray(1 - 2 * (swaps % 2))


def _with(found: Complex, rank: int, name: str, rows: Any, place: Tensor | None, odd: bool = False) -> Complex:
    """Add rows where they are numbers, one for each cell, under a name that a tensor may have."""
    array = np.asarray(rows) if rows is not None else None
    if array is None or array.dtype.kind not in "fiub" or array.shape[:1] != (found.sizes[rank],):
        return found
    if not is_tensor_name(name) or name == "pos":
        return found
    kind = np.dtype(np.int64) if array.dtype in _WIDE else array.dtype.newbyteorder("=")
    values = torch.from_numpy(single(array) if kind.kind == "f" else array.astype(kind))
    if place is not None:
        ordered = torch.empty_like(values)
        ordered[place] = values
        values = ordered
    return found.with_cochain(rank, name, values, odd=odd)


def to_trimesh(complex_: Complex) -> Any:
    """Give the triangles of a simplicial complex as a mesh of trimesh, unprocessed: vertices keep their numbers.

    Faces are wound by `c[2].winding` where it is there. `color` and `normal` become colours and normals, other tensors
    `vertex_attributes` and `face_attributes`. Edges without a triangle have no place in a mesh and are left out.

    Raises:
        ComplexError: without triangles, or without positions in three dimensions.
    """
    trimesh = library("trimesh")
    if complex_.domain != "simplicial" or complex_.rank < 2:
        raise ComplexError(
            f"a mesh should come from triangles, but this is a {complex_.domain} of rank {complex_.rank}"
        )
    if "pos" not in complex_[0] or complex_[0].pos.ndim != 2 or complex_[0].pos.shape[1] != 3:
        raise ComplexError("a mesh should have its vertices in c[0].pos, (vertices, 3), but this complex has not")
    vertex = {name: complex_[0][name].detach().cpu().numpy() for name in complex_[0].keys()}  # noqa: SIM118
    face = {name: complex_[2][name].detach().cpu().numpy() for name in complex_[2].keys()}  # noqa: SIM118
    winding = face.pop("winding", None)
    colors = vertex.pop("color", None)
    mesh = trimesh.Trimesh(
        vertices=vertex.pop("pos"),
        faces=wound(complex_, winding),
        vertex_normals=vertex.pop("normal", None),
        vertex_colors=colors,
        face_colors=face.pop("color", None) if colors is None else None,  # a mesh shows one of the two
        process=False,
    )
    mesh.vertex_attributes.update(vertex)
    mesh.face_attributes.update(face)
    return mesh


def wound(complex_: Complex, winding: np.ndarray | None) -> np.ndarray:
    """Give the corners of every triangle in the order that its winding says."""
    faces = complex_.simplices(2).cpu().numpy().copy()
    if winding is None:
        return faces
    signs = signs_by_nodes(complex_, 2).cpu().numpy() if complex_.is_odd(2, "winding") else 1
    back = winding.reshape(len(faces), -1)[:, 0] * signs < 0
    faces[back] = faces[back][:, [0, 2, 1]]
    return faces
