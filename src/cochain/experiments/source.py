"""What a comparison is about: a data set of the registry, a file or folder, or a complex at hand."""

import warnings
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from cochain import datasets
from cochain.complexes import Complex, io
from cochain.datasets import Dataset
from cochain.errors import DataError, unknown_name
from cochain.experiments.tasks import OWN_FOLDS, SPLIT_SEED


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

    @property
    def asks(self) -> str | None:
        """The target where a record says that links are to be predicted; elsewhere labels tell it."""
        return "link" if self.record is not None and self.record.kind == "link" else None


def open_source(dataset: Complex | str | PathLike[str]) -> Source:
    """Load a data set of the registry, read a file or folder of any known format, or take a complex as it is.

    Where rows of a file were merged or left out, a `ReadingNote` is warned.

    Raises:
        UnknownNameError: when a text is neither the name of a data set nor a file or folder.
        ComplexError: when a file is no complex.
        DataError: when a data set or file cannot be found or read.
    """
    if isinstance(dataset, Complex):
        return Source("complex", repr(dataset), dataset, None, "complex")
    text = str(dataset)
    if text in datasets.registry:
        if Path(text).exists():
            warnings.warn(
                f"{text} is a data set and a path here: the data set is taken; write ./{text} for the path",
                io.ReadingNote, stacklevel=2,
            )  # fmt: skip
        record = datasets.info(text)
        return Source(text, record.title, datasets.load(text), record, text)
    path = Path(text)
    if path.exists():
        found = io.read(path)
        return Source(path.resolve().name, f"{found!r}{_how_it_is_split(found)}", found, None, text)
    if path.suffix or len(path.parts) > 1 or text.endswith("/"):
        raise DataError(f"{text} should be the name of a data set, or a file or folder, but is not there")
    raise unknown_name("data set, file or folder", text, datasets.registry)


def _how_it_is_split(complex_: Complex) -> str:
    """Say how a file without a split is divided: `tasks.read_labels` deals its rows into folds."""
    places = [complex_.whole, *(complex_[rank] for rank in range(complex_.rank + 1))]
    labelled = [cells for cells in places if "y" in cells]
    if not labelled or "split" in labelled[0]:
        return ""
    return f"; no column split, so {OWN_FOLDS} folds are drawn, stratified, from seed {SPLIT_SEED}"
