"""The face of scikit-learn: networks as estimators and persistence as transformers, for pipelines and grid searches."""

from cochain.sklearn.diagrams import CubicalDiagrams, DiagramVectors, RipsDiagrams, SublevelDiagrams
from cochain.sklearn.estimators import TopologicalClassifier, TopologicalRegressor

__all__ = [
    "CubicalDiagrams",
    "DiagramVectors",
    "RipsDiagrams",
    "SublevelDiagrams",
    "TopologicalClassifier",
    "TopologicalRegressor",
]
