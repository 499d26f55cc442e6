"""Readers of triangulated manifolds and pseudomanifolds, from the enumerations of F. Lutz and others."""

import json
import re
from collections.abc import Mapping

import numpy as np

from cochain.complexes import Complex
from cochain.datasets.damage import require
from cochain.datasets.records import Dataset
from cochain.datasets.splits import fold_splits, random_splits, stratified_folds
from cochain.datasets.tensors import attach, with_task
from cochain.errors import DataError

# Sign of orientability and genus, in the order of the classes: sphere, torus, projective plane, Klein bottle, and the
# sums of three, four and five projective planes.
TYPES = (("+", 0), ("+", 1), ("-", 1), ("-", 2), ("-", 3), ("-", 4), ("-", 5))
_TYPE = re.compile(r"^(\w+): *\( *([+-]) *; *(\d) *\)", re.MULTILINE)
_HOMOLOGY = re.compile(r"^(\w+):\s*\((\d+), *(\d+)(?: *\+ *Z_2)?, *(\d+)\)\s*$", re.MULTILINE)


def surfaces(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read the closed surfaces with up to 9 vertices; option `type`, `orientable` or `betti` says what y is."""
    (facets, types, homology) = (
        next((path, data) for path, data in contents.items() if path.endswith(end))
        for end in ("_all.txt", "_type.txt", "_hom.txt")
    )
    triangles, names = parse_facets(facets[1], facets[0], 3)
    kind = _types(types[1], types[0], names)
    betti = _betti(homology[1], homology[0], names)
    orientable = np.array([sign == "+" for sign, _ in TYPES])[kind].astype(np.int64)
    targets = {"type": kind, "orientable": orientable, "betti": betti.astype(np.float32)}
    y = targets[dataset.options[0]]
    split = fold_splits(stratified_folds(kind, dataset.folds, seed=0), dataset.folds)
    complex_ = with_task(_simplicial(triangles, len(names)), "whole", y, split)
    return attach(complex_, "whole", "betti", betti)


def pseudomanifolds(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read pseudomanifolds of dimension 3 with 9 vertices.

    The file's name counts the links of vertices by type: spheres, projective planes, tori, Klein bottles. That is y.
    """
    parts = {path: parse_facets(data, path, 4) for path, data in sorted(contents.items())}
    sizes = [len(names) for _, names in parts.values()]
    first = np.cumsum(sizes) - sizes
    owner = np.concatenate([facets[0] + start for (facets, _), start in zip(parts.values(), first, strict=True)])
    vertices = np.concatenate([facets[1] for facets, _ in parts.values()])
    digits = np.array([list(path.rsplit("/", 1)[-1][:4]) for path in parts]).astype(np.float32)
    y = np.repeat(digits, sizes, axis=0)
    split = random_splits(np.zeros(len(y), dtype=np.int64), 0.6, 0.2, dataset.folds, seed=0)
    return with_task(_simplicial((owner, vertices), len(y)), "whole", y, split)


def library(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read named complexes of dimensions 2, 3 and 4; y is the reduced Betti numbers, NaN above the dimension."""
    ((path, data),) = contents.items()
    try:
        rows = [json.loads(line) for line in data.splitlines()]
        facets = [np.array(row["facets"], dtype=np.int64).reshape(len(row["facets"]), -1) - 1 for row in rows]
        betti = [[float(free) for free, _ in row["homology"]] for row in rows]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise DataError(
            f"{path} should hold facets and homology, but cannot be read ({error}); load it again"
        ) from error
    counts = np.array([part.max() + 1 for part in facets])
    first = np.cumsum(counts) - counts
    width = max(len(row) for row in betti)
    require(width <= 5 and all(part.shape[1] <= 5 for part in facets), path, "dimensions up to 4", "has higher ones")
    y = np.array([row + [np.nan] * (width - len(row)) for row in betti], dtype=np.float32)
    shifted = [part + start for part, start in zip(facets, first, strict=True)]
    by_size = [
        np.concatenate([part for part in shifted if part.shape[1] == size])
        for size in sorted({part.shape[1] for part in facets})
    ]
    split = random_splits(np.zeros(len(y), dtype=np.int64), 0.6, 0.2, dataset.folds, seed=0)
    return with_task(Complex.simplicial(by_size, num_nodes=counts), "whole", y, split)


def parse_facets(data: bytes, name: str, width: int) -> tuple[tuple[np.ndarray, np.ndarray], list[str]]:
    """Read lines `name=[[1,2,3],[1,2,4],...]`, which may be broken.

    Args:
        data: the text.
        name: how messages call the file.
        width: vertices of a facet.

    Returns:
        The complex of each facet (facets,) and its vertices from 0 (facets, width); and the names of the complexes.
    """
    names = [found.decode() for found in re.findall(rb"(\w+)\s*=", data)]
    bodies = re.split(rb"\w+\s*=", data)[1:]
    require(0 < len(names) == len(bodies), name, "lines of a name and facets", "has others")
    table = bytes.maketrans(b"[],\n\r", b"     ")
    numbers = [np.array(body.translate(table).split(), dtype=np.int64) for body in bodies]
    fits = all(len(part) and len(part) % width == 0 and part.min() >= 1 and part.max() <= 99 for part in numbers)
    require(fits, name, f"facets of {width} vertices", "has others")
    owner = np.repeat(np.arange(len(names)), [len(part) // width for part in numbers])
    return (owner, np.concatenate(numbers).reshape(-1, width) - 1), names


def _simplicial(facets: tuple[np.ndarray, np.ndarray], count: int) -> Complex:
    """Build the union of `count` complexes of facets whose vertices are numbered from 0 in each."""
    owner, vertices = facets
    counts = np.zeros(count, dtype=np.int64)
    np.maximum.at(counts, owner, vertices.max(axis=1) + 1)
    return Complex.simplicial(vertices + (np.cumsum(counts) - counts)[owner, None], num_nodes=counts)


def _types(data: bytes, name: str, names: list[str]) -> np.ndarray:
    found = {each: (sign, int(genus)) for each, sign, genus in _TYPE.findall(data.decode("ascii", "replace"))}
    require(all(found.get(each) in TYPES for each in names), name, "a known type for each surface", "has not")
    return np.array([TYPES.index(found[each]) for each in names], dtype=np.int64)


def _betti(data: bytes, name: str, names: list[str]) -> np.ndarray:
    found = {each: numbers for each, *numbers in _HOMOLOGY.findall(data.decode("ascii", "replace"))}
    require(all(each in found for each in names), name, "the homology of each surface", "has not")
    return np.array([found[each] for each in names], dtype=np.int64)
