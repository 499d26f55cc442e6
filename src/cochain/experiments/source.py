"""What a comparison is about: a data set of the registry, a file, or a complex at hand."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from cochain import datasets
from cochain.complexes import Complex
from cochain.datasets import Dataset
from cochain.errors import DataError, unknown_name


@dataclass(frozen=True)
class Source:
    """A complex and what is known about it."""

    name: str
    """Name in the registry, name of the file, or "complex"."""
    title: str
    """One line for people."""
    complex_: Complex
    """The data."""
    record: Dataset | None
    """Its record, when it is in the registry."""
    argument: str
    """What stands for it in a command."""


def open_source(dataset: Complex | str | PathLike[str]) -> Source:
    """Load a data set of the registry or a file that `Complex.save` wrote, or take a complex as it is.

    Raises:
        UnknownNameError: when a text is neither the name of a data set nor a file.
        ComplexError: when a file is no complex.
        DataError: when a data set cannot be found.
    """
    if isinstance(dataset, Complex):
        return Source("complex", repr(dataset), dataset, None, "complex")
    text = str(dataset)
    if text in datasets.registry:
        record = datasets.info(text)
        return Source(text, record.title, datasets.load(text), record, text)
    path = Path(text)
    if path.is_file():
        found = Complex.load(path)
        return Source(path.name, repr(found), found, None, text)
    if path.suffix or len(path.parts) > 1 or path.is_dir():
        raise DataError(
            f"{text} should be a file written by Complex.save, but {'is a folder' if path.is_dir() else 'is not there'}"
        )
    raise unknown_name("data set", text, datasets.registry)
