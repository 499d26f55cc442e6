"""Cochain: topological and geometric deep learning for PyTorch, as one library and one command.

Everything is a `Complex`: cells graded by rank, sparse incidences between ranks, tensors on cells. Names are imported
when they are first used, so `import cochain` costs nothing and imports no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_NAMES = {
    "CochainError": "cochain.errors",
    "ComplexError": "cochain.errors",
    "DataError": "cochain.errors",
    "ParityError": "cochain.errors",
    "ShapeError": "cochain.errors",
    "SpecError": "cochain.errors",
    "UnknownNameError": "cochain.errors",
    "Cochain": "cochain.complexes",
    "Complex": "cochain.complexes",
    "Ragged": "cochain.complexes",
    "Sheaf": "cochain.complexes.sheaf",
    "Diagram": "cochain.persistence.diagram",
    "from_networkx": "cochain.complexes.networkx",
    "to_networkx": "cochain.complexes.networkx",
    "from_pyg": "cochain.complexes.pyg",
    "to_pyg": "cochain.complexes.pyg",
    "from_toponetx": "cochain.complexes.toponetx",
    "to_toponetx": "cochain.complexes.toponetx",
    "from_gudhi": "cochain.complexes.gudhi",
    "to_gudhi": "cochain.complexes.gudhi",
    "from_scipy": "cochain.complexes.scipy",
    "to_scipy": "cochain.complexes.scipy",
    "from_trimesh": "cochain.complexes.trimesh",
    "to_trimesh": "cochain.complexes.trimesh",
    "compare": "cochain.experiments",
}
_ROOMS = (
    "catalog",
    "complexes",
    "datasets",
    "errors",
    "experiments",
    "kernels",
    "laws",
    "lift",
    "models",
    "nn",
    "persistence",
    "report",
    "sklearn",
)

_MODULES = {"io": "cochain.complexes.io"}  # modules below a room that users name without it

if TYPE_CHECKING:
    from cochain import (
        catalog,
        complexes,
        datasets,
        errors,
        experiments,
        kernels,
        laws,
        lift,
        models,
        nn,
        persistence,
        report,
        sklearn,
    )
    from cochain.complexes import Cochain, Complex, Ragged, io
    from cochain.complexes.gudhi import from_gudhi, to_gudhi
    from cochain.complexes.networkx import from_networkx, to_networkx
    from cochain.complexes.pyg import from_pyg, to_pyg
    from cochain.complexes.scipy import from_scipy, to_scipy
    from cochain.complexes.sheaf import Sheaf
    from cochain.complexes.toponetx import from_toponetx, to_toponetx
    from cochain.complexes.trimesh import from_trimesh, to_trimesh
    from cochain.errors import (
        CochainError,
        ComplexError,
        DataError,
        ParityError,
        ShapeError,
        SpecError,
        UnknownNameError,
    )
    from cochain.experiments import compare
    from cochain.persistence.diagram import Diagram

__all__ = [
    "Cochain",
    "CochainError",
    "Complex",
    "ComplexError",
    "DataError",
    "Diagram",
    "ParityError",
    "Ragged",
    "ShapeError",
    "Sheaf",
    "SpecError",
    "UnknownNameError",
    "catalog",
    "compare",
    "complexes",
    "datasets",
    "errors",
    "experiments",
    "from_gudhi",
    "from_networkx",
    "from_pyg",
    "from_scipy",
    "from_toponetx",
    "from_trimesh",
    "io",
    "kernels",
    "laws",
    "lift",
    "models",
    "nn",
    "persistence",
    "report",
    "sklearn",
    "to_gudhi",
    "to_networkx",
    "to_pyg",
    "to_scipy",
    "to_toponetx",
    "to_trimesh",
]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        found = getattr(import_module(_NAMES[name]), name)
        globals()[name] = found
        return found
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _ROOMS:
        return import_module(f"cochain.{name}")
    raise AttributeError(f"module 'cochain' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
