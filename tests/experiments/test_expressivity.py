"""Which graphs networks tell apart, against what theory says of them."""

import pytest
import torch

import cochain as cc
from cochain.errors import UnknownNameError
from cochain.experiments.expressivity import family, pairs_of, relabelled, separation, survey, told_apart


@pytest.mark.parametrize("model", ["gcn", "gin", "gat", "nsd", "deep_sets", "rni"])
def test_colour_refinement_does_not_tell_hexagon_from_triangles(model):
    found = separation(model, "hexagons", draws=3)
    assert (found.separated, found.pairs, found.false) == (0, 1, 0)
    assert found.failure_rate == 1.0


@pytest.mark.parametrize("model", ["cin", "mpsn", "ppgn", "path_nn", "k_path", "spen", "higcn"])
def test_these_tell_them_apart(model):
    found = separation(model, "hexagons", draws=3)
    assert (found.separated, found.false) == (1, 0)


def test_rings_tell_the_strongly_regular_pair_apart_and_two_dimensional_refinement_does_not(mirror):
    told = {
        model: separation(model, "sr16622", draws=3).separated for model in ("gin", "mpsn", "ppgn", "cin", "k_path")
    }
    assert told == {"gin": 0, "mpsn": 0, "ppgn": 0, "cin": 1, "k_path": 1}


def test_copies_are_isomorphic_and_renumbered():
    c = family("hexagons").with_cochain(0, "x", torch.arange(12.0)[:, None])
    copy = relabelled(c, 3)
    assert copy.sizes == c.sizes
    assert not torch.equal(copy[0].x, c[0].x)
    for one in (c, copy):  # an edge joins the same features, wherever they stand
        ends = one[0].x[one.cells(1).pattern.indices.long().reshape(-1, 2)].squeeze(-1)
        one_ends = sorted(map(tuple, ends.sort(dim=1).values.tolist()))
        assert one_ends == sorted(
            map(tuple, c[0].x[c.cells(1).pattern.indices.long().reshape(-1, 2)].squeeze(-1).sort(dim=1).values.tolist())
        )
    assert torch.equal(copy.component_of(0), c.component_of(0))


def test_pairs_by_hand():
    c = family("hexagons")
    assert pairs_of(c).tolist() == [[0, 1]]
    four = cc.Complex.union([c, c])
    assert len(pairs_of(four)) == 6
    assert pairs_of(four.with_cochain("whole", "y", torch.tensor([0, 1, 0, 1]))).tolist() == [
        [0, 1],
        [0, 3],
        [1, 2],
        [2, 3],
    ]
    assert pairs_of(four.with_cochain("whole", "pair", torch.tensor([1, 0, 1, 0]))).tolist() == [[1, 3], [0, 2]]


def test_told_apart_by_hand():
    answers = torch.tensor([[0.0, 1.0], [0.0, 1.5], [0.0, 1.0]])
    pairs = torch.tensor([[0, 1], [0, 2]])
    assert told_apart(answers, pairs, 0.1).tolist() == [True, False]
    assert told_apart(answers, pairs, 0.6).tolist() == [False, False]


def test_a_network_that_sees_labels_is_found_out(monkeypatch):
    """The control: answers that depend on the numbering raise the floor, and nothing is told apart."""
    from cochain.experiments import expressivity

    def by_number(model, lifted, draws, layers):
        place = torch.arange(12.0, dtype=torch.float64)
        return [
            [
                torch.stack([(place[:6] * torch.rand(6)).sum(), (place[6:] * torch.rand(6)).sum()])[:, None]
                for _ in lifted
            ]
        ]

    monkeypatch.setattr(expressivity, "_answers", by_number)
    assert separation("gin", "hexagons", draws=1).separated == 0


def test_what_fails_is_a_row_and_what_is_unknown_an_error(monkeypatch):
    from cochain.experiments import expressivity

    def broken(model, lifted, draws, layers):
        raise RuntimeError("no room")

    told = []
    assert survey(["hexagons"], ["gin", "cin"], draws=1, found=told.append) == told
    assert [row.model for row in told] == ["gin", "cin"]
    monkeypatch.setattr(expressivity, "_answers", broken)
    assert separation("gin", "hexagons").failure == "no room"
    with pytest.raises(UnknownNameError, match="no model is called 'gim'"):
        survey(["hexagons"], ["gim"], draws=1)
