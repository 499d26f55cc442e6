"""Cochain's own files: what `Complex.save` writes."""

from pathlib import Path

from cochain.complexes.complex import Complex
from cochain.complexes.io.limits import Limits


def read(path: Path, limits: Limits) -> Complex:
    """Read a file that `Complex.save` wrote; its tensors take in memory what they take in the file."""
    return Complex.load(path)


def write(complex_: Complex, path: Path) -> None:
    """Write everything: structure, tensors, parities and schema."""
    complex_.save(path)
