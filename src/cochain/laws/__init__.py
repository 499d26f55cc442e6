"""The laws that a network on complexes should keep, as checks to run on a network of your own.

    for result in laws.check(model, complex):
        print(result)

or one by one: `laws.orientation(model, complex)` gives a `LawResult`, or raises `LawError` where the law is broken. The
model is any module that maps a complex to a tensor, one row per cell of one rank or per component; a single layer
becomes one in `Network([Cochain(0, 8)], [layer], CellReadout(0, {0: 16}))`. Weights, complex and random state are left
as they are: laws work on copies.

`LAWS` holds all of them by name, in the order of the list below.

    relabelling       permuting cells permutes the answer
    orientation       reversing cells reverses odd answers and leaves even ones alone
    gauge             changing the bases of a sheaf's stalks changes nothing
    union             a batch is answered as its members are, one by one
    isolated_cells    isolated cells, wherever they stand, get an answer and disturb no other
    gradient_flow     every rank that is read reaches the answer
    parameters        every parameter has a gradient
    no_dense          no tensor grows faster than the complex
    scale             the answer neither explodes nor vanishes on a complex a thousand times as large
    precision         float32 and float64 agree, and the answer has the type of the features
    saving            a saved and reloaded model gives the same answer
    determinism       the same seed gives the same answer, whatever ran before
    input_unchanged   the complex is as it was
"""

from cochain.errors import LawError
from cochain.laws.check import LAWS, check
from cochain.laws.components import isolated_cells, union
from cochain.laws.gauge import gauge
from cochain.laws.gradients import gradient_flow, parameters
from cochain.laws.recorder import Recorder
from cochain.laws.repetition import determinism, input_unchanged, saving
from cochain.laws.result import LawResult
from cochain.laws.size import no_dense, precision, scale
from cochain.laws.specimen import with_isolated
from cochain.laws.strips import strip
from cochain.laws.symmetry import orientation, relabelling

__all__ = [
    "LAWS",
    "LawError",
    "LawResult",
    "Recorder",
    "check",
    "determinism",
    "gauge",
    "gradient_flow",
    "input_unchanged",
    "isolated_cells",
    "no_dense",
    "orientation",
    "parameters",
    "precision",
    "relabelling",
    "saving",
    "scale",
    "strip",
    "union",
    "with_isolated",
]
