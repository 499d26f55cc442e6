"""From a run's answers on its test part to what is kept of them."""

import numpy as np
import numpy.typing as npt
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor

from cochain.experiments.answers import Answers, Confusion, Numbers, Reliability, Separation

__all__ = ["Answers", "summarise"]

CLASSES = 50
"""Classes that are told apart; of more, those that were confused most."""
BINS = 10
"""Bins of confidence."""
SEPARATION_BINS = 20
"""Bins of the scores of links."""
SAMPLE = 240
"""Pairs of truth and answer that are kept of a column of numbers."""
COLUMNS = 6
"""Columns of numbers that are kept."""
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)

Array = npt.NDArray[np.float64]


def summarise(kind: str, output: Float[Tensor, "rows outputs"], truth: Shaped[Tensor, "rows *outputs"]) -> Answers:
    """Condense answers: counts of confusion, calibration, a sample of numbers, or the scores of links.

    Args:
        kind: classification, multilabel, regression or link.
        output: logits, or numbers on the scale of the labels.
        truth: classes (rows,), or (rows, outputs) numbers, of which NaN is not known. Links are labels in one column.
    """
    given = output.detach().cpu().double().numpy()
    wanted = truth.detach().cpu().numpy()
    if kind == "classification":
        sound = np.isfinite(given).all(axis=1) & (wanted >= 0)
        return _classes(given[sound], wanted[sound])
    wanted = wanted.astype(np.float64)
    if kind == "regression":
        return _regression(given, wanted)
    return _labels(kind, given, wanted)


def _classes(logits: Array, truth: npt.NDArray[np.int64]) -> Answers:
    if not len(truth):
        return Answers(0)
    answer = logits.argmax(axis=1)
    sure = np.exp(logits - logits.max(axis=1, keepdims=True))
    confidence = sure.max(axis=1) / sure.sum(axis=1)
    return Answers(
        len(truth),
        confusion=confusion(answer, truth, logits.shape[1]),
        reliability=reliability(confidence, answer == truth),
    )


def confusion(answer: Int[np.ndarray, "rows"], truth: Int[np.ndarray, "rows"], classes: int) -> Confusion:
    """Count which classes were taken for which; of more than 50 classes, tell those apart that were confused most.

    Args:
        answer: the answered classes.
        truth: the true classes.
        classes: how many there are.
    """
    chosen = np.arange(classes)
    if classes > CLASSES:
        wrong = answer != truth
        confused = np.bincount(answer[wrong], minlength=classes) + np.bincount(truth[wrong], minlength=classes)
        chosen = np.sort(np.argsort(-confused, kind="stable")[:CLASSES])
    place = np.full(classes, len(chosen))
    place[chosen] = np.arange(len(chosen))
    size = len(chosen) + (classes > len(chosen))
    counts = np.bincount(place[truth] * size + place[answer], minlength=size * size).reshape(size, size)
    return Confusion(tuple(chosen.tolist()), tuple(tuple(row) for row in counts.tolist()))


def reliability(confidence: Float[np.ndarray, "rows"], right: Bool[np.ndarray, "rows"]) -> Reliability:
    r"""Compare how sure answers were with how often they were right, in bins of equal width.

    $$ECE = \sum_b \frac{n_b}{n} \, |\mathrm{frequency}_b - \mathrm{confidence}_b|$$

    Args:
        confidence: probabilities within [0, 1]; at least one.
        right: whether each was right.

    Source:
        Guo, Pleiss, Sun, Weinberger, 2017, "On Calibration of Modern Neural Networks".
    """
    place = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    held = counts > 0
    sure = np.bincount(place, confidence, BINS)[held] / counts[held]
    often = np.bincount(place, right.astype(np.float64), BINS)[held] / counts[held]
    error = float((np.abs(often - sure) * counts[held]).sum() / counts.sum())
    return Reliability(tuple(sure.tolist()), tuple(often.tolist()), tuple(counts[held].tolist()), error)


def _labels(kind: str, logits: Array, truth: Array) -> Answers:
    """Condense answers of yes and no."""
    known = np.isfinite(logits) & np.isfinite(truth)
    if not known.any():
        return Answers(0)
    share = _sigmoid(np.where(known, logits, 0.0))
    true, said = truth > 0.5, share > 0.5
    calibrated = reliability(share[known], true[known])
    if kind == "link":
        return Answers(int(known.sum()), reliability=calibrated, separation=_separation(share[known], true[known]))
    sums = [(known & (said == s) & (true == t)).sum(axis=0).tolist() for s, t in ((1, 1), (0, 1), (1, 0), (0, 0))]
    return Answers(int(known.sum()), reliability=calibrated, labels=tuple(zip(*sums, strict=True)))


def _sigmoid(logits: Array) -> Array:
    """Give probabilities without an overflow: both forms are exact, each on its own side of zero."""
    small = np.exp(-np.abs(logits))
    return np.where(logits >= 0, 1 / (1 + small), small / (1 + small))


def _separation(share: Array, true: npt.NDArray[np.bool_]) -> Separation:
    edges = np.linspace(0.0, 1.0, SEPARATION_BINS + 1)
    positive, negative = (np.histogram(share[rows], edges)[0].tolist() for rows in (true, ~true))
    return Separation(tuple(edges.tolist()), tuple(positive), tuple(negative))


def _regression(given: Array, wanted: Array) -> Answers:
    known = np.isfinite(given) & np.isfinite(wanted)
    columns = (_numbers(given[rows, i], wanted[rows, i]) for i, rows in enumerate(known.T[:COLUMNS]) if rows.any())
    return Answers(int(known.sum()), numbers=tuple(columns))


def _numbers(given: Array, wanted: Array) -> Numbers:
    """Keep the pairs at even steps through the order of the truth, so that the rare ends are kept with the middle."""
    order = np.argsort(wanted, kind="stable")
    kept = order[np.unique(np.linspace(0, len(order) - 1, SAMPLE).round().astype(np.int64))]
    spread = np.quantile(given - wanted, QUANTILES)
    return Numbers(tuple(wanted[kept].tolist()), tuple(given[kept].tolist()), tuple(spread.tolist()), count=len(wanted))
