"""Published architectures, one file each; `build` makes any of them for a complex, `choose` says which to try."""

from cochain.models.build import build
from cochain.models.choose import Choice, Pick, choose

__all__ = ["Choice", "Pick", "build", "choose"]
