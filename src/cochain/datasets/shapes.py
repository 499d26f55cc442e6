"""Readers of shapes: meshes in space, clouds of points, volumes of voxels."""

import re
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

import numpy as np

from cochain.complexes import Complex
from cochain.complexes.arrays import Ragged
from cochain.complexes.io.limits import NUMPY_DAMAGE, Limits
from cochain.complexes.io.mesh_text import parse_obj, parse_off
from cochain.datasets.damage import kind_of, require
from cochain.datasets.geom_gcn import read_arrays
from cochain.datasets.objects import read_npy
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, carve_validation, fold_splits, stratified_folds
from cochain.datasets.tensors import attach, with_task
from cochain.errors import DataError

SIDE = 30
CHUNK = 64
WINDOW = 125
VALIDATION_SHARE = 0.1


def meshes(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read meshes one after the other, in the order of the record: polygons are 2-cells, pos lies on the vertices.

    Option `classes`: the letters with which a file's name begins are the class of the mesh, in alphabetical order.
    """
    parsed = [
        (parse_off if path.endswith(".off") else parse_obj)(data, path, Limits()) for path, data in contents.items()
    ]
    counts = np.array([len(mesh.vertices) for mesh in parsed])
    first = np.cumsum(counts) - counts
    corners = np.concatenate([mesh.polygons.values + shift for mesh, shift in zip(parsed, first, strict=True)])
    for path, mesh in zip(contents, parsed, strict=True):
        ends = mesh.polygons.values
        require(
            not len(ends) or (ends.min() >= 0 and ends.max() < len(mesh.vertices)),
            path,
            "faces of its vertices",
            "has not",
        )
    sizes = np.concatenate([np.diff(mesh.polygons.offsets) for mesh in parsed])
    pos = np.concatenate([mesh.vertices for mesh in parsed]).astype(np.float32)
    if dataset.domain == "simplicial":
        require(bool((sizes == 3).all()), dataset.name, "triangles", "has other faces")
        complex_ = Complex.simplicial(corners.reshape(-1, 3), num_nodes=counts)
    else:
        complex_ = Complex.cell(Ragged(np.concatenate([[0], np.cumsum(sizes)]), corners), num_nodes=counts)
    complex_ = attach(complex_, 0, "pos", pos)
    if "classes" not in dataset.options:
        return complex_
    names = [re.match(r"[a-z]*", path.rsplit("/", 1)[1])[0] for path in contents]  # type: ignore[index]
    y = np.unique(names, return_inverse=True)[1]
    return with_task(complex_, "whole", y, fold_splits(stratified_folds(y, dataset.folds, seed=0), dataset.folds))


def cloud(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read one cloud of points."""
    ((path, data),) = contents.items()
    return Complex.points(_table(data, path, 3))


def activities(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read accelerations of a leg, 25 a second, in windows of 5 seconds: each is a cloud; what does its bearer do?"""
    ((path, data),) = contents.items()
    rows = _table(data, path, 4)
    require(len(rows) % WINDOW == 0, path, f"windows of {WINDOW} rows", f"has {len(rows)} rows")
    label = rows[:, 3].reshape(-1, WINDOW)
    require(bool((label == label[:, :1]).all()), path, "one activity in a window", "has several")
    y = np.unique(label[:, 0], return_inverse=True)[1]
    split = fold_splits(stratified_folds(y, dataset.folds, seed=0), dataset.folds)
    return with_task(Complex.points(rows[:, :3], np.full(len(y), WINDOW)), "whole", y, split)


def _table(data: bytes, name: str, columns: int) -> np.ndarray:
    found = read_npy(data, name)
    fits = isinstance(found, np.ndarray) and found.ndim == 2 and found.dtype.kind == "f" and found.shape[1] == columns
    require(fits and bool(np.isfinite(found).all()), name, f"points of {columns} numbers", f"holds {kind_of(found)}")
    return np.asarray(found, dtype=np.float64)


def voxels(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read volumes of 30 x 30 x 30 voxels: a cloud of at most `points` of those on the surface, drawn from a seed.

    A voxel is on the surface when one of its six neighbours is empty; pos lies between -1 and 1. The published test
    part tests, a stratified tenth of the training part validates.
    """
    ((path, data),) = contents.items()
    room = int(next(option.split("=")[1] for option in dataset.options if option.startswith("points=")))
    y_train, y_test = (part.astype(np.int64).ravel() for part in read_arrays(data, path, ("y_train", "y_test")))
    rng = np.random.default_rng(0)
    clouds = [_surface_points(data, path, key, room, rng) for key in ("X_train", "X_test")]
    counts, pos = np.concatenate([cloud[0] for cloud in clouds]), np.concatenate([cloud[1] for cloud in clouds])
    y = np.concatenate([y_train, y_test])
    require(len(y) == len(counts) and y.min() >= 0, path, "a class of each volume", f"has {len(y)}")
    split = np.repeat([TRAIN, TEST], [len(y_train), len(y_test)])[:, None].astype(np.int8)
    complex_ = Complex.points((pos + 0.5) / SIDE * 2 - 1, counts)
    return with_task(complex_, "whole", y, carve_validation(split, y, VALIDATION_SHARE, seed=0))


def _surface_points(
    data: bytes, name: str, key: str, room: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Give how many surface voxels are kept of each volume, and their places; a few volumes are unpacked at a time."""
    counts, places = [], []
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive, archive.open(f"{key}.npy") as stream:
            np.lib.format.read_magic(stream)
            shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
            require(
                shape[1:] == (SIDE,) * 3 and dtype.kind in "iub" and shape[0] < 100_000, name, "volumes", f"has {shape}"
            )
            for begin in range(0, shape[0], CHUNK):
                count = min(CHUNK, shape[0] - begin)
                raw = stream.read(count * SIDE**3 * dtype.itemsize)
                volume, place = _surface(np.frombuffer(raw, dtype).reshape(count, SIDE, SIDE, SIDE) != 0)
                chosen = _at_most(volume, room, rng)
                counts.append(np.bincount(volume[chosen], minlength=count))
                places.append(place[chosen])
    except (zipfile.BadZipFile, zlib.error, OSError, *NUMPY_DAMAGE) as error:
        raise DataError(f"{name} should hold volumes '{key}', but cannot be read ({error}); load it again") from error
    return np.concatenate(counts), np.concatenate(places)


def _surface(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the volume (n,) and the place (n, 3) of every full voxel that has an empty neighbour along an axis."""
    padded = np.pad(full, ((0, 0), (1, 1), (1, 1), (1, 1)))
    inner = full.copy()
    for axis in (1, 2, 3):
        for step in (-1, 1):
            inner &= np.roll(padded, step, axis=axis)[:, 1:-1, 1:-1, 1:-1]
    found = np.argwhere(full & ~inner)
    return found[:, 0], found[:, 1:]


def _at_most(owner: np.ndarray, room: int, rng: np.random.Generator) -> np.ndarray:
    """Choose at most `room` rows of each owner at random, in order; owners are ascending."""
    order = np.lexsort((rng.random(len(owner)), owner))
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
    return np.sort(order[rank < room])
