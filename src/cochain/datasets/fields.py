"""Readers of fields: functions on grids and points, and the operators between them."""

from collections.abc import Mapping

import numpy as np

from cochain.complexes import Complex
from cochain.datasets.damage import require
from cochain.datasets.geom_gcn import read_arrays
from cochain.datasets.networks import read_matlab
from cochain.datasets.objects import read_npz
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, UNUSED, carve_validation, random_splits
from cochain.datasets.tensors import with_task

VALIDATION_SHARE = 0.1


def darcy(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read flow through a porous square: x is the permeability (0 or 1) of a point, y the pressure there.

    Fold 0 tests on the grid of 16 by 16 points that trained, fold 1 on one of 32 by 32.
    """
    names = ("train_16", "test_16", "test_32")
    fields = []
    for name in names:
        path, data = next((path, data) for path, data in contents.items() if name in path)
        x, y = read_arrays(data, path, ("x", "y"))
        require(x.shape == y.shape and x.ndim == 3, path, "x and y on one grid", f"has {x.shape} and {y.shape}")
        fields.append((x, y))
    number = np.repeat(np.arange(3), [len(x) for x, _ in fields])
    split = np.full((len(number), 2), UNUSED, dtype=np.int8)
    split[number == 0] = TRAIN
    split = carve_validation(split, np.zeros(len(number), dtype=np.int64), VALIDATION_SHARE, seed=0)
    split[:, 1] = split[:, 0]
    split[number == 1, 0], split[number == 2, 1] = TEST, TEST
    sizes = np.concatenate([np.full(len(x), x[0].size) for x, _ in fields])
    pos = np.concatenate([np.tile(_grid(x.shape[1:]), (len(x), 1)) for x, _ in fields])
    x, y = (np.concatenate([field[k].reshape(-1, 1) for field in fields]).astype(np.float32) for k in (0, 1))
    return with_task(Complex.points(pos, sizes), 0, y, np.repeat(split, sizes, axis=0), x)


def burgers(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read Burgers' equation on a circle: x is the state of a point at the beginning, y at the end."""
    fields = []
    for name in ("train_16", "test_16"):
        path, data = next((path, data) for path, data in contents.items() if name in path)
        x, y = read_arrays(data, path, ("x", "y"))
        require(
            x.ndim == 2 and y.ndim == 3 and y.shape[::2] == x.shape, path, "states and their course", f"has {y.shape}"
        )
        fields.append((x, y[:, -1]))
    return _operator(fields)


def antiderivative(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read random functions on the unit interval: x is the function at a point, y its integral from 0 to there."""
    fields = []
    for name in ("train", "test"):
        path, data = next((path, data) for path, data in contents.items() if name in path)
        found = read_npz(data, path, ("X", "y"))
        branch = found["X"][0] if isinstance(found.get("X"), list) and found["X"] else None
        fits = (
            isinstance(branch, np.ndarray)
            and branch.ndim == 2
            and getattr(found.get("y"), "shape", None) == branch.shape
        )
        require(fits, path, "functions and their integrals on one grid", "has others")
        fields.append((np.asarray(branch), found["y"]))
    return _operator(fields)


def solution(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read one solution of an equation: pos is place and time, from 0 to 1 each, y the solution there.

    The options name the variables of the file: place, time, solution. Of a complex solution y holds both parts.
    """
    ((path, data),) = contents.items()
    place, time, values = read_matlab(data, path, dataset.options[:3])
    u = values if values.shape == (place.size, time.size) else values.T
    require(u.shape == (place.size, time.size), path, "a solution on the grid", f"has {values.shape}")
    parts = [u.real, u.imag] if np.iscomplexobj(u) else [u]
    y = np.stack([part.reshape(-1) for part in parts], axis=1).astype(np.float32)
    require(bool(np.isfinite(y).all()), path, "finite numbers", "has others")
    pos = _grid(u.shape)
    split = random_splits(np.zeros(len(y), dtype=np.int64), 0.1, 0.1, dataset.folds, seed=0)
    return with_task(Complex.points(pos), 0, y, split, pos)


def _operator(fields: list[tuple[np.ndarray, np.ndarray]]) -> Complex:
    """Make a cloud on a line of each pair of functions (samples, points); the second part tests."""
    x, y = (np.concatenate([field[k] for field in fields]).astype(np.float32) for k in (0, 1))
    split = np.repeat(np.array([TRAIN, TEST], dtype=np.int8), [len(part) for part, _ in fields])[:, None]
    split = carve_validation(split, np.zeros(len(x), dtype=np.int64), VALIDATION_SHARE, seed=0)
    pos = np.tile(_grid(x.shape[1:]), (len(x), 1))
    complex_ = Complex.points(pos, np.full(len(x), x.shape[1]))
    return with_task(complex_, 0, y.reshape(-1, 1), np.repeat(split, x.shape[1], axis=0), x.reshape(-1, 1))


def _grid(shape: tuple[int, ...]) -> np.ndarray:
    """Give the points of a grid with sides from 0 to 1, float32 (points, axes), the last axis the fastest."""
    axes = np.meshgrid(*(np.linspace(0, 1, length, dtype=np.float32) for length in shape), indexing="ij")
    return np.stack(axes, axis=-1).reshape(-1, len(shape))
