"""scikit-learn's own checks of an estimator: all of them, without exceptions."""

from typing import Any

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from cochain.sklearn import TopologicalClassifier, TopologicalRegressor

ESTIMATORS = [
    kind(epochs=20, patience=20, hidden=16, learning_rate=0.2, batch_size=512, validation_fraction=0.0)
    for kind in (TopologicalClassifier, TopologicalRegressor)
]
ARRAY_API = "check_array_api"  # skipped by scikit-learn itself unless SCIPY_ARRAY_API is set; our arrays are numpy's
CHECKS = [
    pytest.param(estimator, check, id=f"{type(estimator).__name__}-{getattr(check, 'func', check).__name__}-{number}")
    for each in ESTIMATORS
    for number, (estimator, check) in enumerate(estimator_checks_generator(each))
    if not getattr(check, "func", check).__name__.startswith(ARRAY_API)
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_estimator_checks(estimator: Any, check: Any) -> None:
    check(estimator)


def test_there_are_checks() -> None:
    assert len(CHECKS) > 80
