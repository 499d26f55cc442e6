"""The data sets that are always there."""

import numpy as np
import pytest
import torch

from cochain import datasets
from cochain.complexes import Complex
from cochain.datasets import digits, info, load

SMALL = ("digits", "digits_pixels", "karate", "davis", "lesmis", "surfaces")


@pytest.fixture(scope="module")
def loaded() -> dict[str, Complex]:
    return {name: load(name) for name in SMALL}


@pytest.mark.parametrize("name", SMALL)
def test_the_record_tells_the_truth(name: str, loaded: dict[str, Complex]) -> None:
    c, record = loaded[name], info(name)
    cells = c.whole if record.target == "whole" else c[record.target]
    assert record.embedded
    assert (c.domain, len(c), c.sizes) == (record.domain, record.components, record.sizes)
    assert c[0].x.shape == (record.sizes[0], record.channels)
    assert c[0].x.dtype == torch.float32
    assert cells.split.shape == (len(cells.y), record.folds)
    assert cells.split.dtype == torch.int8
    assert {0, 1, 2} <= set(cells.split.unique().tolist())
    if record.kind == "classification":
        assert cells.y.unique().tolist() == list(range(record.classes))
    else:
        assert cells.y.shape == (len(cells.split), record.classes)
    assert [name for name, one in datasets.registry.items() if one.embedded] == list(SMALL)


@pytest.mark.parametrize("name", SMALL)
def test_loading_again_gives_the_same(name: str, loaded: dict[str, Complex]) -> None:
    one, other = loaded[name], load(name)
    for rank in range(one.rank + 1):
        for key in one[rank].keys():  # noqa: SIM118 - cells are no dictionary
            torch.testing.assert_close(getattr(one[rank], key), getattr(other[rank], key), rtol=0, atol=0)
        if rank:
            here, there = (c.faces(rank, rank - 1).pattern.indices for c in (one, other))
            torch.testing.assert_close(here, there, rtol=0, atol=0)


def test_nearest_against_the_definition() -> None:
    points = np.random.default_rng(0).integers(0, 3, size=(40, 3)).astype(float)  # many equal distances
    edges = digits.nearest(points, 4)
    for i in range(40):
        distance = ((points - points[i]) ** 2).sum(axis=1)
        expected = sorted((d, j) for j, d in enumerate(distance) if j != i)[:4]
        assert sorted(edges[1][edges[0] == i]) == sorted(j for _, j in expected)


def test_a_sheet_of_pixels(loaded: dict[str, Complex]) -> None:
    np.testing.assert_array_equal(digits.square_corners(3), [[0, 1, 4, 3], [1, 2, 5, 4], [3, 4, 7, 6], [4, 5, 8, 7]])
    image = loaded["digits_pixels"].select([7])
    assert image.sizes == (64, 112, 49)
    assert image.euler_characteristic() == 1
    from sklearn.datasets import load_digits

    pixels = load_digits()
    torch.testing.assert_close(image[0].x[:, 0] * 16, torch.from_numpy(pixels.data[7]).float())
    assert image.whole.y.tolist() == [pixels.target[7]]
    row, column = 2, 5
    assert image[0].pos[row * 8 + column].tolist() == [5, 7 - 2]


def test_karate_against_networkx(loaded: dict[str, Complex]) -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.karate_club_graph()
    ends = loaded["karate"].faces(1, 0).pattern.indices.reshape(-1, 2)
    assert {tuple(pair) for pair in ends.tolist()} == {tuple(sorted(edge)) for edge in graph.edges}
    assert loaded["karate"][0].y.tolist() == [int(graph.nodes[v]["club"] == "Officer") for v in graph]


def test_davis_against_networkx(loaded: dict[str, Complex]) -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.davis_southern_women_graph()
    women = graph.graph["top"]
    members = loaded["davis"].faces(1, 0).to_dense()
    for event in range(14):
        assert {women[i] for i in members[event].nonzero()[:, 0].tolist()} == set(graph[f"E{event + 1}"])
    assert loaded["davis"][0].y.tolist() == [0] * 9 + [1] * 9


def test_lesmis_against_networkx(loaded: dict[str, Complex]) -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.les_miserables_graph()
    names = sorted(graph)
    c = loaded["lesmis"]
    ends = c.faces(1, 0).pattern.indices.reshape(-1, 2).tolist()
    chapters = c[1].y[:, 0].exp().round().int().tolist()
    assert len(ends) == graph.number_of_edges()
    for (u, v), count in zip(ends, chapters, strict=True):
        assert graph[names[u]][names[v]]["weight"] == count


def test_splits_of_the_digits(loaded: dict[str, Complex]) -> None:
    split, y = loaded["digits"][0].split.numpy(), loaded["digits"][0].y.numpy()
    assert all(np.bincount(y[split[:, k] == 0]).tolist() == [20] * 10 for k in range(10))
    assert ((split == 1).sum(axis=0) == 500).all()
    split, y = loaded["digits_pixels"].whole.split.numpy(), loaded["digits_pixels"].whole.y.numpy()
    assert ((split == 2).sum(axis=1) == 1).all()
    assert all(np.ptp(np.bincount(y[split[:, k] == 2])) <= 2 for k in range(10))
