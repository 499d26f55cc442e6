"""Persistence in scikit-learn's pipelines: planted shapes are told apart, parameters are searched, contracts kept."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks as checks

import cochain as cc
from cochain.errors import ShapeError, SpecError, UnknownNameError
from cochain.persistence import from_points
from cochain.sklearn import CubicalDiagrams, DiagramVectors, RipsDiagrams, SublevelDiagrams
from cochain.sklearn.diagrams import VECTORS

INF = float("inf")
STEPS = [RipsDiagrams(), CubicalDiagrams(), SublevelDiagrams(), DiagramVectors()]
CONTRACT = [
    checks.check_no_attributes_set_in_init,
    checks.check_parameters_default_constructible,
    checks.check_get_params_invariance,
    checks.check_set_params,
    checks.check_estimator_cloneable,
    checks.check_estimator_repr,
    checks.check_estimator_tags_renamed,
    checks.check_valid_tag_types,
    checks.check_mixin_order,
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__)
def test_the_checks_of_scikit_learn_that_need_no_table(step, check):
    check(type(step).__name__, clone(step))


def clouds(rng, count=40, points=30):
    """Noisy circles and blobs of the same spread."""
    angle = rng.uniform(0, 2 * np.pi, (count, points))
    circles = np.stack([np.cos(angle), np.sin(angle)], axis=2) + 0.1 * rng.normal(size=(count, points, 2))
    blobs = 0.7 * rng.normal(size=(count, points, 2))
    kind = np.arange(count) % 2
    return np.where(kind[:, None, None] == 1, circles, blobs), kind


@pytest.mark.parametrize("vectors", VECTORS)
def test_circles_are_told_from_blobs(rng, vectors):
    X, y = clouds(rng)
    chain = make_pipeline(
        RipsDiagrams(), DiagramVectors(vectors, dims=(1,), centres=4), StandardScaler(), LogisticRegression()
    )
    assert cross_val_score(chain, X, y, cv=3).mean() >= 0.8


def test_a_grid_search_over_vectorisations(rng):
    X, y = clouds(rng, 24)
    chain = make_pipeline(RipsDiagrams(), DiagramVectors(dims=(1,)), LogisticRegression())
    search = GridSearchCV(chain, {"diagramvectors__vectors": ["image", "landscape"], "diagramvectors__resolution": [5]})
    assert search.fit(X, y).best_score_ > 0.8


def test_images_and_graphs(rng):
    ring = np.ones((12, 12))
    ring[3:9, 3:9] = 0
    ring[5:7, 5:7] = 1
    images = [ring + 0.1 * rng.random((12, 12)), rng.random((9, 7))]
    found = make_pipeline(CubicalDiagrams(), DiagramVectors("statistics", dims=(1,))).fit_transform(images)
    assert found.shape == (2, 38)
    assert found[0].max() >= 0.8  # the ring's hole lives from dark to bright
    graphs = [cc.Complex.graph([(0, 1), (1, 2), (2, 0)]), cc.Complex.graph([(0, 1), (1, 2), (1, 3)])]
    diagrams = SublevelDiagrams("degree").fit_transform(graphs)
    assert len(diagrams) == 2
    assert [len(part[1]) for part in diagrams.to_lists()] == [1, 0]
    assert DiagramVectors("tropical").fit(diagrams).transform(diagrams).shape == (2, 14)


def test_ranges_come_from_the_training_data():
    seen, later = from_points([[[0.0, 4.0], [1.0, INF]]]), from_points([[[0.0, 100.0], [2.0, INF]]])
    net = DiagramVectors("betti", resolution=4).fit(seen)
    np.testing.assert_allclose(net.transform(seen), [[1, 2, 2, 2]])
    np.testing.assert_allclose(net.transform(later), [[1, 1, 2, 2]])
    dropped = DiagramVectors("statistics", essential="drop").fit(seen)
    assert dropped.transform(seen)[0, -2] == 1
    assert DiagramVectors("statistics").fit(seen).transform(seen)[0, -2] == 2


def test_lists_pickles_and_messages(rng):
    parts = [from_points([[[0.0, 1.0 + k]]]) for k in range(3)]
    net = DiagramVectors("landscape", resolution=6).fit(parts)
    again = pickle.loads(pickle.dumps(net))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(again.transform(parts), net.transform(parts))
    assert net.transform(parts).shape == (3, 30)
    with pytest.raises(NotFittedError):
        DiagramVectors().transform(parts)
    with pytest.raises(ShapeError, match="X should be a Diagram or a list of them, but is a ndarray"):
        DiagramVectors().fit(np.zeros((3, 2)))
    with pytest.raises(UnknownNameError, match="no vectorisation is called 'images'; did you mean 'image'"):
        DiagramVectors("images").fit(parts)
    with pytest.raises(SpecError, match="essential should be 'cap' or 'drop', but is 'keep'"):
        DiagramVectors(essential="keep").fit(parts)
