"""Training: the same bits again, the best weights kept, the curves recorded, a diverging loss named."""

import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from made import cycles_and_paths, ring_of_nodes, spec

import cochain as cc
from cochain.errors import SpecError
from cochain.experiments.execute import Bench, Data, threads, threads_for
from cochain.experiments.spec import RunSpec, Training
from cochain.experiments.tasks import TEST, infer_task, parse_target
from cochain.experiments.train import Outcome, TrainingError, deterministic, device_of, make_optimizer, seeds_of, train
from cochain.models import build


def bench(c: cc.Complex) -> Bench:
    return Bench(Data(c, infer_task(c, parse_target(None, c))))


def graphs_spec(**changes: object) -> RunSpec:
    training = {"epochs": 4, "batch_size": 4}
    return spec(
        **{"model": "gin", "options": {"hidden": 4, "layers": 2}, "target": "whole", "training": training, **changes}
    )


def outcome(c: cc.Complex, run: RunSpec) -> Outcome:
    each = bench(c)
    with threads(1):
        problem, _ = each.problem(run)
        return train(run, each.model(run, problem), problem)


def same(one: Outcome, other: Outcome) -> bool:
    weights = all(torch.equal(one.weights[name], other.weights[name]) for name in one.weights)
    return weights and one.curve == other.curve and one.test_score == other.test_score


@pytest.mark.parametrize("model", ["gcn", "gat", "unigin", "can"])
def test_nodes_bit_for_bit(model: str) -> None:
    run = spec(model=model, lift="clique:2" if model == "can" else "")
    first = outcome(ring_of_nodes(), run)
    torch.rand(17)
    assert same(first, outcome(ring_of_nodes(), run))


@pytest.mark.parametrize(
    ("model", "lift"), [("gin", ""), ("cin", "cycles:6:induced"), ("mpsn", "clique:2"), ("sccnn", "clique:2")]
)
def test_graphs_bit_for_bit(model: str, lift: str) -> None:
    run = graphs_spec(model=model, lift=lift)
    assert same(outcome(cycles_and_paths(), run), outcome(cycles_and_paths(), run))


@pytest.mark.parametrize("change", [{"seed": 1}, {"fold": 1}, {"training": {"epochs": 4, "batch_size": 5}}])
def test_other_specs_give_other_numbers(change: dict[str, object]) -> None:
    assert outcome(cycles_and_paths(), graphs_spec()).curve != outcome(cycles_and_paths(), graphs_spec(**change)).curve


def test_torch_is_left_as_it_was() -> None:
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    outcome(ring_of_nodes(), spec())
    assert torch.equal(torch.rand(3), expected)
    assert not torch.are_deterministic_algorithms_enabled()


def test_determinism_ends_with_an_error_too() -> None:
    seen = []

    def fail() -> None:
        with deterministic(0):
            seen.append(torch.are_deterministic_algorithms_enabled())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen == [True]
    assert not torch.are_deterministic_algorithms_enabled()


def test_seeds_are_independent() -> None:
    drawn = [each for seed in range(5) for fold in range(5) for each in seeds_of(seed, fold)]
    assert len(set(drawn)) == len(drawn)


def test_it_learns() -> None:
    run = spec(training={"epochs": 60, "learning_rate": 0.05}, options={"hidden": 8, "dropout": 0.0})
    found = outcome(ring_of_nodes(), run)
    assert found.test_score > 0.9
    assert found.curve.train_loss[-1] < 0.5 * found.curve.train_loss[0]


def test_the_best_weights_are_kept() -> None:
    c, run = ring_of_nodes(), spec(training={"epochs": 30, "learning_rate": 0.1, "patience": 100})
    each = bench(c)
    problem, _ = each.problem(run)
    model = each.model(run, problem)
    with threads(1):
        found = train(run, model, problem)
    assert found.validation_score == max(v for v in found.curve.validation_score if v is not None)
    assert found.curve.validation_score[found.best_epoch - 1] == found.validation_score
    assert problem.evaluate(model.eval(), TEST)[0] == found.test_score
    fresh = build("gcn", c, hidden=8, out=2, target=0)
    fresh.load_state_dict(found.weights)
    assert problem.evaluate(fresh.eval(), TEST)[0] == found.test_score


def test_early_stopping() -> None:
    run = spec(training={"epochs": 500, "patience": 3, "learning_rate": 0.5})
    found = outcome(ring_of_nodes(), run)
    assert len(found.curve.epoch) == found.best_epoch + 3


def test_curves_have_an_entry_per_epoch() -> None:
    curve = outcome(ring_of_nodes(), spec()).curve
    assert curve.epoch == (1, 2, 3, 4, 5)
    assert len(curve.train_loss) == len(curve.validation_score) == 5
    assert curve.test_score == ()


def test_a_diverging_loss_is_named() -> None:
    run = spec(model="sgc", options={}, training={"epochs": 50, "learning_rate": 1e30})
    c = ring_of_nodes()
    with pytest.raises(
        TrainingError, match=r"the loss should stay finite, but is (nan|inf) in epoch \d+; lower the learning rate"
    ):
        outcome(c.with_cochain(0, "x", 1e10 * c[0].x), run)


def test_under_xu_the_test_curve_is_recorded() -> None:
    found = outcome(cycles_and_paths(), graphs_spec(protocol="xu"))
    assert len(found.curve.test_score) == 4
    assert found.curve.validation_score == (None,) * 4
    assert found.best_epoch == 4
    assert found.test_score == found.curve.test_score[-1]


def test_the_learning_rate_is_halved() -> None:
    halved = outcome(ring_of_nodes(), spec(training={"epochs": 5, "halve_every": 2})).curve.train_loss
    kept = outcome(ring_of_nodes(), spec()).curve.train_loss
    assert halved[:3] == kept[:3]
    assert halved[3:] != kept[3:]


def test_clipping_changes_the_path() -> None:
    clipped = outcome(ring_of_nodes(), spec(training={"epochs": 5, "optimizer": "adamw", "clip": 1e-9}))
    assert (
        clipped.curve.train_loss
        != outcome(ring_of_nodes(), spec(training={"epochs": 5, "optimizer": "adamw"})).curve.train_loss
    )


def test_decay_of_the_first_layer() -> None:
    model = build("gcn", ring_of_nodes(), hidden=4, out=2)
    groups = make_optimizer(model, Training(weight_decay=0.1, decays="first")).param_groups
    assert [group["weight_decay"] for group in groups] == [0.1, 0.0]
    assert {id(p) for p in groups[0]["params"]} == {id(p) for p in model.layers[0].parameters()}  # type: ignore[index, union-attr]
    (group,) = make_optimizer(model, Training(weight_decay=0.1)).param_groups
    assert len(group["params"]) == len(list(model.parameters()))


@pytest.mark.parametrize("precision", ["64-true", "bf16-mixed"])
def test_other_precisions(precision: str) -> None:
    found = outcome(ring_of_nodes(), spec(precision=precision))
    assert len(found.curve.epoch) == 5
    if precision == "64-true":
        assert {value.dtype for value in found.weights.values()} == {torch.float64}


@pytest.mark.parametrize(
    ("name", "message"),
    [("tpu9", "device should be cpu or cuda, but is 'tpu9'"), ("meta", "device should be cpu or cuda, but is 'meta'")],
)
def test_devices(name: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        device_of(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="the message is for machines without a GPU")
def test_no_gpu() -> None:
    with pytest.raises(SpecError, match="torch finds no CUDA; use device cpu"):
        device_of("cuda")


def test_undefined_test_scores_are_named() -> None:
    c = ring_of_nodes()
    split = torch.where(c[0].y == 1, c[0].split[:, 0].clamp(max=1).long(), c[0].split[:, 0].long())
    each = Bench(Data(c.with_cochain(0, "split", split), infer_task(c, 0, metric="roc_auc")))
    with pytest.raises(SpecError, match="the roc_auc of the test part of fold 0 should be defined"):
        each.run(spec(metric="roc_auc"))


def test_little_data_runs_on_one_thread() -> None:
    c = ring_of_nodes()
    assert threads_for(c, spec(), 8) == 1
    large = cc.Complex.graph(torch.zeros(2, 0, dtype=torch.long), num_nodes=200_000)
    assert threads_for(large, spec(), 8) == 8
    many = cc.Complex.graph(torch.zeros(2, 0, dtype=torch.long), num_nodes=[2000] * 100)
    assert threads_for(many, spec(training={"batch_size": 10}), 8) == 1
    before = torch.get_num_threads()
    with threads(1):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_numba_does_not_bring_back_more_threads() -> None:
    code = (
        "import torch, numba; from cochain.experiments.execute import threads\n"
        "torch.set_num_threads(2)\n"
        "with threads(1):\n"
        "    numba.get_num_threads()\n"
        "    print(torch.get_num_threads())\n"
        "print(torch.get_num_threads())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "2"]


def test_labels_of_other_kinds() -> None:
    c = ring_of_nodes()
    for y, kind, metric in [
        (torch.stack([c[0].y, 1 - c[0].y], dim=1).float(), "multilabel", "roc_auc"),
        (c[0].x[:, :1] * 10 + 5, "regression", "mae"),
    ]:
        labelled = c.with_cochain(0, "y", y)
        task = infer_task(labelled, 0)
        assert (task.kind, task.metric) == (kind, metric)
        found = Bench(Data(labelled, task)).run(spec(kind=kind, metric=metric))
        assert found.result.test_score == found.result.test_score


def test_a_curve_is_a_value() -> None:
    curve = outcome(ring_of_nodes(), spec()).curve
    assert replace(curve) == curve
