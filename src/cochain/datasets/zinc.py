"""Reader of the molecules of ZINC-12k, as graphs of atoms and bonds."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.datasets.damage import require
from cochain.datasets.geom_gcn import read_arrays
from cochain.datasets.records import Dataset
from cochain.datasets.tensors import attach, with_task

KEYS = ("node_offsets", "node_label", "edge_offsets", "edges", "edge_label", "y")
ATOMS, BONDS = 28, 3
PARTS = ("train", "val", "test")


class Molecules(NamedTuple):
    """Molecules one after the other, their atoms numbered over all of them."""

    counts: np.ndarray
    atoms: np.ndarray
    edges: np.ndarray
    bonds: np.ndarray
    y: np.ndarray


def read(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read the three parts in the order training, validation, test; x is one-hot, on atoms and on bonds."""
    by_part = [next((path, data) for path, data in contents.items() if f"_{part}" in path) for part in PARTS]
    parts = [parse(data, path) for path, data in by_part]
    counts, y = np.concatenate([part.counts for part in parts]), np.concatenate([part.y for part in parts])
    first = np.cumsum([0, *(len(part.atoms) for part in parts)])
    edges = np.concatenate([part.edges + shift for part, shift in zip(parts, first, strict=False)], axis=1)
    split = np.repeat(np.arange(len(PARTS)), [len(part.y) for part in parts])[:, None]
    atoms = np.concatenate([part.atoms for part in parts])
    complex_ = Complex.graph(edges, num_nodes=counts)
    complex_ = with_task(complex_, "whole", y[:, None], split, np.eye(ATOMS, dtype=np.float32)[atoms])
    kinds = np.zeros((complex_.sizes[1], BONDS), dtype=np.float32)
    place = complex_.find(1, torch.from_numpy(edges.T)).numpy()
    kinds[place, np.concatenate([part.bonds for part in parts])] = 1
    return attach(complex_, 1, "x", kinds)


def parse(data: bytes, name: str) -> Molecules:
    """Read one part and check that its arrays fit together."""
    starts, atoms, bond_starts, edges, bonds, y = read_arrays(data, name, KEYS)
    shapes = starts.shape == bond_starts.shape == (len(y) + 1,) and edges.shape == (len(bonds), 2)
    require(shapes, name, "one start per molecule and one kind per bond", "has others")
    ascending = bool((np.diff(starts) >= 0).all() and (np.diff(bond_starts) >= 0).all())
    ends = starts[0] == 0 == bond_starts[0] and starts[-1] == len(atoms) and bond_starts[-1] == len(bonds)
    require(ascending and bool(ends), name, "starts that ascend to the number of atoms and bonds", "has others")
    counts = np.diff(starts).astype(np.int64)
    molecule = np.repeat(np.arange(len(y)), np.diff(bond_starts))
    fits = bool((edges < counts[molecule, None]).all()) and bool((atoms < ATOMS).all())
    require(fits and bool(((bonds >= 1) & (bonds <= BONDS)).all()), name, "bonds between the atoms", "has others")
    shifted = edges.T.astype(np.int64) + starts[:-1].astype(np.int64)[molecule]
    return Molecules(counts, atoms.astype(np.int64), shifted, bonds.astype(np.int64) - 1, y.astype(np.float32))
