"""From data and a word for a filtration to diagrams; stopped halfway, nothing that was done is lost."""

import math

import numpy as np
import pytest
import torch

import cochain as cc
from cochain.errors import SpecError, UnknownNameError
from cochain.experiments import persisting
from cochain.experiments.persisting import FILTRATIONS, Stopped, persist, usual_filtration

RING = np.array([[0, 1, 2, 3], [1, 2, 3, 0]])


def rings(count):
    """Cycles of four nodes with heights 0, 1, 2, 1 (and more by component)."""
    edges = np.concatenate([RING + 4 * k for k in range(count)], axis=1)
    c = cc.Complex.graph(edges, [4] * count)
    heights = torch.tensor([[0.0, 1.0, 2.0, 1.0]]) + torch.arange(count)[:, None]
    return c.with_cochain(0, "x", heights.reshape(-1, 1))


def cloud(count=42):
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return cc.Complex.points(torch.from_numpy(np.stack([np.cos(angle), np.sin(angle)], axis=1)))


def image(size=7):
    grey = np.zeros((size, size, 1))
    grey[2:5, 2:5] = 1
    grey[3, 3] = 0.25
    return cc.Complex.cubical([grey])


def test_heights_of_rings_by_hand():
    found = persist(rings(3), "values")
    assert found.filtration == "values:x:0:0"
    assert found.complete
    assert [(b.tolist()) for b in found.diagram.essential[0].points[:, 0]] == [0.0, 1.0, 2.0]
    assert found.diagram.essential[1].births.tolist() == [2.0, 3.0, 4.0]
    assert len(found.diagram[0]) == 0
    down = persist(rings(1), "values", superlevel=True).diagram
    assert down.essential[0].births.tolist() == [2.0]
    assert down.essential[1].births.tolist() == [0.0]


def test_values_of_edges_come_with_their_nodes():
    c = rings(1).with_cochain(1, "weight", torch.tensor([1.0, 2.0, 3.0, 4.0]))
    d = persist(c, "values:weight:rank=1").diagram
    edges = c.cells(1).pattern.indices.reshape(-1, 2).tolist()
    first = {node: min(w for w, e in zip((1, 2, 3, 4), edges, strict=True) if node in e) for node in range(4)}
    assert d.essential[0].births.tolist() == [min(first.values())]
    assert d.essential[1].births.tolist() == [4.0]


@pytest.mark.parametrize("filtration", ["degree", "heat:2", "values"])
def test_pieces_are_done_in_parts_and_joined(filtration, monkeypatch):
    monkeypatch.setattr(persisting, "_FIRST", 2)
    c = rings(7)
    told = []
    in_parts = persist(c, filtration, tell=lambda done, total, seconds: told.append((done, total)))
    monkeypatch.setattr(persisting, "_FIRST", 100)
    whole = persist(c, filtration)
    assert told[:2] == [(0, 7), (2, 7)]
    assert told[-1] == (7, 7)
    for one, other in zip(in_parts.diagram.to_lists(), whole.diagram.to_lists(), strict=True):
        for dim in (0, 1):
            np.testing.assert_allclose(one[dim], other[dim])
    assert torch.equal(in_parts.diagram.essential[1].pairs, whole.diagram.essential[1].pairs)
    assert int(whole.diagram.essential[1].pairs.max()) < 4  # numbered within each component


def test_what_was_done_survives_a_stop(monkeypatch):
    monkeypatch.setattr(persisting, "_FIRST", 2)

    def tell(done, total, seconds):
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(Stopped) as stopped:
        persist(rings(9), "degree", tell=tell)
    found = stopped.value.persisted
    assert found is not None
    assert not found.complete
    assert found.diagram.components == len(found.complex_) < found.components == 9
    assert len(found.values) == found.complex_.sizes[0]


def test_a_stop_before_anything_is_done(monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(persisting, "_one", interrupted)
    with pytest.raises(Stopped) as stopped:
        persist(rings(2), "degree")
    assert stopped.value.persisted is None


def test_usual_filtrations():
    assert usual_filtration(cloud()) == "rips"
    assert usual_filtration(image()) == "pixels"
    assert usual_filtration(rings(1)) == "degree"
    assert usual_filtration(rings(1).with_cochain(0, "pos", torch.zeros(4, 3))) == "height"


def test_a_circle_of_points_has_one_loop():
    found = persist(cloud())
    assert found.filtration == "rips:inf"
    loop = found.diagram[1]
    assert len(loop) == 1
    assert float(loop.births[0]) == pytest.approx(2 * math.sin(math.pi / 42), rel=1e-6)
    assert float(loop.deaths[0]) == pytest.approx(math.sqrt(3))
    assert len(found.diagram[0]) == 41
    assert len(persist(cloud(), "alpha").diagram[1]) == 1
    assert len(persist(cloud(), "dtm:5").diagram[1]) == 1


def test_an_image_by_hand():
    d = persist(image()).diagram
    assert d[0].points.tolist() == [[0.25, 1.0]]
    assert d[0].pairs[0, 0] == 3 * 7 + 3
    assert d[1].points.tolist() == [[0.0, 1.0]]
    up = persist(image(), superlevel=True).diagram
    assert up.essential[0].births.tolist() == [1.0]
    assert up[1].points.tolist() == [[1.0, 0.25]]


def test_a_lift_comes_first():
    c = cc.Complex.graph(np.array([[0, 1, 2], [1, 2, 0]]), 3)
    assert len(persist(c, "degree").diagram.essential[1]) == 1
    found = persist(c, "degree", lift="clique:2")
    assert len(found.diagram.essential[1]) == 0
    assert found.lift == "clique:2"


@pytest.mark.parametrize(
    ("data", "filtration", "message"),
    [
        (rings(1), "rips", "a graph complex should be filtered by one of degree, heat"),
        (cloud(), "degree", "should be filtered by one of alpha, dtm, rips"),
        (rings(1), "values:y", "y of rank 0 should be a tensor of the data, but it has x of rank 0"),
        (rings(1), "values:x:3", "channel should be one of the 1 of x"),
        (rings(1), "pixels", "those of images"),
        (rings(1), "heat:hot", "time of the filtration heat should be a number"),
        (rings(1), "degree:1", "a filtration should be written degree"),
    ],
)
def test_messages(data, filtration, message):
    with pytest.raises(SpecError, match=message):
        persist(data, filtration)


def test_unknown_filtration():
    with pytest.raises(UnknownNameError, match="did you mean 'degree'"):
        persist(rings(1), "degre")
    with pytest.raises(SpecError, match="no superlevel sets"):
        persist(cloud(), "rips", superlevel=True)


def test_every_filtration_is_documented():
    from pathlib import Path

    text = (Path(__file__).parents[2] / "docs" / "persistence.md").read_text()
    for name in FILTRATIONS.table:
        assert f"`{name}" in text, name
