"""Maps between domains: from graphs, hypergraphs and points to complexes of higher rank, a whole union at once."""

from cochain.lift.alpha import alpha
from cochain.lift.clique import clique
from cochain.lift.closure import closure
from cochain.lift.contract import Quotient, contract, contraction
from cochain.lift.curvature import curvature
from cochain.lift.cycles import cycles
from cochain.lift.dowker import dowker
from cochain.lift.dual import dual
from cochain.lift.expand import expand
from cochain.lift.forget import forget
from cochain.lift.keep import keep
from cochain.lift.khop import khop
from cochain.lift.knn import knn
from cochain.lift.line import line
from cochain.lift.memory import MAX_CELLS
from cochain.lift.neighborhood import neighborhood
from cochain.lift.paths import paths
from cochain.lift.probes import probes
from cochain.lift.rips import rips
from cochain.lift.star import star
from cochain.lift.witness import witness

__all__ = [
    "MAX_CELLS",
    "Quotient",
    "alpha",
    "clique",
    "closure",
    "contract",
    "contraction",
    "curvature",
    "cycles",
    "dowker",
    "dual",
    "expand",
    "forget",
    "keep",
    "khop",
    "knn",
    "line",
    "neighborhood",
    "paths",
    "probes",
    "rips",
    "star",
    "witness",
]
