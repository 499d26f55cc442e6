"""Persistent homology: filtration, pairing, diagram; batched over unions of components and differentiable.

Names are imported when they are first used. No module here is called as a function is, since importing the module would
hide the function.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_NAMES = {
    "Atol": "cochain.persistence.atol",
    "Bars": "cochain.persistence.diagram",
    "Diagram": "cochain.persistence.diagram",
    "Extended": "cochain.persistence.extension",
    "Landscape": "cochain.persistence.vectorise.landscapes",
    "PersLay": "cochain.persistence.perslay",
    "PersistenceCurve": "cochain.persistence.vectorise.curves",
    "PersistenceImage": "cochain.persistence.vectorise.images",
    "PersistentLaplacian": "cochain.persistence.laplacian",
    "RipsNet": "cochain.persistence.ripsnet",
    "Silhouette": "cochain.persistence.vectorise.landscapes",
    "alpha": "cochain.persistence.alpha_shapes",
    "betti_curve": "cochain.persistence.vectorise.curves",
    "bottleneck": "cochain.persistence.distances.bottleneck",
    "cap": "cochain.persistence.points",
    "complex_polynomial": "cochain.persistence.vectorise.polynomial",
    "cubical": "cochain.persistence.cubical_images",
    "distance_to_measure": "cochain.persistence.weighted",
    "entropic_wasserstein": "cochain.persistence.distances.entropic",
    "entropy_curve": "cochain.persistence.vectorise.curves",
    "euler_curve": "cochain.persistence.vectorise.curves",
    "extended": "cochain.persistence.extension",
    "fisher_distance": "cochain.persistence.distances.similarity",
    "frechet_mean": "cochain.persistence.distances.means",
    "from_points": "cochain.persistence.points",
    "landmarks": "cochain.persistence.guard",
    "landscape": "cochain.persistence.vectorise.landscapes",
    "load": "cochain.persistence.storage",
    "notes_of": "cochain.persistence.storage",
    "persistence_image": "cochain.persistence.vectorise.images",
    "persistence_statistics": "cochain.persistence.vectorise.statistics",
    "persistent_entropy": "cochain.persistence.vectorise.entropy",
    "persistent_laplacian": "cochain.persistence.laplacian",
    "plot_barcode": "cochain.persistence.plotting",
    "plot_diagram": "cochain.persistence.plotting",
    "rips": "cochain.persistence.vietoris_rips",
    "save": "cochain.persistence.storage",
    "scale_space_kernel": "cochain.persistence.distances.similarity",
    "silhouette": "cochain.persistence.vectorise.landscapes",
    "sliced_wasserstein": "cochain.persistence.distances.sliced",
    "sublevel": "cochain.persistence.level_sets",
    "superlevel": "cochain.persistence.level_sets",
    "topological_vector": "cochain.persistence.vectorise.topological_vector",
    "tropical_coordinates": "cochain.persistence.vectorise.tropical",
    "wasserstein": "cochain.persistence.distances.wasserstein",
    "weighted_gaussian_kernel": "cochain.persistence.distances.similarity",
    "witness": "cochain.persistence.witnesses",
    "write_csv": "cochain.persistence.storage",
    "zero_dimensional": "cochain.persistence.forest",
    "zigzag": "cochain.persistence.presence",
}

if TYPE_CHECKING:
    from cochain.persistence.alpha_shapes import alpha
    from cochain.persistence.atol import Atol
    from cochain.persistence.cubical_images import cubical
    from cochain.persistence.diagram import Bars, Diagram
    from cochain.persistence.distances.bottleneck import bottleneck
    from cochain.persistence.distances.entropic import entropic_wasserstein
    from cochain.persistence.distances.means import frechet_mean
    from cochain.persistence.distances.similarity import fisher_distance, scale_space_kernel, weighted_gaussian_kernel
    from cochain.persistence.distances.sliced import sliced_wasserstein
    from cochain.persistence.distances.wasserstein import wasserstein
    from cochain.persistence.extension import Extended, extended
    from cochain.persistence.forest import zero_dimensional
    from cochain.persistence.guard import landmarks
    from cochain.persistence.laplacian import PersistentLaplacian, persistent_laplacian
    from cochain.persistence.level_sets import sublevel, superlevel
    from cochain.persistence.perslay import PersLay
    from cochain.persistence.plotting import plot_barcode, plot_diagram
    from cochain.persistence.points import cap, from_points
    from cochain.persistence.presence import zigzag
    from cochain.persistence.ripsnet import RipsNet
    from cochain.persistence.storage import load, notes_of, save, write_csv
    from cochain.persistence.vectorise.curves import PersistenceCurve, betti_curve, entropy_curve, euler_curve
    from cochain.persistence.vectorise.entropy import persistent_entropy
    from cochain.persistence.vectorise.images import PersistenceImage, persistence_image
    from cochain.persistence.vectorise.landscapes import Landscape, Silhouette, landscape, silhouette
    from cochain.persistence.vectorise.polynomial import complex_polynomial
    from cochain.persistence.vectorise.statistics import persistence_statistics
    from cochain.persistence.vectorise.topological_vector import topological_vector
    from cochain.persistence.vectorise.tropical import tropical_coordinates
    from cochain.persistence.vietoris_rips import rips
    from cochain.persistence.weighted import distance_to_measure
    from cochain.persistence.witnesses import witness

__all__ = [
    "Atol",
    "Bars",
    "Diagram",
    "Extended",
    "Landscape",
    "PersLay",
    "PersistenceCurve",
    "PersistenceImage",
    "PersistentLaplacian",
    "RipsNet",
    "Silhouette",
    "alpha",
    "betti_curve",
    "bottleneck",
    "cap",
    "complex_polynomial",
    "cubical",
    "distance_to_measure",
    "entropic_wasserstein",
    "entropy_curve",
    "euler_curve",
    "extended",
    "fisher_distance",
    "frechet_mean",
    "from_points",
    "landmarks",
    "landscape",
    "load",
    "notes_of",
    "persistence_image",
    "persistence_statistics",
    "persistent_entropy",
    "persistent_laplacian",
    "plot_barcode",
    "plot_diagram",
    "rips",
    "save",
    "scale_space_kernel",
    "silhouette",
    "sliced_wasserstein",
    "sublevel",
    "superlevel",
    "topological_vector",
    "tropical_coordinates",
    "wasserstein",
    "weighted_gaussian_kernel",
    "witness",
    "write_csv",
    "zero_dimensional",
    "zigzag",
]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'cochain.persistence' has no attribute {name!r}")
    found = getattr(import_module(_NAMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return list(__all__)
