"""Topological estimators: what X may be, what comes out, and how they behave in scikit-learn's machinery."""

import pickle

import numpy as np
import pytest
import torch
from made import cycles_and_paths, ring_of_nodes
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import cochain as cc
from cochain.errors import DataError, ShapeError, SpecError, UnknownNameError
from cochain.sklearn import TopologicalClassifier, TopologicalRegressor

QUICK = {"epochs": 25, "hidden": 8, "learning_rate": 0.05, "random_state": 0}
LONG = {**QUICK, "epochs": 60, "validation_fraction": 0.0}


def graphs() -> tuple[list[cc.Complex], np.ndarray]:
    whole = cycles_and_paths(48)
    return whole.components(), np.array(["path", "ring"])[whole.whole.y.numpy()]


def unlabelled() -> list[cc.Complex]:
    return [each.without_cochain("whole", "y") for each in graphs()[0]]


def test_a_list_of_complexes() -> None:
    X, y = graphs()
    net = TopologicalClassifier("gin", **LONG).fit(X, y)
    assert net.classes_.tolist() == ["path", "ring"]
    assert net.n_features_in_ == 1
    assert net.score(X, y) > 0.9
    assert net.predict_proba(X[:5]).shape == (5, 2)
    torch.testing.assert_close(net.predict_proba(X).sum(axis=1), np.ones(48), rtol=1e-5, atol=1e-5, check_dtype=False)
    assert len(net.loss_curve_) == net.n_iter_ >= net.best_epoch_


def test_a_union_is_its_components_and_carries_its_labels() -> None:
    X, _ = graphs()
    whole = cycles_and_paths(48)
    listed = TopologicalClassifier("gin", **QUICK).fit(X, whole.whole.y.numpy())
    joined = TopologicalClassifier("gin", **QUICK).fit(whole)
    np.testing.assert_array_equal(listed.predict_proba(X), joined.predict_proba(whole))


def test_the_answer_on_a_complex_does_not_depend_on_its_neighbours_in_the_list() -> None:
    X, y = graphs()
    net = TopologicalClassifier("gin", **QUICK).fit(X, y)
    np.testing.assert_allclose(net.predict_proba(X)[7:9], net.predict_proba(X[7:9]), rtol=1e-4, atol=1e-6)


def test_nodes_of_one_complex() -> None:
    c = ring_of_nodes()
    y = c[0].y.numpy()
    net = TopologicalClassifier("gcn", complex=c.without_cochain(0, "y"), **QUICK)
    scores = cross_val_score(net, np.arange(24), y, cv=3)
    assert scores.mean() > 0.8
    assert net.fit(np.arange(24)[:, None], y).predict([3, 20]).tolist() == [0, 1]


def test_labels_of_other_nodes_are_not_learned_from() -> None:
    c = ring_of_nodes()
    lying = c.with_cochain(0, "y", 1 - c[0].y)
    rows, y = np.arange(0, 24, 2), c[0].y.numpy()[::2]
    honest = TopologicalClassifier("gcn", complex=c, **QUICK).fit(rows, y)
    lied_to = TopologicalClassifier("gcn", complex=lying, **QUICK).fit(rows, y)
    np.testing.assert_array_equal(honest.predict_proba(np.arange(24)), lied_to.predict_proba(np.arange(24)))


def test_components_by_position_need_no_list() -> None:
    whole = cycles_and_paths(48)
    net = TopologicalClassifier("gin", complex=whole, target="whole", **LONG)
    assert cross_val_score(net, np.arange(48), whole.whole.y.numpy(), cv=3).mean() > 0.8


def test_a_grid_search() -> None:
    X, y = graphs()
    search = GridSearchCV(TopologicalClassifier("gin", **QUICK), {"hidden": [2, 8], "model": ["gin", "gcn"]}, cv=2)
    search.fit(X, y)
    assert search.best_score_ > 0.6
    assert set(search.best_params_) == {"hidden", "model"}


def test_a_pipeline_of_lifts() -> None:
    X, y = graphs()
    lift = FunctionTransformer(lambda given: [cc.lift.cycles(each, 7) for each in given])
    chain = Pipeline([("rings", lift), ("net", TopologicalClassifier("cin", **QUICK))])
    assert cross_val_predict(chain, X, y, cv=2).shape == (48,)
    assert chain.fit(X, y).score(X, y) > 0.9


def test_a_pipeline_of_arrays() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 3)) * [1, 100, 1]
    chain = Pipeline([("scale", StandardScaler()), ("net", TopologicalRegressor(**{**QUICK, "epochs": 60}))])
    assert chain.fit(X, X[:, 1]).score(X, X[:, 1]) > 0.9


def test_clouds_as_an_array() -> None:
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, size=(40, 12))
    radius = np.where(np.arange(40) % 2, 1.0, rng.uniform(0, 1, size=(12, 40))).T[..., None]
    X = radius * np.stack([np.cos(angle), np.sin(angle)], axis=2)
    net = TopologicalClassifier(**{**QUICK, "epochs": 80}).fit(X, np.arange(40) % 2)
    assert net.trained_.spec.model == "deep_sets"
    assert net.score(X, np.arange(40) % 2) > 0.9


def test_several_numbers_on_edges() -> None:
    c = ring_of_nodes()
    ends = c.simplices(1)
    y = torch.stack([c[0].x[ends].sum(dim=1)[:, 0], c[0].x[ends].sum(dim=1)[:, 1]], dim=1).numpy()
    net = TopologicalRegressor("gcn", complex=c, target="edge", **{**QUICK, "epochs": 80})
    assert net.fit(np.arange(24), y).predict([0, 1, 2]).shape == (3, 2)
    assert net.score(np.arange(24), y) > 0.3


def test_clones_share_the_complex() -> None:
    c = ring_of_nodes()
    net = TopologicalClassifier("gcn", complex=c, options={"dropout": 0.1})
    copy = clone(net)
    assert copy.complex is c is net.complex
    assert copy.options == net.options
    assert copy.options is not net.options


def test_pickled() -> None:
    X, y = graphs()
    net = TopologicalClassifier("gin", **QUICK).fit(X, y)
    again = pickle.loads(pickle.dumps(net))  # noqa: S301 - our own bytes: joblib sends estimators this way
    np.testing.assert_array_equal(again.predict_proba(X), net.predict_proba(X))


def test_early_stopping() -> None:
    X, y = graphs()
    net = TopologicalClassifier("gin", **{**QUICK, "epochs": 500, "patience": 3}).fit(X, y)
    assert net.n_iter_ < 500
    assert net.n_iter_ == net.best_epoch_ + 3
    assert net.validation_scores_[net.best_epoch_ - 1] == max(net.validation_scores_)


@pytest.mark.parametrize(
    ("fit", "error", "message"),
    [
        (lambda: TopologicalClassifier("gim").fit(*graphs()), UnknownNameError, "did you mean 'gin'"),
        (lambda: TopologicalClassifier(lift="cicles").fit(*graphs()), UnknownNameError, "did you mean 'cycles'"),
        (lambda: TopologicalClassifier(options={"hiden": 3}).fit(*graphs()), UnknownNameError, "did you mean 'hidden'"),
        (lambda: TopologicalClassifier(validation_fraction=1.0).fit(*graphs()), SpecError, "from 0 to below 1"),
        (lambda: TopologicalClassifier(metric="mae").fit(*graphs()), UnknownNameError, "metric for classification"),
        (lambda: TopologicalClassifier().fit(graphs()[0], [0, 1]), ShapeError, "48 rows, as X has, but has 2"),
        (lambda: TopologicalClassifier().fit([*graphs()[0], "a"], range(49)), ShapeError, "item 48 is a str"),
        (lambda: TopologicalClassifier(complex="karate").fit([0], [1]), SpecError, "should be a Complex, but is a str"),
        (lambda: TopologicalClassifier(complex=ring_of_nodes()).fit([24], [1]), ShapeError, "item 0 is 24"),
        (lambda: TopologicalClassifier(complex=ring_of_nodes()).fit([0.5], [1]), ShapeError, "cells of rank 0"),
        (lambda: TopologicalClassifier(target="link").fit(graphs()[0]), SpecError, "but is link"),
        (lambda: TopologicalClassifier().fit(unlabelled()), ShapeError, "no 'y'"),
        (lambda: TopologicalClassifier().fit(np.ones((2, 2, 2, 2)), [0, 1]), ShapeError, "samples, points"),
        (lambda: TopologicalRegressor().fit(graphs()[0], np.ones((48, 1, 1))), ShapeError, "rows, outputs"),
    ],
)  # fmt: skip
def test_messages(fit, error, message) -> None:
    with pytest.raises(error, match=message):
        fit()


def test_new_data_of_another_kind_is_refused() -> None:
    X, y = graphs()
    net = TopologicalClassifier("gin", **QUICK)
    with pytest.raises(NotFittedError):
        net.predict(X)
    net.fit(X, y)
    wide = [each.with_cochain(0, "x", torch.ones(each.sizes[0], 2)) for each in X]
    with pytest.raises(
        DataError, match="rank 0 should have features of 1 channel, as in training, but has features of 2"
    ):
        net.predict(wide)
    with pytest.raises(DataError, match="should be a graph, as in training, but is a points"):
        net.predict(np.ones((3, 1)))
