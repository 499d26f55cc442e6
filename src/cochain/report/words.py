"""Numbers as people read them."""

import math

from cochain.experiments.comparison import Row, Task

NOTHING = "\N{EN DASH}"
"""What stands where there is no number."""
PERCENT = ("accuracy", "roc_auc", "average_precision", "f1_macro")
_METRICS = {
    "accuracy": "accuracy",
    "roc_auc": "area under the ROC curve",
    "average_precision": "average precision",
    "f1_macro": "macro F1",
    "mae": "mean absolute error",
    "rmse": "root mean squared error",
}


def metric_name(task: Task) -> str:
    """Give the score's name in words, with its unit."""
    name = _METRICS.get(task.metric, task.metric.replace("_", " "))
    return f"{name} (%)" if task.metric in PERCENT else name


def score(value: float | None, task: Task) -> str:
    """Give a score: shares as percentages with one decimal, errors with three digits."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{100 * value:.1f}" if task.metric in PERCENT else significant(value)


def mean_and_deviation(row: Row, task: Task) -> str:
    """Give `89.4 ± 5.6`, of errors with two digits of the deviation; the mean alone where there is a single score."""
    if row.std is None or not math.isfinite(row.mean):
        return score(row.mean, task)
    if task.metric in PERCENT or not 0 < row.std < 100:
        return f"{score(row.mean, task)} ± {score(row.std, task)}"
    decimals = min(max(0, 1 - math.floor(math.log10(row.std))), 8)
    return f"{row.mean:,.{decimals}f} ± {row.std:.{decimals}f}"


def difference(value: float, task: Task) -> str:
    """Give how far apart two scores are: `2.1 points`, or the plain number for errors."""
    if task.metric not in PERCENT:
        return significant(abs(value))
    points = f"{100 * abs(value):.1f}"
    return f"{points} point" if points == "1.0" else f"{points} points"


def p_value(value: float) -> str:
    """Give `p = 0.03`, or `p < 0.001`."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"


def significant(value: float) -> str:
    """Give three digits that count, without an exponent where one can do without.

    >>> significant(0.01234), significant(1234.6), significant(3.0), significant(0.04)
    ('0.0123', '1,235', '3.00', '0.0400')
    """
    if not math.isfinite(value):
        return NOTHING
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 1:
        return f"{value:.{3 - len(str(int(size)))}f}"
    return f"{value:#.3g}" if value else "0"


def compact(value: float) -> str:
    """Give a count in little room: `12.3k`, `4.6M`.

    >>> compact(950), compact(12_345), compact(4_600_000)
    ('950', '12.3k', '4.6M')
    """
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / (1e3 if unit == 'k' else limit):.3g}{unit}"
    return significant(value) if value != int(value) else f"{int(value):,}"


def duration(seconds: float) -> str:
    """Give a time: `3.2 ms`, `1.45 s`, `12 min 5 s`, `2 h 4 min`."""
    if not math.isfinite(seconds):
        return NOTHING
    if seconds < 1:
        return f"{significant(1000 * seconds)} ms"
    if seconds < 60:
        return f"{significant(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def listing(names: list[str]) -> str:
    """Give `a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Give `1 run`, `2 runs`, `3 classes`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
