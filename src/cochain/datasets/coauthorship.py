"""Reader of the coauthorship complex of Ebli, Defferrard, Spreemann, 2020, "Simplicial Neural Networks"."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.datasets.damage import require
from cochain.datasets.objects import read_npy
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, UNUSED, carve_validation
from cochain.datasets.tensors import attach

VALIDATION_SHARE = 0.1
PARTS = ("cochains", "input_damaged", "known_values", "missing_values")


def read(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read citations on each rank of a simplicial complex: y is all of them, x the damaged, split tells the known."""
    found = {part: next((path, data) for path, data in contents.items() if part in path) for part in PARTS}
    citations, damaged, known, missing = (_ranks(read_npy(data, path), path) for path, data in found.values())
    path = found["cochains"][0]
    require(len(citations) == len(damaged) > 0, path, "as many ranks as the damaged values", "has others")
    names = np.unique(citations[0][0])
    cells = [np.searchsorted(names, simplices) for simplices, _ in citations]
    known_names = all(np.isin(simplices, names).all() for simplices, _ in citations)
    require(known_names, path, "simplices of the known authors", "has others")
    complex_ = Complex.simplicial(cells, num_nodes=len(names))
    sizes = tuple(len(simplices) for simplices, _ in citations)
    require(complex_.sizes == sizes, path, "all faces of its simplices", f"has {sizes}, of {complex_.sizes}")
    for rank in range(len(cells)):
        y = _placed(complex_, rank, names, citations[rank])
        complex_ = attach(complex_, rank, "x", _placed(complex_, rank, names, damaged[rank])[:, None])
        complex_ = attach(complex_, rank, "y", y[:, None])
        split = np.full((sizes[rank], 1), UNUSED, dtype=np.int8)
        for part, chosen in ((TRAIN, known), (TEST, missing)):
            if rank < len(chosen) and len(chosen[rank][1]):
                split[_rows(complex_, rank, names, chosen[rank][0]), 0] = part
        split = carve_validation(split, np.zeros(sizes[rank], dtype=np.int64), VALIDATION_SHARE, seed=0)
        complex_ = complex_.with_cochain(rank, "split", torch.from_numpy(split))
    return complex_


def _ranks(found: Any, name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Give, for each rank, simplices (n, rank + 1), names ascending, and their values (n,)."""
    fits = isinstance(found, list) and all(isinstance(each, dict) for each in found)
    require(fits, name, "a dictionary from simplices to values for each rank", f"holds {type(found).__name__}")
    ranks = []
    for rank, values in enumerate(found):
        sets = all(isinstance(each, frozenset) and len(each) == rank + 1 for each in values)
        numbers = all(type(each) in (int, float) and abs(each) < 1e9 for each in values.values())
        integers = sets and all(type(node) is int and 0 <= node < 1 << 40 for each in values for node in each)
        require(integers and numbers, name, f"numbers on sets of {rank + 1} authors", "has others")
        flat = np.array([node for each in values for node in each], dtype=np.int64).reshape(-1, rank + 1)
        ranks.append((np.sort(flat, axis=1), np.array(list(values.values()), dtype=np.float32)))
    return ranks


def _rows(complex_: Complex, rank: int, names: np.ndarray, simplices: np.ndarray) -> np.ndarray:
    found: np.ndarray = complex_.find(rank, torch.from_numpy(np.searchsorted(names, simplices))).numpy()
    return found


def _placed(complex_: Complex, rank: int, names: np.ndarray, part: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Bring values to the order of the complex."""
    values = np.zeros(complex_.sizes[rank], dtype=np.float32)
    values[_rows(complex_, rank, names, part[0])] = part[1]
    return values
