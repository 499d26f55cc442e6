"""The paired test against numbers worked by hand and against its definition."""

import math

import pytest
from scipy import stats

from cochain.errors import ShapeError
from cochain.experiments.significance import against_best, corrected_t_test, holm


def test_by_hand() -> None:
    # mean 0.2, variance 0.01: t = 0.2 / sqrt((1/3 + 1/9) 0.01) = 3; for 2 degrees of freedom p = 1 - t / sqrt(2 + t^2)
    assert corrected_t_test([0.1, 0.2, 0.3], 1 / 9) == pytest.approx(1 - 3 / math.sqrt(11), abs=1e-12)


def test_two_folds_by_hand() -> None:
    # differences 0 and 2: mean 1, variance 2, t = 1 / sqrt((1/2 + 1/2) 2) = 1 / sqrt(2)
    # for 1 degree of freedom p = 1 - 2 atan(t) / pi
    assert corrected_t_test([0.0, 2.0], 0.5) == pytest.approx(1 - 2 * math.atan(1 / math.sqrt(2)) / math.pi, abs=1e-12)


def test_without_overlap_it_is_the_paired_t_test() -> None:
    one, other = [0.8, 0.9, 0.7, 0.85], [0.7, 0.85, 0.72, 0.8]
    plain = stats.ttest_rel(one, other).pvalue
    differences = [a - b for a, b in zip(one, other, strict=True)]
    assert corrected_t_test(differences, 0.0) == pytest.approx(plain, rel=1e-10)


def test_overlap_makes_it_more_careful() -> None:
    differences = [0.02, 0.03, 0.01, 0.025]
    assert corrected_t_test(differences, 1 / 9) > corrected_t_test(differences, 0.0)


def test_without_variance() -> None:
    assert corrected_t_test([0.0, 0.0, 0.0], 0.1) == 1.0
    assert corrected_t_test([0.1, 0.1, 0.1], 0.1) == 0.0


def test_one_difference_is_too_few() -> None:
    with pytest.raises(ShapeError, match="should have at least 2 differences, but has 1"):
        corrected_t_test([0.1], 0.1)


def test_holm_by_hand() -> None:
    # ascending 0.01, 0.03, 0.04, times 3, 2, 1: 0.03, 0.06, 0.04, and kept ascending: 0.03, 0.06, 0.06
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def scores(*values: float, seeds: int = 1) -> dict[tuple[int, int], float]:
    return {(i // seeds, i % seeds): value for i, value in enumerate(values)}


def test_against_best_by_hand() -> None:
    found = against_best(
        {"a": scores(0.5, 0.6, 0.7), "b": scores(0.4, 0.4, 0.4), "c": scores(0.5, 0.6, 0.7)}, True, 1 / 9
    )
    # b: differences 0.1, 0.2, 0.3, the smaller of two p-values: doubled; c: no difference
    assert found["a"] is None
    assert found["b"] == pytest.approx(2 * (1 - 3 / math.sqrt(11)))
    assert found["c"] == 1.0


def test_lower_may_be_better() -> None:
    found = against_best({"a": scores(0.5, 0.6), "b": scores(0.4, 0.3)}, False, 0.1)
    assert found["b"] is None
    assert found["a"] is not None


def test_seeds_are_averaged_within_folds() -> None:
    several = {"a": scores(0.5, 0.7, 0.6, 0.8, seeds=2), "b": scores(0.4, 0.5, 0.2, 0.5, seeds=2)}
    folds = {"a": scores(0.6, 0.7), "b": scores(0.45, 0.35)}
    assert against_best(several, True, 0.2)["b"] == pytest.approx(against_best(folds, True, 0.2)["b"])


def test_one_fold_compares_seeds_without_correction() -> None:
    one, other = {(0, s): v for s, v in enumerate((0.8, 0.9, 0.7))}, {(0, s): v for s, v in enumerate((0.7, 0.7, 0.6))}
    plain = stats.ttest_rel(list(one.values()), list(other.values())).pvalue
    assert against_best({"a": one, "b": other}, True, 0.3)["b"] == pytest.approx(plain)


def test_a_single_score_is_not_tested() -> None:
    assert against_best({"a": scores(0.5), "b": scores(0.4)}, True, 0.1) == {"a": None, "b": None}


def test_only_common_folds_count() -> None:
    found = against_best({"a": scores(0.5, 0.6, 0.9), "b": scores(0.4, 0.4)}, True, 0.0)
    assert found["b"] == pytest.approx(corrected_t_test([0.1, 0.2], 0.0))
