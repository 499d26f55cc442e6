"""`compare` from end to end, on data made for it: what it finds, keeps, skips, refuses and survives."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from made import cycles_and_paths, ring_of_nodes

import cochain as cc
from cochain.errors import DataError, SpecError, UnknownNameError
from cochain.experiments import Comparison, Event, Interrupted, compare
from cochain.experiments.store import StoreWarning

QUICK: dict[str, Any] = {"epochs": 3, "runs": None}


def numbers(found: Comparison) -> list[tuple[str, int, int, float, object]]:
    return sorted((run.model, run.fold, run.seed, run.test_score, run.curve) for run in found.runs)


def test_nodes() -> None:
    found = compare(ring_of_nodes(), ["gcn", "can"], seeds=2, **QUICK)
    assert {row.model: row.lift for row in found.rows} == {"gcn": "", "can": "clique:2"}
    assert [len(row.scores) for row in found.rows] == [4, 4]
    assert found.task.metric == "accuracy"
    assert found.failures == ()
    assert found.complete
    assert found.rows[0].mean >= found.rows[1].mean
    assert all("<svg" in card.diagram and card.equations for card in found.models)
    assert [card.model for card in found.models] == [row.model for row in found.rows]
    assert Comparison.from_json(found.to_json()) == found


def test_components_are_told_apart() -> None:
    found = compare(
        cycles_and_paths(), ["gin"], epochs=20, folds=1, runs=None, options={"gin": {"batch_size": 4, "dropout": 0.0}}
    )
    assert found.rows[0].mean > 0.8
    assert found.task.target == "whole"


def test_the_same_again_gives_the_same() -> None:
    one, other = (compare(cycles_and_paths(), ["gin", "cin"], folds=1, **QUICK) for _ in range(2))
    assert numbers(one) == numbers(other)


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    told: list[Event] = []
    first = compare(ring_of_nodes(), ["gcn"], epochs=3, runs=tmp_path, progress=told.append)
    assert [event.kind for event in told] == ["plan", *["start", "epoch", "epoch", "epoch", "done"] * 2]
    told.clear()
    second = compare(ring_of_nodes(), ["gcn"], epochs=3, runs=tmp_path, progress=told.append)
    assert [event.kind for event in told] == ["found", "found", "plan"]
    assert (second.rows, second.runs, second.models) == (first.rows, first.runs, first.models)


def test_only_what_is_missing_is_done(tmp_path: Path) -> None:
    first = compare(ring_of_nodes(), ["gcn"], epochs=3, runs=tmp_path)
    shutil.rmtree(tmp_path / first.runs[0].hash[:16])
    (tmp_path / first.runs[1].hash[:16] / "result.json").write_text("{")
    told: list[Event] = []
    with pytest.warns(StoreWarning, match="cannot be read"):
        second = compare(ring_of_nodes(), ["gcn", "sgc"], epochs=3, runs=tmp_path, progress=told.append)
    assert [event.model for event in told if event.kind == "done"] == ["gcn", "sgc", "gcn", "sgc"]
    assert [run for run in numbers(second) if run[0] == "gcn"] == numbers(first)


def test_a_change_of_data_is_another_run(tmp_path: Path) -> None:
    compare(ring_of_nodes(), ["gcn"], epochs=3, runs=tmp_path)
    c = ring_of_nodes()
    changed = c.with_cochain(0, "x", c[0].x + torch.tensor(1e-6))
    compare(changed, ["gcn"], epochs=3, runs=tmp_path)
    assert len([each for each in tmp_path.iterdir() if each.name != ".locks"]) == 4


def test_a_model_that_cannot_run_is_a_failure() -> None:
    c = cc.Complex.digraph([(i, (i + 1) % 12) for i in range(12)])
    c = c.with_cochain(0, "y", torch.arange(12) % 2)
    found = compare(c, ["sccnn", "gcn"], folds=1, **QUICK)
    assert [row.model for row in found.rows] == ["gcn"]
    assert found.failures[0].model == "sccnn"
    assert "no lift leads there" in found.failures[0].message


def test_a_diverging_model_does_not_stop_the_others() -> None:
    c = ring_of_nodes()
    c = c.with_cochain(0, "x", 1e10 * c[0].x)
    options = {"sgc": {"learning_rate": 1e30}}
    found = compare(c, ["sgc", "gcn"], epochs=20, runs=None, options=options)
    assert [row.model for row in found.rows] == ["gcn"]
    assert {failure.model for failure in found.failures} == {"sgc"}
    assert "the loss should stay finite" in found.failures[0].message


def test_what_fails_in_all_runs_is_said_once() -> None:
    c = ring_of_nodes()
    c = c.with_cochain(1, "y", torch.arange(24) % 2).with_cochain(1, "split", c[0].split)
    found = compare(c, "hgnn,gcn", target="edge", lift="khop:1", **QUICK)
    assert found.rows == ()
    assert [(failure.model, failure.fold) for failure in found.failures] == [("gcn", None), ("hgnn", None)]
    assert "the lift khop:1 replaces the cells of that rank" in found.failures[0].message


def test_a_fold_that_cannot_be_learned_is_a_failure() -> None:
    c = ring_of_nodes()
    split = c[0].split.clone()
    split[:, 1] = torch.where((c[0].y == 1) & (split[:, 1] == 0), 1, split[:, 1])
    found = compare(c.with_cochain(0, "split", split), ["gcn"], **QUICK)
    assert [score.fold for score in found.rows[0].scores] == [0]
    assert "the labels in the training part of fold 1 should differ" in found.failures[0].message


def test_interruption_keeps_what_is_finished(tmp_path: Path) -> None:
    def stop(event: Event) -> None:
        if event.kind == "start" and event.fold == 1:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        compare(ring_of_nodes(), ["gcn"], epochs=3, runs=tmp_path, progress=stop)
    found = caught.value.comparison
    assert not found.complete
    assert [run.fold for run in found.runs] == [0]
    again = compare(ring_of_nodes(), ["gcn"], epochs=3, runs=tmp_path)
    assert again.complete
    assert [run.fold for run in again.runs] == [0, 1]


def test_processes_give_the_same_bits(tmp_path: Path) -> None:
    told: list[Event] = []
    alone = compare(cycles_and_paths(), ["gin"], **QUICK)
    together = compare(cycles_and_paths(), ["gin"], epochs=3, runs=tmp_path, jobs=2, progress=told.append)
    assert numbers(together) == numbers(alone)
    assert sum(event.kind == "epoch" for event in told) == 6
    assert sum(event.kind == "done" for event in told) == 2


def test_the_protocol_of_xu() -> None:
    found = compare(cycles_and_paths(), ["gin"], protocol="xu", **QUICK)
    assert {run.best_epoch for run in found.runs} == {found.runs[0].best_epoch}
    assert all(run.test_score == run.curve.test_score[run.best_epoch - 1] for run in found.runs)
    assert found.rows[0].mean == max(
        sum(scores) / 2 for scores in zip(*(run.curve.test_score for run in found.runs), strict=True)
    )


def test_links() -> None:
    generator = torch.Generator().manual_seed(0)
    pairs = torch.randint(30, (2, 90), generator=generator)
    c = cc.Complex.graph(pairs[:, pairs[0] != pairs[1]], num_nodes=30)
    found = compare(c.with_cochain(0, "x", torch.eye(30)), ["gcn", "gat"], target="link", folds=2, **QUICK)
    assert (found.task.kind, found.task.metric) == ("link", "roc_auc")
    assert len(found.runs) == 4


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    ring_of_nodes().save(path)
    found = compare(path, ["gcn"], folds=1, **QUICK)
    assert found.dataset == "mine.safetensors"
    assert numbers(found) == numbers(compare(str(path), ["gcn"], folds=1, **QUICK))


def test_a_data_set_of_the_registry() -> None:
    found = compare("karate", ["gcn"], folds=1, **QUICK)
    assert found.title.startswith("Zachary")
    assert found.command == "cochain compare karate --models gcn --folds 1 --epochs 3"


def test_edges_of_a_data_set() -> None:
    found = compare("lesmis", ["gcn"], folds=1, **QUICK)
    assert (found.task.target, found.task.kind, found.task.metric) == (1, "regression", "mae")
    assert not found.task.higher_is_better


def test_the_usual_roster() -> None:
    found = compare(ring_of_nodes(), folds=1, **QUICK)
    assert len(found.rows) == 5
    assert found.failures == ()


def test_options_and_sources() -> None:
    found = compare(ring_of_nodes(), ["gcn"], folds=1, options={"*": {"hidden": 4, "learning_rate": 0.5}}, **QUICK)
    spec = found.runs[0].spec
    assert (spec["options"], spec["training"]["learning_rate"]) == ({"hidden": 4}, 0.5)
    assert found.models[0].source.endswith("changed by options")
    assert "--option hidden=4" in found.command


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"models": ["gcnn"]}, UnknownNameError, "no model is called 'gcnn'; did you mean 'gcn'"),
        ({"lift": "clik"}, UnknownNameError, "no lift is called 'clik'"),
        ({"target": "edge"}, SpecError, "the target 1 should have labels 'y', but has none"),
        ({"precision": "16-mixed"}, SpecError, "but is 16-mixed, which needs a GPU"),
        ({"epochs": 0}, SpecError, "epochs of the training: input should be greater than or equal to 1, but is 0"),
        ({"folds": 3}, SpecError, "folds should be at most 2, the splits of the data, but is 3; use --seeds"),
        ({"seeds": 0}, SpecError, "seeds should be at least 1, but is 0"),
        ({"epochs": -1}, SpecError, "epochs of the training: input should be greater than or equal to 1, but is -1"),
        ({"protocol": "best"}, SpecError, "protocol should be validation or xu, but is 'best'"),
        ({"protocol": "xu"}, SpecError, "protocol xu should be used for classes of whole components"),
        ({"precision": "8"}, SpecError, "precision of the run: input should be '32-true'"),
        ({"metric": "mae"}, UnknownNameError, "no metric for classification is called 'mae'"),
        ({"device": "tpu9"}, SpecError, "device should be cpu or cuda"),
        (
            {"options": {"gcn": {"hiden": 3}}},
            UnknownNameError,
            "no option of gcn is called 'hiden'; did you mean 'hidden'",
        ),
        ({"options": {"gin": {"hidden": 3}}}, UnknownNameError, "no compared model is called 'gin'"),
    ],
)
def test_refused(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        compare(ring_of_nodes(), **{"models": ["gcn"], **QUICK, **arguments})


def test_data_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no data set, file or folder is called 'kora'; did you mean 'cora'"):
        compare("kora", **QUICK)
    with pytest.raises(
        DataError, match=r"x\.safetensors should be the name of a data set, or a file or folder, but is not there"
    ):
        compare(tmp_path / "x.safetensors", **QUICK)
    with pytest.raises(DataError, match="should hold files to read"):
        compare(tmp_path, **QUICK)
