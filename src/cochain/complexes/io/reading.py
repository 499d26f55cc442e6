"""`read`, `write` and `inspect`: the format found, the reader called, the columns typed."""

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.io.columns import Column
from cochain.complexes.io.detect import detect
from cochain.complexes.io.draft import Draft
from cochain.complexes.io.formats import FORMATS, Format, find_format, resolve
from cochain.complexes.io.limits import DEFAULT, Limits
from cochain.complexes.io.typed import Typed, type_draft
from cochain.complexes.schema import Schema, align
from cochain.errors import ComplexError, DataError, ShapeError


class ReadingNote(UserWarning):
    """Something that a reader decided, merged or left out, and that its user should know."""


@dataclass(frozen=True)
class Description:
    """What a file or folder is, and how every column of it was understood."""

    path: str
    """The file or folder."""
    format: str
    """Name of the format in `FORMATS`."""
    title: str
    """The format in words."""
    complex_: Complex = field(repr=False)
    """What was read."""
    summary: str
    """The complex in one line."""
    columns: tuple[Column, ...]
    """Every column, with its role and the reason; empty for formats without columns."""
    notes: tuple[str, ...]
    """What was decided on the way."""
    losses: tuple[str, ...]
    """What was merged or left out."""
    names: Mapping[Place, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """What the file calls the cells of a rank, or the components, in their order, where it names them."""


def read(
    path: str | PathLike[str],
    format: str | None = None,  # noqa: A002 (the word that users know)
    expect: Schema | None = None,
    limits: Limits = DEFAULT,
) -> Complex:
    """Read a complex from a file or folder of any known format.

    Where rows were merged or left out, a `ReadingNote` is warned; `inspect` tells everything that was decided.

    Args:
        path: a file or a folder.
        format: name of the format, where the name and the content leave a choice.
        expect: schema of data read before (`c.schema`). Columns that it names are read as they were then, and the
            result has exactly its channels and classes.
        limits: bounds on the memory that the file may ask for.

    Raises:
        DataError: when the file cannot be read; the message names file, line and remedy.
        ComplexError: when what it holds is no complex.
        UnknownNameError: when no format has that name.
    """
    found = inspect(path, format, expect, limits)
    for loss in found.losses:
        warnings.warn(f"{path}: {loss}", ReadingNote, stacklevel=2)
    return found.complex_ if expect is None else align(found.complex_, expect)


def inspect(
    path: str | PathLike[str],
    format: str | None = None,  # noqa: A002 (as in read)
    expect: Schema | None = None,
    limits: Limits = DEFAULT,
) -> Description:
    """Read a file or folder and tell what it is and how every column was understood.

    Args:
        path: a file or a folder.
        format: name of the format, where the name and the content leave a choice.
        expect: schema of data read before; columns that it names are read as they were then.
        limits: bounds on the memory that the file may ask for.

    Raises:
        DataError: as `read`.
    """
    place = _existing(path)
    chosen = find_format(format) if format is not None else detect(place, limits)
    found = read_as(chosen, place, limits)
    typed = type_draft(found, expect) if isinstance(found, Draft) else Typed(found, (), (), ())
    return Description(
        str(path),
        chosen.name,
        chosen.title,
        typed.complex_,
        repr(typed.complex_),
        typed.columns,
        typed.notes,
        typed.losses,
        found.names if isinstance(found, Draft) else {},
    )


def read_as(chosen: Format, path: Path, limits: Limits) -> Complex | Draft:
    """Call the reader of a format; errors of the complex get the name of the file.

    Raises:
        DataError: when the format is only written, or is the other of file and folder.
        ComplexError: when what the file holds is no complex.
    """
    if chosen.read is None:
        raise DataError(f"{path} should be of a format that can be read, but '{chosen.name}' can only be written")
    try:
        found: Complex | Draft = resolve(chosen.read)(path, limits)
    except (ComplexError, ShapeError) as error:
        text = str(error)
        raise type(error)(text if str(path) in text else f"{path}: {text}") from error
    return found


def write(
    complex_: Complex,
    path: str | PathLike[str],
    format: str | None = None,  # noqa: A002 (as in read)
) -> None:
    """Write a complex in the format of the suffix; a name without suffix becomes a folder of tables.

    Nothing is lost in silence: what the format cannot hold is refused by name.

    Args:
        complex_: the complex.
        path: the file or folder to write.
        format: name of the format, where the suffix leaves a choice.

    Raises:
        ComplexError: for something that the format cannot hold.
        DataError: when the suffix belongs to no format that can be written, or the place cannot be written to.
    """
    target = Path(path)
    chosen = find_format(format) if format is not None else _writer(complex_, target)
    if chosen.write is None:
        raise DataError(f"{path} should be of a format that can be written, but '{chosen.name}' can only be read")
    if not target.absolute().parent.is_dir():
        raise DataError(f"{path} should be in a directory that exists, but is not; create the directory first")
    try:
        resolve(chosen.write)(complex_, target)
    except OSError as error:
        raise DataError(f"{path} should be a place that can be written to, but is not: {error}") from error


BY_DOMAIN = {
    "graph": "edges", "digraph": "edges", "hypergraph": "hyperedges", "simplicial": "cells", "cell": "cells",
    "combinatorial": "cells", "points": "points",
}  # fmt: skip


def _writer(complex_: Complex, path: Path) -> Format:
    suffix = path.suffix.lower()
    if not suffix or path.is_dir():
        return find_format("tables")
    fits = [each for each in FORMATS if suffix in each.suffixes and each.write is not None]
    if not fits:
        known = sorted({end for each in FORMATS if each.write for end in each.suffixes})
        raise DataError(f"{path} should end in one of {' '.join(known)}, but ends in {suffix}; or give format=")
    if len(fits) == 1:
        return fits[0]
    return next((each for each in fits if each.name == BY_DOMAIN[complex_.domain]), fits[0])


def _existing(path: str | PathLike[str]) -> Path:
    try:
        place = Path(os.fspath(path))
        if place.exists():
            return place
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{path!r:.80} should be the path of a file or folder, but is not: {error}") from error
    raise DataError(f"{path} should be a file or folder, but there is none of that name; check the path")
