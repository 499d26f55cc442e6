"""Maps between domains: from graphs, hypergraphs and points to complexes of higher rank, a whole union at once."""

from cochain.lift.clique import clique
from cochain.lift.cycles import cycles
from cochain.lift.dual import dual
from cochain.lift.khop import khop
from cochain.lift.knn import knn
from cochain.lift.memory import MAX_CELLS
from cochain.lift.probes import probes
from cochain.lift.rips import rips

__all__ = ["MAX_CELLS", "clique", "cycles", "dual", "khop", "knn", "probes", "rips"]
