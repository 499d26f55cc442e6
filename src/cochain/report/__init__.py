"""The report: one self-contained HTML page, and pictures of complexes."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cochain.experiments.comparison import Comparison
from cochain.report.draw import draw_complex
from cochain.report.page import render

if TYPE_CHECKING:
    from cochain.complexes import Complex

__all__ = ["draw_complex", "render", "write", "write_page"]


def write(comparison: Comparison, path: str | os.PathLike[str], complex_: "Complex | None" = None) -> Path:
    """Write a comparison as one HTML page that loads nothing from anywhere.

    The file is there whole or not at all: it is written beside its place and moved there.

    Args:
        comparison: what `cochain.compare` gave.
        path: where to; folders that are missing are made.
        complex_: the data, to draw some of it. Without it, a data set of the registry is read again where its files are
            at hand, and for other data there are no drawings.

    Returns:
        The path.
    """
    return write_page(render(comparison, complex_), path)


def write_page(text: str, path: str | os.PathLike[str]) -> Path:
    """Write the text of a page: the file is there whole or not at all."""
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(beside).chmod(0o666 & ~umask)  # mkstemp makes a file that others cannot read
        Path(beside).replace(place)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return place
