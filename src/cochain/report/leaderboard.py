"""The leaderboard, and what stands beside it: test scores, learning curves, costs."""

import math
from collections.abc import Callable, Sequence

from cochain.experiments.comparison import Comparison, Row
from cochain.report import curves, words
from cochain.report.axes import Scale, scale
from cochain.report.charts import Dot, Point, Strip, interval, interval_axis, scatter, strips
from cochain.report.kinds import NAMES, domain, kind, label
from cochain.report.markup import Html, fill, join
from cochain.report.tables import behind


def factor(comparison: Comparison) -> float:
    """Give what scores are multiplied by when they are shown: 100 for shares, 1 for errors."""
    return 100.0 if comparison.task.metric in words.PERCENT else 1.0


def table(comparison: Comparison) -> Html:
    """Give the leaderboard; its columns sort by the plain numbers in `data-value`."""
    rows = comparison.rows
    ends = [row.mean + side * (row.std or 0.0) for row in rows for side in (-1, 1)]
    x = scale(ends, 8.0, 182.0)
    metric = words.metric_name(comparison.task)
    head = join(
        [
            _head("rank", "#", "place by mean score"),
            _head("model", "model", ""),
            _head("score", metric, "mean ± standard deviation of the test scores", comparison.task.higher_is_better),
            fill('<th class="chart"><span class="hidden">interval</span>{}</th>', interval_axis(x, factor(comparison))),
            _head("p", "p", "corrected paired test against the best model"),
            _head("parameters", "parameters", "trained numbers"),
            _head("epoch", "s / epoch", "median seconds of an epoch, with its validation"),
            _head("memory", "memory", comparison.memory),
        ]
    )
    body = join(_row(i, row, comparison, x) for i, row in enumerate(rows))
    return fill(
        '<div class="scroll" tabindex="0" role="region" aria-label="leaderboard"><table class="sortable" id="board">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        head, body,
    )  # fmt: skip


def _head(key: str, text: str, title: str, first_down: bool = False) -> Html:
    return fill(
        '<th scope="col" data-key="{}" aria-sort="none"{}><button type="button" title="{}">{}</button></th>',
        key, Html(' data-first="descending"') if first_down else Html(""), title or text, text,
    )  # fmt: skip


def _row(place: int, row: Row, comparison: Comparison, x: Scale) -> Html:
    task = comparison.task
    text = words.mean_and_deviation(row, task)
    which = kind(row.model)
    chart = interval(x, row.mean, row.std or 0.0, which, text) if math.isfinite(row.mean) else Html("")
    p = "" if row.p_value is None else words.p_value(row.p_value).removeprefix("p = ").removeprefix("p ")
    badge = fill(' <span class="badge" title="the best, or not significantly worse than it">best group</span>')
    best = row.best_group and len(comparison.rows) > 1
    notes = join(fill('<p class="warning">{}</p>', note) for note in row.warnings)
    lift = fill('<span class="lift">{}</span>', f"{domain(row.model) or 'own'} · {row.lift or 'data as it is'}")
    return fill(
        '<tr class="k-{} {}"><td data-value="{}">{}</td>'
        '<th scope="row" data-value="{}"><span class="chip {}" title="{}"></span>{}{}{}{}</th>'
        '<td class="score" data-value="{}">{}</td><td class="chart">{}</td><td data-value="{}">{}</td>'
        '<td data-value="{}">{}</td><td data-value="{}">{}</td><td data-value="{}">{}</td></tr>',
        which, "best" if best else "", place + 1, place + 1, row.model, which, NAMES[which], row.model,
        badge if best else "", lift, notes,
        repr(row.mean), text, chart, "" if row.p_value is None else repr(row.p_value), p,
        row.parameters, words.compact(row.parameters),
        repr(row.seconds_per_epoch), words.significant(row.seconds_per_epoch),
        repr(row.peak_memory_mb), f"{words.significant(row.peak_memory_mb)} MB",
    )  # fmt: skip


def scores(comparison: Comparison) -> Html:
    """Draw every test score as a dot, model by model, with the share of the largest class to compare with."""
    lines = []
    for row in comparison.rows:
        dots = []
        for s in row.scores:
            title = f"{row.model}, fold {s.fold}, seed {s.seed}: {words.score(s.value, comparison.task)}"
            dots.append(Dot(s.value, title, f"{s.fold}-{s.seed}"))
        lines.append(Strip(label(row, comparison.rows), kind(row.model), row.mean, tuple(dots)))
    return strips(lines, words.metric_name(comparison.task), factor(comparison), _reference(comparison))


def _reference(comparison: Comparison) -> tuple[float, str] | None:
    labels = comparison.portrait.labels
    if comparison.task.metric != "accuracy" or comparison.task.kind != "classification" or not sum(labels):
        return None
    return max(labels) / sum(labels), "largest class"


def scores_table(comparison: Comparison) -> Html:
    """Give the test scores by fold, in the mean over the fold's seeds."""
    folds = sorted({score.fold for row in comparison.rows for score in row.scores})
    rows = []
    for row in comparison.rows:
        by_fold = ([score.value for score in row.scores if score.fold == fold] for fold in folds)
        means = (sum(values) / len(values) if values else None for values in by_fold)
        rows.append([label(row, comparison.rows), *(words.score(mean, comparison.task) for mean in means)])
    return behind(f"{words.metric_name(comparison.task)} by fold", ["model", *(f"fold {f}" for f in folds)], rows)


def learning(comparison: Comparison) -> list[tuple[str, list[tuple[str, Html]], Html]]:
    """Give groups of panels: title, a panel for each model by its name, and the numbers as a table."""
    metric = words.metric_name(comparison.task)
    times = factor(comparison)
    groups = (
        ("validation_score", f"validation {metric}", times),
        ("test_score", f"test {metric}", times),
        ("train_loss", "training loss", 1.0),
    )
    found = []
    for which, title, times in groups:
        bands = []
        for name in dict.fromkeys(row.model for row in comparison.rows):
            runs = [run for run in comparison.runs if run.model == name]
            bands.append(curves.band(name, kind(name), runs, which))
        known = [band for band in bands if band is not None]
        if known:
            panels = curves.panels(known, which.partition("_")[0], title, times)
            named = [(band.name, panel) for band, panel in zip(known, panels, strict=True)]
            found.append((title, named, curves.table(known, title, times)))
    return found


def costs(comparison: Comparison) -> list[Html]:
    """Draw the score against seconds per epoch, memory and parameters."""
    axes: Sequence[tuple[str, Callable[[Row], float]]] = (
        ("seconds per epoch", lambda row: row.seconds_per_epoch),
        ("peak memory, MB", lambda row: row.peak_memory_mb),
        ("parameters", lambda row: float(row.parameters)),
    )
    metric = words.metric_name(comparison.task)
    found = []
    for title, value in axes:
        points = [
            Point(
                label(row, comparison.rows), kind(row.model), value(row), row.mean, row.std or 0.0,
                f"{row.model}: {words.mean_and_deviation(row, comparison.task)}, {words.compact(value(row))} {title}",
            )
            for row in comparison.rows
        ]  # fmt: skip
        known = [point.x for point in points if point.x > 0 and math.isfinite(point.x) and math.isfinite(point.y)]
        if len(known) > 1 and max(known) > 1.02 * min(known):  # equal costs tell nothing, nor does one model alone
            found.append(scatter(points, title, metric, factor(comparison), comparison.task.higher_is_better))
    return found


def costs_table(comparison: Comparison) -> Html:
    """Give scores and costs as a table."""
    rows = (
        [
            label(row, comparison.rows), words.mean_and_deviation(row, comparison.task),
            words.significant(row.seconds_per_epoch), words.significant(row.peak_memory_mb), f"{row.parameters:,}",
            words.duration(row.seconds),
        ]
        for row in comparison.rows
    )  # fmt: skip
    head = ["model", words.metric_name(comparison.task), "s / epoch", "memory (MB)", "parameters", "all its runs"]
    return behind("scores and costs", head, rows)
