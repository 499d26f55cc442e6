"""The section on answers, right and wrong: for each model what its runs answered on their test parts."""

from collections.abc import Sequence

from cochain.experiments.answers import Answers, Numbers
from cochain.experiments.comparison import Comparison, Row
from cochain.report import calibration, matrix, pooled, residuals, words
from cochain.report.kinds import kind
from cochain.report.markup import Html, fill, join

COLUMNS = 4
"""Columns of numbers that are drawn."""
LABELS = 30
"""Labels that are drawn."""


def mistakes(comparison: Comparison) -> Html:
    """Give one card per model, the best one's open; empty where no run kept its answers."""
    answers = {row.model: [run.answers for run in comparison.runs if run.model == row.model] for row in comparison.rows}
    known = {model: [each for each in own if each is not None and each.count] for model, own in answers.items()}
    rows = [row for row in comparison.rows if known[row.model]]
    if not rows:
        return Html("")
    cards = join(_card(i, row, known[row.model], comparison) for i, row in enumerate(rows))
    return join([fill('<p class="note">{}</p>', _note(comparison)), _overview(comparison, rows, known), cards])


def _note(comparison: Comparison) -> str:
    note = "Answers of all runs on their test parts, with the weights that were kept"
    if comparison.protocol != "validation":
        note += " at the last epoch, not at the epoch that the score is of"
    return note + {
        "classification": ". Rows are true classes; the stronger a square's colour, the larger its share of the row. "
        "Dots on the dashed line are as often right as they are sure; larger dots stand for more answers.",
        "multilabel": ". A label is found where its probability is above one half.",
        "regression": ". Dots on the dashed line are right.",
        "link": ". The further links and other pairs stand apart, the better.",
    }.get(comparison.task.kind, ".")


def _overview(comparison: Comparison, rows: list[Row], known: dict[str, list[Answers]]) -> Html:
    """Draw residuals of all models over one axis."""
    if comparison.task.kind != "regression":
        return Html("")
    models: list[tuple[str, str, Numbers]] = []
    for row in rows:
        columns = pooled.numbers(known[row.model])
        models += [(row.model, kind(row.model), columns[0])] if columns else []
    if not models:
        return Html("")
    return fill(
        '<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="residuals">{}</div>{}</div>',
        residuals.boxes(models), residuals.boxes_table(models),
    )  # fmt: skip


def _card(place: int, row: Row, answers: list[Answers], comparison: Comparison) -> Html:
    which = kind(row.model)
    figures = _figures(row.model, answers, comparison.task.kind == "classification", comparison.portrait.names)
    error = pooled.reliability(answers)
    told = [words.plural(sum(each.count for each in answers), "answer")]
    if error is not None:
        told.append(f"expected calibration error {100 * error.error:.1f}%")
    return fill(
        '<details class="card k-{}" data-model="{}"{}><summary><span class="chip {}"></span><b>{}</b> '
        '<span class="dim">{}</span></summary><div class="pair">{}</div></details>',
        which, row.model, Html(" open") if place == 0 else "", which, row.model, " · ".join(told),
        join(fill("<div><h3>{}</h3>{}{}</div>", *figure) for figure in figures),
    )  # fmt: skip


def _figures(
    name: str, answers: list[Answers], of_classes: bool, called: Sequence[str]
) -> list[tuple[str, Html, Html]]:
    """Give title, chart and table of everything that the answers hold."""
    found: list[tuple[str, Html, Html]] = []
    confused = pooled.confusion(answers)
    if confused is not None:
        found.append(("Confusion", matrix.matrix(confused, name, called), matrix.matrix_table(confused, name, called)))
    apart = pooled.separation(answers)
    if apart is not None:
        chart = calibration.separation(apart, name)
        found.append(("Links and other pairs", chart, calibration.separation_table(apart, name)))
    labels = pooled.labels(answers)
    if labels:
        chart = calibration.labels(labels[:LABELS], name, called)
        found.append(("Labels", chart, calibration.labels_table(labels, name, called)))
    for i, column in enumerate(columns := pooled.numbers(answers)[:COLUMNS]):
        title = (
            f"Answers against truth, {called[i] if i < len(called) else f'column {i}'}"
            if len(columns) > 1
            else "Answers against truth"
        )
        found.append((title, residuals.against_truth(column, name), residuals.truth_table(column, name)))
    sure = pooled.reliability(answers)
    if sure is not None:
        chart = calibration.calibration(sure, name, of_yes=not of_classes)
        found.append(("Calibration", chart, calibration.calibration_table(sure, name)))
    return found
