"""Runs as typed specs, the training loop, the store of runs, and `compare`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cochain.experiments.comparison import Comparison

if TYPE_CHECKING:
    from cochain.experiments.comparing import Interrupted, compare
    from cochain.experiments.progress import Clock, Event

__all__ = ["Clock", "Comparison", "Event", "Interrupted", "compare"]

_NAMES = {"Clock": "progress", "Event": "progress", "Interrupted": "comparing", "compare": "comparing"}


def __getattr__(name: str) -> Any:
    """Import a name when it is first used, so that reading a `Comparison` needs no torch."""
    if name not in _NAMES:
        raise AttributeError(f"module 'cochain.experiments' has no attribute {name!r}")
    found = getattr(import_module(f"cochain.experiments.{_NAMES[name]}"), name)
    globals()[name] = found
    return found
