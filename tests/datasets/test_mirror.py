"""The original files: every count that the sources state, and the published splits."""

from pathlib import Path

import numpy as np
import pytest
import torch

from cochain.complexes import Complex
from cochain.datasets import info, load, names, registry

REMOTE = [name for name in names() if not registry[name].embedded]
LARGE = ("collab", "reddit_binary")
CLASSES = {
    "cora": [351, 217, 418, 818, 426, 298, 180],
    "texas": [33, 1, 18, 101, 30],
    "minesweeper": [8000, 2000],
    "tolokers": [9192, 2566],
}
PARTS = {  # training, validation, test of the first fold
    "cora": (140, 500, 1000),
    "citeseer": (120, 500, 1000),
    "texas": (87, 59, 37),
    "wisconsin": (120, 80, 51),
    "cornell": (87, 59, 37),
    "film": (3648, 2432, 1520),
    "chameleon": (1092, 729, 456),
    "squirrel": (2496, 1664, 1041),
}
AVERAGES = {  # graphs, nodes and edges of a graph, as published
    "mutag": (188, 17.93, 19.79),
    "ptc": (344, 25.56, 25.96),
    "proteins": (1113, 39.06, 72.82),
    "nci1": (4110, 29.87, 32.30),
    "nci109": (4127, 29.68, 32.13),
    "enzymes": (600, 32.63, 62.14),
    "dd": (1178, 284.32, 715.66),
    "imdb_binary": (1000, 19.77, 96.53),
    "imdb_multi": (1500, 13.00, 65.94),
    "collab": (5000, 74.49, 2457.5),
    "reddit_binary": (2000, 429.63, 497.75),
}


def task(c: Complex, name: str) -> tuple[np.ndarray, np.ndarray]:
    cells = c.whole if info(name).target == "whole" else c[info(name).target]
    return cells.y.numpy(), cells.split.numpy()


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow if n in LARGE else ()) for n in REMOTE])
def test_the_record_tells_the_truth(name: str, mirror: Path) -> None:
    c, record = load(name, mirror), info(name)
    y, split = task(c, name)
    assert (c.domain, len(c), c.sizes) == (record.domain, record.components, record.sizes)
    assert c[0].x.shape == (record.sizes[0], record.channels)
    assert c[0].x.isfinite().all()
    assert np.unique(y[y >= 0]).tolist() == list(range(record.classes))
    assert split.shape == (len(y), record.folds)
    assert all((split == part).any(axis=0).all() for part in (0, 1, 2))
    if "row-normalised" in record.features:
        total = c[0].x.sum(dim=1)
        assert ((total - 1).abs().lt(1e-5) | total.eq(0)).all()
    if name in AVERAGES:
        graphs, nodes, edges = AVERAGES[name]
        assert len(c) == graphs
        assert (c.sizes[0] / graphs, c.sizes[1] / graphs) == pytest.approx((nodes, edges), abs=0.06)


@pytest.mark.parametrize("name", PARTS)
def test_published_parts(name: str, mirror: Path) -> None:
    y, split = task(load(name, mirror), name)
    assert tuple((split[:, 0] == part).sum() for part in (0, 1, 2)) == PARTS[name]
    if name in CLASSES:
        assert np.bincount(y).tolist() == CLASSES[name]


@pytest.mark.parametrize("name", ["minesweeper", "tolokers"])
def test_published_classes(name: str, mirror: Path) -> None:
    assert np.bincount(task(load(name, mirror), name)[0]).tolist() == CLASSES[name]


def test_public_split_of_cora_is_balanced(mirror: Path) -> None:
    y, split = task(load("cora", mirror), "cora")
    assert np.bincount(y[split[:, 0] == 0]).tolist() == [20] * 7


def test_citeseer_has_fifteen_nodes_without_words_or_label(mirror: Path) -> None:
    c = load("citeseer", mirror)
    unknown = c[0].y == -1
    assert int(unknown.sum()) == 15
    assert c[0].x[unknown].eq(0).all()
    assert c[0].split[unknown].eq(-1).all()


def test_cornell_as_published_has_the_words_of_texas(mirror: Path) -> None:
    texas, cornell, corrected = (load(name, mirror) for name in ("texas", "cornell", "cornell_corrected"))
    torch.testing.assert_close(cornell[0].x, texas[0].x)
    assert (cornell[0].y == texas[0].y).all()
    assert not torch.equal(corrected[0].y, texas[0].y)
    assert corrected.sizes == cornell.sizes


@pytest.mark.parametrize("name", ["mutag", "proteins", "imdb_multi"])
def test_folds_of_graphs(name: str, mirror: Path) -> None:
    y, split = task(load(name, mirror), name)
    tests = (split == 2).sum(axis=1)
    assert (tests <= 1).all()
    assert tests.sum() == len(y) // 10 * 10
    assert (split >= 0).all()
    for k in range(10):
        share = np.bincount(y[split[:, k] == 1]) / (split[:, k] == 1).sum()
        np.testing.assert_allclose(share, np.bincount(y[split[:, k] != 2]) / (split[:, k] != 2).sum(), atol=0.06)
    assert info(name).protocols == ("validation", "xu")


def test_positions_of_atoms(mirror: Path) -> None:
    c = load("dhfr", mirror)
    torch.testing.assert_close(c[0].pos[0], torch.tensor([-2.902037, 0.281117, 0.395033]))
