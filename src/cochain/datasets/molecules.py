"""Reader of MoleculeNet: molecules in SMILES as cell complexes of atoms, bonds and rings, through rdkit."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cochain.complexes import Complex
from cochain.complexes.io.draft import Draft
from cochain.complexes.io.lines import parse_lines
from cochain.complexes.io.smiles import draft_of, parse_molecule
from cochain.complexes.optional import library
from cochain.datasets.damage import require, require_nodes
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, UNUSED, VALIDATION, random_splits
from cochain.datasets.tensors import attach, with_task
from cochain.errors import DataError

# What occurs often enough for a channel of its own; the rest shares one.
ELEMENTS = ("C", "N", "O", "F", "S", "Cl", "Br", "P", "I", "Si", "B", "Na", "Se")
HYBRIDS = ("SP", "SP2", "SP3", "SP3D", "SP3D2")
DEGREES, HYDROGENS = 5, 4
CHIRAL = ("CHI_TETRAHEDRAL_CW", "CHI_TETRAHEDRAL_CCW")
BOND_TYPES = ("SINGLE", "DOUBLE", "TRIPLE", "AROMATIC")
STEREO = ("STEREOE", "STEREOZ")
TRAIN_SHARE, VALIDATION_SHARE = 0.8, 0.1


def read(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read a table of SMILES and targets; molecules that cannot exist are left out.

    The first option names the columns of the targets, with | between them; an empty cell is NaN. Options `scaffold`,
    `random` and `published` say how the molecules are split.
    """
    table = next((path, data) for path, data in contents.items() if path.endswith(".csv"))
    texts, y = read_table(*table[::-1], dataset.options[0].split("|"))
    molecules = _molecules(texts, table[0])
    known = np.array([molecule is not None for molecule in molecules])
    if "published" in dataset.options:
        split = _published(contents, len(y))[known]
    elif "scaffold" in dataset.options:
        split = scaffold_split([molecule for molecule in molecules if molecule is not None])
    else:
        split = random_splits(
            np.zeros(known.sum(), dtype=np.int64), TRAIN_SHARE, VALIDATION_SHARE, dataset.folds, seed=0
        )
    draft = draft_of([molecule for molecule in molecules if molecule is not None], {}, {}, table[0])
    complex_ = attach(attach(draft.complex_, 1, "x", bond_features(draft)), 2, "x", ring_features(draft))
    y = y[known]
    y = y[:, 0].astype(np.int64) if dataset.kind == "classification" else y.astype(np.float32)
    return with_task(complex_, "whole", y, split, atom_features(draft))


def read_table(data: bytes, name: str, targets: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Read the column of SMILES, and targets (n, targets); an empty cell is NaN.

    Raises:
        DataError: when a column is missing, or a target is no number.
    """
    try:
        rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
        header = next(rows)
        smiles, places = header.index("smiles"), [header.index(target) for target in targets]
        cells = [row for row in rows if row]
        numbers = np.array([[row[place] or "nan" for place in places] for row in cells], dtype=np.float64)
    except (csv.Error, StopIteration, ValueError, IndexError) as error:
        should = f"a column 'smiles' and numbers in {', '.join(targets)}"
        raise DataError(f"{name} should have {should}, but has not ({error}); load it again") from error
    return [row[smiles].strip() for row in cells], numbers.reshape(len(cells), len(targets))


def _molecules(texts: Sequence[str], name: str) -> list[Any]:
    """Give rdkit's molecules, None for those that cannot exist."""
    library("rdkit")
    from rdkit.rdBase import BlockLogs

    found: list[Any] = []
    with BlockLogs():
        for row, text in enumerate(texts):
            try:
                found.append(parse_molecule(text, lambda row: f"{name}, row {row + 1}", row))
            except DataError:
                found.append(None)
    require(any(molecule is not None for molecule in found), name, "molecules", "has none that can be read")
    return found


def scaffold_split(molecules: Sequence[Any]) -> np.ndarray:
    """Split by ring systems: molecules with one Murcko scaffold lie in one part, the largest groups in training.

    Groups are taken by size, of equal ones that whose first molecule comes last. One that does not fit into the 80% of
    training goes to validation, and one that does not fit into the 90% of both to testing.

    Source:
        Wu et al., 2018, "MoleculeNet"; Bemis, Murcko, 1996, "The Properties of Known Drugs".
    """
    from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

    name_of: Any = MurckoScaffoldSmiles  # rdkit does not say what it gives: a text
    scaffolds = np.array([name_of(mol=molecule, includeChirality=False) for molecule in molecules])
    _, first, group, sizes = np.unique(scaffolds, return_index=True, return_inverse=True, return_counts=True)
    most_train = TRAIN_SHARE * len(molecules)
    most_both = (TRAIN_SHARE + VALIDATION_SHARE) * len(molecules)
    part = np.empty(len(sizes), dtype=np.int8)
    train = validation = 0
    for number in np.lexsort((-first, -sizes)):  # what fits depends on what went before, so one after the other
        size = int(sizes[number])
        if train + size <= most_train:
            part[number], train = TRAIN, train + size
        elif train + validation + size <= most_both:
            part[number], validation = VALIDATION, validation + size
        else:
            part[number] = TEST
    return part[group][:, None]


def _published(contents: Mapping[str, bytes], rows: int) -> np.ndarray:
    split = np.full((rows, 1), UNUSED, dtype=np.int8)
    for part, name in ((TRAIN, "train_idx"), (VALIDATION, "val_idx"), (TEST, "test_idx")):
        path, data = next((path, data) for path, data in contents.items() if name in path)
        split[require_nodes(parse_lines(data, path).table(1)[:, 0], rows, path), 0] = part
    return split


def atom_features(draft: Draft) -> np.ndarray:
    """Give channels of atoms: element, degree, hydrogens, hybridisation, chirality; charge, aromatic, in a ring."""
    columns = draft.columns[0]
    numbers = _numbers(columns, ("charge:number", "aromatic:number", "ring:number"))
    return np.concatenate(
        [
            _one_of(columns["element:category"], ELEMENTS),
            _counts(columns["degree:number"], DEGREES),
            _counts(columns["hydrogens:number"], HYDROGENS),
            _one_of(columns["hybridization:category"], HYBRIDS),
            _one_of(columns["chirality:category"], CHIRAL, other=False),
            numbers,
        ],
        axis=1,
    )


def bond_features(draft: Draft) -> np.ndarray:
    """Give channels of bonds: type, stereo; then conjugated, in a ring."""
    columns = draft.columns[1]
    kinds = _one_of(columns["bond:category"], BOND_TYPES)
    stereo = _one_of(columns["stereo:category"], STEREO, other=False)
    return np.concatenate([kinds, stereo, _numbers(columns, ("conjugated:number", "ring:number"))], axis=1)


def ring_features(draft: Draft) -> np.ndarray:
    """Give channels of rings: size divided by 6, aromatic."""
    numbers = _numbers(draft.columns[2], ("size:number", "aromatic:number"))
    return numbers / np.array([6, 1], dtype=np.float32)


def _one_of(values: Sequence[Any], known: Sequence[str], other: bool = True) -> np.ndarray:
    """Give one channel per known value, and with `other` one for all others."""
    place = {value: number for number, value in enumerate(known)}
    code = np.array([place.get(value, len(known)) for value in values], dtype=np.int64)
    return np.eye(len(known) + 1, len(known) + other, dtype=np.float32)[code]


def _counts(values: Sequence[Any], most: int) -> np.ndarray:
    """Give one channel per count from 0; `most` and more share the last."""
    return np.eye(most + 1, dtype=np.float32)[np.minimum(np.array(values, dtype=np.int64), most)]


def _numbers(columns: Mapping[str, Sequence[Any]], names: Sequence[str]) -> np.ndarray:
    return np.stack([np.array(columns[name], dtype=np.float32) for name in names], axis=1)
