"""`import made` works for the tests of this folder too: the data is that of tests/experiments."""

import sys
from pathlib import Path

import pytest

from cochain.experiments import checkpoint

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "experiments"))


@pytest.fixture
def every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint after every epoch, however short it was."""
    monkeypatch.setattr(checkpoint, "SHARE", float("inf"))
