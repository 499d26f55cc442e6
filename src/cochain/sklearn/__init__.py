"""The face of scikit-learn: topological networks as estimators, for cross-validation, grid searches and pipelines."""

from cochain.sklearn.estimators import TopologicalClassifier, TopologicalRegressor

__all__ = ["TopologicalClassifier", "TopologicalRegressor"]
