"""What a model reads: lifted once, of one floating type, odd and even where it wants them so."""

import pytest
import torch
from made import ring_of_nodes

import cochain as cc
from cochain.errors import SpecError
from cochain.experiments.prepare import Workshop, lift_for


def triangle() -> cc.Complex:
    return cc.Complex.simplicial([(0, 1, 2), (1, 2, 3)])


def test_a_lift_is_made_once() -> None:
    workshop = Workshop(ring_of_nodes())
    first = workshop.prepare("cin", "clique:2", 0)
    assert workshop.prepare("cin", "clique:2", 0) is first
    assert first.complex_.rank == 2


def test_the_given_lift_counts() -> None:
    assert lift_for("gcn", ring_of_nodes(), "clique") == "clique:2"
    assert lift_for("cin", ring_of_nodes(), None) == "cycles:6:induced"


def test_features_become_floating() -> None:
    c = ring_of_nodes().with_cochain(0, "x", torch.arange(24))
    assert Workshop(c).prepare("gcn", "", 0).complex_[0].x.dtype == torch.float32
    assert Workshop(c, torch.float64).prepare("gcn", "", 0).complex_[0].x.shape == (24, 1)
    assert Workshop(c, torch.float64).prepare("gcn", "", 0).complex_[0].x.dtype == torch.float64


def test_nodes_without_features_get_a_constant() -> None:
    c = ring_of_nodes().without_cochain(0, "x")
    assert torch.equal(Workshop(c).prepare("gcn", "", 0).complex_[0].x, torch.ones(24, 1))


def test_positions_stand_in() -> None:
    c = ring_of_nodes().without_cochain(0, "x").with_cochain(0, "pos", torch.rand(24, 3))
    prepared = Workshop(c).prepare("gcn", "", 0)
    assert torch.equal(prepared.complex_[0].x, c[0].pos)
    assert prepared.warnings == ("positions stand in for the features of the nodes",)


def test_odd_features_lose_their_sign_where_even_ones_are_read() -> None:
    c = (
        triangle()
        .with_cochain(0, "y", torch.tensor([0, 1, 0, 1]))
        .with_cochain(2, "x", torch.tensor([[1.0], [-2.0]]), odd=True)
    )
    prepared = Workshop(c).prepare("mpsn", "", 0)
    assert prepared.complex_[2].x.tolist() == [[1.0], [2.0]]
    assert not prepared.complex_.is_odd(2)
    assert prepared.warnings == ("of the odd features of rank 2 the absolute value is read",)


def test_odd_features_stay_where_they_are_read() -> None:
    c = (
        triangle()
        .with_cochain(0, "y", torch.tensor([0, 1, 0, 1]))
        .with_cochain(2, "x", torch.tensor([[1], [-2]]), odd=True)
    )
    prepared = Workshop(c).prepare("sccnn", "", 0)
    assert prepared.complex_.is_odd(2)
    assert prepared.complex_[2].x.tolist() == [[1.0], [-2.0]]
    assert "x" not in prepared.complex_[1]  # the edges hear from the triangles, no probes are needed
    assert prepared.warnings == ()


def test_even_features_are_not_read_as_odd() -> None:
    c = (
        triangle()
        .with_cochain(0, "x", torch.rand(4, 2))
        .with_cochain(1, "x", torch.rand(5, 2))
        .with_cochain(0, "y", torch.tensor([0, 1, 0, 1]))
    )
    prepared = Workshop(c).prepare("sccnn", "", 0)
    assert "x" not in prepared.complex_[1]
    assert prepared.warnings == ("the even features of rank 1 are not read, since the model reads odd ones there",)


def test_probes_stand_in_where_there_is_nothing_to_hear() -> None:
    c = triangle().with_cochain(0, "x", torch.ones(4, 2)).with_cochain(0, "y", torch.tensor([0, 1, 0, 1]))
    prepared = Workshop(c).prepare("sccnn", "", 0)
    assert prepared.complex_.is_odd(1)
    assert prepared.complex_.is_odd(2)
    assert "random probes stand in" in prepared.warnings[0]


def test_labels_that_a_lift_leaves_behind() -> None:
    c = ring_of_nodes().with_cochain(1, "y", torch.arange(24) % 2)
    with pytest.raises(
        SpecError, match="the labels on rank 1 should stay where they are, but the lift khop:1 replaces"
    ):
        Workshop(c).prepare("hgnn", "khop:1", 1)
