"""What a number was computed with, beyond the version: a digest of the source files that a run goes through."""

import hashlib
from functools import cache
from pathlib import Path

from cochain.catalog import entry

ROOMS = ("kernels", "complexes", "nn", "lift")
TRAINING = ("links", "metrics", "optimizers", "prepare", "problems", "scaling", "tasks", "train")
SOURCE = Path(__file__).parents[1]


def code_of(model: str) -> str:
    """Give 12 digits that change with the source of a model and of what it stands on.

    Between releases the code changes and the version does not; a stored run must not stand for what other code gave.
    The file of the model counts, not those of other models; readers of files, pages and commands do not.

    Args:
        model: name in the catalog.
    """
    module = entry(model).path.split(":")[0].split(".")[1:]
    own = SOURCE.joinpath(*module).with_suffix(".py").read_bytes()
    return hashlib.sha256(_shared() + own).hexdigest()[:12]


@cache
def _shared() -> bytes:
    files = [path for room in ROOMS for path in sorted((SOURCE / room).glob("*.py"))]
    files += [SOURCE / "experiments" / f"{name}.py" for name in TRAINING]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).digest()
