"""New data for a trained network, and its answers as a table with the user's own names."""

import csv
import io as text_io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from cochain import datasets
from cochain.complexes import Complex, io
from cochain.complexes.cells import Place
from cochain.complexes.schema import Schema, align
from cochain.errors import CochainError, DataError, unknown_name
from cochain.experiments.comparison import Task
from cochain.experiments.fingerprint import fingerprint
from cochain.experiments.metrics import METRICS, score
from cochain.experiments.reads import Reads
from cochain.experiments.tasks import read_known_labels
from cochain.experiments.trained import Trained


class LabelNote(UserWarning):
    """Labels of new data that cannot be scored."""


@dataclass(frozen=True)
class NewData:
    """A complex and what its files call its parts."""

    complex_: Complex
    """Raw, as the network was trained on."""
    names: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    """Names of cells or components, by place, where the file has them."""


def open_new(data: str | PathLike[str], reads: Reads, format: str | None = None) -> NewData:  # noqa: A002 (as in io.read)
    """Read a data set, file or folder as the training's was read: its columns mean what they meant then.

    Raises:
        UnknownNameError: when it is neither the name of a data set nor a file or folder.
        DataError: when it cannot be read.
    """
    text = str(data)
    if text in datasets.registry:
        return NewData(datasets.load(text))
    if not Path(text).exists():
        raise unknown_name("data set, file or folder", text, datasets.registry)
    found = io.inspect(text, format, reads.named if reads.features or reads.labels else None)
    for loss in found.losses:
        warnings.warn(f"{text}: {loss}", io.ReadingNote, stacklevel=2)
    return NewData(found.complex_, found.names)


@dataclass(frozen=True)
class Answered:
    """The answers of a network on new data."""

    columns: tuple[str, ...]
    """Names of the columns of the table."""
    rows: list[tuple[Any, ...]]
    """The table: one row per component or cell of the target."""
    score: float | None
    """The score on the rows that have a label; None where none has, or it is undefined."""
    labelled: int
    """Number of those."""
    seen: bool = False
    """Whether this is the very data of the training, so that the score counts rows that it learned from."""


def answer_table(trained: Trained, data: NewData) -> Answered:
    """Answer on new data: the predicted class or numbers, and probabilities by the names of the classes.

    Raises:
        DataError: when the data differs from that of the training, by name.
        SpecError: for a network that was trained to predict links.
    """
    reads = trained.reads
    answers = trained.answer(data.complex_)
    head = _first_columns(reads.target, data)
    columns: list[str] = [name for name, _ in head]
    if reads.kind == "regression":
        columns += reads.names if reads.labels else [f"prediction_{k}" for k in range(reads.outputs)]
        found: list[list[Any]] = answers.T.tolist()
    else:
        shares = answers.softmax(dim=1) if reads.kind == "classification" else answers.sigmoid()
        columns += [f"p({name})" for name in reads.names]
        found = [[f"{value:.6g}" for value in column] for column in shares.T.tolist()]
        if reads.kind == "classification":
            columns.insert(len(head), "prediction")
            found.insert(0, [reads.names[k] for k in shares.argmax(dim=1).tolist()])
    rows = list(zip(*(values for _, values in head), *found, strict=True))
    value, labelled = _score(trained, data.complex_, answers)
    seen = value is not None and fingerprint(data.complex_) == trained.spec.fingerprint
    return Answered(tuple(columns), rows, value, labelled, seen)


def as_csv(answered: Answered) -> str:
    """Give the table as CSV with a header."""
    stream = text_io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(answered.columns)
    writer.writerows(answered.rows)
    return stream.getvalue()


def _first_columns(target: int | str, data: NewData) -> list[tuple[str, list[Any]]]:
    """Give the columns that say which component or cell a row is about."""
    complex_ = data.complex_
    graphs = data.names.get("whole", tuple(map(str, range(len(complex_)))))
    if target == "whole":
        return [("component", list(graphs))]
    rank = int(target)
    nodes = data.names.get(0, tuple(map(str, range(complex_.sizes[0]))))
    columns: list[tuple[str, list[Any]]] = []
    if len(complex_) > 1:
        columns.append(("component", [graphs[k] for k in complex_.component_of(rank).tolist()]))
    if rank == 0:
        return [*columns, ("node", list(nodes))]
    if rank in data.names:
        return [*columns, ("cell", list(data.names[rank]))]
    matrix = complex_.cells(rank).pattern
    members = torch.split(matrix.indices.cpu(), matrix.degrees.cpu().tolist())
    return [*columns, ("nodes", [" ".join(nodes[k] for k in each.tolist()) for each in members])]


def _score(trained: Trained, complex_: Complex, answers: Float[Tensor, "rows outputs"]) -> tuple[float | None, int]:
    """Score the rows that have a label; labels that do not fit those of the training are named in a warning."""
    reads, spec = trained.reads, trained.spec
    place = complex_.whole if reads.target == "whole" else complex_[int(reads.target)]
    if "y" not in place:
        return None, 0
    task = Task(reads.target, reads.kind, spec.metric, METRICS[spec.metric].higher_is_better, reads.outputs)
    try:
        _check_names(complex_, reads)
        if complex_.schema is not None and reads.classes:
            classes = Schema(classes=complex_.schema.classes)
            complex_ = align(_only_labels(complex_, reads.target, classes), Schema(classes=reads.named.classes))
        y, known = read_known_labels(complex_, task)
        _check_labels(y[known], reads)
    except CochainError as error:
        warnings.warn(LabelNote(f"the labels are not scored: {error}"), stacklevel=3)
        return None, 0
    return score(spec.metric, answers[known], y[known]), int(known.sum())


def _only_labels(complex_: Complex, target: int | str, schema: Schema) -> Complex:
    """Leave all features out, whose names would have to agree too."""
    for rank in range(complex_.rank + 1):
        if "x" in complex_[rank]:
            complex_ = complex_.without_cochain(rank, "x")
    if "x" in complex_.whole:
        complex_ = complex_.without_cochain("whole", "x")
    return complex_.with_schema(schema)


def _check_names(complex_: Complex, reads: Reads) -> None:
    """Numbers of another name are another quantity; classes tell themselves by their own names."""
    place: Place = "whole" if reads.target == "whole" else int(reads.target)
    was = reads.named.labels.get(place, ())
    now = () if complex_.schema is None else complex_.schema.labels.get(place, ())
    if reads.kind != "classification" and was and now and was != now:
        raise DataError(f"they should be {', '.join(was)[:80]}, as in training, but are {', '.join(now)[:80]}")


def _check_labels(y: Tensor, reads: Reads) -> None:
    if reads.kind == "classification" and len(y) and int(y.max()) >= reads.outputs:
        raise DataError(f"classes should be below {reads.outputs}, as in training, but one is {int(y.max())}")
    if reads.kind != "classification" and y.shape[1] != reads.outputs:
        raise DataError(f"labels should have {reads.outputs} columns, as in training, but have {y.shape[1]}")
