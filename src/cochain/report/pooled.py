"""The answers of all runs of a model taken together."""

from collections.abc import Sequence

import numpy as np

from cochain.experiments.answers import Answers, Confusion, Numbers, Reliability, Separation

BINS = 10
"""Bins of confidence, as the runs have them."""
POINTS = 300
"""Pairs of truth and answer that are drawn."""


def confusion(answers: Sequence[Answers]) -> Confusion | None:
    """Add counts; classes that some run does not tell apart join the others."""
    known = [each.confusion for each in answers if each.confusion is not None]
    if not known:
        return None
    shared = sorted(set(known[0].classes).intersection(*(each.classes for each in known[1:])))
    rest = any(len(each.counts) > len(shared) for each in known)
    size = len(shared) + rest
    total = np.zeros((size, size), np.int64)
    for each in known:
        place = [shared.index(k) if k in shared else len(shared) for k in each.classes]
        place += [len(shared)] * (len(each.counts) - len(place))
        np.add.at(total, (np.array(place)[:, None], np.array(place)[None]), np.array(each.counts))
    return Confusion(tuple(shared), tuple(tuple(row) for row in total.tolist()))


def reliability(answers: Sequence[Answers]) -> Reliability | None:
    """Add bins; the error is the mean of the runs' errors."""
    known = [each.reliability for each in answers if each.reliability is not None]
    if not known:
        return None
    counts, sure, often = np.zeros(BINS), np.zeros(BINS), np.zeros(BINS)
    for each in known:
        n, confidence = np.array(each.counts), np.array(each.confidence)
        place = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
        np.add.at(counts, place, n)
        np.add.at(sure, place, n * confidence)
        np.add.at(often, place, n * np.array(each.frequency))
    held = counts > 0
    return Reliability(
        tuple((sure[held] / counts[held]).tolist()),
        tuple((often[held] / counts[held]).tolist()),
        tuple(int(n) for n in counts[held]),
        float(np.mean([each.error for each in known])),
    )


def numbers(answers: Sequence[Answers]) -> list[Numbers]:
    """Give each column's sample from all runs, thinned evenly, and the mean of their quantiles."""
    known = [each.numbers for each in answers if each.numbers]
    columns = min((len(each) for each in known), default=0)
    return [_column([each[i] for each in known]) for i in range(columns)]


def _column(parts: Sequence[Numbers]) -> Numbers:
    truth = np.concatenate([part.truth for part in parts])
    answer = np.concatenate([part.answer for part in parts])
    order = np.argsort(truth, kind="stable")
    kept = order[np.unique(np.linspace(0, len(order) - 1, POINTS).round().astype(np.int64))]
    spread = np.mean([part.quantiles for part in parts], axis=0)
    return Numbers(
        tuple(truth[kept].tolist()), tuple(answer[kept].tolist()), tuple(spread.tolist()), sum(p.count for p in parts)
    )


def separation(answers: Sequence[Answers]) -> Separation | None:
    """Add the bins of links and of pairs that are none."""
    known = [each.separation for each in answers if each.separation is not None]
    if not known:
        return None
    positive, negative = (np.sum([getattr(each, name) for each in known], axis=0) for name in ("positive", "negative"))
    return Separation(known[0].edges, tuple(positive.tolist()), tuple(negative.tolist()))


def labels(answers: Sequence[Answers]) -> list[tuple[int, int, int, int]]:
    """Add, per label, what was found, missed, wrongly found, and rightly not found."""
    known = [each.labels for each in answers if each.labels]
    if not known:
        return []
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in np.sum(known, axis=0).tolist()]
