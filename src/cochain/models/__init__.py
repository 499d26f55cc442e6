"""Published architectures, one file each, and `build`, which makes any of them for a complex."""

from cochain.models.build import build

__all__ = ["build"]
