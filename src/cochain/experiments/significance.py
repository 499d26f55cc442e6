"""Which differences between models are more than the luck of folds and seeds."""

import math
from collections.abc import Mapping, Sequence

from cochain.errors import ShapeError

LEVEL = 0.05


def corrected_t_test(differences: Sequence[float], test_share: float) -> float:
    r"""Give the two-sided p-value of "the mean difference is zero", for differences over overlapping training sets.

    $$t = \frac{\bar d}{\sqrt{(1/J + n_{test}/n_{train}) \, s_d^2}}, \qquad J - 1 \text{ degrees of freedom}$$

    The folds of one data set share most of their training items, so their scores are not independent, and the plain
    1/J makes differences look more certain than they are; the second term corrects the variance for it.

    Args:
        differences: of two models' scores, one per fold.
        test_share: n_test / n_train of a fold; 0 is the plain paired t-test.

    Returns:
        The p-value. Without any variance 1 where all differences are zero, else 0.

    Raises:
        ShapeError: for fewer than two differences.

    Source:
        Nadeau, Bengio, 2003, "Inference for the Generalization Error".
    """
    count = len(differences)
    if count < 2:
        raise ShapeError(f"a paired test should have at least 2 differences, but has {count}; use more folds or seeds")
    mean = math.fsum(differences) / count
    variance = math.fsum((d - mean) ** 2 for d in differences) / (count - 1)
    if variance <= 1e-24 * mean * mean or variance == 0:
        return 1.0 if mean == 0 else 0.0
    from scipy.special import stdtr

    t = mean / math.sqrt((1 / count + test_share) * variance)
    return float(2 * stdtr(count - 1, -abs(t)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for being several: the k-th smallest of m is multiplied by m - k + 1, and they stay in order.

    Source:
        Holm, 1979, "A Simple Sequentially Rejective Multiple Test Procedure".
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for position, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - position) * p_values[i]))
        corrected[i] = largest
    return corrected


def against_best(
    scores: Mapping[str, Mapping[tuple[int, int], float]], higher_is_better: bool, test_share: float
) -> dict[str, float | None]:
    """Give each model's corrected p-value against the model with the best mean.

    Scores of one fold are averaged over its seeds, so that folds are compared with folds. With a single fold the seeds
    themselves are compared, which tells luck of the seeds alone: what another split would say remains open.

    Args:
        scores: for each model its scores by (fold, seed).
        higher_is_better: whether a higher score is a better one.
        test_share: n_test / n_train of a fold.

    Returns:
        The Holm-corrected p-values; None for the best itself, and where two models share fewer than two scores.
    """
    sign = 1 if higher_is_better else -1
    best = max(scores, key=lambda name: sign * math.fsum(scores[name].values()) / len(scores[name]))
    raw: dict[str, float] = {}
    for name in scores:
        differences, share = _paired(scores[best], scores[name], test_share)
        if name != best and len(differences) > 1:
            raw[name] = corrected_t_test(differences, share)
    corrected = dict(zip(raw, holm(list(raw.values())), strict=True))
    return {name: corrected.get(name) for name in scores}


def _paired(
    one: Mapping[tuple[int, int], float], other: Mapping[tuple[int, int], float], test_share: float
) -> tuple[list[float], float]:
    """Give the differences by fold, or by seed where there is one fold, and the share that corrects them."""
    common = sorted(one.keys() & other.keys())
    folds = sorted({fold for fold, _ in common})
    if len(folds) == 1:
        return [one[key] - other[key] for key in common], 0.0
    groups = [[one[key] - other[key] for key in common if key[0] == fold] for fold in folds]
    return [math.fsum(group) / len(group) for group in groups], test_share
