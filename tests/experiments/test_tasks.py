"""What is asked is told from where labels are and from their type; what cannot be learned is named."""

import pytest
import torch
from made import cycles_and_paths, ring_of_nodes

import cochain as cc
from cochain.errors import ShapeError, SpecError
from cochain.experiments.tasks import check_fold, infer_task, parse_target, read_labels

NAN = float("nan")


def graph(nodes: int = 6) -> cc.Complex:
    return cc.Complex.graph([(i, i + 1) for i in range(nodes - 1)], num_nodes=nodes)


@pytest.mark.parametrize(
    ("text", "place"), [("node", 0), ("edge", 1), ("whole", "whole"), ("link", "link"), ("1", 1), (1, 1), (None, 0)]
)
def test_targets(text: str | int | None, place: int | str) -> None:
    assert parse_target(text, ring_of_nodes()) == place


def test_labels_on_the_whole_come_first() -> None:
    assert parse_target(None, cycles_and_paths()) == "whole"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nodes", "target should be node, edge, face, whole, link or a rank, but is 'nodes'"),
        (2, "a rank from 0 to 1, but is 2"),
    ],
)
def test_bad_targets(text: str | int, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        parse_target(text, ring_of_nodes())


def test_no_labels() -> None:
    with pytest.raises(SpecError, match="should have labels 'y' on a rank or on the whole, but has none"):
        parse_target(None, graph())
    with pytest.raises(SpecError, match="the target 1 should have labels 'y', but has none; it has some on: 0"):
        infer_task(ring_of_nodes(), 1)


@pytest.mark.parametrize(
    ("y", "kind", "outputs"),
    [
        (torch.tensor([0, 1, 2, 0, 1, 2]), "classification", 3),
        (torch.tensor([0, 1, -1, 0, 1, 1]), "classification", 2),
        (torch.tensor([[0], [1], [0], [1], [0], [1]]), "classification", 2),
        (torch.tensor([True, False, True, True, False, False]), "classification", 2),
        (torch.tensor([0.5, 1.0, 2.0, 3.0, NAN, 5.0]), "regression", 1),
        (torch.tensor([0.0, 1.0, 0.0, 1.0, 0.0, 1.0]), "regression", 1),
        (torch.eye(6)[:, :2], "multilabel", 2),
        (torch.eye(6)[:, :2].long(), "multilabel", 2),
        (torch.rand(6, 3), "regression", 3),
    ],
)
def test_kinds(y: torch.Tensor, kind: str, outputs: int) -> None:
    task = infer_task(graph().with_cochain(0, "y", y), 0)
    assert (task.kind, task.outputs) == (kind, outputs)


def test_a_record_says_more() -> None:
    c = graph().with_cochain(0, "y", torch.tensor([0, 1, 0, 1, 0, 1]))
    task = infer_task(c, 0, "classification", "roc_auc")
    assert (task.metric, task.higher_is_better) == ("roc_auc", True)


def test_constant_labels_are_named() -> None:
    c = graph().with_cochain(0, "y", torch.tensor([1, 1, 1, -1, 1, 1]))
    with pytest.raises(
        SpecError, match=r"the labels on 0 should differ, but all 5 are \[1\]; there is nothing to learn"
    ):
        infer_task(c, 0)


def test_no_known_label_is_named() -> None:
    c = graph().with_cochain(0, "y", torch.full((6,), NAN))
    with pytest.raises(SpecError, match="at least some that are known, but all are -1 or NaN"):
        infer_task(c, 0)


def test_labels_of_a_wrong_shape() -> None:
    c = graph().with_cochain(0, "y", torch.rand(6, 2, 2))
    with pytest.raises(
        ShapeError, match=r"labels should be \(rows,\) or \(rows, columns\), but have shape \(6, 2, 2\)"
    ):
        infer_task(c, 0)


def test_unlabelled_rows_are_in_no_part() -> None:
    y = torch.tensor([0, 1, -1, 0, 1, -1])
    c = graph().with_cochain(0, "y", y).with_cochain(0, "split", torch.tensor([0, 0, 0, 1, 2, 2]))
    labels = read_labels(c, infer_task(c, 0))
    assert labels.split[:, 0].tolist() == [0, 0, -1, 1, 2, -1]
    assert labels.known.tolist() == [True, True, False, True, True, False]


def test_a_split_is_drawn_where_there_is_none() -> None:
    c = ring_of_nodes().without_cochain(0, "split")
    task = infer_task(c, 0)
    labels = read_labels(c, task)
    assert labels.split.shape == (24, 5)
    assert torch.equal(labels.split, read_labels(c, task).split)
    assert ((labels.split == 2).sum(dim=1) == 1).all()  # every row is tested on once
    assert all(not check_fold(labels, task, fold) for fold in range(5))


def test_validation_is_carved_where_it_is_missing() -> None:
    c = ring_of_nodes()
    split = torch.where(c[0].split == 1, 0, c[0].split)
    changed = c.with_cochain(0, "split", split)
    labels = read_labels(changed, infer_task(changed, 0))
    assert (labels.split == 1).any(dim=0).all()
    assert torch.equal(labels.split == 2, split == 2)


def test_a_split_of_other_numbers() -> None:
    c = ring_of_nodes().with_cochain(0, "split", torch.full((24,), 3))
    with pytest.raises(
        SpecError, match=r"split should hold 0 \(training\), 1 \(validation\), 2 \(test\).*but holds \[3\]"
    ):
        read_labels(c, infer_task(c, 0))


def test_a_missing_class_is_a_note() -> None:
    y = torch.tensor([0, 0, 1, 1, 2, 2])
    c = graph().with_cochain(0, "y", y).with_cochain(0, "split", torch.tensor([0, 2, 0, 1, 1, 2]))
    task = infer_task(c, 0)
    notes = check_fold(read_labels(c, task), task, 0)
    assert notes == [
        "class 2 is missing in the training part",
        "class 0 is missing in the validation part",
        "class 1 is missing in the test part",
    ]


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (
            [0, 1, 1, 2, 2, 2],
            "the training part of fold 0 should hold at least 2 labelled cells of rank 0, but holds 1",
        ),
        ([0, 0, 0, 0, 1, 1], "the test part of fold 0 should hold at least 1 labelled cells of rank 0, but holds 0"),
        ([0, 1, 0, 1, 0, 2], r"the labels in the training part of fold 0 should differ, but all are \[0\]"),
    ],
)
def test_folds_that_cannot_be_learned(split: list[int], message: str) -> None:
    y = torch.tensor([0, 1, 0, 1, 0, 1])
    c = graph().with_cochain(0, "y", y).with_cochain(0, "split", torch.tensor(split))
    task = infer_task(c, 0)
    with pytest.raises(SpecError, match=message):
        check_fold(read_labels(c, task), task, 0)
