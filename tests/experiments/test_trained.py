"""Trained networks: what they read, what they refuse, their answers and their folder; scales of tables."""

from pathlib import Path

import pytest
import torch
from made import cycles_and_paths, ring_of_nodes

import cochain as cc
from cochain.complexes.schema import Schema
from cochain.errors import DataError, SpecError
from cochain.experiments.exporting import export_program
from cochain.experiments.newdata import NewData, answer_table, as_csv
from cochain.experiments.scaling import apply_scales, measure_scales
from cochain.experiments.trained import Trained, read_trained
from cochain.experiments.training import train_into


def made(path: Path, c: cc.Complex, model: str, **changes: object) -> Trained:
    """Train for two epochs."""
    trained = train_into(path / "net", c, model, epochs=2, **changes).trained  # type: ignore[arg-type]
    assert trained is not None
    return trained


def table(x: list[list[float]], names: tuple[str, ...]) -> cc.Complex:
    c = cc.Complex.graph([(0, 1)], num_nodes=len(x)).with_cochain(0, "x", torch.tensor(x))
    return c.with_schema(Schema({0: names}))


def test_scales_by_hand() -> None:
    c = table([[1, 0, 5, 1, 0], [3, 1, 5, 0, 0], [0, 1, 5, 1, 1]], ("age", "kind=a", "same", "size", "age?"))
    scales = measure_scales(c)
    assert scales == {0: ((2.0, 0.0, 5.0, pytest.approx(2 / 3), 0.0), (1.0, 1.0, 1.0, pytest.approx(2**0.5 / 3), 1.0))}
    x = apply_scales(c, scales)[0].x
    torch.testing.assert_close(x[:, 0], torch.tensor([-1.0, 1.0, 0.0]))  # the missing age is the mean
    torch.testing.assert_close(x[:, 1], torch.tensor([0.0, 1.0, 1.0]))
    torch.testing.assert_close(x[:, 2], torch.zeros(3))
    torch.testing.assert_close(x[:, 3] ** 2, torch.tensor([0.5, 2.0, 0.5]))


def test_features_without_names_and_odd_ones_stay() -> None:
    c = ring_of_nodes()
    assert measure_scales(c) == {}
    flow = c.with_cochain(1, "x", torch.rand(24, 1), odd=True).with_schema(Schema({1: ("flow",)}))
    assert measure_scales(flow) == {}


def test_new_data_is_scaled_as_the_training_was(tmp_path: Path) -> None:
    c = ring_of_nodes().with_schema(Schema({0: ("a", "b", "c", "d")}))
    trained = made(tmp_path, c, "gcn")
    part = cc.Complex.graph([(0, 1)]).with_cochain(0, "x", c[0].x[:2] * 100).with_schema(c.schema)
    shift, scale = (torch.tensor(each) for each in trained.reads.scales[0])
    torch.testing.assert_close(trained.prepare(part)[0].x, (part[0].x - shift) / scale)


@pytest.mark.parametrize("model", ["gin", "cin", "mpsn", "sccnn", "hgnn", "nsd", "deep_sets"])
def test_the_folder_gives_the_answers_of_the_training(model: str, tmp_path: Path) -> None:
    c = cycles_and_paths(12)
    trained = made(tmp_path, c, model)
    again = read_trained(tmp_path / "net")
    torch.testing.assert_close(again.answer(c), trained.answer(c))
    assert again.reads == trained.reads
    assert again.probabilities(c).shape == (12, 2)


@pytest.mark.parametrize("model", ["gin", "cin", "hgnn"])
def test_one_component_answers_as_in_the_batch(model: str, tmp_path: Path) -> None:
    c = cycles_and_paths(12)
    trained = made(tmp_path, c, model)
    alone = torch.cat([trained.answer(each) for each in c.components()[:4]])
    torch.testing.assert_close(alone, trained.answer(c)[:4], rtol=1e-4, atol=1e-4)


def test_probes_stand_in_as_they_did_in_training(tmp_path: Path) -> None:
    c = cycles_and_paths(12)  # nodes differ, so nothing stands in
    trained = made(tmp_path, c, "sccnn")
    assert not trained.reads.probes
    ring = cc.Complex.graph([(0, 1), (1, 2), (0, 2)]).with_cochain(0, "x", torch.full((3, 1), 2.0))
    assert trained.answer(ring).shape == (1, 2)  # its nodes are all alike: probes would change the widths


def test_a_regression_answers_on_the_scale_of_its_labels(tmp_path: Path) -> None:
    c = ring_of_nodes().without_cochain(0, "y")
    c = c.with_cochain(0, "y", 1000 + 10 * c[0].x[:, 0])
    trained = made(tmp_path, c, "gcn")
    assert trained.reads.shift[0] > 900
    assert (trained.answer(c) - 1000).abs().max() < 200
    with pytest.raises(SpecError, match="should be asked of classes or labels, but this is a regression"):
        trained.probabilities(c)
    assert as_csv(answer_table(trained, NewData(c))).startswith("node,prediction_0\n0,1")


def test_several_labels(tmp_path: Path) -> None:
    c = ring_of_nodes().without_cochain(0, "y")
    c = c.with_cochain(0, "y", (c[0].x[:, :3] > 0).float())
    trained = made(tmp_path, c, "gcn")
    found = answer_table(trained, NewData(c, {0: tuple("abcdefghijklmnopqrstuvwx")}))
    assert found.columns == ("node", "p(0)", "p(1)", "p(2)")
    assert found.rows[1][0] == "b"
    assert found.labelled == 24


def test_double_precision_is_kept(tmp_path: Path) -> None:
    trained = made(tmp_path, ring_of_nodes(), "gcn", precision="64-true")
    assert {each.dtype for each in read_trained(tmp_path / "net").model.state_dict().values()} == {torch.float64}
    assert trained.answer(ring_of_nodes()).shape == (24, 2)


def test_links_are_not_answered(tmp_path: Path) -> None:
    trained = made(tmp_path, cc.datasets.load("karate"), "gcn", target="link")
    with pytest.raises(SpecError, match="was trained to tell links"):
        read_trained(tmp_path / "net").answer(cc.datasets.load("karate"))
    assert trained.spec.kind == "link"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda c: c.with_cochain(0, "x", torch.ones(24, 1)),
            "rank 0 should have features of 4 channels, as in training",
        ),
        (lambda c: c.without_cochain(0, "x"), "but has no features; give the cells"),
        (
            lambda c: c.with_cochain(1, "x", torch.ones(24, 2)),
            "rank 1 should have no features, as in training, but has",
        ),
        (lambda c: cc.lift.clique(c, 2), "should be a graph, as in training, but is a simplicial"),
    ],
)
def test_refusals(change, message: str, tmp_path: Path) -> None:
    trained = made(tmp_path, ring_of_nodes(), "gcn")
    with pytest.raises(DataError, match=message):
        trained.answer(change(ring_of_nodes()))


def test_odd_features_are_not_even_ones(tmp_path: Path) -> None:
    c = ring_of_nodes().with_cochain(1, "x", torch.rand(24, 1), odd=True)
    trained = made(tmp_path, c, "can")
    with pytest.raises(DataError, match="the features of rank 1 should be odd, as in training, but are even"):
        trained.answer(c.with_cochain(1, "x", torch.rand(24, 1)))


def test_a_program_that_torch_cannot_follow_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*parts: object, strict: bool) -> None:
        raise RuntimeError("data-dependent branch\nand much more")

    trained = made(tmp_path, ring_of_nodes(), "gcn")
    monkeypatch.setattr(torch.export, "export", fail)
    with pytest.raises(SpecError, match=r"torch\.export cannot follow it: data-dependent branch; export the weights"):
        export_program(trained, ring_of_nodes(), tmp_path / "p.pt2")
