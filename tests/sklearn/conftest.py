"""`import made` works for the tests of this folder too: the data is that of tests/experiments."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "experiments"))
