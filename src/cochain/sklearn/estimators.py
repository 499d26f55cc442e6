"""`TopologicalClassifier` and `TopologicalRegressor`: scikit-learn's contract around the training loop of `compare`."""

import copy
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import assert_all_finite, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from cochain.complexes import Complex
from cochain.errors import ShapeError, SpecError
from cochain.experiments.comparison import Task
from cochain.experiments.fitting import How, fit_rows
from cochain.experiments.metrics import metric_for
from cochain.sklearn.inputs import Rows, from_complexes, from_indices, from_numbers, is_complexes

LARGEST_SEED = 2**31 - 1


class _Topological(BaseEstimator):  # type: ignore[misc]
    """What classifier and regressor share: their parameters, what they make of X, and the training."""

    # scikit-learn reads the parameters of an estimator, and searches over them, by the names in this signature.
    def __init__(
        self,
        model: str | None = None,
        *,
        complex: Complex | None = None,
        target: str | int | None = None,
        lift: str | None = None,
        hidden: int | None = None,
        layers: int | None = None,
        epochs: int | None = None,
        patience: int | None = None,
        learning_rate: float | None = None,
        weight_decay: float | None = None,
        batch_size: int | None = None,
        options: Mapping[str, Any] | None = None,
        metric: str | None = None,
        validation_fraction: float = 0.1,
        random_state: int | np.random.RandomState | None = None,
        device: str = "cpu",
        precision: str = "32-true",
    ) -> None:
        self.model = model
        self.complex = complex
        self.target = target
        self.lift = lift
        self.hidden = hidden
        self.layers = layers
        self.epochs = epochs
        self.patience = patience
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.options = options
        self.metric = metric
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.device = device
        self.precision = precision

    def __sklearn_clone__(self) -> Self:
        """Copy the parameters, but share the complex: it is immutable, large, and keeps its derived operators."""
        bare = copy.copy(self)
        bare.complex = None
        cloned: Self = BaseEstimator.__sklearn_clone__(bare)
        cloned.complex = self.complex
        return cloned

    def __sklearn_tags__(self) -> Any:
        """Say what X may be."""
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    def _rows(self, X: Any, reset: bool) -> Rows:
        """Read X; `reset` when fitting, which decides what later X must look like."""
        if is_complexes(X):
            rows = from_complexes(X, self.target if self.complex is None else self._place_of_complex())
            channels = rows.complex_[0].x.shape[-1] if "x" in rows.complex_[0] else 0
        elif self.complex is not None:
            rows, channels = from_indices(X, self.complex, self.target), 1
        else:
            X = validate_data(self, X, reset=reset, dtype=np.float64, allow_nd=True, ensure_min_features=1)
            if X.ndim > 3:
                raise ShapeError(f"X should be (samples, features) or (samples, points, coordinates), but is {X.shape}")
            return from_numbers(X)
        if reset:
            self.n_features_in_ = channels
        return rows

    def _place_of_complex(self) -> str | int:
        return "node" if self.target is None else self.target

    def _fit(self, rows: Rows, y: np.ndarray, kind: str, outputs: int) -> None:
        """Train on rows; y holds classes from 0, or numbers (rows, outputs)."""
        if not 0 <= self.validation_fraction < 1:
            raise SpecError(f"validation_fraction should be from 0 to below 1, but is {self.validation_fraction!r}")
        metric = metric_for(kind, self.metric)
        task = Task(rows.target, kind, metric.name, metric.higher_is_better, outputs)
        labels = torch.tensor(y, dtype=torch.int64 if kind == "classification" else torch.float32)
        found = fit_rows(rows.complex_, task, rows.ids, labels, self._how())
        self.trained_ = found.trained
        self.n_iter_ = len(found.curve.epoch)
        self.best_epoch_ = found.best_epoch
        self.loss_curve_ = list(found.curve.train_loss)
        self.validation_scores_ = list(found.curve.validation_score)

    def _how(self) -> How:
        named = {
            "hidden": self.hidden, "layers": self.layers, "epochs": self.epochs, "patience": self.patience,
            "learning_rate": self.learning_rate, "weight_decay": self.weight_decay, "batch_size": self.batch_size,
        }  # fmt: skip
        return How(
            model=self.model,
            lift=self.lift,
            options={**named, **(self.options or {})},
            validation=self.validation_fraction,
            seed=int(check_random_state(self.random_state).randint(LARGEST_SEED)),
            device=self.device,
            precision=self.precision,
        )

    def _answer(self, X: Any, probabilities: bool) -> np.ndarray:
        check_is_fitted(self)
        rows = self._rows(X, reset=False)
        trained = self.trained_
        answer = trained.probabilities(rows.complex_) if probabilities else trained.answer(rows.complex_)
        found: np.ndarray = answer[rows.ids].numpy()
        return found


class TopologicalClassifier(ClassifierMixin, _Topological):  # type: ignore[misc]
    """A network of the catalog as a classifier of scikit-learn.

    X has one of these forms, and y one class for each of its rows:

    * a list of complexes, one sample each: graphs, molecules, meshes. Cross-validation splits the list. A complex of
      several components is taken too, as the list of its components.
    * with `complex=c`: positions of the cells of one rank of c (of its components with `target="whole"`). The network
      hears all cells of c, and learns from the labels of these: cross-validation is then transductive.
    * an array (samples, features), or (samples, points, coordinates) for a cloud of points each.

    The loop, the recipes and the early stopping are those of `cochain.compare`. Parameters that are None follow the
    recipe of the model for such data.

    Args:
        model: name in the catalog; by default the first with structure that `compare` tries on such data.
        complex: the complex whose cells X names; see above.
        target: node, edge, face, whole or a rank; by default whole, and with `complex` node.
        lift: such as "clique:2" or "cycles:6", in place of the model's own.
        hidden: channels of the hidden layers.
        layers: number of layers.
        epochs: most epochs.
        patience: epochs without a better validation score after which training stops.
        learning_rate: size of the first steps.
        weight_decay: weight decay.
        batch_size: components in a step.
        options: further fields of the model's config and of `cochain.experiments.spec.Training`.
        metric: the score on the validation part: accuracy, f1_macro, roc_auc or average_precision.
        validation_fraction: share of the training rows that tells when to stop, stratified; 0 for none.
        random_state: of the validation part, initial weights, dropout and batches.
        device: cpu or cuda.
        precision: 32-true, 64-true or bf16-mixed.

    After fitting: `classes_`, `n_features_in_` (channels of the nodes), `n_iter_`, `best_epoch_`, `loss_curve_`,
    `validation_scores_`, and `trained_`, which answers on complexes and can be written to a folder.

    Example:
        >>> import cochain as cc
        >>> from cochain.sklearn import TopologicalClassifier
        >>> club = cc.datasets.load("karate")
        >>> nodes, y = list(range(34)), club[0].y.numpy()
        >>> net = TopologicalClassifier("gcn", complex=club, epochs=20, random_state=0).fit(nodes, y)
        >>> bool(net.score(nodes, y) > 0.8)
        True
    """

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train.

        Args:
            X: see the class.
            y: a class for each row of X, of any type; None for the labels 'y' that the complexes carry.

        Raises:
            ValueError: for X or y of another form.
            CochainError: for a model, lift or option that does not fit.
        """
        rows = self._rows(X, reset=True)
        y = _labels_of(rows, y, type(self).__name__)
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        _check_length(rows, y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        self._fit(rows, codes, "classification", len(self.classes_))
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Give the probability of each class, (rows, classes), in the order of `classes_`."""
        return self._answer(X, probabilities=True)

    def predict(self, X: Any) -> np.ndarray:
        """Give the most probable class of each row."""
        found = self._answer(X, probabilities=False)
        predicted: np.ndarray = self.classes_[found.argmax(axis=1)]
        return predicted


class TopologicalRegressor(RegressorMixin, _Topological):  # type: ignore[misc]
    """A network of the catalog as a regressor of scikit-learn: one number, or several, for each row of X.

    X and the parameters are those of `TopologicalClassifier`; y is (rows,) or (rows, outputs). `metric` is mae, which
    descends the absolute error, or rmse for the squared one.
    """

    def __sklearn_tags__(self) -> Any:
        """Say that several numbers can be predicted."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train.

        Args:
            X: see `TopologicalClassifier`.
            y: a number, or several, for each row of X; None for the labels 'y' that the complexes carry.

        Raises:
            ValueError: for X or y of another form.
            CochainError: for a model, lift or option that does not fit.
        """
        rows = self._rows(X, reset=True)
        y = _labels_of(rows, y, type(self).__name__)
        y = np.asarray(y, dtype=np.float64)
        assert_all_finite(y, input_name="y")
        if y.ndim not in (1, 2):
            raise ShapeError(f"y should be (rows,) or (rows, outputs), but has shape {y.shape}")
        _check_length(rows, y)
        self.n_outputs_ = 0 if y.ndim == 1 else y.shape[1]
        y = y.reshape(len(y), -1)
        self._fit(rows, y, "regression", y.shape[1])
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Give the numbers of each row, (rows,) or (rows, outputs) as y was."""
        found = self._answer(X, probabilities=False).astype(np.float64)
        return found if self.n_outputs_ else found[:, 0]


def _labels_of(rows: Rows, y: Any, name: str) -> Any:
    """Give y, or the labels that the complex carries."""
    if y is not None:
        return y
    place = rows.complex_.whole if rows.target == "whole" else rows.complex_[int(rows.target)]
    if "y" not in place:
        raise ShapeError(
            f"This {name} estimator requires y to be passed, but the target y is None, and the complex has no 'y'"
        )
    return place.y.numpy()[rows.ids.numpy()]


def _check_length(rows: Rows, y: np.ndarray) -> None:
    if len(y) != len(rows.ids):
        raise ShapeError(
            f"y should have {len(rows.ids)} rows, as X has, but has {len(y)}: inconsistent numbers of samples"
        )
