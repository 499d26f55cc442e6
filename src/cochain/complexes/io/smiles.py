"""Molecules in SMILES, through rdkit: atoms are nodes, bonds edges, rings 2-cells."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.io.columns import KEY_NAMES, LABEL_NAMES, MOST_CODES, Series, parse, split_header
from cochain.complexes.io.delimited import Table, parse_table
from cochain.complexes.io.draft import Cell, Draft
from cochain.complexes.io.limits import Limits, as_text
from cochain.complexes.optional import library
from cochain.errors import DataError

LONGEST = 20_000
"""Characters of the longest SMILES; proteins have fewer."""
_BYTES_PER_ATOM = 400
MOST_NAMED = 30
"""Lines with SMILES that cannot be read that a message lists."""
MOST_CYCLES = 300
"""Independent cycles of one molecule (a fullerene has 31): the search for rings takes their third power."""

ATOMS: dict[str, Callable[[Any], Cell]] = {
    "element:category": lambda atom: atom.GetSymbol(),
    "charge:number": lambda atom: atom.GetFormalCharge(),
    "hydrogens:number": lambda atom: atom.GetTotalNumHs(),
    "degree:number": lambda atom: atom.GetDegree(),
    "aromatic:number": lambda atom: int(atom.GetIsAromatic()),
    "ring:number": lambda atom: int(atom.IsInRing()),
    "hybridization:category": lambda atom: str(atom.GetHybridization()),
    "chirality:category": lambda atom: str(atom.GetChiralTag()),
}
BONDS: dict[str, Callable[[Any], Cell]] = {
    "bond:category": lambda bond: str(bond.GetBondType()),
    "conjugated:number": lambda bond: int(bond.GetIsConjugated()),
    "ring:number": lambda bond: int(bond.IsInRing()),
    "stereo:category": lambda bond: str(bond.GetStereo()),
}


def read(path: Path, limits: Limits) -> Draft:
    """Read a table with a column smiles, or a .smi file with one SMILES at the start of each line.

    The rings are those that rdkit finds: the smallest set of smallest rings, made symmetric, so that it does not depend
    on the order of the atoms. Hydrogens are counted, not nodes. Other columns describe the molecule; where none is
    called a label and only one holds numbers, that one is the label.

    Raises:
        DataError: for a SMILES that cannot be read, with its line, or when the label is not clear.
    """
    data = limits.read_bytes(path)
    if path.suffix.lower() == ".smi":
        texts, lines = _smi(as_text(data, path))
        return _draft(texts, lambda row: f"{path}, line {lines[row]}", {}, {}, str(path), limits, len(data))
    table = parse_table(data, path, limits)
    keys = [name for name in table.header if "smiles" in name.lower()]
    exact = [name for name in keys if split_header(name, table.name)[0].lower() == "smiles"] or keys
    if len(exact) != 1:
        names = ", ".join(exact or table.header)[:80]
        raise DataError(f"{path}, line 1: one column should be called smiles, but the columns are {names!r}; rename it")
    columns: dict[str, list[Cell]] = {name: list(values) for name, values in table.without(*keys).items()}
    return _draft(table.columns[exact[0]], table.at, columns, _label_role(columns, table), str(path), limits, len(data))


def _smi(text: str) -> tuple[list[str], list[int]]:
    rows = [(line.split(None, 1)[0], number) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    rows = [row for k, row in enumerate(rows) if k or row[0].lower() != "smiles"]
    return [row[0] for row in rows], [row[1] for row in rows]


def _label_role(columns: dict[str, list[Cell]], table: Table) -> dict[str, str]:
    """Tell which columns are labels where no header does."""
    headers = [split_header(header, table.name) for header in columns]
    if any(role in ("label", "target") or name.lower() in LABEL_NAMES for name, role in headers):
        return {}
    settled = (*KEY_NAMES, "split", "weight", "")
    open_ = [
        parse(name, values, table.name)
        for (name, role), values in zip(headers, columns.values(), strict=True)
        if role is None and name.lower() not in settled
    ]
    running = {series.name: "ignore" for series in open_ if _is_running(series)}
    numbers = [each for each in open_ if each.numbers is not None and each.known and each.name not in running]
    if len(numbers) > 1 and not all(series.truth or _is_binary(series) for series in numbers):
        names = ", ".join(series.name for series in numbers)[:120]
        raise DataError(
            f"{table.name}, line 1: one column should be the label, but {len(numbers)} hold numbers: {names}; call it "
            f"{numbers[0].name}:target (or :label), and the others :number or :ignore"
        )
    return running | {series.name: "label" if _is_class(series) else "target" for series in numbers}


def _is_running(series: Series) -> bool:
    """Whether a column numbers the rows, from any number on."""
    found = series.numbers
    return found is not None and series.whole and len(found) > 2 and bool((np.diff(found) == 1).all())


def _is_binary(series: Series) -> bool:
    return series.numbers is not None and bool(np.isin(series.numbers[~np.isnan(series.numbers)], (0, 1)).all())


def _is_class(series: Series) -> bool:
    few = series.whole and series.distinct <= MOST_CODES and series.known >= 2 * series.distinct
    return series.truth or _is_binary(series) or few


def _draft(
    texts: Sequence[str],
    at: Callable[[int], str],
    columns: dict[str, list[Cell]],
    roles: dict[str, str],
    origin: str,
    limits: Limits,
    file_bytes: int,
) -> Draft:
    library("rdkit")
    from rdkit.rdBase import BlockLogs

    with BlockLogs():  # what it has to say on standard error is in our messages
        found = draft_of(_within(_parse_all(texts, at), limits, file_bytes, origin), columns, roles, origin)
    key = next((header for header in columns if header.strip().lower() in KEY_NAMES), None)
    names = texts if key is None else [str(value) for value in columns[key]]
    return replace(found, names={"whole": tuple(names)})


def _parse_all(texts: Iterable[str], at: Callable[[int], str]) -> Iterator[Any]:
    """Read SMILES; of those that cannot be read all are named at once, so that a table is mended in one go."""
    first: DataError | None = None
    others = []
    for row, text in enumerate(texts):
        try:
            yield parse_molecule(text, at, row)
        except DataError as error:
            if first is None:
                first = error
            else:
                others.append(at(row).rpartition(" ")[2])
    if first is not None and others:
        more = ", ".join(others[:MOST_NAMED]) + (", ..." if len(others) > MOST_NAMED else "")
        raise DataError(f"{first}; {len(others)} more cannot be read, in lines {more}") from first
    if first is not None:
        raise first


def _within(molecules: Iterable[Any], limits: Limits, file_bytes: int, origin: str) -> Iterable[Any]:
    """Pass molecules on while their atoms fit the limits."""
    atoms = 0
    for molecule in molecules:
        atoms += molecule.GetNumAtoms()
        limits.check(atoms, file_bytes, f"{origin}: atoms", _BYTES_PER_ATOM)
        yield molecule


def draft_of(molecules: Iterable[Any], columns: dict[str, list[Cell]], roles: dict[str, str], origin: str) -> Draft:
    """Give rdkit's molecules as a union, with what `ATOMS` and `BONDS` ask of each atom and bond, in its order.

    Molecules are taken one by one, so that those of rdkit, which are large, need not all be there at once.
    """
    counts: list[int] = []
    pairs: list[tuple[int, int]] = []
    rings: list[tuple[int, ...]] = []
    words: dict[Cell, Cell] = {}  # one object for each value
    own: dict[Place, dict[str, list[Cell]]] = {
        0: {name: [] for name in ATOMS},
        1: {name: [] for name in BONDS},
        2: {"size:number": [], "aromatic:number": []},
    }
    first = 0
    for molecule in molecules:
        atoms, bonds = list(molecule.GetAtoms()), list(molecule.GetBonds())
        for rank, asked, parts in ((0, ATOMS, atoms), (1, BONDS, bonds)):
            for name, ask in asked.items():
                own[rank][name] += [words.setdefault(value, value) for value in map(ask, parts)]
        pairs += [(bond.GetBeginAtomIdx() + first, bond.GetEndAtomIdx() + first) for bond in bonds]
        for ring in molecule.GetRingInfo().AtomRings():
            rings.append(tuple(atom + first for atom in ring))
            own[2]["size:number"].append(len(ring))
            own[2]["aromatic:number"].append(int(all(atoms[atom].GetIsAromatic() for atom in ring)))
        counts.append(len(atoms))
        first += len(atoms)
    edges = np.array(pairs, np.int64).reshape(-1, 2)
    found = Complex.cell(rings, edges.T, counts)
    order = np.argsort(found.find(1, edges).numpy()).tolist()
    own[1] = {name: [values[k] for k in order] for name, values in own[1].items()}
    notes = tuple(
        f"'{name}' is left out: it numbers the rows"
        if role == "ignore"
        else f"'{name}' is the {role}: no header says so, and no other column holds numbers"
        for name, role in roles.items()
    )
    if columns:
        own["whole"] = columns
    origins: dict[Place, str] = {place: f"{origin} ({what})" for place, what in enumerate(("atoms", "bonds", "rings"))}
    return Draft(found, own, notes=notes, roles={"whole": roles}, origin={**origins, "whole": origin})


def parse_molecule(text: str, at: Callable[[int], str], row: int) -> Any:
    """Read one SMILES; `at` says where row `row` stands, for messages.

    Raises:
        DataError: when it is no SMILES, or none of a molecule that can exist.
    """
    from rdkit import Chem

    if len(text) > LONGEST:
        raise DataError(f"{at(row)}: a SMILES should have at most {LONGEST} characters, but has {len(text)}")
    parameters: Any = Chem.SmilesParserParams()
    parameters.sanitize, parameters.removeHs = False, False  # the search for rings waits until their number is known
    parameters.allowCXSMILES, parameters.parseName = False, False
    try:
        molecule = Chem.MolFromSmiles(text, parameters)
        if molecule is None or not molecule.GetNumAtoms():
            raise DataError(f"{at(row)}: should be a SMILES, but is {text[:60]!r}; correct it or remove the row")
        cycles = molecule.GetNumBonds() - molecule.GetNumAtoms() + 1
        if cycles > MOST_CYCLES:
            raise DataError(
                f"{at(row)}: a molecule should have at most {MOST_CYCLES} independent rings, but {text[:40]!r} has "
                f"{cycles}; remove the row"
            )
        Chem.SanitizeMol(molecule)
        molecule = Chem.RemoveHs(molecule)
        Chem.AssignStereochemistry(molecule, cleanIt=True, force=True)
    except (ValueError, RuntimeError, OverflowError) as error:  # rdkit's MolSanitizeException is a ValueError
        reason = str(error).strip().split("\n")[0][:120]
        raise DataError(
            f"{at(row)}: should be a molecule that can exist, but {text[:60]!r} is not: {reason}; correct it or remove "
            "the row"
        ) from error
    return molecule
