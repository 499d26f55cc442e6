"""Molecules: by hand, against rdkit's own counts, labels by column, damage."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

import cochain as cc
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.smiles import MOST_CYCLES
from damage import damaged

CSV = b"smiles,logS\nc1ccccc1O,-0.5\nCC(=O)[O-],1.25\nC1CC2CCC1CC2,0.75\n"


def put(data: bytes, folder: Path, suffix: str = ".csv") -> Path:
    path = folder / f"m{suffix}"
    path.write_bytes(data)
    return path


def channel(c: cc.Complex, rank: int, name: str) -> list[float]:
    assert c.schema is not None
    return c[rank].x[:, c.schema.features[rank].index(name)].tolist()


def test_phenol_acetate_and_a_cage(tmp_path: Path) -> None:
    c = cc.io.read(put(CSV, tmp_path)).validate()
    assert (c.domain, len(c)) == ("cell", 3)
    assert [c.offsets(rank).diff().tolist() for rank in range(3)] == [[7, 4, 8], [7, 3, 9], [1, 0, 3]]
    assert c.whole.y[:, 0].tolist() == [-0.5, 1.25, 0.75]
    assert channel(c, 0, "element=O") == [0] * 6 + [1] + [0, 0, 1, 1] + [0] * 8
    assert channel(c, 0, "charge")[7:11] == [0, 0, 0, -1]
    assert channel(c, 0, "hydrogens")[:7] == [1, 1, 1, 1, 1, 0, 1]
    assert channel(c, 0, "aromatic")[:7] == [1] * 6 + [0]
    assert channel(c, 0, "degree")[7:11] == [1, 3, 1, 1]
    double = c.simplices(1)[torch.tensor(channel(c, 1, "bond=DOUBLE")) > 0].tolist()
    assert double == [[8, 9]]
    assert channel(c, 2, "size") == [6, 6, 6, 6]
    assert channel(c, 2, "aromatic") == [1, 0, 0, 0]
    # Bicyclo[2.2.2]octane has 3 symmetric rings of which 2 are independent: a sphere of three bands.
    assert c.select(2).betti() == (1, 0, 1)


MOLECULES = ("C1CC2CCC1CC2", "c1ccc2ccccc2c1", "CC(C)(C)c1ccc(O)cc1", "C1CC1C1CC1.[Na+]", "N[C@@H](C)C(=O)O")


@given(st.sampled_from(MOLECULES), st.integers(0, 99))
def test_the_order_of_atoms_changes_nothing(tmp_path_factory: pytest.TempPathFactory, text: str, seed: int) -> None:
    molecule = Chem.MolFromSmiles(text)
    order = np.random.default_rng(seed).permutation(molecule.GetNumAtoms()).tolist()
    other = Chem.MolToSmiles(Chem.RenumberAtoms(molecule, order), canonical=False)
    c = cc.io.read(put(f"{text}\n{other}\n".encode(), tmp_path_factory.mktemp("m"), ".smi"))
    one, two = c.components()
    assert one.sizes == two.sizes == (molecule.GetNumAtoms(), molecule.GetNumBonds(), molecule.GetRingInfo().NumRings())
    assert one.betti() == two.betti()
    keep = [k for k, name in enumerate(c.schema.features[0]) if not name.startswith("chirality")]
    for rank in range(3):
        columns = keep if rank == 0 else slice(None)
        if one.sizes[rank]:
            assert sorted(one[rank].x[:, columns].tolist()) == sorted(two[rank].x[:, columns].tolist())


def test_plain_lists(tmp_path: Path) -> None:
    c = cc.io.read(put(b"smiles name\nCCO ethanol\n\n[H]C([H])([H])[H] methane\n", tmp_path, ".smi"))
    assert c.offsets(0).tolist() == [0, 3, 4]
    assert c.whole.keys() == []


@pytest.mark.parametrize(
    ("header", "rows", "labels"),
    [
        ("num,smiles,p_np", ["1,C,1", "2,CC,0", "3,CCC,1", "4,C,1"], [1, 0, 1, 1]),
        ("smiles,label", ["C,a", "CC,b", "CCC,a"], [0, 1, 0]),
        ("id,SMILES,active", ["m1,C,0", "m2,CC,1", "m3,CCC,1"], [0, 1, 1]),
        ("smiles,tox1,tox2", ["C,0,1", "CC,,1", "CCC,1,0"], [[0.0, 1.0], [float("nan"), 1.0], [1.0, 0.0]]),
        ("name,smiles,a:number,b", ["x,C,1,0.5", "y,CC,2,1.5", "z,CCC,3,2.5"], [[0.5], [1.5], [2.5]]),
    ],
)
def test_labels_by_column(header: str, rows: list[str], labels: list[object], tmp_path: Path) -> None:
    c = cc.io.read(put("\n".join([header, *rows]).encode(), tmp_path))
    assert repr(c.whole.y.tolist()) == repr(labels)


def test_what_was_decided_is_told(tmp_path: Path) -> None:
    found = cc.io.inspect(put(CSV, tmp_path))
    assert found.format == "smiles"
    assert found.notes == ("'logS' is the target: no header says so, and no other column holds numbers",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (CSV.replace(b"CC(=O)[O-]", b"CC(=O[O-]"), r"m.csv, line 3: should be a SMILES, but is 'CC\(=O\[O-\]'"),
        (CSV.replace(b"CC(=O)[O-]", b""), r"m.csv, line 3: should be a SMILES, but is ''"),
        (
            CSV.replace(b"CC(=O)[O-]", b"CF(C)C"),
            r"m.csv, line 3: should be a molecule .* but 'CF\(C\)C' is not: .*valence",
        ),
        (CSV.replace(b"CC(=O)[O-]", b"c1cccc1"), r"line 3: should be a molecule that can exist, .* kekulize"),
        (b"smiles,a,b\nC,1.5,2\nCC,2.5,3\n", r"line 1: one column should be the label, but 2 hold numbers: a, b; call"),
        (b"smiles_a,smiles_b\nC,C\n", "line 1: one column should be called smiles, but the columns are 'smiles_a, "),
        (b"smiles\n" + b"C" * 20_001, "m.csv, line 2: a SMILES should have at most 20000 characters, but has 20001"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    data: bytes, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(cc.DataError, match=message):
        cc.io.read(put(data, tmp_path))
    assert capfd.readouterr().err == ""


def test_too_many_rings_are_refused_before_they_are_searched(tmp_path: Path) -> None:
    rings = MOST_CYCLES + 2
    squares = "C1CC1" * rings
    with pytest.raises(cc.DataError, match=f"should have at most {MOST_CYCLES} independent rings, but .* has {rings}"):
        cc.io.read(put(squares.encode(), tmp_path, ".smi"))


def test_atoms_are_held_against_the_file(tmp_path: Path) -> None:
    with pytest.raises(cc.DataError, match=r"m.smi: atoms should fit a file of 4000 bytes, but are"):
        cc.io.read(put(b"CCC\n" * 1000, tmp_path, ".smi"), limits=Limits(floor=1 << 16, multiple=16))


@pytest.mark.parametrize("suffix", [".csv", ".smi"])
@given(data=st.data())
def test_damage_never_escapes(tmp_path_factory: pytest.TempPathFactory, suffix: str, data: st.DataObject) -> None:
    whole = CSV if suffix == ".csv" else b"c1ccccc1O a\nCC(=O)[O-] b\nN[C@@H](C)C(=O)O\n"
    path = put(data.draw(damaged(whole)), tmp_path_factory.mktemp("m"), suffix)
    try:
        c = cc.io.read(path, "smiles")
    except cc.CochainError:
        return
    assert c.domain == "cell"
