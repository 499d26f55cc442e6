"""Diagrams survive files, and strangers' files are refused."""

import csv

import pytest
import torch
from safetensors.torch import save_file

from cochain.errors import DataError
from cochain.persistence.diagram import Bars, Diagram
from cochain.persistence.storage import load, notes_of, save, write_csv


def diagram(components=3):
    index = torch.tensor([0, 2])
    some = Bars(torch.tensor([0.0, 0.1]), torch.tensor([1.0, 0.3]), index, torch.tensor([[0, 4], [1, 5]]))
    endless = Bars(torch.tensor([0.0]), torch.tensor([float("inf")]), index[:1], torch.tensor([[7, -1]]))
    return Diagram({0: some, 1: Bars.none()}, {0: endless, 1: Bars.none()}, components, field=3)


def test_comes_back_as_it_was(tmp_path):
    save(diagram(), tmp_path / "d.safetensors", {"filtration": "degree"})
    found = load(tmp_path / "d.safetensors")
    assert repr(found) == repr(diagram())
    for mine, theirs in ((found[0], diagram()[0]), (found.essential[0], diagram().essential[0])):
        for part in ("births", "deaths", "component", "pairs"):
            assert torch.equal(getattr(mine, part), getattr(theirs, part))
    assert notes_of(tmp_path / "d.safetensors") == {"filtration": "degree"}


def test_csv_by_hand(tmp_path):
    write_csv(diagram(), tmp_path / "d.csv")
    with (tmp_path / "d.csv").open() as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["component", "dimension", "birth", "death", "born_at", "killed_at"]
    assert rows[1:3] == [["0", "0", "0.0", "1.0", "0", "4"], ["0", "0", "0.0", "inf", "7", ""]]
    assert rows[3][0] == "2"


def test_simplices_of_any_size_stay_in_two_columns(tmp_path):
    index = torch.tensor([0])
    disc = Bars(torch.tensor([0.5]), torch.tensor([1.0]), index, torch.tensor([[3, 5, 1, 2, 4]]))
    write_csv(Diagram({0: Bars.none(3), 1: disc}, {0: Bars.none(3), 1: Bars.none(5)}, 1), tmp_path / "d.csv")
    assert (tmp_path / "d.csv").read_text().splitlines()[1] == "0,1,0.5,1.0,3 5,1 2 4"


@pytest.mark.parametrize("cut", [0, 5, 60, 200])
def test_truncated_files_are_refused(tmp_path, cut):
    path = tmp_path / "d.safetensors"
    save(diagram(), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError, match="cannot be read"):
        load(path)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        load(tmp_path / "none")
    save_file({"a": torch.zeros(2)}, tmp_path / "other.safetensors")
    with pytest.raises(DataError, match="does not say cochain-diagram-1"):
        load(tmp_path / "other.safetensors")
    save(diagram(2), tmp_path / "wrong.safetensors")  # a bar of component 2 where there are two
    with pytest.raises(DataError, match="a component that is not there"):
        load(tmp_path / "wrong.safetensors")
